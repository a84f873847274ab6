-- SPDX-License-Identifier: LGPL-2.1-or-later
-- guard.lua - the guest speaks only as itself: what it sends with another address is dropped
--
--   local lan = hook "bridge" { bridge = "br0" }
--   local guard = hook "guard" {
--     addresses = { web = { "10.0.0.5", "2001:db8::5" }, mail = { "10.0.0.6" } },
--   }
--
--   function connect(nic)
--     lan(nic)
--     guard(nic)
--   end
--
-- options
--   addresses     by the guest's name, or by the NIC's MAC: a list of IPv4 and IPv6 addresses, and
--                 of prefixes, any address of which the guest may have; or a function of nic that
--                 returns such a list, beside allow{ prefix = … }. Needed, but for level "mac". The
--                 link-local address of the MAC is always among them
--   level         "mac": only the MAC is checked, and VLANs; without it "all": also the addresses,
--                 in IP, ARP and neighbour discovery; and the guest is neither a router nor a DHCP
--                 server
--   dhcp_server   true: it may be a DHCP server
--   router        true: it may send router advertisements and redirects
--   vlans         VLANs whose tags it may set, "20,30-40"; what is inside of such a frame is not
--                 looked at
--   lock          true: the bridge learns no address on the guest's port, and drops frames from
--                 others than the guest's MAC itself. This holds also while somebody has flushed
--                 nftables' ruleset
--   unknown, macs   as for hook bridge
--
-- A frame with a priority tag (VLAN 0) is dropped, since nobody looks into it: a Windows guest that
-- uses QoS sends such frames. So is a fragment of ICMPv6.
-- The frames of a macvtap cannot be guarded, unless its mode is passthru: they leave by the device
-- below it. Nor can a port of Open vSwitch, whose frames nftables does not see: there OVN's port
-- security does it, or flows of the bridge's.

local takes = {
  addresses = "lists|function", level = "guard.level", dhcp_server = "guard.dhcp_server",
  router = "guard.router", vlans = "guard.vlans", lock = "boolean",
  unknown = 'boolean|"qemu"', macs = "table",
}

-- The address that a guest's kernel makes of its MAC: RFC 4291, appendix A
local function link_local(mac)
  local b = {}
  for byte in mac:gmatch "%x%x" do b[#b + 1] = tonumber(byte, 16) end
  return ("fe80::%x:%x:%x:%x"):format((b[1] ~ 2) << 8 | b[2], b[3] << 8 | 0xff, 0xfe00 | b[4],
    b[5] << 8 | b[6])
end

return function(options)
  local from = options.addresses
  if options.level ~= "mac" and not from then
    return nil, "the option 'addresses' is missing: which ones the guests have"
  end
  for _, list in pairs(type(from) == "table" and from or {}) do
    for _, address in ipairs(list) do allow{ prefix = address } end
  end
  if options.vlans then allow{ vid = options.vlans } end
  allow{ prefix = "fe80::/10" }

  return function(nic, guest, given)
    if options.level ~= "mac" then
      local list = given(from) or refuse("guard: no address is written down for " .. guest)
      for _, address in ipairs(list) do guard_ip{ dev = nic.dev, address = address } end
      guard_ip{ dev = nic.dev, address = link_local(nic.mac) }
    end
    guard{
      dev = nic.dev, level = options.level, mac = nic.mac, vlans = options.vlans,
      dhcp_server = options.dhcp_server, router = options.router,
    }
    if options.lock then
      port{ dev = nic.dev, locked = true }
      fdb{ dev = nic.dev, mac = nic.mac }
    end
  end
end, takes
