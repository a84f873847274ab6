-- SPDX-License-Identifier: LGPL-2.1-or-later
-- moontapd --libvirt: what libvirt calls no hook script for is connected and disconnected, too.
local lab = require "spec.guest.lab"
local moontap = require "spec.guest.moontap"

local POLICY = [[
local lan = hook "bridge" { bridge = "br0" }
local public = hook "routed" { addresses = { ["52:54:00:00:0a:01"] = { "10.7.0.60" } },
  uplink = "eth0" }

function connect(nic)
  if nic.mac == "52:54:00:00:0a:01" then public(nic) else lan(nic) end
end
]]

local function nic(mac, inside)
  return ([[<interface type='ethernet'><mac address='52:54:00:00:0a:%02x'/>%s
    <model type='virtio'/></interface>]]):format(mac, inside)
end

local function open()
  local l = lab.open { hook = moontap.program, files = { ["/etc/moontap/policy.lua"] = POLICY } }
  l:ok "echo 1 >/proc/sys/net/ipv4/ip_forward"
  l:bridge("br0", "10.9.0.1/24")
  return l
end

local function serve(l)
  l:ok(([[%sd --foreground --libvirt qemu:///system >/run/lab/log/moontapd 2>&1 </dev/null &]])
    :format(moontap.program))
  l:wait "grep -q 'NICs are followed' /run/lab/log/moontapd"
end

describe("moontapd --libvirt #guest", function()
  local one, other

  lazy_setup(function()
    one, other = open(), open()
    lab.cable(one, "10.7.0.1/24", other, "10.7.0.2/24")
    serve(one)
    serve(other)
    one:start(lab.domain { name = "mover", interfaces = {
      nic(1, "<target dev='mover0' managed='no'/>") } })
    one:booted "mover"
  end)
  lazy_teardown(function()
    if one then one:close() end
    if other then other:close() end
  end)

  local function connected(l, what)
    l:wait(function() return moontap.status(l):find(what) end, 30, what)
  end

  local function gone(l, what)
    l:wait(function() return not moontap.status(l):find(what) end, 30, what .. " to go")
  end

  local function plug(interface)
    one:virsh("attach-device", "mover", one:file(interface))
  end

  local function unplug(interface)
    one:virsh("detach-device", "mover", one:file(interface))
  end

  local function reached(mac, address)
    local dev = ("$(grep -il 00:0a:%02x /sys/class/net/*/address | cut -d/ -f5)"):format(mac)
    one:wait(function()
      return one:guest("mover", ("d=%s; ip link set $d up && ip addr add %s/24 dev $d")
        :format(dev, address)).status == 0
    end)
    one:wait_ping(address)
  end

  it("connects a NIC that is plugged in, and takes it down when it is out", function()
    local before = one:snapshot()
    plug(nic(2, ""))
    connected(one, "mover 2 vnet%d+ managed hook")
    reached(2, "10.9.0.2")
    unplug(nic(2, ""))
    gone(one, "mover 2")
    assert.equal("", lab.difference(before, one:snapshot()))
  end)

  it("takes down a tap that `moontap up` had made ready", function()
    local before = one:snapshot()
    local extra = nic(3, "<target dev='extra0' managed='no'/>")
    one:ok(moontap.program .. " up " .. one:file(lab.domain { name = "mover", interfaces = extra }))
    plug(nic(4, "")) -- of another one than that is known by now
    connected(one, "mover 2 vnet%d+ managed hook")
    assert.matches("extra0 unmanaged", moontap.status(one))
    plug(extra)
    connected(one, "mover 3 extra0 unmanaged hook")
    unplug(extra)
    gone(one, "extra0")
    unplug(nic(4, ""))
    gone(one, "mover 2")
    assert.equal("", lab.difference(before, one:snapshot()))
  end)

  it("goes on when libvirtd comes back, and finds what it has missed", function()
    local before = one:snapshot()
    one:restart_libvirtd()
    one:wait "grep -q 'it is awaited' /run/lab/log/moontapd"
    plug(nic(5, ""))
    connected(one, "mover 2 vnet%d+ managed hook")
    unplug(nic(5, ""))
    gone(one, "mover 2")
    assert.equal("", lab.difference(before, one:snapshot()))
  end)

  it("completes a guest that has migrated to this host", function()
    local result = one:migrate("mover", other, "10.7.0.2")
    assert.same({ 0, "" }, { result.status, result.err })
    other:wait(function()
      return other:ok "ip neigh show proxy":find "10.7.0.60 dev"
    end, 30, "the host to answer for the guest")
    assert.matches("10.7.0.60 dev mover0", other:ok "ip route show proto 109")
    assert.equal("", moontap.state(one))
    other:virsh("destroy", "mover")
    gone(other, "mover")
  end)
end)
