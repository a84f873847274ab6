-- SPDX-License-Identifier: LGPL-2.1-or-later
-- help.lua - help() at the prompt, and kinds
--
-- Requires: the table that cli/repl/repl_main.c makes; it gets name_of() and kind.
local repl = ...
local print = print -- Lua's own: no text of a guest is printed here

-- --- help ---------------------------------------------------------------------------------------

local overview = [[
domain, nic, nics   the guest, its first NIC, all of them: as the policy sees them
policy, reload()    the policy's globals; loaded again when its file changes
plan(nic)           what connecting would change       up(nic), down(nic)   do it, undo it
try(function(nic) ... end)   plan that as connect(); or type a function connect(nic), then plan()
facts(nic)          what a policy is told, as a table of your own
host                the kernel, read: host.link "br0", host.addrs{ dev = "br0" }
kinds               the kinds of objects; link{...}, addr{...}, ... show what they declare
moontap             the primitives: moontap.link.get "br0", moontap.link.ensure{...}
help "link"         a function, a kind, a field, or a function itself: help(tap)

Tab completes, Ctrl-R searches what was typed, Ctrl-C stops a chunk, Ctrl-D leaves.]]

-- The value that a topic's name stands for; KIND in it must be replaced by a kind's name.
local function resolve(name)
  local value = _G
  for part in name:gmatch "[^.]+" do
    value = type(value) == "table" and rawget(value, part)
    if not value then return end
  end
  return value
end

-- repl.name_of(f) -> the topic's name of a function or table, or nil
function repl.name_of(f)
  for _, topic in ipairs(repl.topics) do
    if resolve(topic.name) == f then return topic.name end
    for _, kind in ipairs(topic.name:find "KIND" and repl.kinds or {}) do
      local name = topic.name:gsub("KIND", kind.name)
      if resolve(name) == f then return name end
    end
  end
  for _, name in ipairs{ "host", "moontap" } do
    if _G[name] == f then return name end
  end
end

--- help([what])
-- Show the help on a word, or on a function itself: help "link", help "mtu", help(tap).
function help(what)
  if what == nil then
    print(overview)
    return
  end
  local name = type(what) == "string" and what or repl.name_of(what)
  if not name then error("there is no help on this " .. type(what), 2) end
  local text, near = repl.topic(name)
  if not text then
    error(("there is no help on '%s'%s"):format(name,
      near and "; did you mean '" .. near .. "'?" or ""), 2)
  end
  print((text:gsub("\n$", "")))
end

-- --- kinds --------------------------------------------------------------------------------------

local listing = {}

function listing.__tostring()
  local lines = {}
  for i, kind in ipairs(repl.kinds) do lines[i] = ("%-8s %s"):format(kind.name, kind.doc) end
  return table.concat(lines, "\n")
end

local entry = {}

function entry.__tostring(field)
  return field.expects .. ": " .. field.doc
end

--- kinds
-- The kinds of objects by name, each with its fields: kinds.link.mtu.expects.
kinds = setmetatable({}, listing)
repl.kind = { allow = { field = { table = { type = "integer|string" } } } }
for _, kind in ipairs(repl.kinds) do
  kind.field = {}
  for _, field in ipairs(kind.fields) do kind.field[field.name] = setmetatable(field, entry) end
  kinds[kind.name] = setmetatable(kind.field, {
    __tostring = function() return (repl.topic(kind.name):gsub("\n$", "")) end,
  })
  repl.kind[kind.name] = kind
end
