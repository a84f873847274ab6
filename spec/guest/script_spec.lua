-- SPDX-License-Identifier: LGPL-2.1-or-later
-- Taps by their name alone: libvirt's <script> and <downscript>, QEMU's script= and downscript=.
local lab = require "spec.guest.lab"
local moontap = require "spec.guest.moontap"

-- A tap of an unknown guest is only a name.
local POLICY = [[
local lan = hook "bridge" { bridge = "br0", unknown = true }

function connect(nic)
  if nic.dev:find "^refused" then refuse("not " .. nic.dev) end
  if nic.domain.name == "vetoed" then refuse "not at all" end
  lan(nic)
end
]]

-- What libvirt does not say of a downscript: whether it went well.
local WATCHED_IFDOWN = ([[#!/bin/sh
%s "$1" 2>>/run/lab/log/ifdown.err
echo "$1 $?" >>/run/lab/log/ifdown
]]):format(moontap.ifdown)

-- What the network is like before and after libvirt's `start` reaches moontap.
local WATCHED_HOOK = ([[#!/bin/sh
[ "$2" != start ] || sh /run/lab/repository/spec/guest/lab/snapshot.sh >"/run/lab/log/$1.before"
%s hook qemu "$@" || exit
[ "$2" != start ] || sh /run/lab/repository/spec/guest/lab/snapshot.sh >"/run/lab/log/$1.after"
]]):format(moontap.program)

local NIC = [[<interface type='ethernet'><mac address='52:54:00:00:03:%02x'/>
  <script path='%s'/><downscript path='/etc/ifdown'/>%s<model type='virtio'/></interface>]]

local function nic(mac, target)
  return NIC:format(mac, moontap.ifup, target or "")
end

local function open(hook)
  local l = lab.open { files = {
    ["/etc/moontap/policy.lua"] = POLICY,
    ["/etc/ifdown"] = WATCHED_IFDOWN,
    ["/etc/libvirt/hooks/qemu"] = hook,
  } }
  l:bridge("br0", "10.9.0.1/24")
  -- a bridge's addresses are tentative until it has a port: what comes of that is not a guest's
  l:ok "ip link add port0 type veth peer name end0 && ip link set end0 up"
  l:ok "ip link set port0 master br0 up"
  l:wait "! ip -6 addr | grep -q tentative"
  return l
end

local nothing_left = moontap.nothing_left

describe("a tap's name #guest alone", function()
  local l, before

  lazy_setup(function()
    l = open()
    before = l:snapshot()
  end)
  lazy_teardown(function() if l then l:close() end end)

  it("connects a NIC of libvirt's by <script>, and disconnects it by <downscript>", function()
    l:start(lab.domain { name = "scripted", interfaces = nic(1), address = "10.9.0.2/24" })
    l:booted "scripted"
    l:wait_ping "10.9.0.2"
    assert.is_true(l:ping("10.9.0.1", "scripted"))
    assert.matches("%(unknown%) 1 vnet%d+ managed script", moontap.status(l))
    l:virsh("destroy", "scripted")
    assert.matches("^vnet%d+ 0\n$", l:read "/run/lab/log/ifdown")
    nothing_left(l, before)
  end)

  it("is enough to refuse the start of libvirt's guest", function()
    l:define(lab.domain { name = "refused", interfaces = nic(2, "<target dev='refused0'/>") })
    local result = l:sh "virsh start refused"
    assert.equal(1, result.status)
    assert.matches("/etc/moontap/policy.lua:4: refused: not refused0", result.err)
    nothing_left(l, before)
  end)

  it("connects a guest of plain QEMU's, and its tap is handed over to be disconnected", function()
    local result = l:qemu { name = "plain", address = "10.9.0.3/24",
      arguments = ("-netdev tap,id=n0,ifname=tap0,script=%s,downscript=/etc/ifdown " ..
        "-device virtio-net-pci,netdev=n0"):format(moontap.ifup) }
    assert.same({ 0, "" }, { result.status, result.err })
    l:booted "plain"
    l:wait_ping "10.9.0.3"
    assert.is_true(l:ping("10.9.0.1", "plain"))
    -- Not by its name alone, while it is in use
    l:ok("/etc/ifdown tap0")
    assert.is_true(l:ping "10.9.0.3")
    l:stop_qemu "plain"
    assert.matches("tap0 0\ntap0 0\n$", l:read "/run/lab/log/ifdown")
    nothing_left(l, before)
  end)

  it("is enough to stop QEMU, which then says what moontap said", function()
    local result = l:qemu { name = "stopped",
      arguments = "-netdev tap,id=n0,ifname=refused1,downscript=no,script=" .. moontap.ifup }
    assert.equal(1, result.status)
    assert.matches("qemu%-ifup: .*/etc/moontap/policy.lua:4: refused: not refused1", result.err)
    assert.matches("network script .*/qemu%-ifup failed with status", result.err)
    nothing_left(l, before)
  end)

  it("does not disconnect a guest whose tap another guest names in vain", function()
    l:start(lab.domain { name = "holder", interfaces = nic(3, "<target dev='held0'/>"),
      address = "10.9.0.4/24" })
    l:booted "holder"
    l:wait_ping "10.9.0.4"
    local running = l:snapshot()
    for i, managed in ipairs { "", "managed='no'" } do
      l:define(lab.domain { name = "taker" .. i,
        interfaces = nic(3 + i, "<target dev='held0' " .. managed .. "/>") })
      l:ok ": >/run/lab/log/ifdown"
      assert.equal(1, l:sh("virsh start taker" .. i).status)
      assert.equal("held0 0\n", l:read "/run/lab/log/ifdown")
      assert.is_true(l:ping "10.9.0.4")
      assert.equal("", lab.difference(running, l:snapshot()))
    end
    l:virsh("destroy", "holder")
    nothing_left(l, before)
  end)
end)

describe("a tap's name #guest with libvirt's hook as well", function()
  local l, before

  lazy_setup(function()
    l = open(WATCHED_HOOK)
    before = l:snapshot()
  end)
  lazy_teardown(function() if l then l:close() end end)

  it("is known to be that guest's, and the hook finds nothing to do", function()
    l:start(lab.domain { name = "both", interfaces = nic(1), address = "10.9.0.2/24" })
    l:booted "both"
    l:wait_ping "10.9.0.2"
    assert.matches("both 1 vnet%d+ managed script", moontap.status(l))
    assert.matches("link vnet%d+: .* master br0", l:read "/run/lab/log/both.before")
    assert.equal("", lab.difference(l:read "/run/lab/log/both.before",
      l:read "/run/lab/log/both.after"))
    l:virsh("destroy", "both")
    nothing_left(l, before)
  end)

  it("is (null) when the start failed before there was one", function()
    l:define(lab.domain { name = "vetoed", interfaces = { nic(2),
      "<interface type='ethernet'><target dev='vetoed0' managed='no'/></interface>" } })
    l:ok ": >/run/lab/log/ifdown"
    local result = l:sh "virsh start vetoed"
    assert.equal(1, result.status)
    assert.matches("policy.lua:5: refused: not at all", result.err)
    assert.equal("(null) 0\n", l:read "/run/lab/log/ifdown")
    nothing_left(l, before)
  end)

  it("may be one of two NICs', until the hook knows better at start", function()
    -- The script cannot tell NICs of one MAC apart; the hook has their names.
    l:define(lab.domain { name = "twins", interfaces = { nic(6), nic(6) } })
    l:virsh("start", "twins")
    local status = moontap.status(l)
    assert.matches("twins 1 vnet%d+ managed", status)
    assert.matches("twins 2 vnet%d+ managed", status)
    assert.not_matches("unknown", status)
    assert.equal("", lab.difference(l:read "/run/lab/log/twins.before",
      l:read "/run/lab/log/twins.after"))
    l:virsh("destroy", "twins")
    nothing_left(l, before)
  end)

  it("is not given to a guest of libvirt's while plain QEMU has it", function()
    local result = l:qemu { name = "plain",
      arguments = ("-netdev tap,id=n0,ifname=tap0,script=%s,downscript=%s " ..
        "-device virtio-net-pci,netdev=n0"):format(moontap.ifup, moontap.ifdown) }
    assert.equal(0, result.status)
    local running, journal = l:snapshot(), l:read "/run/moontap/nic/tap0"
    l:define(lab.domain { name = "taker",
      interfaces = nic(7, "<target dev='tap0' managed='no'/>") })
    local taken = l:sh "virsh start taker"
    assert.equal(1, taken.status)
    assert.matches("tap0.*: the tap is in use, but not by a guest that moontap knows", taken.err)
    assert.equal("", lab.difference(running, l:snapshot()))
    assert.equal(journal, l:read "/run/moontap/nic/tap0")
    l:stop_qemu "plain"
    nothing_left(l, before)
  end)
end)
