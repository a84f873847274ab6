-- kinds_spec.lua - what holds for every kind, against the real kernel: each field is set, seen by
-- ip(8) or bridge(8), read back, and the commands for sh do the same
local helper = require "spec.helper"
local kernel = require "internals.kernel"
local netns = require "internals.netns"

local BRIDGED = [[ip link add dev br0 type bridge
  ip link add dev v0 address 02:00:00:00:00:01 type veth peer name v1 address 02:00:00:00:00:02
  ip link set dev br0 up; ip link set dev v0 up; ip link set dev v1 up; ip link set dev lo up]]
local ADDRESSED = BRIDGED .. [[; ip addr add 10.0.0.1/24 dev v0
  ip addr add fd00::1/64 nodad dev v0]]
local PORT = BRIDGED .. "; ip link set dev v0 master br0"
local TUNNEL = [[ip link add dev x0 type vxlan id 5 dstport 4789 local 192.0.2.1
  ip link add dev v0 type veth peer name v1]]
local VLANS = BRIDGED .. [[; ip link set dev br0 type bridge vlan_filtering 1
  ip link set dev v0 master br0]]

-- The table of a text, as nft(8) calls it: "bridge moontap".
local function name_of(text)
  return (text:gsub("_", " moontap_"):gsub("^%l+$", "%0 moontap"))
end

local function table_of(text)
  return ([[nft 'create table %s; include "%s/src/nft/%s.nft"']]):format(
    name_of(text), helper.run "pwd":match "%C+", text)
end

-- What nft(8) shows of a set's or map's elements, without the counters.
local function elements(text, set)
  local seen = {}
  local is_map = set == "guard" or set:find "^forward" or set:find "^range" or
    set:find "_guest$" or set:find "^%l+_group%d$"
  local what = is_map and "map" or "set"
  local all = helper.json(("nft -j list %s %s %s"):format(what, name_of(text), set))
  for _, o in ipairs(all.nftables) do
    for _, e in ipairs((o.set or o.map or {}).elem or {}) do seen[#seen + 1] = e end
  end
  return seen
end

-- "v0 in_deny moontap": a device, the chain it leads to, and the comment.
local function verdict(map, family)
  local e = elements((family or "inet") .. "_firewall", map)[1]
  return e[1].elem.val .. " " .. e[2].jump.target .. " " .. e[1].elem.comment
end

local GROUPED = BRIDGED .. "; " .. table_of "inet_firewall"
for _, group in ipairs { "app", "ops" } do
  GROUPED = GROUPED .. ("\nnft '" .. [[add set inet moontap_firewall group4_%s { type ipv4_addr; }
    add set inet moontap_firewall group6_%s { type ipv6_addr; }
    add chain inet moontap_firewall from_%s; add chain inet moontap_firewall to_%s]] .. "'")
    :gsub("%%s", group)
end

local REDIRECTED = BRIDGED .. [[; tc qdisc add dev v0 clsact
  ip link add dev i0 type ifb; ip link add dev i1 type ifb]]

local OVS = BRIDGED .. [[; ip link del br0; cd samples; . ./ovs.sh; ovs_start
  for b in ob0 ob1; do ovs-vsctl add-br $b -- set bridge $b datapath_type=netdev; done]]
local OWNER = "u/m boot=" .. helper.run "cut -c1-8 /proc/sys/kernel/random/boot_id":match "%C+"
local OWNED = " owner=" .. OWNER:gsub(" ", "%%20")

local function ovs(row, ...)
  local values = {}
  for i, column in ipairs { ... } do
    values[i] = helper.run(("ovs-vsctl get %s v0 %s"):format(row, column)):match "%C+"
  end
  return table.concat(values, " ")
end

local function ip(command)
  return helper.json("ip -j -d " .. command)[1]
end

local function bridge_data(name)
  return ip("link show dev " .. name).linkinfo.info_data
end

-- "10 PVID Egress Untagged", "30-40"
local function vlans(dev)
  local seen = {}
  local text = helper.run("bridge -compressvlans vlan show dev " .. dev)
  for vid, flags in text:gmatch "%s(%d[%d-]*)(%C*)\n" do
    seen[#seen + 1] = (vid .. flags):gsub("%s*$", "")
  end
  return seen
end

-- What bridge(8) shows of v0's entry, or of that of a VXLAN.
local function entry(mac, dev)
  for _, e in ipairs(helper.json("bridge -j fdb show dev " .. (dev or "v0"))) do
    if e.mac == mac then return e end
  end
end

-- What tc(8) shows of v0's root qdisc.
local function qdisc()
  return { helper.run "tc qdisc show dev v0 root":match "(%g+ %g+) root refcnt %d+ (.-) *\n" }
end

-- What tc(8) shows of a filter that redirects: its protocol, its priority, and to what device.
local function redirected(direction)
  local text = helper.run("tc filter show dev v0 " .. direction)
  local head, to = text:match "protocol (%g+ pref %d+) u32 chain 0 fh %x+::6d.-to device (%g+)%)"
  return head and head:gsub("pref ", "") .. " " .. to or "none"
end

local function route(what)
  return helper.json("ip -j " .. what)[1]
end

-- kind and key; fields to add with; what ip(8) then says; fields to change, when they can be; what
-- the kernel must have, when not every kernel has it; no_sh: no command of Debian 12 sets it; list:
-- what to list, when not all of the kind are listed at once; other: what is not to be added beside
-- it; unseen: fields for its commands that cannot be read back
local cases = {
  { key = "tap name=t0", add = "user=12345 group=54321 multi_queue=true vnet_hdr=true",
    seen = function()
      local d = bridge_data "t0"
      return { d.type, d.user, d.group, d.multi_queue, d.vnet_hdr, d.persist }
    end,
    sees = { "tap", 12345, 54321, true, true, false }, fixed = true },
  { key = "bridge name=b0",
    add = "stp_state=true forward_delay=300 hello_time=300 max_age=2500 ageing_time=1000"
      .. " priority=4096 group_fwd_mask=8 mcast_snooping=false mcast_querier=true mcast_router=2",
    seen = function()
      local d = bridge_data "b0"
      return { d.stp_state, d.forward_delay, d.hello_time, d.max_age, d.ageing_time, d.priority,
               d.group_fwd_mask, d.mcast_snooping, d.mcast_querier, d.mcast_router }
    end,
    sees = { 1, 300, 300, 2500, 1000, 4096, "0x8", 0, 1, 2 },
    change = "stp_state=false priority=8192" },
  { key = "bridge name=b0", needs = "bridge_vlan",
    add = "vlan_filtering=true vlan_protocol=802.1ad vlan_default_pvid=7"
      .. " vlan_stats_enabled=true vlan_stats_per_port=true",
    seen = function()
      local d = bridge_data "b0"
      return { d.vlan_filtering, d.vlan_protocol, d.vlan_default_pvid, d.vlan_stats_enabled,
               d.vlan_stats_per_port }
    end,
    sees = { 1, "802.1ad", 7, 1, 1 },
    change = "vlan_filtering=false vlan_protocol=802.1Q vlan_default_pvid=0"
      .. " vlan_stats_enabled=false vlan_stats_per_port=false" },
  { key = "veth name=p0", add = "peer=p1",
    seen = function() return { ip "link show dev p0".link } end, sees = { "p1" }, fixed = true },
  { key = "vrf name=blue", needs = "vrf", add = "table=1000",
    seen = function() return { bridge_data "blue".table } end, sees = { 1000 }, fixed = true },
  { key = "vxlan name=x0", setup = BRIDGED,
    add = "id=100 dstport=4790 dev=v0 src=192.0.2.1 remote=239.0.0.1 ttl=9 tos=16 learning=false"
      .. " ageing=77 srcport=8000-8099 udp6zerocsumtx=true udp6zerocsumrx=true proxy=true"
      .. " rsc=true l2miss=true l3miss=true gbp=true",
    seen = function()
      local d = bridge_data "x0"
      return { d.id, d.port, d.link, d["local"], d.group, d.ttl, d.tos, d.learning, d.ageing,
               d.udp_zero_csum6_tx, d.udp_zero_csum6_rx, d.proxy, d.rsc, d.l2miss, d.l3miss,
               helper.run "ip -d link show x0":find " gbp " ~= nil } -- newer JSON: null
    end,
    sees = { 100, 4790, "v0", "192.0.2.1", "239.0.0.1", 9, "0x10", false, 77, true, true, true,
             true, true, true, true },
    change = "src=192.0.2.2 remote=192.0.2.9 ttl=0 tos=1 learning=true ageing=78" },
  { key = "vxlan name=x0", setup = BRIDGED, add = "id=16777215 dstport=4789 dev=v0 remote=fd00::9",
    seen = function()
      local d = bridge_data "x0"
      return { d.id, d.port, d.remote6, d.learning }
    end,
    sees = { 16777215, 4789, "fd00::9", true }, change = "src=fd00::1 remote=none" },
  { key = "vxlan name=x0", add = "dstport=4789 external=true vnifilter=true", fixed = true,
    seen = function()
      local d = bridge_data "x0"
      return { d.external, d.vnifilter }
    end,
    sees = { true, true } },
  { key = "vlan_dev name=w0", setup = BRIDGED, needs = "vlan_dev",
    add = "link=v0 id=20 protocol=802.1ad reorder_hdr=false gvrp=true mvrp=true"
      .. " loose_binding=true",
    seen = function()
      local l = ip "link show dev w0"
      local d = l.linkinfo.info_data
      return { l.link, d.id, d.protocol, table.concat(d.flags, " ") }
    end,
    sees = { "v0", 20, "802.1ad", "GVRP MVRP LOOSE_BINDING" },
    change = "reorder_hdr=true gvrp=false mvrp=false loose_binding=false" },
  { key = "vlan_dev name=w0", setup = BRIDGED, needs = "vlan_dev",
    add = "link=br0 id=4094 protocol=802.1Q bridge_binding=true",
    seen = function()
      local l = ip "link show dev w0"
      local d = l.linkinfo.info_data
      return { l.link, d.id, d.protocol, table.concat(d.flags, " ") }
    end,
    sees = { "br0", 4094, "802.1Q", "REORDER_HDR BRIDGE_BINDING" },
    change = "bridge_binding=false" },
  { key = "macvlan name=m0", setup = BRIDGED, add = "link=v0 mode=private bcqueuelen=77",
    seen = function()
      local l = ip "link show dev m0"
      local d = l.linkinfo.info_data
      return { l.link, l.linkinfo.info_kind, d.mode, d.bcqueuelen }
    end,
    sees = { "v0", "macvlan", "private", 77 }, change = "mode=vepa bcqueuelen=78" },
  { key = "macvtap name=m0", setup = BRIDGED, add = "link=v0 mode=bridge bcqueuelen=77",
    seen = function()
      local l = ip "link show dev m0"
      local d = l.linkinfo.info_data
      return { l.link, l.linkinfo.info_kind, d.mode, d.bcqueuelen }
    end,
    sees = { "v0", "macvtap", "bridge", 77 }, change = "mode=private bcqueuelen=78" },
  { key = "tap_node dev=m0", setup = BRIDGED .. "; ip link add link v0 name m0 type macvtap",
    change = "user=12345",
    seen = function()
      return { helper.run("stat -c %u /dev/tap" .. ip "link show dev m0".ifindex):match "%d+" }
    end,
    sees = { "12345" } },
  { key = "macvtap name=m0", setup = BRIDGED, add = "link=v0 mode=passthru nopromisc=true",
    seen = function()
      local d = bridge_data "m0"
      return { d.mode, d.nopromisc }
    end,
    sees = { "passthru", true }, fixed = true },
  { key = "ifb name=i0", needs = "rate", add = "", fixed = true,
    seen = function() return { ip "link show dev i0".linkinfo.info_kind } end, sees = { "ifb" } },
  { key = "link name=v1", setup = BRIDGED,
    change = "mtu=9000 address=02:00:00:00:00:77 master=br0 alias=a%20'b'%0a%25$x txqueuelen=77"
      .. " group=5 up=false",
    seen = function()
      local l = ip "link show dev v1"
      return { l.mtu, l.address, l.master, l.ifalias, l.txqlen, l.group, l.flags[1] }
    end,
    sees = { 9000, "02:00:00:00:00:77", "br0", "a 'b'\n%$x", 77, "5", "BROADCAST" } },
  { key = "link name=v1", setup = BRIDGED,
    change = "gso_max_size=30000 gso_max_segs=100 gro_max_size=40000",
    seen = function()
      local l = ip "link show dev v1"
      return { l.gso_max_size, l.gso_max_segs, l.gro_max_size }
    end,
    sees = { 30000, 100, 40000 } },
  { key = "link name=v1", setup = BRIDGED, needs = "linux_6_3", no_sh = true,
    change = "gso_max_size=100000 gso_ipv4_max_size=50000",
    seen = function() return { ip "link show dev v1".gso_max_size } end, sees = { 100000 } },
  { key = "link name=v0", setup = BRIDGED .. "; ip link set dev v0 master br0 alias x",
    change = "master=none alias=none up=true",
    seen = function()
      local l = ip "link show dev v0"
      return { l.master or "none", l.ifalias or "none" }
    end,
    sees = { "none", "none" } },
  { key = "altname dev=v0 name=a-name-that-is-longer-than-a-device's", setup = BRIDGED, add = "",
    fixed = true,
    seen = function()
      return { ip "link show dev v0".altnames[1],
        ip "link show dev a-name-that-is-longer-than-a-device\\'s".ifname }
    end,
    sees = { "a-name-that-is-longer-than-a-device's", "v0" } },
  { key = "port dev=v0", setup = PORT,
    change = "isolated=true learning=false flood=false mcast_flood=false bcast_flood=false"
      .. " guard=true root_block=true hairpin=true fastleave=true neigh_suppress=true cost=7"
      .. " priority=9",
    seen = function()
      local p = helper.json "bridge -j -d link show dev v0"[1]
      return { p.isolated, p.learning, p.flood, p.mcast_flood, p.bcast_flood, p.guard, p.root_block,
               p.hairpin, p.fastleave, p.neigh_suppress, p.cost, p.priority }
    end,
    sees = { true, false, false, false, false, true, true, true, true, true, 7, 9 } },
  { key = "port dev=v0", setup = PORT .. "; ip link add dev w0 master br0 type veth peer name w1",
    needs = "port_locked",
    change = "locked=true mcast_to_unicast=true vlan_tunnel=true mcast_router=2 backup_port=w0",
    seen = function()
      local p = helper.json "bridge -j -d link show dev v0"[1]
      return { p.locked, p.mcast_to_unicast, p.vlan_tunnel, p.mcast_router, p.backup_port }
    end,
    sees = { true, true, true, 2, "w0" } },
  { key = "port dev=v0", setup = PORT .. [[; ip link add dev w0 master br0 type veth peer name w1
      bridge link set dev v0 backup_port w0]],
    change = "backup_port=none",
    seen = function() return { helper.json "bridge -j -d link show dev v0"[1].backup_port } end,
    sees = {} },
  { key = "port dev=v0", setup = PORT .. "; bridge link set dev v0 locked on",
    needs = "linux_6_3", no_sh = true,
    change = "mab=true neigh_vlan_suppress=true mcast_max_groups=7",
    seen = function() return {} end, sees = {} }, -- bridge(8) may not know them: port_spec.lua
  { key = "vlan dev=v0", setup = VLANS, needs = "bridge_vlan",
    change = "pvid=10 untagged=11,13-14 tagged=20,30-40,4094",
    seen = function() return vlans "v0" end,
    sees = { "10 PVID Egress Untagged", "11 Egress Untagged", "13-14 Egress Untagged", "20",
             "30-40", "4094" } },
  { key = "vlan dev=v0", setup = VLANS, needs = "bridge_vlan",
    change = "pvid=10 untagged=none tagged=10-12",
    seen = function() return vlans "v0" end, sees = { "10 PVID", "11-12" } },
  { key = "vlan dev=v0", setup = VLANS, needs = "bridge_vlan",
    change = "pvid=none untagged=none tagged=none",
    seen = function() return vlans "v0" end, sees = {} },
  { key = "vlan_member dev=v0 vid=20", setup = VLANS, needs = "bridge_vlan",
    add = "untagged=true", fixed = true,
    seen = function() return vlans "v0" end,
    sees = { "1 PVID Egress Untagged", "20 Egress Untagged" } },
  { key = "vlan_member dev=br0 vid=20", setup = VLANS, needs = "bridge_vlan",
    add = "self=true", fixed = true,
    seen = function() return vlans "br0" end, sees = { "1 PVID Egress Untagged", "20" } },
  { key = "fdb dev=v0 mac=02:00:00:00:00:09", setup = PORT, add = "sticky=true",
    seen = function()
      local e = entry "02:00:00:00:00:09"
      return { e.master, e.state, e.flags[1], e.vlan or "none" }
    end,
    sees = { "br0", "static", "sticky", "none" }, change = "sticky=false" },
  { key = "fdb dev=v0 mac=02:00:00:00:00:09 vlan=20", needs = "bridge_vlan",
    setup = VLANS .. "; bridge vlan add dev v0 vid 20", add = "", fixed = true,
    seen = function()
      local e = entry "02:00:00:00:00:09"
      return { e.vlan, e.state }
    end,
    sees = { 20, "static" } },
  { key = "fdb dev=x0 mac=00:00:00:00:00:00 dst=192.0.2.7", add = "port=4790 vni=6 via=v0",
    setup = TUNNEL .. "; bridge fdb append 00:00:00:00:00:00 dev x0 self static dst 192.0.2.8",
    seen = function()
      local seen = {}
      for i, e in ipairs(helper.json "bridge -j fdb show dev x0") do
        seen[i] = ("%s %s %s %s %s"):format(e.mac, e.dst, e.port, e.vni, e.viaIf)
      end
      table.sort(seen)
      return seen
    end,
    sees = { "00:00:00:00:00:00 192.0.2.7 4790 6 v0", "00:00:00:00:00:00 192.0.2.8 nil nil nil" } },
  { key = "fdb dev=x0 mac=02:00:00:00:00:09 dst=2001:db8::7 src_vni=7", add = "vni=6",
    setup = [[ip link add dev v0 type veth peer name v1
      ip link add dev x0 type vxlan external dstport 4789 local 2001:db8::1]],
    seen = function()
      local e = entry("02:00:00:00:00:09", "x0")
      return { e.dst, e.src_vni, e.vni, e.state }
    end,
    sees = { "2001:db8::7", 7, 6, "static" }, change = "vni=8" },
  { key = "addr dev=v0 address=192.0.2.1/24", setup = BRIDGED,
    add = "peer=192.0.2.2/24 broadcast=192.0.2.255 scope=link noprefixroute=true",
    seen = function()
      local a = ip "addr show dev v0".addr_info[1]
      return { a["local"], a.address, a.prefixlen, a.broadcast, a.scope, a.noprefixroute }
    end,
    sees = { "192.0.2.1", "192.0.2.2", 24, "192.0.2.255", "link", true }, fixed = true },
  { key = "addr dev=v0 address=2001:db8::1/64", setup = BRIDGED, add = "nodad=true", fixed = true,
    seen = function()
      local a = ip "addr show dev v0 to 2001:db8::/64".addr_info[1]
      return { a["local"], a.prefixlen, a.nodad }
    end,
    sees = { "2001:db8::1", 64, true } },
  { key = "addr dev=lo address=127.0.0.2/8", setup = BRIDGED, add = "", fixed = true,
    seen = function() return { ip "addr show dev lo to 127.0.0.2/8".addr_info[2].scope } end,
    sees = { "host" } },
  { key = "route dst=198.51.100.7/32", setup = ADDRESSED, add = "dev=v0",
    seen = function()
      local r = route "route show proto 109"
      return { r.dst, r.dev, r.scope }
    end,
    sees = { "198.51.100.7", "v0", "link" } },
  { key = "route dst=198.51.100.0/24 table=1000 metric=7", setup = ADDRESSED,
    add = "dev=v0 via=10.0.0.9 src=10.0.0.1 proto=4 mtu=1400 onlink=true",
    seen = function()
      local r = route "route show table 1000"
      return { r.dst, r.dev, r.gateway, r.prefsrc, r.metric, r.protocol, r.metrics[1].mtu,
               r.flags[1] }
    end,
    sees = { "198.51.100.0/24", "v0", "10.0.0.9", "10.0.0.1", 7, "static", 1400, "onlink" },
    change = "dev=v0 via=10.0.0.10 proto=4 mtu=1300" },
  { key = "route dst=198.51.100.0/24", setup = ADDRESSED, add = "type=blackhole",
    seen = function() return { route "route show type blackhole".dst } end,
    sees = { "198.51.100.0/24" } },
  { key = "route dst=198.51.100.0/24", setup = ADDRESSED, add = "dev=v0 via=fd00::9",
    seen = function()
      local r = route "route show proto 109"
      return { r.dst, r.via.host }
    end,
    sees = { "198.51.100.0/24", "fd00::9" } },
  { key = "route dst=2001:db8:7::/48", setup = ADDRESSED, add = "dev=v0 via=fd00::9 mtu=1300",
    seen = function()
      local r = route "-6 route show proto 109"
      return { r.dst, r.gateway, r.dev, r.metric, r.metrics[1].mtu }
    end,
    sees = { "2001:db8:7::/48", "fd00::9", "v0", 1024, 1300 } },
  { key = "route dst=::/0 metric=7", setup = ADDRESSED, add = "type=unreachable",
    seen = function() return { route "-6 route show default".type } end,
    sees = { "unreachable" } },
  { key = "neigh dev=v0 dst=10.0.0.9", setup = ADDRESSED, add = "lladdr=02:00:00:00:00:99",
    seen = function()
      local n = route "neigh show dev v0 nud permanent"
      return { n.dst, n.lladdr }
    end,
    sees = { "10.0.0.9", "02:00:00:00:00:99" }, change = "lladdr=02:00:00:00:00:98" },
  { key = "neigh dev=v0 dst=fd00::9", setup = ADDRESSED,
    add = "lladdr=02:00:00:00:00:99 router=true",
    seen = function()
      return { helper.run "ip -6 neigh show dev v0 nud permanent" }
    end,
    sees = { "fd00::9 lladdr 02:00:00:00:00:99 router PERMANENT \n" } },
  { key = "neigh dev=v0 dst=10.0.0.9 proxy=true", setup = ADDRESSED, add = "",
    seen = function() return { route "neigh show proxy".dst } end, sees = { "10.0.0.9" } },
  { key = "neigh dev=v0 dst=fd00::9 proxy=true", setup = ADDRESSED, add = "",
    seen = function() return { route "-6 neigh show proxy".dst } end, sees = { "fd00::9" } },
  { key = "rule priority=2000 table=1000 from=198.51.100.0/25 to=192.0.2.7/32 iif=v0 oif=lo"
      .. " fwmark=16 fwmask=255 ipproto=tcp sport=80 dport=8000-8099", setup = ADDRESSED, add = "",
    seen = function()
      local r = route "rule show pref 2000"
      return { r.src, r.srclen, r.dst, r.iif, r.oif, r.fwmark, r.fwmask, r.ipproto, r.sport,
               r.dport_start, r.dport_end, r.table, r.protocol }
    end,
    sees = { "198.51.100.0", 25, "192.0.2.7", "v0", "lo", "0x10", "0xff", "tcp", 80, 8000, 8099,
             "1000", "109" } },
  { key = "rule priority=2001 table=100 from=2001:db8::/48 ipproto=icmpv6 proto=4",
    setup = ADDRESSED, add = "",
    seen = function()
      local r = route "-6 rule show pref 2001"
      return { r.src, r.srclen, r.ipproto, r.table, r.protocol }
    end,
    sees = { "2001:db8::", 48, "ipv6-icmp", "100", "static" } },
  { key = "rule priority=2002 table=100 family=ipv6 iif=v0 fwmark=0", setup = ADDRESSED, add = "",
    seen = function()
      local r = route "-6 rule show pref 2002"
      return { r.iif, r.fwmark }
    end,
    sees = { "v0", "0" } },
  { key = "nft table=bridge", add = "intact=true",
    seen = function() return { helper.run "nft list tables" } end,
    sees = { "table bridge moontap\n" } },
  { key = "nft table=inet", add = "intact=true",
    seen = function() return { helper.run "nft list tables" } end,
    sees = { "table inet moontap\n" } },
  { key = "nft table=bridge_firewall", needs = "firewall", add = "intact=true",
    seen = function() return { helper.run "nft list tables" } end,
    sees = { "table bridge moontap_firewall\n" } },
  { key = "nft table=inet_firewall", add = "intact=true",
    seen = function() return { helper.run "nft list tables" } end,
    sees = { "table inet moontap_firewall\n" } },
  { key = "guard dev=v0 family=bridge", setup = PORT .. "; " .. table_of "bridge",
    add = "level=all mac=52:54:00:00:00:03 dhcp_server=true router=true vlans=20,30-40",
    change = "level=mac mac=52:54:00:00:00:04 dhcp_server=false router=false vlans=20,31-40",
    seen = function()
      local e = elements("bridge", "guard")[1]
      return { e[1].elem.val, e[2].jump.target, elements("bridge", "mac"),
        elements("bridge", "dhcp_server"), elements("bridge", "router"),
        elements("bridge", "vlans") }
    end,
    sees = { "v0", "guard_all", { { concat = { "v0", "52:54:00:00:00:03" } } }, { "v0" }, { "v0" },
             { { concat = { "v0", 20 } }, { concat = { "v0", { range = { 30, 40 } } } } } } },
  { key = "guard_ip dev=v0 address=10.0.0.5/32 family=bridge",
    setup = PORT .. "; " .. table_of "bridge", add = "",
    seen = function() return elements("bridge", "host4") end,
    sees = { { concat = { "v0", "10.0.0.5" } } } },
  { key = "guard_ip dev=v0 address=10.7.0.0/16 family=bridge",
    setup = PORT .. "; " .. table_of "bridge", add = "",
    seen = function() return elements("bridge", "net4") end,
    sees = { { concat = { "v0", { prefix = { addr = "10.7.0.0", len = 16 } } } } } },
  { key = "guard_ip dev=v0 address=2001:db8::5/128 family=bridge",
    setup = PORT .. "; " .. table_of "bridge", add = "",
    seen = function()
      return { elements("bridge", "host6"),
        helper.run "nft list set bridge moontap target":match "elements = %b{}" }
    end,
    sees = { { { concat = { "v0", "2001:db8::5" } } },
             'elements = { "v0" . 0x20010db8000000000000000000000005 }' } },
  { key = "guard_ip dev=v0 address=2001:db8::/64 family=bridge",
    setup = PORT .. "; " .. table_of "bridge", add = "",
    seen = function()
      return { elements("bridge", "net6"),
        helper.run "nft list set bridge moontap target_net":match "0x%x+-0x%x+" }
    end,
    sees = { { { concat = { "v0", { prefix = { addr = "2001:db8::", len = 64 } } } } },
             "0x20010db8000000000000000000000000-0x20010db800000000ffffffffffffffff" } },
  { key = "guard_ip dev=v0 address=10.0.0.5/32 family=inet",
    setup = BRIDGED .. "; " .. table_of "inet", add = "",
    seen = function() return elements("inet", "host4") end,
    sees = { { concat = { "v0", "10.0.0.5" } } } },
  { key = "firewall dev=v0 family=inet", setup = BRIDGED .. "; " .. table_of "inet_firewall",
    add = "inbound=deny outbound=accept", change = "inbound=accept outbound=deny",
    seen = function() return { verdict "to_guest", verdict "from_guest" } end,
    sees = { "v0 in_deny moontap", "v0 out_accept moontap" } },
  { key = "firewall dev=v0 family=bridge", needs = "firewall",
    setup = PORT .. "; " .. table_of "bridge_firewall", add = "inbound=deny outbound=deny",
    change = "inbound=accept",
    seen = function() return { verdict("to_guest", "bridge"), verdict("from_guest", "bridge") } end,
    sees = { "v0 in_deny moontap", "v0 out_deny moontap" } },
  { key = "allow_in dev=v0 proto=tcp port=80 peer=0.0.0.0/0 family=inet",
    setup = BRIDGED .. "; " .. table_of "inet_firewall", add = "",
    seen = function() return elements("inet_firewall", "in4") end,
    sees = { { concat = { "v0", "tcp", 80, { prefix = { addr = "0.0.0.0", len = 0 } } } } } },
  { key = "allow_in dev=v0 proto=udp port=5000-5100 peer=2001:db8::/64 family=inet",
    setup = BRIDGED .. "; " .. table_of "inet_firewall", add = "",
    seen = function() return elements("inet_firewall", "in6") end,
    sees = { { concat = { "v0", "udp", { range = { 5000, 5100 } },
               { prefix = { addr = "2001:db8::", len = 64 } } } } } },
  { key = "allow_in dev=v0 proto=icmp port=8 peer=10.0.0.0/8 family=inet",
    setup = BRIDGED .. "; " .. table_of "inet_firewall", add = "",
    seen = function() return elements("inet_firewall", "in_icmp4") end,
    sees = { { concat = { "v0", "echo-request", { prefix = { addr = "10.0.0.0", len = 8 } } } } } },
  { key = "allow_in dev=v0 proto=icmpv6 port=0-255 peer=::/0 family=inet",
    setup = BRIDGED .. "; " .. table_of "inet_firewall", add = "",
    seen = function() return elements("inet_firewall", "in_icmp6") end,
    sees = { { concat = { "v0", { range = { 0, 255 } },
               { prefix = { addr = "::", len = 0 } } } } } },
  { key = "allow_out dev=v0 proto=any port=0-65535 peer=10.0.0.5/32 family=inet",
    setup = BRIDGED .. "; " .. table_of "inet_firewall", add = "",
    seen = function() return elements("inet_firewall", "out_any4") end,
    sees = { { concat = { "v0", "10.0.0.5" } } } },
  { key = "allow_out dev=v0 proto=esp port=0-65535 peer=::/0 family=bridge", needs = "firewall",
    setup = PORT .. "; " .. table_of "bridge_firewall", add = "",
    seen = function() return elements("bridge_firewall", "out6") end,
    sees = { { concat = { "v0", "esp", { range = { 0, 65535 } },
               { prefix = { addr = "::", len = 0 } } } } } },
  { key = "allow_out dev=v0 proto=tcp port=443 peer=10.0.0.5/32 family=inet",
    setup = BRIDGED .. "; " .. table_of "inet_firewall", add = "",
    seen = function() return elements("inet_firewall", "out4") end,
    sees = { { concat = { "v0", "tcp", 443, "10.0.0.5" } } } },
  { key = "firewall_group name=app family=inet", add = "intact=true",
    setup = table_of "inet_firewall",
    seen = function()
      return { helper.run "nft list chain inet moontap_firewall to_app":match "ip .-\n" }
    end,
    sees = { "ip daddr @group4_app accept\n" } },
  { key = "firewall_member dev=v0 group=app address=10.0.0.5 family=inet", setup = GROUPED,
    add = "",
    seen = function() return { elements("inet_firewall", "group4_app")[1].elem.val } end,
    sees = { "10.0.0.5" } },
  { key = "firewall_member dev=v0 group=app address=fd00::5 family=inet", setup = GROUPED,
    add = "",
    seen = function() return { elements("inet_firewall", "group6_app")[1].elem.val } end,
    sees = { "fd00::5" } },
  { key = "allow_in_group dev=v0 proto=tcp port=5432 nth=2 family=inet", setup = GROUPED,
    add = "group=app", change = "group=ops",
    seen = function() return elements("inet_firewall", "in_group2") end,
    sees = { { { concat = { "v0", "tcp", 5432 } }, { jump = { target = "from_app" } } } } },
  { key = "allow_out_group dev=v0 proto=icmpv6 port=0-65535 nth=1 family=inet", setup = GROUPED,
    add = "group=app", change = "group=ops",
    seen = function() return elements("inet_firewall", "out_group1")[1][2] end,
    sees = { jump = { target = "to_app" } } },
  { key = "forward address=192.0.2.1 proto=tcp port=8080",
    setup = table_of "inet",
    add = "to=10.0.0.5 to_port=80",
    seen = function() return elements("inet", "forward4") end,
    sees = { { { concat = { "192.0.2.1", "tcp", 8080 } }, { concat = { "10.0.0.5", 80 } } } } },
  { key = "forward address=192.0.2.1 proto=udp port=53",
    setup = table_of "inet",
    add = "to=10.0.0.5 to_port=none",
    seen = function() return elements("inet", "forward4") end,
    sees = { { { concat = { "192.0.2.1", "udp", 53 } }, { concat = { "10.0.0.5", 53 } } } } },
  { key = "forward address=192.0.2.1 proto=tcp port=9000-9100",
    setup = table_of "inet",
    add = "to=10.0.0.5",
    seen = function() return elements("inet", "range4") end,
    sees = { { { concat = { "192.0.2.1", "tcp", { range = { 9000, 9100 } } } }, "10.0.0.5" } } },
  { key = "forward address=2001:db8::1 proto=tcp port=8080",
    setup = table_of "inet",
    add = "to=fd00::5 to_port=80",
    seen = function() return elements("inet", "forward6") end,
    sees = { { { concat = { "2001:db8::1", "tcp", 8080 } }, { concat = { "fd00::5", 80 } } } } },
  { key = "forward address=2001:db8::1 proto=udp port=9000-9100",
    setup = table_of "inet",
    add = "to=fd00::5",
    seen = function() return elements("inet", "range6") end,
    sees = { { { concat = { "2001:db8::1", "udp", { range = { 9000, 9100 } } } }, "fd00::5" } } },
  { key = "masquerade src=10.0.0.0/24 out=v0",
    setup = BRIDGED .. "; " .. table_of "inet", add = "",
    seen = function() return elements("inet", "masquerade4") end,
    sees = { { concat = { { prefix = { addr = "10.0.0.0", len = 24 } }, "v0" } } } },
  { key = "masquerade src=fd00::/64 out=v0",
    setup = BRIDGED .. "; " .. table_of "inet", add = "",
    seen = function() return elements("inet", "masquerade6") end,
    sees = { { concat = { { prefix = { addr = "fd00::", len = 64 } }, "v0" } } } },
  { key = "hairpin address=10.0.0.5",
    setup = table_of "inet", add = "",
    seen = function() return elements("inet", "hairpin4") end, sees = { "10.0.0.5" } },
  { key = "hairpin address=fd00::5",
    setup = table_of "inet", add = "",
    seen = function() return elements("inet", "hairpin6") end, sees = { "fd00::5" } },
  { key = "tbf dev=v0", setup = BRIDGED, needs = "rate", add = "rate=2500000 burst=64",
    seen = qdisc, sees = { "tbf 6d:", "rate 20Mbit burst 64Kb lat 50ms" },
    change = "rate=125000000 burst=1221 latency=20" },
  { key = "tbf dev=v0", setup = BRIDGED, needs = "rate",
    add = "rate=5000000000 burst=128 peak=12500000000 latency=100",
    seen = function() -- older tc(8) shows what goes through in whole microseconds
      local kind, is = table.unpack(qdisc())
      return { kind, (is:gsub("130000b", "130879b"):gsub("62500b", "64800b")) }
    end,
    sees = { "tbf 6d:",
             "rate 40Gbit burst 130879b peakrate 100Gbit minburst 64800b lat 100ms" },
    change = "rate=1000 burst=3 peak=none" },
  { key = "clsact dev=v0", setup = BRIDGED, needs = "rate", add = "", fixed = true,
    seen = function() return { helper.json "tc -j qdisc show dev v0 clsact"[1].kind } end,
    sees = { "clsact" } },
  { key = "redirect dev=v0 direction=ingress", setup = REDIRECTED, needs = "rate", add = "to=i0",
    seen = function() return { redirected "ingress", redirected "egress" } end,
    sees = { "all 1 i0", "none" }, change = "to=i1" },
  { key = "redirect dev=v0 direction=egress", needs = "rate", add = "to=i0",
    setup = REDIRECTED .. "; tc filter add dev v0 egress protocol ip prio 7 u32 match u32 0 0"
      .. " flowid 1:1",
    seen = function() return { redirected "ingress", redirected "egress" } end,
    sees = { "none", "all 2 i0" }, change = "to=i1" },
  { key = "offload dev=v0", setup = BRIDGED,
    change = "rx=false tx=false sg=false tso=false gso=false gro=true rxvlan=false txvlan=false",
    seen = function()
      local seen = {}
      for i, name in ipairs { "rx-checksumming", "tx-checksumming", "scatter-gather",
        "tcp-segmentation-offload", "generic-segmentation-offload", "generic-receive-offload",
        "rx-vlan-offload", "tx-vlan-offload" } do
        seen[i] = helper.run "ethtool -k v0":match("\n" .. name:gsub("%-", "%%-") .. ": (%l+)")
      end
      return seen
    end,
    sees = { "off", "off", "off", "off", "off", "on", "off", "off" } },
  { key = "dhcp_host mac=52:54:00:00:00:05 dir=/run/hosts",
    setup = "rm -rf /run/hosts; mkdir /run/hosts",
    list = "dhcp_host dir=/run/hosts",
    add = "address=10.0.0.5 address6=fd00::5 name=web-1.lan pid=/run/dnsmasq.pid",
    seen = function()
      return { helper.run "stat -c %a /run/hosts/*; grep -v '^#' /run/hosts/*; ls -A /run/hosts" }
    end,
    sees = { "644\n52:54:00:00:00:05,10.0.0.5,[fd00::5],web-1.lan\n52:54:00:00:00:05\n" },
    change = "address=10.0.0.6 address6=none name=none pid=none" },
  { key = "ovs_port dev=v0", needs = "ovs", setup = OVS,
    add = "bridge=ob0 tag=10 trunks=20,30-32 vlan_mode=native-tagged protected=true"
      .. " mtu_request=1400 ofport_request=7 ingress_rate=1000 ingress_burst=100"
      .. " iface_id=a%20b iface_id_ver=2"
      .. ' attached_mac=52:54:00:00:00:01 vm_id=x"y iface_status=active' .. OWNED,
    other = "ovs_port dev=v0 bridge=ob0 owner=another", unseen = " wait=0",
    seen = function()
      return { helper.run "ovs-vsctl list-ports ob0", ovs("port", "tag", "trunks", "vlan_mode",
        "protected", "external_ids", "other_config"), ovs("interface", "mtu_request",
        "ofport_request", "ingress_policing_rate", "ingress_policing_burst", "external_ids") }
    end,
    sees = { "v0\n", '10 [20, 30, 31, 32] native-tagged true {moontap="' .. OWNER ..
      '"} {transient="true"}',
      '1400 7 1000 100 {attached-mac="52:54:00:00:00:01", iface-id="a b", iface-id-ver="2", ' ..
      'iface-status=active, vm-id="x\\"y"}' },
    change = "tag=11 trunks=none vlan_mode=access mtu_request=none iface_id=c iface_id_ver=none"
      .. " ingress_rate=none ingress_burst=none" },
  { key = "ovs_port dev=v0", needs = "ovs", setup = OVS,
    add = "bridge=ob0 tag=10 vlan_mode=dot1q-tunnel cvlans=5-6 qinq_ethtype=802.1q" .. OWNED,
    other = "ovs_port dev=v0 bridge=ob0 owner=another",
    seen = function() return { ovs("port", "tag", "vlan_mode", "cvlans", "other_config") } end,
    sees = { '10 dot1q-tunnel [5, 6] {qinq-ethtype="802.1q", transient="true"}' },
    change = "bridge=ob1" },
  { key = "lease address=10.0.0.5 pool=lan owner=u%20m", setup = "rm -rf /var/lib/moontap/*",
    add = "", fixed = true,
    seen = function() return { helper.run "cat /var/lib/moontap/lease/lan/10.0.0.5" } end,
    sees = { "u m\n" } },
  { key = "lease address=fd00::5 pool=lan.6 owner=u", setup = "rm -rf /var/lib/moontap/*",
    add = "", fixed = true,
    seen = function() return { helper.run "cat /var/lib/moontap/lease/lan.6/fd00::5" } end,
    sees = { "u\n" } },
  { key = "conf dev=v0 family=ipv4", setup = ADDRESSED,
    change = "forwarding=true proxy_arp=true proxy_arp_pvlan=true rp_filter=2"
      .. " accept_redirects=false send_redirects=false arp_ignore=1 promote_secondaries=true",
    seen = function()
      return { helper.run [[cd /proc/sys/net/ipv4/conf/v0; cat forwarding proxy_arp \
        proxy_arp_pvlan rp_filter accept_redirects send_redirects arp_ignore \
        promote_secondaries | tr -d '\n']] }
    end,
    sees = { "11120011" } },
  { key = "conf dev=v0 family=ipv6", setup = ADDRESSED,
    change = "forwarding=true proxy_ndp=true accept_ra=2 autoconf=false accept_redirects=false"
      .. " disable_ipv6=true",
    seen = function()
      return { helper.run [[cd /proc/sys/net/ipv6/conf/v0; cat forwarding proxy_ndp accept_ra \
        autoconf accept_redirects disable_ipv6 | tr -d '\n']] }
    end,
    sees = { "112001" } },
  { key = "conf dev=all family=ipv6", setup = ADDRESSED, change = "forwarding=true",
    seen = function() return { helper.run "cat /proc/sys/net/ipv6/conf/v0/forwarding" } end,
    sees = { "1\n" } },
  { key = "conf dev=default family=ipv4", setup = ADDRESSED, change = "rp_filter=2",
    seen = function() return { helper.run "cat /proc/sys/net/ipv4/conf/default/rp_filter" } end,
    sees = { "2\n" } },
}

local host

local function start(case)
  helper.run(case.setup or ":")
  host = assert(kernel.open())
end

-- The file /dev/tapN is named after a number of the namespace: a macvtap that goes late, with its
-- namespace, would take that of the next one with it.
local function stop()
  host:close()
  helper.run "ip link del m0 2>/dev/null || :"
end

local function restart(case)
  stop()
  assert(netns.unshare())
  start(case)
end

-- What it has, without what is chosen anew in each namespace.
local function text(key)
  local r, err = host:get(key)
  assert(not err, err and err.line)
  return r and r.text
end

local function words(s)
  local set = {}
  for word in s:gmatch "%S+" do
    set[#set + 1] = word
  end
  return set
end

describe("every kind:", function()
  after_each(stop)

  local function specs_of(case)
    local kind = case.key:match "^%S+"
    local op = case.add and "add" or "set"
    local whole = case.key .. " " .. (case.add or case.change)

    describe(whole .. (case.needs and " #" .. case.needs or ""), function()
      before_each(function() start(case) end)

      it("is what ip(8) sees, and reads back", function()
        assert(host:put(op, whole))
        assert.same(case.sees, case.seen())
        for _, word in ipairs(words(whole)) do
          assert.is_truthy((" " .. text(case.key) .. " "):find(" " .. word .. " ", 1, true), word)
        end
      end)

      if not case.no_sh then
        it("is the same by its commands for sh", function()
          assert(host:put(op, whole))
          local made = text(case.key)
          restart(case)
          helper.run(host:sh(op, whole .. (case.unseen or "")))
          assert.equal(made, text(case.key))
        end)
      end

      if case.add then
        it("is exclusive, and is found in a list of all", function()
          assert.is_nil(text(case.key))
          assert(host:put("add", whole))
          local _, err = host:put("add", case.other or whole)
          assert.equal("EEXIST", err.code)
          local found = 0
          for _, r in ipairs(host:list(case.list or kind)) do
            found = found + (r.text == text(case.key) and 1 or 0)
          end
          assert.equal(1, found)
        end)

        it("is deleted, by its command for sh, too", function()
          for _, by in ipairs { "put", "sh" } do
            assert(host:put("add", whole))
            if kind == "tap" and by == "sh" then
              assert(host:finish(case.key))
            end
            local has = host:get(case.key)
            if by == "put" then
              assert(host:put("delete", has.text, has.ifindex))
            else
              helper.run(host:sh("delete", has.text))
            end
            assert.is_nil(text(case.key))
            restart(case)
          end
        end)
      end

      if case.change and case.add then
        it("is changed, by its command for sh, too", function()
          local change = case.key .. " " .. case.change
          for _, by in ipairs { "put", "sh" } do
            assert(host:put("add", whole))
            if by == "put" then
              assert(host:put("set", change))
            else
              helper.run(host:sh("set", change, nil, host:get(case.key).text))
            end
            for _, word in ipairs(words(change)) do
              assert.is_truthy((" " .. text(case.key) .. " "):find(" " .. word .. " ", 1, true))
            end
            restart(case)
          end
        end)
      end

      it("is not there where its device is not", function()
        restart {}
        assert.is_nil(text(case.key:gsub("v[01]", "nope"):gsub("lo%f[%s]", "nope")
          :gsub("dev=all", "dev=nope"):gsub("dev=default", "dev=nope")))
        if op == "set" and not case.key:find "dev=[ad]" then
          local done, err = host:put("set", whole)
          assert.is_nil(done)
          assert.is_truthy(("ENODEV ENOENT"):find(err.code), err.line)
        end
      end)
    end)
  end

  for _, case in ipairs(cases) do
    if not case.needs or helper.kernel_has(case.needs) then specs_of(case) end
  end

  it("has a line of documentation for itself and each field", function()
    host = assert(kernel.open())
    for _, kind in ipairs(kernel.kinds()) do
      assert.is_truthy(kind.doc, kind.name)
      for _, field in ipairs(kind.fields) do
        assert.is_truthy(#field.doc > 0, kind.name .. "." .. field.name)
      end
    end
  end)

  it("has a case here", function()
    host = assert(kernel.open())
    local tried = {}
    for _, case in ipairs(cases) do tried[case.key:match "^%S+"] = true end
    for _, kind in ipairs(kernel.kinds()) do
      assert.is_true(tried[kind.name], kind.name .. " has no case in this file")
    end
  end)

  -- Else its journal has no ifindex, and whoever has the name later is taken for it.
  it("has a realm when it makes devices", function()
    host = assert(kernel.open())
    for _, kind in ipairs(kernel.kinds()) do
      assert(kind.realm or not kind.is_device, kind.name)
    end
  end)

  it("is all that the rights are for: a policy can allow nothing that no kind asks for", function()
    host = assert(kernel.open())
    local needed = { link = true } -- by every field that names a device
    for _, kind in ipairs(kernel.kinds()) do
      for _, field in ipairs(kind.fields) do
        if field.right then needed[field.right] = true end
      end
    end
    for _, right in ipairs(kernel.rights()) do assert.is_true(needed[right], right) end
  end)

  -- link{ end = 1 } is a syntax error.
  it("has fields that Lua takes as names", function()
    host = assert(kernel.open())
    for _, kind in ipairs(kernel.kinds()) do
      for _, field in ipairs(kind.fields) do
        assert(load("local t = { " .. field.name .. " = 1 }"), kind.name .. "." .. field.name)
      end
    end
  end)
end)
