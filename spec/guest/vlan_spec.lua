-- SPDX-License-Identifier: LGPL-2.1-or-later
-- Two guests in two VLANs: each reaches its own, and neither the other nor the other's.
--
-- Where bridges look at VLANs, in the VM of `make check-kernel`, a guest of QEMU's would take
-- minutes to boot: a guest there is a network namespace behind a tap. Real ones are in two bridges.
local guests = require "spec.hosts.guest"
local helper = require "spec.helper"
local lab = require "spec.guest.lab"
local moontap = require "spec.guest.moontap"

describe("two guests in two VLANs of a bridge #bridge_vlan", function()
  if not helper.kernel_has "bridge_vlan" then return end

  local POLICY = [[
  local lan = hook "bridge" { bridge = "br0" }
  local vlans = {
    web = hook "vlan" { bridge = "br0", id = 10 }, mail = hook "vlan" { bridge = "br0", id = 20 },
  }

  function connect(nic)
    local tagged = vlans[nic.domain.name]
    lan(nic)
    tagged(nic)
  end
  ]]
  -- What is behind a port of VLAN 10, and of VLAN 20: 10.9.0.10, 10.9.0.20
  local NEIGHBOUR = [[ip netns add vlan$ && ip link add n$ type veth peer name eth0 netns vlan$ &&
    ip link set n$ master br0 up && bridge vlan del vid 1 dev n$ &&
    bridge vlan add vid $ dev n$ pvid untagged && ip -n vlan$ addr add 10.9.0.$/24 dev eth0 &&
    ip -n vlan$ link set eth0 up]]

  it("reach their own, and no other", function()
    local l <close> = lab.open { bare = true, files = { ["/etc/moontap/policy.lua"] = POLICY } }
    l:ok [[ip link add br0 address 02:00:00:00:00:01 type bridge vlan_filtering 1 &&
      ip link set br0 up]]
    for _, id in ipairs { "10", "20" } do l:ok((NEIGHBOUR:gsub("%$", id))) end
    local before = l:snapshot()
    local web, mail = guests.of("web", 1), guests.of("mail", 2)
    local ten, twenty = { name = "ten", address = "10.9.0.10" }, { address = "10.9.0.20" }
    for _, guest in ipairs { web, mail } do guest:begin(l) end
    web:wait_reaches(l, ten)
    assert.is_true(mail:reaches(l, twenty))
    assert.is_false(web:reaches(l, mail))
    assert.is_false(web:reaches(l, twenty))
    assert.is_false(mail:reaches(l, ten))
    for _, guest in ipairs { web, mail } do guest:finish(l) end
    moontap.nothing_left(l, before)
  end)
end)

describe("two guests #guest in two bridges", function()
  local POLICY = [[
  local bridges = {
    web = hook "bridge" { bridge = "br10" }, mail = hook "bridge" { bridge = "br20" },
  }

  function connect(nic)
    local lan = bridges[nic.domain.name]
    lan(nic)
  end
  ]]
  local NIC = [[<interface type='ethernet'><mac address='52:54:00:00:06:%02x'/>
    <target dev='%s0' managed='no'/><model type='virtio'/></interface>]]

  it("reach their own, and no other", function()
    local l <close> = lab.open { hook = moontap.program,
      files = { ["/etc/moontap/policy.lua"] = POLICY } }
    l:bridge("br10", "10.9.0.10/32") -- both bridges are of one network to the guests
    l:bridge("br20", "10.9.0.20/32")
    local before = l:snapshot()
    for i, name in ipairs { "web", "mail" } do
      l:start(lab.domain { name = name, interfaces = NIC:format(i, name),
        address = ("10.9.0.%d/24"):format(i) })
    end
    l:ok "ip route add 10.9.0.1 dev br10 && ip route add 10.9.0.2 dev br20"
    l:wait_ping("10.9.0.10", "web")
    l:wait_ping("10.9.0.20", "mail")
    assert.is_false(l:ping("10.9.0.2", "web"))
    assert.is_false(l:ping("10.9.0.1", "mail"))
    l:ok "ip route del 10.9.0.1 dev br10 && ip route del 10.9.0.2 dev br20"
    for _, name in ipairs { "web", "mail" } do l:virsh("destroy", name) end
    moontap.nothing_left(l, before)
  end)
end)
