-- SPDX-License-Identifier: LGPL-2.1-or-later
-- hooks/routed.lua: the host is its guests' router, and the world beyond knows only its link.
local lab = require "spec.guest.lab"
local moontap = require "spec.guest.moontap"

local POLICY = [[
local public = hook "routed" {
  addresses = {
    one = { "192.0.2.10", "2001:db8:1::10" },
    two = { "192.0.2.11", "2001:db8:1::11" },
  },
  uplink = "uplink0",
}

function connect(nic)
  public(nic)
end
]]

local NIC = [[<interface type='ethernet'><mac address='52:54:00:00:04:%02x'/>
  %s<model type='virtio'/></interface>]]

-- The world is a namespace at the other end of the uplink. It knows the guests' networks to be on
-- its link, so it asks there who has an address.
local function world(l)
  l:ok "ip netns add world && ip link add uplink0 type veth peer name eth0 netns world"
  l:ok "ip addr add 192.0.2.1/24 dev uplink0 && ip addr add 2001:db8:1::1/64 dev uplink0 nodad"
  l:ok "ip link set uplink0 up"
  l:ok([[ip netns exec world sh -ec '
    ip link set lo up
    ip addr add 192.0.2.200/24 dev eth0; ip addr add 2001:db8:1::200/64 dev eth0 nodad
    ip link set eth0 up
    ip addr add 198.51.100.1/32 dev lo; ip addr add 2001:db8:ffff::1/128 dev lo']])
  l:ok "ip route add default via 192.0.2.200 && ip -6 route add default via 2001:db8:1::200"
end

local function forward(l, on)
  l:ok(("echo %d >/proc/sys/net/ipv4/ip_forward; echo %d >/proc/sys/net/ipv6/conf/all/forwarding")
    :format(on, on))
end

local function guest(name, mac, target, last)
  return lab.domain { name = name, interfaces = NIC:format(mac, target),
    address = { ("192.0.2.%d/32"):format(last), ("2001:db8:1::%d/128"):format(last) } }
end

-- As the hook's page says that it is done inside of a guest.
local function settle(l, name)
  local result = l:guest(name, "ip route add 169.254.0.1 dev eth0 && " ..
    "ip route add default via 169.254.0.1 && ip -6 route add default via fe80::1 dev eth0")
  assert.same({ 0, "" }, { result.status, result.out })
end

describe("guests #guest behind the host as their router", function()
  local l, before

  lazy_setup(function()
    l = lab.open { hook = moontap.program, files = { ["/etc/moontap/policy.lua"] = POLICY } }
    world(l)
    forward(l, 1)
    l:ok "busybox ping -c 1 -W 5 198.51.100.1"
    before = l:snapshot()
    l:start(guest("one", 1, "<target dev='one0' managed='no'/>", 10))
    l:start(guest("two", 2, "", 11))
    settle(l, "one")
    settle(l, "two")
  end)
  lazy_teardown(function() if l then l:close() end end)

  for _, to in ipairs {
    { family = "IPv4", one = "192.0.2.10", two = "192.0.2.11", host = "192.0.2.1",
      neighbour = "192.0.2.200", world = "198.51.100.1" },
    { family = "IPv6", one = "2001:db8:1::10", two = "2001:db8:1::11", host = "2001:db8:1::1",
      neighbour = "2001:db8:1::200", world = "2001:db8:ffff::1" },
  } do
    it("reach the host, each other and the world over " .. to.family, function()
      for _, name in ipairs { "one", "two" } do
        l:wait_ping(to[name])
        assert.is_true(l:ping(to.host, name))
        l:wait_ping(to.world, name)
        l:wait_ping(to.neighbour, name)
      end
      assert.is_true(l:ping(to.two, "one"))
      assert.is_true(l:ping(to.one, "two"))
    end)

    it("are reached from the world, which has them on its link, over " .. to.family, function()
      for _, name in ipairs { "one", "two" } do
        l:wait("ip netns exec world busybox ping -c 1 -W 1 " .. to[name], 10)
      end
    end)
  end

  it("are forgotten by the world, one after the other, and leave nothing", function()
    l:virsh("destroy", "one")
    assert.is_true(l:ping "192.0.2.11")
    l:ok "ip netns exec world ip neigh flush dev eth0"
    assert.not_equal(0, l:sh("ip netns exec world busybox ping -c 1 -W 1 192.0.2.10").status)
    l:ok "ip netns exec world busybox ping -c 1 -W 5 192.0.2.11"
    l:ok "ip netns exec world busybox ping -c 1 -W 5 2001:db8:1::11"
    l:virsh("destroy", "two")
    assert.equal("", lab.difference(before, l:snapshot()))
    assert.equal("", moontap.state(l))
  end)

  it("are not started while the host does not forward", function()
    forward(l, 0)
    local idle = l:snapshot()
    for _, name in ipairs { "one", "two" } do
      local result = l:sh("virsh start " .. name)
      assert.equal(1, result.status)
      assert.matches("the host does not forward: sysctl %-w net%.ipv4%.ip_forward=1", result.err)
    end
    l:ok "echo 1 >/proc/sys/net/ipv4/ip_forward"
    assert.matches("the host does not forward: sysctl %-w net%.ipv6%.conf%.all%.forwarding=1",
      l:sh("virsh start one").err)
    l:ok "echo 0 >/proc/sys/net/ipv4/ip_forward"
    assert.equal("", lab.difference(idle, l:snapshot()))
    assert.equal("", moontap.state(l))
  end)
end)
