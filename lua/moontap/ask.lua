-- SPDX-License-Identifier: LGPL-2.1-or-later
-- ask.lua - one pass over a domain's NICs: decide for each, connect the wanted ones
--
-- Requires: the table that policy/sandbox.c makes, with sandbox.lua's functions.
local core = ...

-- decide() says "managed", "unmanaged", or nothing: then the NIC stays what the XML says. A second
-- value names the device of an unmanaged NIC.
local function decide(ask, nic)
  local decision, dev = ask(core.view(nic))
  if decision == nil then return end
  if decision ~= "managed" and decision ~= "unmanaged" then
    core.fail(ask, 'decide() returned ' .. core.words.tostring(decision) ..
      ', not "managed", "unmanaged" or nil')
  elseif dev ~= nil and type(dev) ~= "string" then
    core.fail(ask, "decide() returned a " .. type(dev) .. " as the name of a device")
  end
  nic.unmanaged = decision == "unmanaged"
  if nic.unmanaged then
    local name, why = core.device(nic.index, dev)
    nic.dev = name or core.fail(ask, "decide() returned a bad name: " .. why)
  end
  return decision
end

local function function_of(policy, name)
  local value = rawget(policy, name)
  if value ~= nil and type(value) ~= "function" then
    error(name .. " is a " .. type(value) .. ", not a function")
  end
  return value
end

-- What the policy decides, by index; the facts become as connect() is to see them.
function core.decide(policy, facts)
  local nics, decisions = facts.nics, {}
  local asked = function_of(policy, "decide")
  facts.domain.nics = nics
  for _, nic in ipairs(nics) do nic.domain = facts.domain end
  core.phase "decide"
  for i, nic in ipairs(nics) do
    if asked and nic.type == "ethernet" then decisions[i] = decide(asked, nic) end
  end
  return decisions
end

function core.ask(policy, facts, wanted)
  local nics = facts.nics
  local connect, other = function_of(policy, "connect"), function_of(policy, "connect_other")
  local decisions = core.decide(policy, facts)

  core.phase "connect"
  for i, nic in ipairs(nics) do
    core.say("nic", "index", i, "decision", decisions[i], "dev", nic.dev, "mac", nic.mac)
    local run = nic.type == "ethernet" and connect or nic.type ~= "ethernet" and other
    if wanted[i] and run then
      core.current = nic
      run(core.view(nic))
    end
  end
end
