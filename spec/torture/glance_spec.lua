-- glance_spec.lua - what torture looks at after each fault: blind to nothing that moontap changes
--
-- Whoever declares more must be seen here, too: a glance that is equal is all that is looked at.

local helper = require "spec.helper"
local snapshot = require "spec.snapshot"
local look = require "spec.torture.torture".glance

local HOST = [[
  ip link add br0 address 02:00:00:00:00:01 type bridge
  ip link set br0 mtu 1499
  ip link set br0 mtu 1500 up
  ip link add eth0 address 02:00:00:00:00:02 type veth peer name eth1 address 02:00:00:00:00:03
  ip link set eth0 master br0
  ip link set eth0 up
  tc qdisc add dev eth1 clsact
]]

local seen = {
  "ip link set br0 mtu 1400", "ip link set eth1 up",
  "ip link property add dev eth1 altname way", "ip link set eth1 alias x",
  "bridge link set dev eth0 isolated on",
  "bridge fdb add 02:00:00:00:00:09 dev eth0 master static", "ip link set eth0 nomaster",
  "ip addr add 192.0.2.1/32 dev br0", "ip -6 addr add 2001:db8::1/128 dev br0 nodad",
  "ip route add 192.0.2.9 dev br0", "ip -6 route add 2001:db8::9 dev br0",
  "ip neigh add 192.0.2.9 lladdr 02:00:00:00:00:09 dev br0 nud permanent",
  "ip neigh add proxy 192.0.2.9 dev br0", "ip rule add from 192.0.2.9 table 9 priority 999",
  "ip -6 rule add from 2001:db8::9 table 9 priority 999",
  "echo 1 >/proc/sys/net/ipv4/conf/br0/proxy_arp", "echo 0 >/proc/sys/net/ipv6/conf/br0/accept_ra",
  "tc qdisc add dev eth0 clsact",
  "tc qdisc add dev eth0 root handle 6d: tbf rate 1mbit burst 9k limit 9k",
  "tc filter add dev eth1 ingress prio 1 u32 match u32 0 0 action mirred egress redirect dev br0",
  "ip link add v1 link br0 type macvlan mode bridge", "ip tuntap add dev t0 mode tap",
  "ip link add i0 type ifb", "ethtool -K eth1 tso off", "ethtool -K eth1 gro on",
}

-- A tap that was made anew has another number, and a carrier or a timer changes what follows it.
local unseen = {
  "ip link del t0; ip tuntap add dev t0 mode tap; " ..
    "ip link set t0 address 02:00:00:00:00:07 master br0",
  "ip link set eth0 down; ip link set eth0 up",
}

local function assert_seen(change)
  local before, lines = look(), snapshot.take()
  helper.run("set -e\n" .. change)
  assert.is_true(look() ~= before, change)
  assert.not_equal("", snapshot.difference(lines, snapshot.take()), change)
end

describe("a glance at the host #bare", function()
  it("sees every change", function()
    helper.run("set -e\n" .. HOST)
    for _, change in ipairs(seen) do assert_seen(change) end
  end)

  if helper.kernel_has "bridge_vlan" then
    it("sees VLANs #bridge_vlan", function()
      helper.run("set -e\n" .. HOST .. "ip link set br0 type bridge vlan_filtering 1")
      assert_seen "bridge vlan add dev eth0 vid 20"
      assert_seen "bridge vlan add dev br0 vid 20 self"
    end)
  end

  it("is equal while nobody changes anything", function()
    helper.run("set -e\n" .. HOST .. [[
      ip tuntap add dev t0 mode tap
      ip link set t0 address 02:00:00:00:00:07 master br0]])
    for _, change in ipairs(unseen) do
      local before = look()
      helper.run("set -e\n" .. change)
      assert.is_true(look() == before, change)
    end
    helper.run "ip link add i0 type ifb"
    local before = look()
    helper.run "ip link del i0; ip link add i0 type ifb" -- with another MAC address
    assert.is_true(look() == before)
  end)
end)
