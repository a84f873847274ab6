-- SPDX-License-Identifier: LGPL-2.1-or-later
-- System libvirt and plain QEMU with the service: it does their events, and without it they go on.
local lab = require "spec.guest.lab"
local moontap = require "spec.guest.moontap"

-- Two policies tell who did an event: the service's, and the host's.
local POLICY = [[
local lan = hook "bridge" { bridge = "br0", unknown = true }

function connect(nic)
  lan(nic)
  tap(nic, { alias = "%s" })
end
]]

local NICS = {
  [[<interface type='ethernet'><mac address='52:54:00:00:09:01'/>
    <target dev='ready0' managed='no'/><model type='virtio'/></interface>]],
  [[<interface type='ethernet'><mac address='52:54:00:00:09:02'/>
    <target dev='late0'/><model type='virtio'/></interface>]],
}

describe("moontapd #guest", function()
  local l, before, pid

  local function start()
    pid = l:ok(([[
      %sd --foreground -p /etc/moontap/served.lua >>/run/lab/log/moontapd 2>&1 </dev/null &
      echo $!]]):format(moontap.program)):match "%d+"
    l:wait "test -S /run/moontap.sock/event && grep -q ready /run/lab/log/moontapd"
  end

  local function stop()
    l:ok("kill " .. pid)
    l:wait "! test -e /run/moontap.sock/event"
    l:ok "rm /run/lab/log/moontapd"
  end

  local function alias(dev)
    return l:ok("ip link show " .. dev):match "alias (%g+)"
  end

  lazy_setup(function()
    l = lab.open { hook = moontap.hook, files = {
      ["/etc/moontap/policy.lua"] = POLICY:format "alone",
      ["/etc/moontap/served.lua"] = POLICY:format "served" } }
    l:bridge("br0", "10.9.0.1/24")
    before = l:snapshot()
  end)
  lazy_teardown(function() if l then l:close() end end)

  local function nothing_left() moontap.nothing_left(l, before) end

  it("connects and disconnects libvirt's guests", function()
    start()
    l:start(lab.domain { name = "web", interfaces = NICS, address = "10.9.0.2/24" })
    assert.same({ "served", "served" }, { alias "ready0", alias "late0" })
    l:booted "web"
    l:wait_ping "10.9.0.2"
    l:virsh("destroy", "web")
    nothing_left()
    stop()
  end)

  it("may come and go while guests run", function()
    l:start(lab.domain { name = "before", interfaces = NICS })
    assert.equal("alone", alias "ready0")
    start()
    l:virsh("destroy", "before")
    nothing_left()
    l:start(lab.domain { name = "after", interfaces = NICS })
    assert.equal("served", alias "ready0")
    stop()
    l:virsh("destroy", "after")
    nothing_left()
  end)

  it("does plain QEMU's scripts", function()
    start()
    local result = l:qemu { name = "plain",
      arguments = ("-netdev tap,id=n0,ifname=tap0,script=%s,downscript=%s " ..
        "-device virtio-net-pci,netdev=n0"):format(moontap.ifup, moontap.ifdown) }
    assert.equal(0, result.status, result.err)
    assert.equal("served", alias "tap0")
    l:stop_qemu "plain"
    nothing_left()
    stop()
  end)

  it("says in virsh's error why a guest is refused", function()
    l:write("/etc/moontap/served.lua", "function connect(nic) refuse 'not on a Sunday' end")
    start()
    l:define(lab.domain { name = "refused", interfaces = NICS })
    local result = l:sh "virsh start refused"
    assert.equal(1, result.status)
    assert.matches("not on a Sunday", result.err, 1, true)
    nothing_left()
    stop()
  end)
end)
