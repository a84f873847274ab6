-- SPDX-License-Identifier: LGPL-2.1-or-later
-- at_hand.lua - the REPL's functions about the guest and its policy: plan, try, up, down, facts
--
-- Requires: the table that cli/repl/repl_main.c makes, with loaded.lua's functions; it gets
-- was_shown().
local repl = ...
local print = print -- Lua's own: repl.paint() has cleaned its text
local moontap = require "moontap"
local options = repl.options

_G.moontap = moontap

-- --- what changes the host ----------------------------------------------------------------------

-- Before a function that may change the host, tell the C side: if the result cannot be printed
-- afterwards, the exit status tells that the host may have changed.
local function mark(words, name)
  local f = words[name]
  words[name] = f and function(...)
    local how = select(2, ...)
    if type(how) ~= "table" or not how.dry then repl.changing() end
    return f(...)
  end
end

for _, kind in ipairs(moontap.kinds) do
  mark(moontap[kind.name], "ensure")
  mark(moontap[kind.name], "delete")
end
mark(moontap.tap, "open")

local open, is_marked = moontap.open, false

function moontap.open(...)
  local session, err = open(...)
  if session and not is_marked then
    local methods = debug.getmetatable(session).__index
    for _, name in ipairs{ "up", "down", "hook" } do mark(methods, name) end
    is_marked = true
  end
  return session, err
end

-- --- asking -------------------------------------------------------------------------------------

--- reload()
-- Load the guest's XML and the policy again, without what was typed. The REPL does so by itself
-- when a file has changed.
function reload()
  repl.begin()
end

local session

local function open_session()
  session = session or assert(moontap.open{
    policy = options.policy, state = options.state, deadline = options.deadline,
    hooks = options.hooks and { options.hooks },
  })
  return session
end

-- The indexes of one NIC, named by its table, index, device or MAC; of nil, all that are asked for.
local function which(one)
  local list, name = {}, type(one) == "table" and one.index or one
  for _, each in ipairs(nics) do
    if name == nil and repl.asked(each) or name ~= nil and
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

-- Whether finish() has just shown the value, so that it need not be shown again.
function repl.was_shown(value)
  local was = value ~= nil and shown[value]
  if was then shown[value] = nil end
  return was
end

local function guest_of()
  if options.replay then return end
  return repl.guest_text() or error("there is no guest: moontap repl GUEST.xml", 3)
end

-- Raise a clear error for a user who may not change the host: without it, the error would be that
-- of the first file or socket that refuses.
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
  for _, name in ipairs(repl.functions) do
    all[name] = _G[name] or rawget(repl.env, name)
    any = any or _G[name] ~= nil
  end
  return any and all or nil
end

-- The answer that the evaluator would give if these functions were the policy's.
local function answer(policy, list)
  local core, wanted = repl.core, {}
  local facts = repl.load_guest()
  for _, index in ipairs(list) do wanted[index] = true end
  repl.tell()
  core.say("policy", "checksum", "typed")
  for _, line in ipairs(repl.allowed()) do core.say(line) end
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
-- connect_other() that was typed at the prompt replaces the policy's until reload().
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
-- allows, and what allow{...} and hooks at the prompt allow.
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
-- Connect the NICs, all or none, by the policy's file. This changes the host.
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
-- Disconnect: undo what connecting did. This changes the host.
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
-- The facts that the policy gets of a NIC, or of the whole guest, as a table that you may change.
function facts(one)
  if one ~= nil then return plain(one, {}) end
  guest_of()
  local all = plain(domain, {})
  all.nics = nil
  return { domain = all, nics = plain(nics, {}) }
end
