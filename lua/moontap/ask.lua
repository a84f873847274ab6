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

function core.ask(policy, facts, wanted)
  local domain, nics, decisions = facts.domain or {}, facts.nics or {}, {}
  local function word(name)
    local value = rawget(policy, name)
    if value ~= nil and type(value) ~= "function" then
      error(name .. " is a " .. type(value) .. ", not a function")
    end
    return value
  end
  local asked, connect, other = word "decide", word "connect", word "connect_other"

  domain.nics = nics
  for _, nic in ipairs(nics) do nic.domain = domain end
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
