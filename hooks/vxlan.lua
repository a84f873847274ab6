-- SPDX-License-Identifier: LGPL-2.1-or-later
-- vxlan.lua - put the NIC into a network that reaches over several hosts: a bridge with a VXLAN
--
--   local lab = hook "vxlan" {
--     id = 10001, bridge = "br-lab", dev = "eth1", src = "192.0.2.1",
--     peers = { "192.0.2.1", "192.0.2.2", "192.0.2.3" },
--   }
--
--   function connect(nic)
--     lab(nic)
--   end
--
-- The first NIC creates the bridge and the VXLAN, the last one takes them along. A bridge that is
-- there already stays, and gets the VXLAN as a port.
--
-- options
--   id            the number of the network, its VNI, the same on all hosts; needed
--   bridge        the bridge, which need not be there; needed
--   dev           the device that packets leave by
--   src           this host's address there
--   peers         the addresses of the hosts that have the network, this one's or not: each gets a
--                 copy of broadcasts, and of frames for unknown MAC addresses
--   group         instead of peers: a multicast group that does the same; it needs dev
--   evpn          instead of both: true: a routing daemon knows the hosts and MAC addresses, and
--                 nothing is learned here; hook evpn is this one with what goes with it
--   underlay      without dev, where routes say which device packets leave by: a device that has
--                 the MTU of that way and, without src, this host's only address there
--   mtu           of the NIC's device and the VXLAN. Without it, what packets of dev or underlay
--                 have room for: its MTU without 50 bytes, or without 70 over IPv6; needed where
--                 there is neither. A guest whose <mtu> is larger is refused. One without <mtu>
--                 takes 1500, and what it sends beyond the device's MTU is lost: give it
--                 <mtu size='…'/>
--   name          of the VXLAN; without it "vx" and its id
--   dstport       the UDP port, on all hosts; without it 4789
--   user          the owner of an unmanaged NIC's tap: a name or a number
--   unknown       true: also connect a tap whose guest is not known; "qemu": only when the QEMU
--                 that opened it has a name (-name), which is a hint: nobody checks it
--   macs          guests by the MAC of a NIC: { ["52:54:00:10:00:01"] = "web" }; a tap whose guest
--                 is not known is connected by its MAC

local takes = {
  "id", "bridge", -- needed
  id = "vxlan.id", bridge = "bridge.name", dev = "link.name", src = "vxlan.src", peers = "table",
  group = "vxlan.remote", evpn = "boolean", underlay = "link.name", mtu = "link.mtu",
  name = "vxlan.name", dstport = "vxlan.dstport", user = "tap.user", unknown = 'boolean|"qemu"',
  macs = "table",
}

local function is_v6(address)
  return address:find(":", 1, true) ~= nil
end

-- Outer Ethernet, IP, UDP and VXLAN headers, and the inner Ethernet header is in the packet, too:
-- include/net/vxlan.h VXLAN_HEADROOM, VXLAN6_HEADROOM
local function headers(address)
  return address and is_v6(address) and 70 or 50
end

local function known_address(options)
  return options.src or options.group or (options.peers or {})[1]
end

local function wrong(options)
  local ways = (options.peers and 1 or 0) + (options.group and 1 or 0) + (options.evpn and 1 or 0)
  if ways ~= 1 then
    return "one of the options 'peers', 'group' and 'evpn' is needed, and no more"
  elseif options.group and not options.dev then
    return "the option 'dev' is missing: a multicast group is joined on a device"
  elseif options.dev and options.underlay then
    return "dev and underlay: packets leave by dev, or by where routes lead"
  elseif not options.mtu and not options.dev and not options.underlay then
    return "the option 'mtu' is missing: without 'dev' or 'underlay' nobody knows what fits"
  end
  for _, peer in ipairs(options.peers or {}) do
    if type(peer) ~= "string" or is_v6(peer) ~= is_v6(known_address(options)) then
      return "peers: addresses expected, all of them IPv4, or all of them IPv6"
    end
  end
end

-- The address that packets come from; of an underlay the only one that others may know.
local function source(options)
  if options.src or not options.underlay then return options.src end
  local found = {}
  for _, addr in ipairs(host.addrs{ dev = options.underlay }) do
    if addr.scope == "global" then found[#found + 1] = addr.address:match "^[^/]+" end
  end
  if #found ~= 1 then
    refuse(("vxlan: %s has %s: give the hook src"):format(options.underlay,
      #found == 0 and "no address that others know" or table.concat(found, ", ")))
  end
  return found[1]
end

-- The device that packets leave by, or that has what they leave by; nil: the policy names none.
local function way(options)
  local name = options.dev or options.underlay
  return name and (host.link(name) or
    refuse("vxlan: there is no device " .. name .. ", which the policy names"))
end

local function mtu_of(options, nic, dev, src)
  local most = dev and dev.mtu - headers(src or known_address(options))
  local mtu = options.mtu or most
  if not options.mtu and dev.mtu > 65535 then -- drivers/net/loopback.c
    refuse(("vxlan: %s's MTU says nothing of the way: give the hook mtu"):format(dev.name))
  elseif most and mtu > most then
    refuse(("vxlan: mtu is %d, and packets of %s have room for %d: its own MTU is %d"):format(
      mtu, dev.name, most, dev.mtu))
  elseif nic.mtu and nic.mtu > mtu then
    refuse(("the XML says <mtu size='%d'/>, and in the VXLAN %d %d is the most"):format(nic.mtu,
      options.id, mtu))
  end
  return mtu
end

-- What a host sends to itself comes back, and its own guests' addresses seem to be elsewhere.
local function own_addresses()
  local own = {}
  for _, addr in ipairs(host.addrs()) do own[addr.address:match "^[^/]+"] = true end
  return own
end

local function overlay(options, name, mtu, src)
  vxlan{
    name = name, id = options.id, dstport = options.dstport, dev = options.dev, src = src,
    remote = options.group, learning = not options.evpn,
  }
  link{ name = name, master = options.bridge, mtu = mtu, up = true }
  if options.evpn then
    port{ dev = name, learning = false, neigh_suppress = true }
  end
  local own = options.peers and own_addresses()
  for _, peer in ipairs(options.peers or {}) do
    if peer ~= src and not own[peer] then
      fdb{ dev = name, mac = "00:00:00:00:00:00", dst = peer }
    end
  end
end

return function(options)
  local name = options.name or ("vx%d"):format(options.id)
  local why = wrong(options)
  if why then return nil, why end
  allow{ vni = options.id }
  if options.group then allow{ peer = options.group } end
  for _, peer in ipairs(options.peers or {}) do allow{ peer = peer } end

  return function(nic)
    local dev, src = way(options), source(options)
    local mtu = mtu_of(options, nic, dev, src)
    bridge{ name = options.bridge }
    link{ name = options.bridge, up = true }
    overlay(options, name, mtu, src)
    tap(nic, { master = options.bridge, mtu = mtu, user = options.user, up = true })
  end
end, takes
