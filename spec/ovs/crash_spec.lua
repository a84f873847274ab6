-- crash_spec.lua - moontap, ovs-vswitchd and ovsdb-server die in the middle: what is left, and who
-- puts it right

local helper = require "spec.helper"
local ovs = require "spec.ovs"
local program = require "spec.program"

local function tap()
  return helper.run "ip -br link":match "mytap0" ~= nil
end

-- Start `up` in the background. Its exit status comes into the file "status".
local function start_up()
  program.run(("{ '%s' --state state up -p policy.lua web.xml >out 2>err & echo $! >pid; " ..
    "wait $!; echo $? >status; } >/dev/null 2>&1 &"):format(program.path))
end

local function end_of_up()
  ovs.wait(function() return (program.read "status" or "") ~= "" end, "up ends")
  return { status = tonumber(program.read "status"), err = program.read "err" }
end

local function nothing_left()
  assert.equal("", ovs.ports())
  assert.is_false(tap())
  assert.same({}, program.state())
end

describe("a crash #ovs", function()
  ovs.around()
  before_each(function()
    ovs.guest()
    ovs.policy 'bridge = "br-a", tag = 10'
  end)

  -- The port is in the database, and ovs-vswitchd does not take it yet.
  local function up_waits()
    ovs.signal("ovs-vswitchd", "STOP")
    start_up()
    ovs.wait(function() return ovs.ports() == "mytap0" end, "the port is added")
  end

  local function kill_up()
    helper.run("kill -KILL " .. program.read "pid")
    end_of_up()
    assert.equal("mytap0", ovs.ports())
    assert.is_false(tap())
    ovs.signal("ovs-vswitchd", "CONT")
  end

  for name, command in pairs {
    down = function() return ovs.down() end,
    reconcile = function() return ovs.moontap "reconcile" end,
  } do
    it("of moontap, before its port is taken, is put right by " .. name, function()
      up_waits()
      kill_up()
      assert.equal(0, command().status)
      nothing_left()
    end)
  end

  it("of moontap is put right by the next up, too", function()
    up_waits()
    kill_up()
    assert.equal(0, ovs.moontap "up web.xml".status)
    assert.equal("mytap0", ovs.ports())
    assert.is_true(tap())
    assert.equal(0, ovs.down().status)
    nothing_left()
  end)

  it("of moontap before the request leaves no row", function()
    ovs.signal("ovsdb-server", "STOP")
    start_up()
    helper.run "sleep 0.3"
    helper.run("kill -KILL " .. program.read "pid")
    end_of_up()
    ovs.signal("ovsdb-server", "CONT")
    assert.equal(0, ovs.down().status)
    nothing_left()
  end)

  it("of ovs-vswitchd: the port is there again when it is back", function()
    ovs.moontap "up web.xml"
    ovs.signal("ovs-vswitchd", "KILL")
    assert.equal("mytap0", ovs.ports())
    ovs.start_switch()
    local up = ovs.moontap "up web.xml"
    assert.equal(0, up.status)
    assert.is_nil(up.out:find "\n  [^=] ")
    assert.equal(0, ovs.down().status)
    nothing_left()
  end)

  it("of ovs-vswitchd does not hinder down", function()
    ovs.moontap "up web.xml"
    ovs.signal("ovs-vswitchd", "KILL")
    assert.equal(0, ovs.down().status)
    nothing_left()
  end)

  it("of ovs-vswitchd while moontap waits for it, and back in time", function()
    up_waits()
    ovs.signal("ovs-vswitchd", "KILL")
    ovs.start_switch()
    assert.equal(0, end_of_up().status)
    assert.equal(0, ovs.down().status)
    nothing_left()
  end)

  it("of ovs-vswitchd while moontap waits in vain", function()
    ovs.policy 'bridge = "br-a", tag = 10, wait = 1'
    up_waits()
    ovs.signal("ovs-vswitchd", "KILL")
    assert.equal(4, end_of_up().status)
    nothing_left()
  end)

  it("of a port, which somebody deletes while moontap waits for it", function()
    up_waits()
    ovs.vsctl "--no-wait del-port mytap0"
    local up = end_of_up()
    assert.equal(4, up.status)
    assert.is_truthy(up.err:find("Open vSwitch: somebody deleted the port mytap0 meanwhile", 1,
      true), up.err)
    nothing_left()
  end)

  it("of ovsdb-server while moontap waits, and back at once", function()
    up_waits()
    ovs.signal("ovsdb-server", "KILL")
    local up = end_of_up()
    assert.is_true(up.status == 4 or up.status == 6, up.err)
    ovs.start_server()
    ovs.signal("ovs-vswitchd", "CONT")
    assert.equal(0, ovs.down().status)
    nothing_left()
  end)

  it("of ovsdb-server: down cannot finish, keeps the tap, and does it later", function()
    ovs.moontap "up web.xml"
    ovs.signal("ovsdb-server", "KILL")
    local down = ovs.down()
    assert.equal(6, down.status)
    assert.is_truthy(down.err:find("Open vSwitch is not running", 1, true), down.err)
    assert.is_true(tap()) -- the row would take a stranger's
    assert.is_true(next(program.state()) ~= nil)
    ovs.start_server()
    assert.equal("mytap0", ovs.ports())
    assert.equal(0, ovs.down().status)
    nothing_left()
  end)

  it("of a tap, which somebody deletes: the row stays, status says so, down deletes it", function()
    ovs.moontap "up web.xml"
    helper.run "ip link del mytap0"
    assert.equal("mytap0", ovs.ports())
    assert.matches("mytap0.*gone", program.moontap "status".out)
    assert.equal(0, ovs.down().status)
    nothing_left()
  end)

  it("of a tap is put right by up: the row takes the new one, in its VLAN", function()
    ovs.moontap "up web.xml"
    helper.run "ip link del mytap0"
    assert.equal(0, ovs.moontap "up web.xml".status)
    assert.is_true(tap())
    assert.equal("10", ovs.get("port", "mytap0", "tag"))
    assert.equal(tostring(helper.link "mytap0".ifindex), ovs.get("interface", "mytap0", "ifindex"))
    assert.equal(0, ovs.down().status)
    nothing_left()
  end)
end)
