-- SPDX-License-Identifier: LGPL-2.1-or-later
-- nat.lua - guests behind the host's address: masquerading, and ports that are forwarded to guests
--
--   local lan = hook "bridge" { bridge = "br0" }
--   local open = hook "nat" {
--     subnet = "10.0.0.0/24", out = "eno1", public = "192.0.2.1",
--     addresses = { web = { "10.0.0.5" } },
--     forwards = { web = { "tcp 8080 -> 80", "tcp 9000-9100", "udp 53" } },
--   }
--
--   function connect(nic)
--     lan(nic)
--     open(nic)
--   end
--
-- options
--   subnet        the guests' network, or a list of them: what they send leaves by out with the
--                 host's address. Without it nothing is masqueraded
--   out           with subnet: the device that their packets leave by
--   public        the host's address whose ports are forwarded, or a list: one IPv4, one IPv6
--   addresses     by the guest's name, or by the NIC's MAC: a list of its addresses; forwards of
--                 each public address go to the first one of the same family; or a function of nic
--                 that returns such a list, beside allow{ prefix = … }
--   forwards      by the guest's name, or by the NIC's MAC: a list of "PROTOCOL PORT -> PORT",
--                 "PROTOCOL PORT" and "PROTOCOL PORT-PORT", a range, which keeps its ports; the
--                 protocols are tcp, udp, sctp and dccp
--   allow         ports that a guest's metadata may ask for with <portForward>: "8000-8099", or a
--                 list; they go to the guest's own addresses, see METADATA. The XML of a user who
--                 is not root asks for none
--   hairpin       false: other guests do not reach a forward by the public address; without it they
--                 do, from the network that the guest is in. Where bridges call the host's firewall
--                 (sysctl net.bridge.bridge-nf-call-iptables=1, or ip6tables), its port gets
--                 hairpin, too, without which the guest does not reach itself
--   unknown, macs   as for hook bridge
--
-- The host must forward: sysctl net.ipv4.ip_forward=1, net.ipv6.conf.all.forwarding=1. They are for
-- the whole host, so the hook checks them and does not set them. What a firewall of the host drops
-- is dropped all the same: moontap doctor finds it.
-- A guest that is still arriving by migration gets nothing of this, since forwards would draw its
-- traffic away from the host on which it runs; `moontap up NAME` completes it.

local takes = {
  subnet = "string|table", out = "link.name", public = "string|table",
  addresses = "lists|function", forwards = "lists",
  allow = "string|table", hairpin = "boolean",
  unknown = 'boolean|"qemu"', macs = "table",
}

local switches = {
  ipv4 = "net.ipv4.ip_forward", ipv6 = "net.ipv6.conf.all.forwarding",
}

local function family_of(address)
  return address:find(":", 1, true) and "ipv6" or "ipv4"
end

local function list_of(option)
  return type(option) == "table" and option or { option }
end

-- "tcp 8080 -> 80" as the fields of a forward; or nil.
local function parse(text)
  local proto, ports, to = tostring(text):match "^(%l+) +(%d+) *%-> *(%d+)$"
  if not proto then proto, ports = tostring(text):match "^(%l+) +(%d+%-?%d*)$" end
  if not proto then return end
  return { proto = proto, port = ports, to_port = to and tonumber(to) }
end

-- The first port and the last of "8000-8099" or "80".
local function range_of(text)
  local first, last = tostring(text):match "^(%d+)%-(%d+)$"
  first = tonumber(first or tostring(text):match "^%d+$")
  return first, tonumber(last) or first
end

local function wrong(options)
  local forwards = options.forwards or options.allow
  if options.subnet and not options.out then
    return "the option 'out' is missing: the device that packets of subnet leave by"
  elseif forwards and not (options.public and options.addresses) then
    return "forwards need 'public', where they come in, and 'addresses', where they go"
  elseif not options.subnet and not forwards then
    return "one of the options 'subnet', 'forwards' and 'allow' is needed"
  end
  for _, ports in ipairs(list_of(options.allow)) do
    if not range_of(ports) then
      return ('allow: "%s": "8000-8099" or "8080" expected'):format(tostring(ports))
    end
  end
  for _, list in pairs(options.forwards or {}) do
    for _, text in ipairs(list) do
      if not parse(text) then
        return ('forwards: "%s": "tcp 8080 -> 80", "tcp 8080" or "tcp 9000-9100" expected')
          :format(tostring(text))
      end
    end
  end
end

local function must_forward(family)
  local all = host.conf{ dev = "all", family = family }
  if not all then
    refuse("the host has no " .. family)
  elseif not all.forwarding then
    refuse(("the host does not forward: sysctl -w %s=1"):format(switches[family]))
  end
end

local function allow_all(options)
  for _, prefix in ipairs(list_of(options.subnet)) do allow{ prefix = prefix } end
  for _, address in ipairs(list_of(options.public)) do allow{ prefix = address } end
  for _, list in pairs(type(options.addresses) == "table" and options.addresses or {}) do
    for _, address in ipairs(list) do allow{ prefix = address } end
  end
  for _, list in pairs(options.forwards or {}) do
    for _, text in ipairs(list) do allow{ ports = parse(text).port } end
  end
  for _, ports in ipairs(list_of(options.allow)) do allow{ ports = ports } end
end

local function may_have(options, port)
  local first, last = range_of(port)
  for _, ports in ipairs(list_of(options.allow)) do
    local low, high = range_of(ports)
    if low <= first and last <= high then return true end
  end
end

local function is_public(options, address)
  for _, public in ipairs(list_of(options.public)) do
    if public == address then return true end
  end
end

-- What the guest's metadata asks for, after the policy's own.
local function add_asked(options, nic, all)
  for _, asked in ipairs(not nic.caller and nic.forwards or {}) do
    if not may_have(options, asked.port) then
      refuse(("its metadata asks for %s %s, and the policy lets it choose %s"):format(asked.proto,
        asked.port, options.allow and "among the ports " ..
        table.concat(list_of(options.allow), ", ") or "no port: give the hook allow"))
    elseif asked.address and not is_public(options, asked.address) then
      refuse(("its metadata asks for a port of %s, and the policy has %s"):format(asked.address,
        table.concat(list_of(options.public), ", ")))
    end
    all[#all + 1] = {
      proto = asked.proto, port = asked.port, to_port = asked.to_port, address = asked.address,
    }
  end
end

-- All forwards of a guest, without the public address but where only one of them is meant.
local function forwards_of(options, nic, given)
  local all = {}
  for _, text in ipairs(given(options.forwards) or {}) do
    all[#all + 1] = parse(text)
  end
  add_asked(options, nic, all)
  return all
end

local function first_of(addresses, family)
  for _, address in ipairs(addresses) do
    if family_of(address) == family then return address end
  end
end

-- Those of the list that come in at a public address.
local function at(public, list)
  local some = {}
  for _, f in ipairs(list) do
    if not f.address or f.address == public then some[#some + 1] = f end
  end
  return some
end

local function forward_all(options, addresses, list)
  for _, public in ipairs(list_of(options.public)) do
    local to, here = first_of(addresses, family_of(public)), at(public, list)
    if to and #here > 0 then
      must_forward(family_of(public))
      for _, f in ipairs(here) do
        forward{ address = public, proto = f.proto, port = f.port, to = to, to_port = f.to_port }
      end
      if options.hairpin ~= false then hairpin{ address = to } end
    end
  end
end

return function(options)
  local why = wrong(options)
  if why then return nil, why end
  allow_all(options)

  return function(nic, guest, given)
    if nic.domain.incoming then return end
    for _, subnet in ipairs(list_of(options.subnet)) do
      must_forward(family_of(subnet))
      masquerade{ src = subnet, out = options.out }
    end
    local list = forwards_of(options, nic, given)
    if #list == 0 then return end
    forward_all(options, given(options.addresses) or
      refuse("nat: no address is written down for " .. guest), list)
  end
end, takes
