-- changed_spec.lua - the operation `changed`: NICs of a running guest were plugged in or out

local guests = require "spec.guests"
local helper = require "spec.helper"
local libvirt = require "spec.libvirt"
local program = require "spec.program"
local snapshot = require "spec.snapshot"

local function ports() return helper.devices "bridge -j link show" end

local function guest(...)
  return libvirt.guest { name = "web", ... }
end

local first = { mac = "52:54:00:00:00:01", dev = "web0", unmanaged = true }
local second = { mac = "52:54:00:00:00:02", dev = "vnet0", generated = true }
local extra = { mac = "52:54:00:00:00:03", dev = "extra0", unmanaged = true }

describe("changed", function()
  local before

  before_each(function()
    helper.run "ip link add br0 address 02:00:00:00:00:01 type bridge && ip link set br0 up"
    program.write("policy.lua", [[
      local lan = hook "bridge" { bridge = "br0" }
      function connect(nic) lan(nic) end]])
    before = snapshot.take()
    assert.is_nil(guest(first):start())
  end)

  local function changed(...)
    assert.same({ status = 0, out = "", err = "" }, guest(...):hook "changed")
  end

  local function ends(...)
    assert.is_nil(guest(...):stop())
    assert.equal("", snapshot.difference(before, snapshot.take()))
    assert.same({}, program.state())
  end

  it("connects what was plugged in, and disconnects what was plugged out", function()
    guest(second):make_taps()
    changed(first, second)
    assert.same({ "vnet0", "web0" }, ports())
    guest(second):drop_taps()
    changed(first)
    assert.same({ "web0" }, ports())
    assert.not_matches("vnet0", program.moontap "status".out)
    ends(first)
  end)

  it("takes away the tap that `up` made ready, but not before libvirt had it", function()
    program.write("extra.xml", guest(extra):xml "prepare")
    assert.equal(0, program.moontap "up -p policy.lua extra.xml".status)
    changed(first)
    assert.same({ "extra0", "web0" }, ports())
    changed(first, extra)
    changed(first)
    assert.same({ "web0" }, ports())
    ends(first)
  end)

  it("leaves what `up --keep` has connected", function()
    program.write("extra.xml", guest(extra):xml "prepare")
    assert.equal(0, program.moontap "up --keep -p policy.lua extra.xml".status)
    changed(first, extra)
    changed(first)
    assert.same({ "extra0", "web0" }, ports())
    assert.equal(0, program.moontap "down web extra0".status)
    ends(first)
  end)

  it("disconnects the last one", function()
    changed()
    assert.same({}, ports())
    ends()
  end)

  it("disconnects nothing when the policy is broken, and never fails", function()
    program.write("policy.lua", "function connect(nic")
    changed(second)
    assert.same({ "web0" }, ports())
    assert.matches("policy.lua:1", program.moontap "log web -1".out)
  end)

  it("knows nothing of a guest that it has not seen", function()
    assert.equal(0, program.moontap("-p policy.lua hook qemu db changed begin -",
      guests.xml("db", 9)).status)
    assert.same({ "db0", "web0" }, ports())
  end)
end)
