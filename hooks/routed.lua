-- SPDX-License-Identifier: LGPL-2.1-or-later
-- routed.lua - no bridge: the host routes the guest's addresses to its NIC
--
--   local public = hook "routed" {
--     addresses = { web = { "192.0.2.10", "2001:db8::10" }, mail = { "192.0.2.11" } },
--     uplink = "eth0",
--   }
--
--   function connect(nic)
--     public(nic)
--   end
--
-- options
--   addresses     by the guest's name, or by the NIC's MAC: a list of IPv4 and IPv6 addresses; or a
--                 function of nic that returns such a list, beside allow{ prefix = … }; needed
--   gateway       the host's address on the tap, the guest's gateway; without it "169.254.0.1"
--   gateway6      the same for IPv6; without it "fe80::1"
--   uplink        the device on which the host answers for the guest's addresses, by proxy
--                 neighbours (ARP and ND); for a network whose router has no route to this host
--   mtu           of the NIC's device; without it, that of <mtu size='…'/>, unless the policy
--                 declares another; IPv6 needs at least 1280
--   table         the routing table of the guest's addresses, beside the main one; for a tenant who
--                 has a default route of his own there, or addresses that another tenant has, too
--   rule          with table: the priority of the policy rules that lead there what comes from the
--                 NIC, and what goes to its addresses
--   vrf           with table, instead of rule: the VRF that the NIC is in. It is created when it is
--                 not there, and is then deleted with the last NIC that is in it
--   user, group   the owner of an unmanaged NIC's tap: a name or a number
--   unknown       true: also connect a tap whose guest is not known; it gets the addresses of its
--                 MAC, or of the name that the QEMU that opened it has (-name). "qemu": only when
--                 it has one. Nobody checks that name: a user who may start QEMU with it may have
--                 any addresses here
--   macs          guests by the MAC of a NIC: { ["52:54:00:10:00:01"] = "web" }; a tap whose guest
--                 is not known is that guest's by its MAC
--
-- Inside the guest: its address with /32, a route to the gateway on the device, and the default
-- route by the gateway ("ip route add default via 169.254.0.1 dev eth0 onlink"; for IPv6 likewise).
-- The host must forward: sysctl net.ipv4.ip_forward=1, net.ipv6.conf.all.forwarding=1. They are for
-- the whole host, so the hook checks them and does not set them.
-- A guest that is still arriving by migration gets its device and gateway, but no route, no rule to
-- its addresses and no proxy neighbour, which would draw its traffic away from the host on which it
-- runs. `moontap up NAME` adds them, and announces the addresses on the uplink.
-- What a table has no route for, also that of a VRF, is looked up in the main table next. Where
-- that would leave the tenant's network, end it in the host's own configuration: "ip route add
-- table 10 unreachable default metric 4278198272". A VRF's uplink is in the VRF, too.

local takes = {
  "addresses", -- needed
  addresses = "lists|function", gateway = "route.via", gateway6 = "route.via", uplink = "link.name",
  mtu = "link.mtu", table = "route.table", rule = "rule.priority", vrf = "vrf.name",
  user = "tap.user", group = "tap.group",
  unknown = 'boolean|"qemu"', macs = "table",
}

local families = {
  ipv4 = { length = 32, switch = "net.ipv4.ip_forward" },
  ipv6 = { length = 128, switch = "net.ipv6.conf.all.forwarding" },
}

local function family_of(address)
  return address:find(":", 1, true) and "ipv6" or "ipv4"
end

-- Plans may use these addresses and no others, whatever the XML says. What a function will return
-- is not known yet: a policy that gives one needs allow{ prefix = … }, too.
local function allow_addresses(options, gateways)
  for _, address in pairs(gateways) do
    allow{ prefix = address }
  end
  for _, list in pairs(type(options.addresses) == "table" and options.addresses or {}) do
    for _, address in ipairs(list) do
      allow{ prefix = address }
    end
  end
end

-- A table is reached by rules or by a VRF, and both need one.
local function wrong(options)
  local by = options.rule and "rule" or options.vrf and "vrf"
  if options.rule and options.vrf then
    return "rule and vrf: a VRF needs no rule of its own"
  elseif by and not options.table then
    return ("%s leads to a table: the option 'table' is missing"):format(by)
  elseif options.table and not by then
    return "nothing leads to the table: give it rule or vrf"
  end
end

-- The kernel removes IPv6 from a device with a smaller MTU: net/ipv6/addrconf.c addrconf_notify()
local least_mtu = 1280

local function mtu_of(options, nic, addresses)
  local mtu = options.mtu or nic.mtu
  for _, address in ipairs(mtu and mtu < least_mtu and addresses or {}) do
    if family_of(address) == "ipv6" then
      refuse(("%s says an MTU of %d, and IPv6 (%s) needs at least %d"):format(
        options.mtu and "the policy" or "the XML", mtu, address, least_mtu))
    end
  end
  return options.mtu or default(nic.mtu)
end

local function must_forward(family, address)
  local all = host.conf{ dev = "all", family = family }
  if not all then
    refuse("the host has no " .. family .. ", and the guest is to have " .. address)
  elseif not all.forwarding then
    refuse(("the host does not forward: sysctl -w %s=1"):format(families[family].switch))
  end
end

-- Its link is declared by itself, since tap() would take a VRF that is not there yet for a bridge.
local function enter_vrf(nic, options)
  vrf{ name = options.vrf, table = options.table }
  link{ name = options.vrf, up = true }
  link{ name = nic.dev, master = options.vrf }
end

local function gateway(nic, family, address, options)
  addr{
    dev = nic.dev, address = address .. "/" .. families[family].length,
    nodad = family == "ipv6" or nil, -- nobody else has the address on this link
  }
  conf{ dev = nic.dev, family = family, forwarding = true }
  if options.rule then
    rule{ priority = options.rule, table = options.table, family = family, iif = nic.dev }
  end
end

local function reach(nic, family, address, options)
  local prefix, uplink = address .. "/" .. families[family].length, options.uplink
  route{ dst = prefix, dev = nic.dev, table = options.table }
  if options.rule then
    rule{ priority = options.rule, table = options.table, to = prefix }
  end
  if uplink then
    neigh{ dev = uplink, dst = address, proxy = true }
    if family == "ipv6" then
      conf{ dev = uplink, family = "ipv6", proxy_ndp = true }
    end
  end
end

return function(options)
  local gateways = {
    ipv4 = options.gateway or "169.254.0.1",
    ipv6 = options.gateway6 or "fe80::1",
  }
  local why = wrong(options)
  if why then return nil, why end
  allow_addresses(options, gateways)
  if options.table then allow{ table = options.table, priority = options.rule } end

  return function(nic, guest, given)
    local addresses = given(options.addresses) or
      refuse("routed: no address is written down for " .. guest)
    tap(nic, {
      mtu = mtu_of(options, nic, addresses), user = options.user, group = options.group, up = true,
    })
    if options.vrf then enter_vrf(nic, options) end
    local done = {}
    for _, address in ipairs(addresses) do
      local family = family_of(address)
      must_forward(family, address)
      if not done[family] then
        done[family] = true
        gateway(nic, family, gateways[family], options)
      end
      if not nic.domain.incoming then
        reach(nic, family, address, options)
      end
    end
  end
end, takes
