-- SPDX-License-Identifier: LGPL-2.1-or-later
-- ask.lua - one pass over a domain's NICs: decide for each, connect the wanted ones
--
-- Requires: the table that policy/sandbox.c makes, with sandbox.lua's functions.
local core = ...

local function complete(facts)
  local domain, nics = facts.domain or {}, facts.nics or {}
  domain.nics = nics
  for i, nic in ipairs(nics) do
    local target = nic.target or {}
    nic.index, nic.domain = i, domain
    nic.dev = nic.dev or target.dev
    if nic.unmanaged == nil then nic.unmanaged = target.managed == false end
  end
  return nics
end

-- decide() says "managed", "unmanaged", or nothing: then the NIC stays what the XML says. A second
-- value names the device of an unmanaged NIC that the XML gives no name.
local function decide(ask, nic)
  local decision, dev = ask(core.view(nic))
  if decision == nil then return end
  if decision ~= "managed" and decision ~= "unmanaged" then
    core.fail(ask, 'decide() returned ' .. core.words.tostring(decision) ..
      ', not "managed", "unmanaged" or nil')
  elseif dev ~= nil and not (type(dev) == "string" and core.is_name(dev)) then
    core.fail(ask, "decide() returned a name that no device can have: " .. core.words.tostring(dev))
  end
  nic.unmanaged = decision == "unmanaged"
  if nic.unmanaged and dev and not (nic.target and nic.target.dev) then nic.dev = dev end
  return decision
end

function core.ask(policy, facts, wanted)
  local nics, decisions = complete(facts), {}
  local function word(name)
    local value = rawget(policy, name)
    if value ~= nil and type(value) ~= "function" then
      error(name .. " is a " .. type(value) .. ", not a function")
    end
    return value
  end
  local asked, connect, other = word "decide", word "connect", word "connect_other"

  core.phase "decide"
  for i, nic in ipairs(nics) do
    if asked and nic.type == "ethernet" then decisions[i] = decide(asked, nic) end
  end
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
