-- SPDX-License-Identifier: LGPL-2.1-or-later
-- A guest that moves: from one host to another, and through a save image.
local lab = require "spec.guest.lab"
local moontap = require "spec.guest.moontap"

-- The cable between the two hosts is the uplink of both: who answers for the guest there is
-- who gets its traffic.
local POLICY = [[
local public = hook "routed" {
  addresses = {
    ["52:54:00:00:05:01"] = { "10.7.0.50" },
    ["52:54:00:00:05:02"] = { "10.7.0.51" },
  },
  uplink = "eth0",
}

function connect(nic)
  public(nic)
end
]]

local ALL_UNMANAGED = [[
function decide(nic)
  return "unmanaged"
end
]]

local NICS = {
  [[<interface type='ethernet'><mac address='52:54:00:00:05:01'/>
    <target dev='mover0' managed='no'/><model type='virtio'/></interface>]],
  [[<interface type='ethernet'><mac address='52:54:00:00:05:02'/>
    <model type='virtio'/></interface>]],
}

-- Another hook beside moontap, which hears of every operation.
local LOG = [[#!/bin/sh
echo "$2" >>/run/lab/log/operations
]]

local function operations(l)
  local words = l:read("/run/lab/log/operations"):gsub("%s+$", ""):gsub("\n", " ")
  return words
end

-- What draws the guest's traffic to a host.
local function draws(l)
  return l:ok "ip route show proto 109; ip neigh show proxy"
end

describe("a guest #guest that moves", function()
  local one, other, before_one, before_other

  local function open()
    local l = lab.open { hook = moontap.program, files = { ["/etc/moontap/policy.lua"] = POLICY,
      ["/etc/libvirt/hooks/qemu.d/90-log"] = LOG } }
    l:ok "echo 1 >/proc/sys/net/ipv4/ip_forward"
    return l
  end

  lazy_setup(function()
    one, other = open(), open()
    lab.cable(one, "10.7.0.1/24", other, "10.7.0.2/24")
    before_one, before_other = one:snapshot(), other:snapshot()
    one:start(lab.domain { name = "mover", interfaces = NICS, address = "10.7.0.50/32" })
    assert.equal(0, one:guest("mover", "ip route add 169.254.0.1 dev eth0 && " ..
      "ip route add default via 169.254.0.1").status)
  end)
  lazy_teardown(function()
    if one then one:close() end
    if other then other:close() end
  end)

  it("is reached where it is", function()
    one:wait_ping "10.7.0.50"
    other:wait_ping "10.7.0.50"
    assert.matches("10.7.0.50 dev mover0", draws(one))
  end)

  it("leaves nothing where it did not arrive", function()
    local running = one:snapshot()
    -- The other host waits for it; it is sent to where nobody listens.
    local result = one:migrate("mover", other, "127.0.0.1")
    assert.not_equal(0, result.status)
    assert.matches("unable to connect", result.err)
    assert.equal("migrate prepare start started stopped release", operations(other))
    assert.equal("", lab.difference(before_other, other:snapshot()))
    assert.equal("", moontap.state(other))
    assert.equal("", lab.difference(running, one:snapshot()))
    assert.is_true(other:ping "10.7.0.50")
  end)

  it("stays where it is when the other host's policy does not want it", function()
    other:write("/etc/moontap/policy.lua", "function connect() refuse 'not here' end")
    local running = one:snapshot()
    local result = one:migrate("mover", other, "10.7.0.2")
    assert.not_equal(0, result.status)
    assert.matches("/etc/moontap/policy.lua:1: refused: not here", result.err)
    other:write("/etc/moontap/policy.lua", POLICY)
    assert.equal("", lab.difference(before_other, other:snapshot()))
    assert.equal("", moontap.state(other))
    assert.equal("", lab.difference(running, one:snapshot()))
    assert.is_true(other:ping "10.7.0.50")
  end)

  it("comes out of a save image as the policy wants it by then", function()
    one:write("/etc/moontap/policy.lua", POLICY .. ALL_UNMANAGED)
    one:virsh("save", "mover", "/run/lab/files/mover")
    assert.equal("", lab.difference(before_one, one:snapshot()))
    assert.equal("", moontap.state(one))
    one:virsh("restore", "/run/lab/files/mover")
    local dev = moontap.status(one):match "mover 2 (%g+) unmanaged hook"
    assert.matches("<target dev='" .. dev .. "' managed='no'/>", one:virsh("dumpxml", "mover"))
    assert.matches("10.7.0.51 dev " .. dev, draws(one))
    one:wait_ping "10.7.0.50"

    one:virsh("managedsave", "mover")
    assert.equal("", lab.difference(before_one, one:snapshot()))
    one:virsh("start", "mover")
    assert.matches("10.7.0.51 dev " .. dev, draws(one))
    one:wait_ping "10.7.0.50"
  end)

  it("draws no traffic to the host where it arrives until `moontap up` says that it has", function()
    local result = one:migrate("mover", other, "10.7.0.2")
    assert.same({ 0, "" }, { result.status, result.err })
    assert.equal("", lab.difference(before_one, one:snapshot()))
    assert.equal("", moontap.state(one))
    assert.equal("", draws(other))
    assert.matches("mover 1 mover0 unmanaged hook", moontap.status(other))
    assert.matches("169.254.0.1", other:ok "ip addr show dev mover0")

    assert.matches("10.7.0.50", other:ok(moontap.program .. " plan mover"))
    assert.equal("", draws(other))
    other:ok(moontap.program .. " up mover")
    assert.matches("10.7.0.50 dev mover0", draws(other))
    assert.matches("10.7.0.51 dev", draws(other))
    other:wait_ping "10.7.0.50"
    one:ok "ip neigh flush dev eth0"
    one:wait_ping "10.7.0.50"
  end)

  it("has arrived for good, and is the hook's to disconnect", function()
    local arrived = other:snapshot()
    other:restart_libvirtd()
    other:wait(function() return other:sh("virsh list --name").out:find "mover" end)
    assert.equal("", lab.difference(arrived, other:snapshot()))
    assert.matches("mover 2 %g+ unmanaged hook", moontap.status(other))
    other:virsh("destroy", "mover")
    assert.equal("", lab.difference(before_other, other:snapshot()))
    assert.equal("", moontap.state(other))
  end)

  it("is remembered by nobody then", function()
    local result = other:sh(moontap.program .. " up mover")
    assert.equal(3, result.status)
    assert.matches("no guest mover is remembered", result.err)
  end)
end)
