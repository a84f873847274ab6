-- SPDX-License-Identifier: LGPL-2.1-or-later
-- NICs that come and go while the guest runs: libvirt's hook does not hear of them, scripts do.
local lab = require "spec.guest.lab"
local moontap = require "spec.guest.moontap"

-- A NIC whose device's name begins with sign also has an address on the bridge, shared with others.
local POLICY = [[
local lan = hook "bridge" { bridge = "br0", unknown = true }
allow { prefix = "10.99.0.1/32" }

function connect(nic)
  if nic.dev:find "^refused" then refuse("not " .. nic.dev) end
  lan(nic)
  if nic.dev:find "^sign" then addr { dev = "br0", address = "10.99.0.1/32" } end
end
]]

local function nic(mac, inside)
  return ([[<interface type='ethernet'><mac address='52:54:00:00:06:%02x'/>%s
    <model type='virtio'/></interface>]]):format(mac, inside)
end

local SCRIPTS = ("<script path='%s'/><downscript path='%s'/>"):format(moontap.ifup, moontap.ifdown)

describe("a running guest #guest", function()
  local l, before, before_state

  lazy_setup(function()
    l = lab.open { hook = moontap.program, files = { ["/etc/moontap/policy.lua"] = POLICY } }
    l:bridge("br0", "10.9.0.1/24")
    -- a bridge's addresses are tentative until it has a port: what comes of that is not a guest's
    l:ok "ip link add port0 type veth peer name end0 && ip link set end0 up"
    l:ok "ip link set port0 master br0 up"
    l:wait "! ip -6 addr | grep -q tentative"
    l:start(lab.domain { name = "host", address = "10.9.0.2/24", interfaces = {
      nic(1, "<target dev='first0' managed='no'/>"), nic(2, SCRIPTS) } })
    l:booted "host"
    before, before_state = l:snapshot(), moontap.state(l)
  end)
  lazy_teardown(function() if l then l:close() end end)

  local function nothing_left()
    assert.equal("", lab.difference(before, l:snapshot()))
    assert.equal(before_state, moontap.state(l))
  end

  -- Plugged in, and of this address in the guest, whatever the guest calls it.
  local function plug(interface, mac, address)
    l:virsh("attach-device", "host", l:file(interface))
    local dev = ("$(grep -il 00:06:%02x /sys/class/net/*/address | cut -d/ -f5)"):format(mac)
    l:wait(function()
      return l:guest("host", "d=" .. dev .. "; [ \"$d\" ] && ip link set $d up").status == 0
    end)
    assert.equal(0, l:guest("host", ("ip addr add %s/32 dev %s"):format(address, dev)).status)
    l:wait_ping(address)
  end

  local function unplug(interface, mac)
    l:virsh("detach-device", "host", l:file(interface))
    l:wait(function()
      return not l:virsh("domiflist", "host"):find(("00:06:%02x"):format(mac), 1, true)
    end)
  end

  it("gets a NIC by <script>, and loses it by <downscript>", function()
    plug(nic(3, SCRIPTS), 3, "10.9.0.3")
    assert.matches("%(unknown%) 1 vnet%d+ managed script", moontap.status(l))
    unplug(nic(3, SCRIPTS), 3)
    assert.is_false(l:ping "10.9.0.3")
    nothing_left()
  end)

  for what, scripts in pairs { [""] = "", [", with scripts that have nothing to do"] = SCRIPTS } do
    it("gets a NIC whose tap `moontap up` made ready" .. what, function()
      local extra = nic(4, "<target dev='extra0' managed='no'/>" .. scripts)
      l:ok(moontap.program .. " up " .. l:file(lab.domain { name = "host", interfaces = extra }))
      plug(extra, 4, "10.9.0.4")
      unplug(extra, 4)
      if scripts == "" then
        assert.matches("extra0 unmanaged hook", moontap.status(l))
        l:ok(moontap.program .. " down host extra0")
      else -- the downscript has disconnected it
        assert.not_matches("extra0", moontap.status(l))
      end
      nothing_left()
    end)
  end

  it("gets a NIC back that was its own, and it is known", function()
    local running = moontap.status(l):match "host 2 (vnet%d+) managed"
    local interface = nic(2, SCRIPTS)
    unplug(interface, 2)
    assert.not_matches(running, moontap.status(l))
    plug(interface, 2, "10.9.0.5")
    assert.matches("host 2 vnet%d+ managed script", moontap.status(l))
    assert.is_true(l:ping "10.9.0.2")
    before, before_state = l:snapshot(), moontap.state(l)
  end)

  it("is told whose NIC it is when libvirtd starts again", function()
    plug(nic(7, SCRIPTS), 7, "10.9.0.7")
    assert.matches("%(unknown%) 1 vnet%d+", moontap.status(l))
    local running = l:snapshot()
    l:restart_libvirtd()
    l:wait(function() return not moontap.status(l):find "unknown" end)
    assert.matches("host 3 vnet%d+ managed", moontap.status(l))
    assert.equal("", lab.difference(running, l:snapshot()))
    unplug(nic(7, SCRIPTS), 7)
    nothing_left()
  end)

  it("does not get a NIC that the policy refuses", function()
    local file = l:file(nic(8, "<target dev='refused0'/>" .. SCRIPTS))
    local result = l:sh("virsh attach-device host " .. file)
    assert.equal(1, result.status)
    assert.matches("/etc/moontap/policy.lua:5: refused: not refused0", result.err)
    nothing_left()
  end)

  -- No script runs for it, and an event looks at nothing but its own guest and tap.
  it("keeps nothing of a NIC that QEMU does not take, from moontap's next reconcile on", function()
    local broken = nic(9, "<target dev='sign0'/><rom file='/nowhere'/>" .. SCRIPTS)
    local result = l:sh("virsh attach-device host " .. l:file(broken))
    assert.equal(1, result.status)
    assert.matches("nowhere", result.err)
    assert.matches("10.99.0.1", lab.difference(before, l:snapshot()))
    plug(nic(10, SCRIPTS), 10, "10.9.0.10")
    unplug(nic(10, SCRIPTS), 10)
    l:ok(moontap.program .. " reconcile")
    nothing_left()
  end)

  it("leaves nothing of what was plugged in without a downscript, after a reconcile", function()
    plug(nic(11, "<target dev='sign1'/><script path='" .. moontap.ifup .. "'/>"), 11, "10.9.0.11")
    l:virsh("destroy", "host")
    l:ok(moontap.program .. " reconcile")
    assert.equal("", moontap.state(l))
    assert.not_matches("10.99.0.1", l:snapshot())
    assert.equal("br0", l:ok("ip -o link show type bridge"):match "%d+: (%w+)")
    assert.equal("", l:ok "ip link show type tun")
  end)
end)
