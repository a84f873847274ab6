-- SPDX-License-Identifier: LGPL-2.1-or-later
-- at_hand.lua - what is at hand in the REPL: the guest, the policy, and the words that ask them
--
-- Requires: the table that cli/repl/repl_main.c makes, with show.lua's functions; it gets begin(),
-- refresh(), clear() and tell().
local repl = ...
local print = print -- what is painted is clean already
local moontap = require "moontap"
local options = repl.options

_G.moontap = moontap

-- Which NICs an event asks the policy to connect; without an event, a person asks for all.
local asks = {
  prepare = function(nic) return nic.unmanaged end,
  start = function() return true end,
  migrate = function() return false end,
  stopped = function() return false end,
}
asks.started, asks.reconnect = asks.start, asks.start
asks.restore, asks.release = asks.migrate, asks.stopped

local function asked(nic)
  return nic.type == "ethernet" and (asks[options.event] or asks.start)(nic)
end

-- --- what the policy says, here -----------------------------------------------------------------

local function unescape(word)
  return (word:gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end))
end

local literal = { boolean = true, integer = true }

-- "link name=vnet0 mtu=9000" as the Lua that declares it.
local function as_lua(line)
  local name, fields = line:match "^(%S+)", {}
  local kind = repl.kind[name]
  for word, value in line:gmatch " ([^= ]+)=(%S*)" do
    local field = kind and kind.field[word]
    local bare = value == "none" and "false" or
      field and (literal[field.type] or value:find "^%d+$" and field.type:find "integer") and value
    fields[#fields + 1] = word .. " = " .. (bare or repl.show(unescape(value)))
  end
  return name .. "{ " .. table.concat(fields, ", ") .. " }"
end

local allowed = {} -- the lines that say what plans may use, since the policy was loaded

-- Show what was declared and logged since; unless quiet, also what was allowed.
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

local xml -- the guest's, as text

local function read(path)
  local f <close> = path == "-" and io.stdin or assert(io.open(path))
  return assert(f:read "a")
end

-- What only who calls moontap knows: that the guest is known, and what a dry run calls a device
-- that is not there yet.
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

-- Of an earlier run: what the policy was told then, in that event, unless another one is named.
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

local function load_guest()
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
    if not nic and asked(one) then nic = one end
  end
  nic = nic or nics[1]
end

-- The words of the policy language, of the policy that is loaded now.
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

-- The functions of a policy; one that is typed at the prompt is the policy's until reload().
local functions = { "decide", "connect", "connect_other" }

-- Everything anew; what fails is raised when the rest is done.
local function begin()
  local facts, fine, why
  watched, allowed, repl.has_policy = {}, {}, false
  for _, name in ipairs(functions) do _G[name] = nil end
  fine, why = xpcall(load_policy, repl.handler)
  repl.core.phase "prompt"
  facts = load_guest()
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

-- Whether a file is not what it was.
local function changed()
  for path, stamp in pairs(watched) do
    if repl.stamp(path) ~= stamp then return path end
  end
end

repl.begin = begin

-- repl.refresh(): load anew what has changed since
function repl.refresh()
  local path = changed()
  if not path then return end
  print(repl.paint("note", path .. " has changed: loaded again"))
  begin()
end

-- repl.clear(): before each chunk; whatever the last one left half done
function repl.clear()
  repl.ended()
  repl.core.phase "prompt"
  repl.core.current = nil
end

-- --- the words ----------------------------------------------------------------------------------

--- reload()
-- Load the guest's XML and the policy again, without what was typed; done by itself when a file has
-- changed.
function reload()
  begin()
end

local session

local function open_session()
  session = session or assert(moontap.open{
    policy = options.policy, state = options.state, deadline = options.deadline,
    hooks = options.hooks and { options.hooks },
  })
  return session
end

-- The indexes of NICs that are meant: of one, by its table, index, device or MAC; of all asked.
local function which(one)
  local list, name = {}, type(one) == "table" and one.index or one
  for _, each in ipairs(nics) do
    if name == nil and asked(each) or name ~= nil and
        (name == each.index or name == each.dev or name == each.mac) then
      list[#list + 1] = each.index
    end
  end
  if name ~= nil and #list == 0 then
    error(("the guest has no NIC %s"):format(repl.show(name)), 3)
  end
  return list
end

local shown = setmetatable({}, { __mode = "k" })

local function finish(outcome, err)
  if not outcome then error(err, 0) end
  for _, line in ipairs(outcome.log) do print(repl.paint("note", line.text)) end
  local text = (repl.show(outcome) .. "\n"):gsub("[^\n]*: not asked for\n", "")
  io.write(text:find "%S" and text or "there is nothing to do\n")
  shown[outcome] = true
  return outcome
end

-- Whether it has just been shown, and need not be once more.
function repl.was_shown(value)
  local was = value ~= nil and shown[value]
  if was then shown[value] = nil end
  return was
end

local function guest_of()
  if options.replay then return end
  if not xml then error("there is no guest: moontap repl GUEST.xml", 3) end
  return xml
end

-- Who may not change the host is told so, and not which file or socket said no first.
local function may_change()
  if options.replay then
    error("a replay changes nothing; what connects the guest is: moontap up", 3)
  elseif not repl.may() then
    error("this changes the host: it needs root, or CAP_NET_ADMIN", 3)
  end
  repl.changing()
end

local function no_nics()
  print(("%s: no NIC is asked for"):format(options.event or "this guest"))
end

-- typed() -> the policy's functions with those that were typed | nil, none was
local function typed()
  local all, any = {}, false
  for _, name in ipairs(functions) do
    all[name] = _G[name] or rawget(repl.env, name)
    any = any or _G[name] ~= nil
  end
  return any and all or nil
end

-- What the evaluator would answer, were these functions the policy's.
local function answer(policy, list)
  local core, wanted = repl.core, {}
  local facts = load_guest()
  for _, index in ipairs(list) do wanted[index] = true end
  repl.tell()
  core.say("policy", "checksum", "typed")
  for _, line in ipairs(allowed) do core.say(line) end
  core.say "loaded"
  core.say("domain", "name", facts.domain.name, "uuid", facts.domain.uuid, "type",
    facts.domain.type)
  for i, one in ipairs(facts.nics) do
    core.say("interface", "index", tostring(i), "type", one.type, "mac", one.mac, "dev", one.dev,
      "unmanaged", tostring(one.unmanaged))
  end
  local fine, why = xpcall(function()
    core.ask(policy, facts, wanted)
    core.ask_other()
  end, repl.handler)
  core.phase "prompt"
  core.current = nil
  core.say "end"
  local text = repl.said()
  if not fine then error(why, 0) end
  return text, facts.domain.type == "lxc" and "lxc" or "qemu"
end

local function plan_typed(policy, list)
  local text, driver = answer(policy, list)
  return finish(repl.replay(list, driver, text))
end

--- plan([nic]) -> outcome
-- Print what connecting would change, and return it; nothing is changed. A connect(), decide() or
-- connect_other() that was typed at the prompt is the policy's, until reload().
--   nic   table, index, device or MAC; without it, all NICs that the event asks for
--   for _, step in ipairs(plan(nic).nics[1].steps) do print(step.command) end
function plan(one)
  local text, list = guest_of(), which(one)
  if #list == 0 then return no_nics() end
  local policy = typed()
  if policy then return plan_typed(policy, list) end
  if options.replay then return finish(repl.replay(list)) end
  return finish(open_session():plan(text, list))
end

--- try(connect [, nic]) -> outcome
-- As plan(), with this function in the place of the policy's connect(). It may use what the policy
-- names, and what allow{...} and hooks at the prompt name.
--   try(function(nic) tap(nic, { mtu = 9000 }) end)
function try(connect, one)
  if type(connect) ~= "function" then
    error("try(connect [, nic]): connect is a " .. type(connect) .. ", not a function", 2)
  end
  guest_of()
  local list, policy = which(one), typed() or { decide = rawget(repl.env, "decide") }
  if #list == 0 then return no_nics() end
  policy.connect, policy.connect_other = connect, connect
  return plan_typed(policy, list)
end

--- up([nic]) -> outcome
-- Connect: all of them, or none. This changes the host, by the policy's file.
function up(one)
  may_change()
  if typed() then
    error("what was typed can be planned, and no more: save it in the policy, then reload()", 2)
  end
  local text, list = guest_of(), which(one)
  if #list == 0 then return no_nics() end
  return finish(open_session():up(text, list))
end

--- down([nic]) -> outcome
-- Disconnect: take back what connecting did. This changes the host.
function down(one)
  may_change()
  return finish(open_session():down(guest_of(), one and which(one)))
end

local function plain(value, above)
  if type(value) ~= "table" then return value end
  local copy = {}
  above[value] = true
  for key, inner in pairs(value) do
    if not above[inner] and key ~= "domain" then copy[key] = plain(inner, above) end
  end
  above[value] = nil
  return copy
end

--- facts([nic]) -> table
-- What the policy is told of a NIC, or of the whole guest, as a table of your own.
function facts(one)
  if one ~= nil then return plain(one, {}) end
  guest_of()
  local all = plain(domain, {})
  all.nics = nil
  return { domain = all, nics = plain(nics, {}) }
end

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

-- The value that a topic's name stands for, with a kind in the place of KIND.
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
-- What there is on a word, or on a function itself: help "link", help "mtu", help(tap).
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
-- The kinds of objects, by name, and of each its fields: kinds.link.mtu.expects.
kinds = setmetatable({}, listing)
repl.kind = { allow = { field = { table = { type = "integer" } } } }
for _, kind in ipairs(repl.kinds) do
  kind.field = {}
  for _, field in ipairs(kind.fields) do kind.field[field.name] = setmetatable(field, entry) end
  kinds[kind.name] = setmetatable(kind.field, {
    __tostring = function() return (repl.topic(kind.name):gsub("\n$", "")) end,
  })
  repl.kind[kind.name] = kind
end
