-- Without memory for an answer of Open vSwitch's, moontap said that ovsdb-server sends no JSON; or
-- jansson left a byte out of a text, and `down` left a port that seemed to be another one.

local helper = require "spec.helper"
local ovs = require "spec.ovs"
local torture = require "spec.torture.torture"
local program = require "spec.program"

local SOCKET = "/run/ovs-fake.sock"

describe("an answer of Open vSwitch's #ovs", function()
  local pid

  before_each(function()
    ovs.guest()
    ovs.policy 'bridge = "br-a", tag = 10'
    local here = helper.run "pwd":match "%C+"
    program.run(("python3 '%s/spec/ovs/fake.py' %s plain >ready & echo $! >pid"):format(here,
      SOCKET))
    pid = program.read "pid":match "%d+"
    ovs.wait(function() return program.read "ready" == "ready\n" end, "the stand-in listens")
  end)
  after_each(function() helper.run("kill " .. pid) end)

  it("for which there is no memory is not the server's mistake", function()
    local n, failed = 1, 0
    local r
    repeat
      r = torture.moontap("plan -p policy.lua --ovsdb " .. SOCKET .. " web.xml",
        { what = "memory", fault = "ENOMEM", n = n })
      assert.is_nil(r.err:find("no JSON", 1, true), r.err)
      if r.err:find("ovs_port mytap0: Cannot allocate memory", 1, true) then failed = failed + 1 end
      n = n + 3
    until not r.fired
    assert.is_true(failed > 20)
  end)
end)

describe("a port of Open vSwitch's #ovs", function()
  ovs.around()

  it("goes with its guest, or down says that it does not", function()
    ovs.guest()
    ovs.policy 'bridge = "br-a", tag = 10'
    local n = 1
    local r
    repeat
      assert.equal(0, ovs.moontap "up web.xml".status)
      r = torture.moontap("down web", { what = "memory", fault = "ENOMEM", n = n })
      if r.status ~= 0 then assert.equal(0, ovs.down().status) end
      assert.equal("", ovs.ports())
      n = n + 3
    until not r.fired
  end)
end)
