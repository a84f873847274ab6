-- status_spec.lua - what status and doctor say of Open vSwitch

local helper = require "spec.helper"
local ovs = require "spec.ovs"
local program = require "spec.program"

describe("Open vSwitch #ovs", function()
  ovs.around()
  before_each(function()
    ovs.guest()
    ovs.policy 'bridge = "br-a", tag = 10'
    assert.equal(0, ovs.moontap "up web.xml".status)
  end)

  local function doctor(what)
    local r = program.moontap "doctor -p policy.lua"
    return r.out:match("[^\n]*" .. what .. "[^\n]*"), r.out
  end

  it("in status of a guest: its port's number, or why it has none", function()
    assert.matches("ovs_port mytap0[^\n]*ofport %d+", program.moontap "status web".out)
    helper.run "ip link del mytap0"
    ovs.wait(function()
      return program.moontap "status web".out:find "not taken" ~= nil or
        program.moontap "status web".out:find "error: " ~= nil
    end, "status says that the port has no device")
  end)

  it("that is stopped is no reason for status to say nothing", function()
    ovs.signal("ovsdb-server", "KILL")
    local r = program.moontap "status"
    assert.matches("mytap0", r.out .. r.err)
    assert.matches("Open vSwitch is not running", r.out .. r.err)
  end)

  it("gives doctor nothing to say when all is well", function()
    local finding, all = doctor "Open vSwitch"
    assert.is_nil(finding, all)
    assert.is_nil(doctor "leftover port")
  end)

  it("has ports that nobody needs, two of one iface-id, one in error: doctor names them", function()
    ovs.vsctl [[--no-wait add-port br-a old0 'external_ids:moontap="g/m boot=00000000"' \
      -- add-port br-a twin1 -- set interface twin1 external_ids:iface-id=web \
      -- add-port br-a twin2 -- set interface twin2 external_ids:iface-id=web]]
    ovs.wait(function() return ovs.get("interface", "old0", "error") ~= "[]" end, "it is seen")
    assert.is_truthy(doctor "leftover port")
    assert.is_truthy(doctor "Open vSwitch has the port old0 of g/m boot=00000000")
    assert.is_truthy(doctor "have the iface%-id web")
    assert.is_truthy(doctor "could not open network device old0")
  end)

  it("that does not answer is a finding of doctor's, too", function()
    ovs.signal("ovs-vswitchd", "STOP")
    program.run "ovs-vsctl -t 1 add-port br-a x0" -- it waits in vain
    assert.is_truthy(doctor "ovs%-vswitchd was asked for configuration %d+, and has %d+")
  end)
end)
