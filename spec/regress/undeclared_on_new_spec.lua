-- undeclared_on_new_spec.lua - what a changed policy no longer declares stayed on taps that are new
--
-- A tap, and a place in a bridge, that were new had no old values in the journal: a tap stayed in
-- the bridge that its guest was no longer to be in, and an isolated port was isolated for good.

local helper = require "spec.helper"
local program = require "spec.program"
local scenes = require "spec.torture.scenes"

describe("what a changed policy no longer declares", function()
  local function up(policy)
    program.write("policy.lua", policy)
    local r = program.moontap "up -p policy.lua guest.xml"
    assert.equal(0, r.status, r.err)
    return helper.json "ip -d -j link show nic0"[1]
  end

  before_each(function()
    helper.run "ip link add br0 address 02:00:00:00:00:01 type bridge; ip link set br0 up"
  end)

  for what, scene in pairs {
    ["a tap that moontap made"] = { nic = "nic0", host = "true" },
    ["a tap of libvirt's"] = { nic = "nic0 managed",
      host = "ip tuntap add dev nic0 mode tap; ip link set nic0 address fe:54:00:00:00:01 up" },
  } do
    it("goes from " .. what, function()
      helper.run(scene.host)
      program.write("guest.xml", scenes.xml("web", { scene.nic }))
      local nic = up [[
        local lan = hook "bridge" { bridge = "br0", isolated = true, mtu = 1400 }
        function connect(nic) lan(nic) end]]
      assert.same({ "br0", 1400, true },
        { nic.master, nic.mtu, nic.linkinfo.info_slave_data.isolated })
      nic = up [[
        local lan = hook "bridge" { bridge = "br0", mtu = 1400 }
        function connect(nic) lan(nic) end]]
      assert.same({ "br0", 1400, false },
        { nic.master, nic.mtu, nic.linkinfo.info_slave_data.isolated })
      nic = up "function connect(nic) tap(nic, { up = true }) end"
      assert.equal(1500, nic.mtu)
      assert.is_nil(nic.master)
      assert.equal(0, program.moontap "down web".status)
      assert.same({}, program.state())
    end)
  end
end)
