-- SPDX-License-Identifier: LGPL-2.1-or-later
-- System libvirt with moontap as its hook, and real guests.
local lab = require "spec.guest.lab"
local moontap = require "spec.guest.moontap"

local POLICY = [[
local lan = hook "bridge" { bridge = "br0" }

function connect(nic)
  local name = nic.domain.name
  if name:find "^refused" then refuse("not " .. name) end
  if name:find "^broken" then error("a mistake of the policy's") end
  lan(nic)
end
]]

local function unmanaged(dev, mac)
  return ([[<interface type='ethernet'><mac address='52:54:00:00:01:%02x'/>
    <target dev='%s' managed='no'/><model type='virtio'/></interface>]]):format(mac, dev)
end

local function managed(mac)
  return ([[<interface type='ethernet'><mac address='52:54:00:00:01:%02x'/>
    <model type='virtio'/></interface>]]):format(mac)
end

describe("moontap #guest as system libvirt's hook", function()
  local l, before

  lazy_setup(function()
    l = lab.open { hook = moontap.program, files = { ["/etc/moontap/policy.lua"] = POLICY } }
    l:bridge("br0", "10.9.0.1/24", "fd00:9::1/64")
    -- a bridge's addresses are tentative until it has a port: what comes of that is not a guest's
    l:ok "ip link add port0 type veth peer name end0 && ip link set end0 up"
    l:ok "ip link set port0 master br0 up"
    l:wait "! ip -6 addr | grep -q tentative"
    before = l:snapshot()
  end)
  lazy_teardown(function() if l then l:close() end end)

  local function nothing_left() moontap.nothing_left(l, before) end

  it("makes an unmanaged NIC's tap at prepare, and takes it away after release", function()
    l:start(lab.domain { name = "ready", interfaces = unmanaged("ready0", 1),
      address = { "10.9.0.2/24", "fd00:9::2/64" }, gateway = "10.9.0.1" })
    l:booted "ready"
    l:wait_ping "10.9.0.2"
    l:wait_ping "fd00:9::2"
    assert.is_true(l:ping("10.9.0.1", "ready"))
    assert.matches("ready 1 ready0 unmanaged hook", moontap.status(l))
    l:virsh("destroy", "ready")
    nothing_left()
  end)

  it("connects a managed NIC at start, by the name that libvirt gave it", function()
    l:start(lab.domain { name = "managed", interfaces = managed(2), address = "10.9.0.3/24" })
    l:booted "managed"
    l:wait_ping "10.9.0.3"
    assert.is_true(l:ping("10.9.0.1", "managed"))
    assert.matches("managed 1 vnet%d+ managed hook", moontap.status(l))
    l:virsh("destroy", "managed")
    nothing_left()
  end)

  for _, interfaces in ipairs { unmanaged("refused0", 3), managed(4) } do
    local kind = interfaces:find "managed='no'" and "an unmanaged" or "a managed"

    it("stops the start of a guest with " .. kind .. " NIC that the policy refuses", function()
      local name = "refused-" .. kind:match "%a+$"
      l:define(lab.domain { name = name, interfaces = interfaces })
      local result = l:sh("virsh start " .. name)
      assert.equal(1, result.status)
      assert.matches("/etc/moontap/policy.lua:5: refused: not refused", result.err)
      nothing_left()
    end)
  end

  it("does not kill a guest when the policy fails at started or reconnect", function()
    l:start(lab.domain { name = "steady", interfaces = unmanaged("steady0", 5),
      address = "10.9.0.4/24" })
    l:booted "steady"
    l:wait_ping "10.9.0.4"
    l:write("/etc/moontap/policy.lua", "this is no Lua")
    l:restart_libvirtd()
    l:wait(function() return l:sh("virsh list --name").out:find "steady" end)
    assert.is_true(l:ping "10.9.0.4")
    l:virsh("destroy", "steady") -- undoing evaluates nothing
    l:write("/etc/moontap/policy.lua", POLICY)
    nothing_left()
  end)

  it("keeps a guest connected while libvirtd restarts", function()
    l:start(lab.domain { name = "kept", interfaces = managed(6), address = "10.9.0.5/24" })
    l:booted "kept"
    l:wait_ping "10.9.0.5"
    local running = l:snapshot()
    l:restart_libvirtd()
    l:wait(function() return l:sh("virsh list --name").out:find "kept" end)
    assert.is_true(l:ping "10.9.0.5")
    assert.equal("", lab.difference(running, l:snapshot()))
    l:virsh("destroy", "kept")
    nothing_left()
  end)

  it("leaves nothing of a guest whose second NIC cannot be connected", function()
    l:define(lab.domain { name = "failing",
      interfaces = { unmanaged("failing0", 7), unmanaged("failing1", 8) } })
    l:ok "ip link add failing1 type bridge"
    local result = l:sh "virsh start failing"
    assert.equal(1, result.status)
    assert.matches("failing1", result.err)
    l:ok "ip link del failing1"
    nothing_left()
  end)

  it("leaves nothing of a guest whose start fails in QEMU", function()
    local xml = lab.domain { name = "crashing", interfaces = unmanaged("crash0", 9) }
    l:define((xml:gsub("/vmlinuz", "/no-such-kernel")))
    assert.equal(1, l:sh("virsh start crashing").status)
    nothing_left()
  end)

  it("refuses a second guest that names the first one's device, and leaves the first", function()
    l:start(lab.domain { name = "first", interfaces = unmanaged("same0", 10),
      address = "10.9.0.6/24" })
    l:booted "first"
    l:wait_ping "10.9.0.6"
    local running = l:snapshot()
    l:define(lab.domain { name = "second", interfaces = unmanaged("same0", 11) })
    local result = l:sh "virsh start second"
    assert.equal(1, result.status)
    assert.matches("same0%): it is connected for the guest first", result.err)
    assert.is_true(l:ping "10.9.0.6")
    assert.equal("", lab.difference(running, l:snapshot()))
    l:virsh("destroy", "first")
    nothing_left()
  end)
end)
