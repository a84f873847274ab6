-- frames.lua - the frames of a guest that behaves, and of one that lies
--
-- Of a guest with the MAC 52:54:00:00:00:05 and the addresses 10.0.0.5, 10.7.0.0/24, 2001:db8::5,
-- and fe80::5054:ff:fe00:5, which may tag VLAN 30. The last two bytes of a frame are its number.

local M = {}

local function hex(s)
  return (s:gsub("%X", ""):gsub("%x%x", function(byte) return string.char(tonumber(byte, 16)) end))
end

local OWN, OTHER = hex "52:54:00:00:00:05", hex "52:54:00:00:00:99"
local ALL, NODES = hex "ff:ff:ff:ff:ff:ff", hex "33:33:00:00:00:01"

local function ip4_bytes(text)
  return (text:gsub("(%d+)%.?", function(byte) return string.char(byte) end))
end

local function ip6_bytes(text)
  local head, tail = text:match "^(.-)::(.*)$"
  local function groups(part)
    return (part:gsub("(%x+):?", function(g) return (">I2"):pack(tonumber(g, 16)) end))
  end
  head, tail = groups(head), groups(tail)
  return head .. ("\0"):rep(16 - #head - #tail) .. tail
end

local function eth(from, ethertype, payload, to)
  return (to or ALL) .. from .. (">I2"):pack(ethertype) .. payload
end

local function arp(mac, ip, op)
  return (">I2I2I1I1I2"):pack(1, 0x800, 6, 4, op or 1) .. mac .. ip4_bytes(ip) .. ("\0"):rep(6)
    .. ip4_bytes "10.0.0.1"
end

local function udp(from, to)
  return (">I2I2I2I2"):pack(from, to, 16, 0) .. "datadata"
end

local function sum(header)
  local all = 0
  for i = 1, #header, 2 do all = all + (">I2"):unpack(header, i) end
  return ~((all & 0xffff) + (all >> 16)) & 0xffff
end

-- The length is of the whole frame, whose end is added later.
local SIZE = 150

local function ip4(from, payload, to)
  local function head(checksum)
    return (">I1I1I2I2I2I1I1I2"):pack(0x45, 0, SIZE - 14, 1, 0, 64, 17, checksum) .. ip4_bytes(from)
      .. ip4_bytes(to or "10.0.0.1")
  end
  return head(sum(head(0))) .. payload
end

local function ip6(from, next_header, payload, to)
  return (">I4I2I1I1"):pack(0x60000000, SIZE - 54, next_header, 255) .. ip6_bytes(from)
    .. ip6_bytes(to or "ff02::1") .. payload
end

local function icmp6(kind, payload)
  return (">I1I1I2"):pack(kind, 0, 0) .. payload
end

local RA = icmp6(134, hex "40 00 07 08" .. ("\0"):rep(8))
local OPTIONS = hex "3a 00 01 04 00 00 00 00" -- destination options, then ICMPv6
local LINK = "fe80::5054:ff:fe00:5"

local function na(target) return icmp6(136, hex "20 00 00 00" .. ip6_bytes(target)) end
local function ns(target) return icmp6(135, ("\0"):rep(4) .. ip6_bytes(target)) end
local function v6(packet) return eth(OWN, 0x86dd, packet, NODES) end
local function v4(packet) return eth(OWN, 0x800, packet) end
local function tag(tags, inner) return eth(OWN, 0x8100, hex(tags) .. inner) end

local UDP = udp(1000, 53)

-- Name; whether it passes: of a bridge's port, and where the host routes (nil: nothing there looks
-- at such frames); the frame.
local frames = {
  { "ARP request", true, nil, eth(OWN, 0x806, arp(OWN, "10.0.0.5")) },
  { "ARP probe", true, nil, eth(OWN, 0x806, arp(OWN, "0.0.0.0")) },
  { "ARP reply", true, nil, eth(OWN, 0x806, arp(OWN, "10.0.0.5", 2)) },
  { "ARP in a prefix", true, nil, eth(OWN, 0x806, arp(OWN, "10.7.0.9", 2)) },
  { "ARP with another's address", false, nil, eth(OWN, 0x806, arp(OWN, "10.0.0.1", 2)) },
  { "ARP with another's MAC inside", false, nil, eth(OWN, 0x806, arp(OTHER, "10.0.0.5", 2)) },
  { "another's MAC", false, nil, eth(OTHER, 0x806, arp(OWN, "10.0.0.5")) },
  { "another's MAC, IPv4", false, false, eth(OTHER, 0x800, ip4("10.0.0.5", UDP)) },
  { "IPv4", true, true, v4(ip4("10.0.0.5", UDP)) },
  { "IPv4 in a prefix", true, true, v4(ip4("10.7.0.77", UDP)) },
  { "IPv4 from another's address", false, false, v4(ip4("10.0.0.6", UDP)) },
  { "DHCP client", true, true, v4(ip4("0.0.0.0", udp(68, 67), "255.255.255.255")) },
  { "DHCP server", false, nil, v4(ip4("10.0.0.5", udp(67, 68), "255.255.255.255")) },
  { "0.0.0.0, no DHCP", false, nil, v4(ip4("0.0.0.0", udp(1, 2))) },
  { "a tag", false, nil, tag("00 07 08 00", ip4("10.0.0.5", UDP)) },
  { "a tag, from another's address", false, nil, tag("00 07 08 00", ip4("10.0.0.6", UDP)) },
  { "the tag of a VLAN of its own", true, nil, tag("00 1e 08 00", ip4("10.0.0.6", UDP)) },
  { "a priority tag", false, nil, tag("00 00 08 00", ip4("10.0.0.6", UDP)) },
  { "two tags", false, nil,
    eth(OWN, 0x88a8, hex "00 07 81 00 00 1e 08 00" .. ip4("10.0.0.6", UDP)) },
  { "IPv6", true, true, v6(ip6("2001:db8::5", 17, UDP)) },
  { "IPv6 from its link-local address", true, true, v6(ip6(LINK, 17, UDP)) },
  { "IPv6 from another's address", false, false, v6(ip6("2001:db8::6", 17, UDP)) },
  { "router advertisement", false, false, v6(ip6(LINK, 58, RA)) },
  { "router advertisement behind options", false, false, v6(ip6(LINK, 60, OPTIONS .. RA)) },
  { "router advertisement in a fragment", false, nil,
    v6(ip6(LINK, 44, hex "3a 00 00 01 00 00 00 09" .. RA)) },
  { "router advertisement behind options in a fragment", false, nil,
    v6(ip6(LINK, 44, hex "3c 00 00 01 00 00 00 09" .. OPTIONS .. RA)) },
  { "redirect", false, false, v6(ip6(LINK, 58, icmp6(137, ("\0"):rep(36)))) },
  { "neighbour advertisement", true, true, v6(ip6("2001:db8::5", 58, na "2001:db8::5")) },
  { "neighbour advertisement for another", false, nil,
    v6(ip6("2001:db8::5", 58, na "2001:db8::1")) },
  { "duplicate address detection", true, true, v6(ip6("::", 58, ns "2001:db8::5")) },
  { ":: with UDP", false, false, v6(ip6("::", 17, udp(5, 6))) },
  { "DHCPv6 server", false, nil, v6(ip6(LINK, 17, udp(547, 546))) },
  { "spanning tree", false, nil,
    hex "01 80 c2 00 00 00" .. OWN .. (">I2"):pack(38) .. hex "42 42 03 00 00 00" },
  { "an unknown ethertype", false, nil, eth(OWN, 0x88cc, ("\0"):rep(40)) },
  { "too short for IPv4", false, nil, eth(OWN, 0x800, hex "45 00 00 00 00") },
}

-- The number of a frame that was received; nil: it is none of these.
function M.number(frame)
  if #frame < SIZE then return nil end
  local mark, n = (">I2I2"):unpack(frame, SIZE - 3)
  return mark == 0xbeef and n or nil
end

-- all() -> a list of { name =, bridged =, routed =, bytes = }
function M.all()
  local all = {}
  for n, f in ipairs(frames) do
    all[n] = {
      name = f[1], bridged = f[2], routed = f[3],
      bytes = f[4] .. ("\0"):rep(SIZE - 4 - #f[4]) .. (">I2I2"):pack(0xbeef, n),
    }
  end
  return all
end

return M
