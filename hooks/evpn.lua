-- SPDX-License-Identifier: LGPL-2.1-or-later
-- evpn.lua - put the NIC into a network over many hosts, which tell each other by BGP which MAC
-- address is where
--
--   local lab = hook "evpn" { vni = 100, underlay = "eth1" }
--
--   function connect(nic)
--     lab(nic)
--   end
--
-- options
--   vni           the number of the network, the same on all hosts; needed
--   bridge        the bridge, which need not be there; without it "br" and the vni
--   underlay      a device that has this host's only address among the hosts: the device that leads
--                 to them, or lo
--   src           that address, where the policy names no underlay, or where it has several
--   mtu           of the NIC's device and the VXLAN. Without it, the underlay's without 50 bytes,
--                 or without 70 over IPv6; needed where the underlay is lo or not named. A guest
--                 with a larger <mtu> is refused; one without <mtu> takes 1500, and loses what is
--                 longer than the device's: give it <mtu size='…'/>
--   addresses     by the guest's name, or by the NIC's MAC: a list of its addresses; the hosts'
--                 bridges then answer ARP and ND for it
--   name, dstport, user, unknown, macs   as for hook vxlan

local takes = {
  "vni", -- needed
  vni = "vxlan.id", bridge = "bridge.name", underlay = "link.name", src = "vxlan.src",
  mtu = "link.mtu", addresses = "lists", name = "vxlan.name",
  dstport = "vxlan.dstport", user = "tap.user", unknown = 'boolean|"qemu"', macs = "table",
}

local of_vxlan = { "underlay", "src", "mtu", "name", "dstport", "user", "unknown", "macs" }

-- Hook vxlan makes the bridge and the VXLAN, whose port learns nothing: zebra writes what other
-- hosts have.
local function network(options, on)
  local part = { id = options.vni, bridge = on, evpn = true }
  for _, option in ipairs(of_vxlan) do part[option] = options[option] end
  return hook "vxlan"(part)
end

return function(options)
  local on = options.bridge or ("br%d"):format(options.vni)
  local net, addresses = network(options, on), options.addresses or {}
  for _, list in pairs(addresses) do
    for _, address in ipairs(list) do allow{ prefix = address } end
  end

  return function(nic, _, given)
    net(nic)
    -- zebra takes the entry for a sign that the guest is here.
    for _, address in ipairs(not nic.domain.incoming and given(addresses) or {}) do
      neigh{ dev = on, dst = address, lladdr = nic.mac }
    end
  end
end, takes
