-- SPDX-License-Identifier: LGPL-2.1-or-later
-- loaded.lua - load the guest and the policy into the REPL, and show what the policy declares
--
-- Requires: the table that cli/repl/repl_main.c makes, with show.lua's functions; it gets begin(),
-- refresh(), clear(), tell(), asked(), load_guest(), guest_text(), allowed() and functions.
local repl = ...
local print = print -- Lua's own: repl.paint() has cleaned its text
local options = repl.options

-- Which NICs an event asks the policy to connect; without an event, all of type='ethernet'.
local asks = {
  prepare = function(nic) return nic.unmanaged end,
  start = function() return true end,
  migrate = function() return false end,
  stopped = function() return false end,
}
asks.started, asks.reconnect, asks.changed = asks.start, asks.start, asks.start
asks.restore, asks.release = asks.migrate, asks.stopped

-- repl.asked(nic) -> whether the event asks to connect it
function repl.asked(nic)
  return nic.type == "ethernet" and (asks[options.event] or asks.start)(nic)
end

-- --- what the policy declares -------------------------------------------------------------------

local function unescape(word)
  return (word:gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end))
end

local literal = { boolean = true, integer = true }

-- "link name=vnet0 mtu=9000 default=mtu" as the Lua that declares it.
local function as_lua(line)
  local record, defaults = line:match "^(.-) default=(%S+)$"
  local name, fields = line:match "^(%S+)", {}
  local kind = repl.kind[name]
  for word, value in (record or line):gmatch " ([^= ]+)=(%S*)" do
    local field = kind and kind.field[word]
    local bare = value == "none" and "false" or
      field and (literal[field.type] or value:find "^%d+$" and field.type:find "integer") and value
    local shown = bare or repl.show(unescape(value))
    local gives_way = ("," .. (defaults or "") .. ","):find("," .. word .. ",", 1, true)
    fields[#fields + 1] = word .. " = " .. (gives_way and "default(" .. shown .. ")" or shown)
  end
  return name .. "{ " .. table.concat(fields, ", ") .. " }"
end

local allowed = {} -- the lines `allow` since the policy was loaded

-- Show what was declared and logged since the last call; unless quiet, also what was allowed.
function repl.tell(quiet)
  for line in repl.said():gmatch "[^\n]+" do
    local word = line:match "^%S+"
    if word == "allow" then allowed[#allowed + 1] = line end
    local text = line:match "^log text=(.*)"
    if text then
      print(repl.paint("note", "log: " .. unescape(text)))
    elseif repl.kind[word] and not (quiet and word == "allow") then
      print(repl.paint("note", "declared ") .. as_lua(line))
    end
  end
end

-- --- the guest and the policy -------------------------------------------------------------------

local watched = {} -- path -> stamp

local function watch(path)
  watched[path] = repl.stamp(path)
end

local xml -- the text of the guest's XML

local function read(path)
  local f <close> = path == "-" and io.stdin or assert(io.open(path))
  return assert(f:read "a")
end

-- Add what evaluator/complete.c adds to the facts: that the guest is known, and the name that a dry
-- run gives a device that does not exist yet.
local function complete(facts)
  local unnamed = 0
  if facts.domain.known == nil then facts.domain.known = true end
  facts.domain.incoming = options.event == "migrate" or nil
  for _, one in ipairs(facts.nics) do
    if facts.domain.type == "lxc" then one.unmanaged = false end
    if not one.dev and one.type == "ethernet" then
      unnamed = unnamed + 1
      one.dev = unnamed == 1 and "$DEV" or "$DEV" .. unnamed
    end
  end
  return facts
end

-- The facts that the policy got in an earlier run, and that run's event, unless the options have
-- another.
local function recall_guest()
  local facts, event, when, dev = repl.recall()
  if facts == nil then error(event, 0) end
  facts = facts or {
    domain = { name = "", known = false },
    nics = { { index = 1, type = "ethernet", unmanaged = false } },
  }
  if dev and facts.nics[1] and not facts.nics[1].dev then facts.nics[1].dev = dev end
  if dev and facts.domain.known == nil then facts.domain.known = false end
  repl.since = event .. os.date(", %Y-%m-%d %H:%M:%S", when)
  options.event = options.event or asks[event] and event
  return complete(facts)
end

-- repl.load_guest() -> facts | nil, there is none
function repl.load_guest()
  if not options.guest then return end
  if options.replay then return recall_guest() end
  if options.guest ~= "-" or not xml then
    xml = read(options.guest)
    if options.guest ~= "-" then watch(options.guest) end
  end
  local facts, err = repl.guest(xml, options.guest)
  if not facts then error(err, 0) end
  return complete(facts)
end

local function show_guest(facts)
  local view = repl.core.view
  local index = type(nic) == "table" and nic.index
  domain, nics = view(facts.domain), view(facts.nics)
  nic = nil
  for _, one in ipairs(nics) do
    if one.index == index then nic = one end
  end
  for _, one in ipairs(nics) do
    if not nic and repl.asked(one) then nic = one end
  end
  nic = nic or nics[1]
end

-- Make the policy language of the policy that is loaded now global.
local function take_words()
  for name, word in pairs(repl.core.globals) do
    if not repl.lua[name] then _G[name] = word end
  end
  policy = repl.env
end

local function load_policy()
  local core = repl.sandbox()
  local compile = core.compile_hook
  repl.core, repl.env = core, core.environment()
  function core.compile_hook(...)
    local chunk = compile(...)
    watch(debug.getinfo(chunk, "S").source:sub(2))
    return chunk
  end
  core.phase "top"
  take_words()
  local text, path = repl.policy()
  if text == false then error(path, 0) end
  watch(path or repl.policy_path)
  if not text then return end
  repl.has_policy = true
  repl.texts[path] = text
  local chunk, why = load(text, "@" .. path, "t", repl.env)
  if not chunk then error(why, 0) end
  chunk()
end

-- The functions of a policy. One that is typed at the prompt replaces the policy's until reload().
repl.functions = { "decide", "connect", "connect_other" }

-- Load policy and guest again. An error of the policy is raised last, when the guest is there.
local function begin()
  local facts, fine, why
  watched, allowed, repl.has_policy = {}, {}, false
  for _, name in ipairs(repl.functions) do _G[name] = nil end
  fine, why = xpcall(load_policy, repl.handler)
  repl.core.phase "prompt"
  facts = repl.load_guest()
  if facts then
    facts.domain.nics = facts.nics
    for _, one in ipairs(facts.nics) do one.domain = facts.domain end
    if fine then fine, why = xpcall(repl.core.decide, repl.handler, repl.env, facts) end
    show_guest(facts)
  end
  repl.clear()
  repl.tell(true)
  if not fine then error(why, 0) end
end

-- The path of a loaded file that has changed since; nil: none has.
local function changed()
  for path, stamp in pairs(watched) do
    if repl.stamp(path) ~= stamp then return path end
  end
end

repl.begin = begin

-- repl.refresh(): load policy and guest again when a file has changed
function repl.refresh()
  local path = changed()
  if not path then return end
  print(repl.paint("note", path .. " has changed: loaded again"))
  begin()
end

-- repl.clear(): forget what the last chunk left half done; called before each chunk
function repl.clear()
  repl.ended()
  repl.core.phase "prompt"
  repl.core.current = nil
end

-- repl.guest_text() -> the guest's XML | nil, there is none
function repl.guest_text()
  return xml
end

-- repl.allowed() -> the lines `allow`, which have what plans may use
function repl.allowed()
  return allowed
end
