-- SPDX-License-Identifier: LGPL-2.1-or-later
-- ask.lua - call a policy's functions for a domain's NICs: decide() for each, connect() for some
--
-- Requires: the table that policy/sandbox.c makes, with sandbox.lua's functions.
local core = ...

--- nic
-- One <interface> of the guest, read-only. The names are those of libvirt's XML; what the XML does
-- not have is nil. A name with a dot is a field of a table in nic.
--   index                  integer    its number among the guest's interfaces, from 1
--   type                   string     ethernet, bridge, network, ...
--   dev                    string     its device on the host; nil: it has no name yet, or none
--   unmanaged              boolean    moontap creates the device: managed='no', or decide()
--   domain                 table      the guest: help "nic.domain"
--   target.dev             string     the device's name, as the XML has it
--   target.managed         boolean    what <target managed=> says
--   vlan.trunk             boolean    true: several tags, or trunk='yes'
--   vlan.tags              table[]    each with id, and native: "tagged" or "untagged"
--   caller.user            string     who asks the service for it, when that is not root
--   caller.uid             integer    the same as a number
--   caller.gid             integer    that user's group
--   caller.groups          string[]   all groups of that user's
--   caller.bridge          string     the bridge that its QEMU asks moontap-bridge-helper for
--   ips                    table[]    each <ip> of the guest's side
--   routes                 table[]    each <route> of the guest's side
--   source.ips             table[]    each <ip> of the host's side
--   source.routes          table[]    each <route> of the host's side
--   bandwidth              table      inbound and outbound, each with average, peak, burst, floor
--   virtualport            table      type, and parameters by name
--   metadata               boolean    true: moontap's metadata says something of it: vlan,
--                                     isolated, bridge, forwards
--   bridge                 string     the bridge that moontap's metadata asks for
--   forwards               table[]    each <range> of its <portForward>: proto, port, to_port and
--                                     address, as for the verb forward
--   unknown                string[]   what this moontap does not understand in the XML

--- nic.domain
-- The guest, read-only.
--   name             string     "" when it is not known whose tap this is
--   uuid             string
--   id               integer    of a running guest
--   type             string     kvm, qemu, lxc, ...
--   title            string
--   description      string
--   os_type          string     hvm, exe, ...
--   known            any        true; false: not known whose tap it is; "qemu": only its QEMU says
--   incoming         boolean    it is being migrated to this host, and does not run here yet
--   nics             table[]    all its NICs: help "nic"
--   metadata         table[]    of <metadata>: each with ns, name, text, attributes, children

--- decide(nic) -> "managed" | "unmanaged" | nil [, dev]
-- A policy's function, which it may leave out: whether libvirt creates the device ("managed") or
-- moontap does ("unmanaged"). nil: as the XML has it. Nothing can be declared here.
--   dev   string   the name of an unmanaged NIC's device; else the XML's, or one that is derived
--   function decide(nic)
--     if nic.domain.name:find "^web%-" then return "unmanaged" end
--   end

--- connect(nic)
-- A policy's function: it declares what the host must look like while this NIC is connected.
-- moontap calls it for NICs of type='ethernet'.
--   function connect(nic) tap(nic, { master = "br0", up = true }) end

--- connect_other(nic)
-- A policy's function, which it may leave out: as connect(), for NICs of the other types that have
-- a device on the host, which libvirt creates: bridge, network, direct. moontap calls it last: when
-- it fails there is a warning, and the guest starts.

-- Call decide() for a NIC, check what it returned, and put it into the facts. Returns the decision.
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

-- What a policy without a connect() lacks: text, and whether it may lack it on purpose. nil: it has
-- one.
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

-- Call decide() for each NIC. Returns the decisions by index; the facts are then as connect() shall
-- see them.
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

-- NICs whose devices libvirt creates come last, by ask_other(): when the policy fails there, the
-- answer already has all of moontap's own NICs.
function core.ask(policy, facts, wanted)
  local connect, other = function_of(policy, "connect"), function_of(policy, "connect_other")
  local decisions = core.decide(policy, facts)

  core.phase "connect"
  connect_all(connect, facts, wanted, decisions, true)
  function core.ask_other()
    connect_all(other, facts, wanted, decisions, false)
  end
end
