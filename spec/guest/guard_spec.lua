-- SPDX-License-Identifier: LGPL-2.1-or-later
-- hooks guard, nat and rate with real guests: one that lies, ports that are forwarded, a limit
local lab = require "spec.guest.lab"
local moontap = require "spec.guest.moontap"

local POLICY = [[
local lan = hook "bridge" { bridge = "br0" }
local addresses = { web = { "10.9.0.2" }, mail = { "10.9.0.3" } }
local guard = hook "guard" { addresses = addresses }
local open = hook "nat" {
  subnet = "10.9.0.0/24", out = "uplink0", public = "192.0.2.1", addresses = addresses,
  forwards = { web = { "tcp 8080 -> 80" } },
}
local slow = hook "rate" { inbound = "8mbit", outbound = "8mbit" }

function connect(nic)
  lan(nic)
  guard(nic)
  open(nic)
  if nic.domain.name == "mail" then slow(nic) end
end
]]

local NIC = [[<interface type='ethernet'><mac address='52:54:00:00:05:%02x'/>
  %s<model type='virtio'/></interface>]]

local function guest(name, mac, target, last)
  return lab.domain { name = name, interfaces = NIC:format(mac, target),
    address = ("10.9.0.%d/24"):format(last) }
end

local function inside(l, name, command)
  local result = l:guest(name, command)
  assert.same({ 0, "" }, { result.status, result.err or "" })
  return result.out
end

describe("guests #guest that are guarded, forwarded to and limited", function()
  local l, before

  lazy_setup(function()
    l = lab.open { hook = moontap.program, files = { ["/etc/moontap/policy.lua"] = POLICY } }
    l:ok "ip netns add world && ip link add uplink0 type veth peer name eth0 netns world"
    l:ok "ip addr add 192.0.2.1/24 dev uplink0 && ip link set uplink0 up"
    l:ok([[ip netns exec world sh -ec '
      ip link set lo up; ip addr add 192.0.2.200/24 dev eth0; ip link set eth0 up']])
    l:ok "echo 1 >/proc/sys/net/ipv4/ip_forward"
    l:bridge("br0", "10.9.0.1/24")
    before = l:snapshot()
    l:start(guest("web", 1, "<target dev='web0' managed='no'/>", 2))
    l:start(guest("mail", 2, "", 3))
    for _, name in ipairs { "web", "mail" } do
      inside(l, name, "ip route add default via 10.9.0.1")
    end
    inside(l, "web", "(busybox nc -ll -p 80 -e echo hello >/dev/null 2>&1 &)")
    l:wait_ping "10.9.0.2"
    l:wait_ping "10.9.0.3"
  end)
  lazy_teardown(function() if l then l:close() end end)

  it("reach the host, each other and the world as themselves", function()
    assert.is_true(l:ping("10.9.0.1", "web"))
    assert.is_true(l:ping("10.9.0.3", "web"))
    l:wait_ping("192.0.2.200", "web") -- masqueraded: the world knows no guest
    l:wait_ping("192.0.2.200", "mail")
  end)

  it("get nothing through with another's address, and are back with their own", function()
    inside(l, "web", "ip addr add 10.9.0.77/24 dev eth0")
    local lie = "busybox ping -c 2 -W 1 -I 10.9.0.77 10.9.0.%d"
    assert.not_equal(0, l:guest("web", lie:format(1)).status)
    assert.not_equal(0, l:guest("web", lie:format(3)).status)
    inside(l, "web", "ip addr del 10.9.0.77/24 dev eth0")
    inside(l, "web", "ip link set eth0 address 52:54:00:00:05:99")
    assert.is_false(l:ping("10.9.0.1", "web"))
    inside(l, "web", "ip link set eth0 address 52:54:00:00:05:01")
    l:wait_ping("10.9.0.1", "web")
    local dropped = l:ok(moontap.program .. " status web"):match "sent, (%d+) of them dropped"
    assert.is_true(tonumber(dropped) > 0)
  end)

  it("have a port that is reached from the world, from another guest and from the host", function()
    local ask = "busybox nc -w 5 192.0.2.1 8080 </dev/null"
    assert.equal("hello\n", l:ok("ip netns exec world " .. ask))
    assert.equal("hello\n", l:ok(ask))
    assert.equal("hello", (inside(l, "mail", ask):gsub("%s+$", "")))
  end)

  it("send no faster than their limit, and not much slower", function()
    l:ok([[(sleep 40 | busybox nc -l -p 7000 | { head -c 3000000 | wc -c; date +%s; } >/tmp/got) \
      >/dev/null 2>&1 & sleep 0.5]])
    local from = l:ok "date +%s"
    inside(l, "mail", "(dd if=/dev/zero bs=1000 count=3000 2>/dev/null | " ..
      "busybox nc 10.9.0.1 7000 >/dev/null 2>&1 &)")
    l:wait("grep -q '^[0-9]\\{10\\}' /tmp/got", 30)
    local got, at = l:ok "cat /tmp/got":match "(%d+)\n(%d+)"
    local took = tonumber(at) - tonumber(from)
    assert.equal("3000000", got)
    assert.is_true(took >= 2, took) -- 3 MB at 1 MB/s
  end)

  it("leave nothing", function()
    l:virsh("destroy", "web")
    l:virsh("destroy", "mail")
    moontap.nothing_left(l, before)
    assert.equal("", l:ok "nft list ruleset")
  end)
end)
