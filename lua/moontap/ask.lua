-- SPDX-License-Identifier: LGPL-2.1-or-later
-- ask.lua - one pass over a domain's NICs: decide for each, connect the wanted ones
--
-- Requires: the table that policy/sandbox.c makes, with sandbox.lua's functions.
local core = ...

--- nic
-- One <interface> of the guest, read-only, by the names of libvirt's XML; what the XML does not say
-- is nil. In help, a name with a dot is a table in a table.
--   index                  integer    its number among the guest's interfaces, from 1
--   type                   string     ethernet, bridge, network, ...
--   dev                    string     its device on the host; nil: it has no name yet, or none
--   unmanaged              boolean    moontap makes the device: managed='no', or decide()
--   domain                 table      the guest: help "nic.domain"
--   target.dev             string     the device's name, as the XML has it
--   target.managed         boolean    what <target managed=> says
--   vlan.trunk             boolean    several tags, or the XML says so
--   vlan.tags              table[]    each with id, and native: "tagged" or "untagged"
--   ips                    table[]    of the guest's side
--   routes                 table[]    likewise
--   source.ips             table[]    of the host's side
--   source.routes          table[]    likewise
--   bandwidth              table      inbound and outbound, each with average, peak, burst, floor
--   virtualport            table      type, and parameters by name
--   unknown                string[]   what the XML says and this moontap does not understand

--- nic.domain
-- The guest, read-only.
--   name             string     "" when nobody says whose tap this is
--   uuid             string
--   id               integer    of a running guest
--   type             string     kvm, qemu, lxc, ...
--   title            string
--   description      string
--   os_type          string     hvm, exe, ...
--   known            any        true; false: nobody says whose tap it is; "qemu": only QEMU does
--   incoming         boolean    it is being migrated to here, and does not run yet
--   nics             table[]    all its NICs: help "nic"
--   metadata         table[]    of <metadata>: each with ns, name, text, attributes, children

--- decide(nic) -> "managed" | "unmanaged" | nil [, dev]
-- A policy's function, which it need not have: whether libvirt makes the device or moontap does.
-- nil: as the XML says. Nothing can be declared here.
--   dev   string   the name of an unmanaged NIC's device; else the XML's, or one that is derived
--   function decide(nic)
--     if nic.domain.name:find "^web%-" then return "unmanaged" end
--   end

--- connect(nic)
-- A policy's function: it declares what the host must look like while this NIC is connected. It is
-- asked for NICs of type='ethernet'.
--   function connect(nic) tap(nic, { master = "br0", up = true }) end

--- connect_other(nic)
-- A policy's function, which it need not have: as connect(), for NICs of the other types that have
-- a device on the host, which libvirt makes: bridge, network, direct. They are asked about last:
-- when it fails for one there is a warning, and the guest starts.

-- decide() says "managed", "unmanaged", or nothing: then the NIC stays what the XML says. A second
-- value names the device of an unmanaged NIC.
local function decide(ask, nic)
  local decision, dev = ask(core.view(nic))
  if decision == nil then return end
  if decision ~= "managed" and decision ~= "unmanaged" then
    core.fail(ask, 'decide() returned ' .. core.globals.tostring(decision) ..
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

-- What is wrong with a policy that connects nothing: text, and whether it may be meant. nil: it has
-- a connect().
function core.lacks(policy)
  if rawget(policy, "connect") ~= nil then return end
  local names = {}
  for name, value in next, policy do
    if type(name) == "string" and type(value) == "function" and not core.is_word(name) and
      name ~= "decide" and name ~= "connect_other" then
      names[name:lower()] = name
    end
  end
  local near = core.nearest("connect", names)
  local other = rawget(policy, "decide") ~= nil or rawget(policy, "connect_other") ~= nil
  return "there is no function connect(nic), so it connects " ..
    (rawget(policy, "connect_other") == nil and "nothing" or "only what is libvirt's own") ..
    (near and "; is it meant by '" .. names[near] .. "'?" or " (a local one does not count)"),
    not near and other
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

local function connect_all(ask, facts, wanted, decisions, ethernet)
  for i, nic in ipairs(facts.nics) do
    if (nic.type == "ethernet") == ethernet then
      core.say("nic", "index", i, "decision", decisions[i], "dev", nic.dev, "mac", nic.mac)
      if wanted[i] and ask then
        core.current, core.port = nic, {}
        ask(core.view(nic))
        core.foretell(nic.dev)
      end
    end
  end
end

-- The NICs that are libvirt's own are asked about last, by ask_other(): what fails there fails when
-- all has been said of those that are moontap's.
function core.ask(policy, facts, wanted)
  local connect, other = function_of(policy, "connect"), function_of(policy, "connect_other")
  local decisions = core.decide(policy, facts)

  core.phase "connect"
  connect_all(connect, facts, wanted, decisions, true)
  function core.ask_other()
    connect_all(other, facts, wanted, decisions, false)
  end
end
