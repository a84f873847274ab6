-- same_index_spec.lua - another device with the old one's name and index: down could not end

local guests = require "spec.guests"
local helper = require "spec.helper"
local program = require "spec.program"

local xml = guests.xml("web", 1)

-- replace(dev) - another device of another kind, called as the old one and with its index
local function replace(dev)
  local index = helper.json("ip -j link show " .. dev)[1].ifindex
  helper.run(([[
    ip link del %s
    ip link add %s index %d mtu 1400 type veth peer name other
    ip link set %s master br0]]):format(dev, dev, index, dev))
end

local function stays(dev)
  local d = helper.json("ip -d -j link show " .. dev)[1]
  assert.same({ "veth", "br0", 1400 }, { d.linkinfo.info_kind, d.master, d.mtu })
end

describe("another device with the name and the index of a connected one", function()
  before_each(function()
    helper.run "ip link add br0 address 02:00:00:00:00:01 type bridge"
    program.write("policy.lua", [[
      allow{ link = "br0" }
      function connect(nic) tap(nic, { master = "br0", mtu = 1400, up = true }) end]])
  end)

  it("is left alone by down, where moontap made the old one", function()
    program.moontap("up -p policy.lua -", xml)
    replace "web0"
    assert.matches("gone", program.moontap "status".out)
    local r = program.moontap "down web"
    assert.same({ 0, "" }, { r.status, r.err })
    stays "web0"
    assert.same({}, program.state())
  end)

  it("is left alone by qemu-ifdown, where QEMU made the old one", function()
    helper.run "ip tuntap add dev vnet0 mode tap"
    program.run(("ln -s '%s' qemu-ifup; ln -s '%s' qemu-ifdown")
      :format(program.script_path, program.script_path))
    assert.equal(0, program.run "./qemu-ifup --state state -p policy.lua vnet0".status)
    replace "vnet0"
    local r = program.run "./qemu-ifdown --state state vnet0"
    assert.same({ 0, "" }, { r.status, r.err })
    stays "vnet0"
    assert.same({}, program.state())
  end)
end)
