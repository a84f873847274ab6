-- transport_spec.lua - what an ovsdb-server may send, and what it must not: a stand-in that does

local helper = require "spec.helper"
local ovs = require "spec.ovs"
local program = require "spec.program"

local SOCKET = "/run/ovs-fake.sock"
local pid

-- The stand-in answers as @how says.
local function start(how)
  local here = helper.run "pwd":match "%C+"
  program.run(("python3 '%s/spec/ovs/fake.py' %s %s >ready 2>fake.err & echo $! >pid")
    :format(here, SOCKET, how))
  pid = program.read "pid":match "%d+"
  ovs.wait(function() return program.read "ready" == "ready\n" end, "the stand-in listens")
end

describe("a question to Open vSwitch #ovs", function()
  before_each(function()
    ovs.guest()
    ovs.policy 'bridge = "br-a", tag = 10'
  end)
  after_each(function()
    helper.run(("kill %s; while kill -0 %s 2>/dev/null; do sleep 0.01; done"):format(pid, pid))
  end)

  local function plan(how)
    start(how)
    return ovs.moontap("plan --ovsdb " .. SOCKET .. " web.xml")
  end

  for how, what in pairs {
    plain = "as it comes", bytes = "byte by byte", strings = "with brackets in its texts",
    echo = "after the server has asked whether moontap lives", another = "after another's answer",
  } do
    it("gets its answer " .. what, function()
      local r = plan(how)
      assert.equal(0, r.status, r.err .. program.read "fake.err")
      assert.matches("+ ovs%-vsctl %-t 10 add%-port br%-a mytap0", r.out)
    end)
  end

  for how, text in pairs {
    ["no-json"] = "ovsdb-server sent no JSON object: ", number = "ovsdb-server sent no JSON object",
    ["no-results"] = "ovsdb-server's answer has no results", error = 'transact: "unknown database"',
    cut = "ovsdb-server closed the connection", huge = "an answer of more than ",
    silent = "Open vSwitch does not answer: ovsdb-server hangs",
  } do
    it("fails where the answer is wrong: " .. how, function()
      local r = plan(how)
      assert.equal(4, r.status, r.err)
      assert.is_truthy(r.err:find(text, 1, true), r.err)
      assert.is_true(#r.err < 1000)
    end)
  end

  -- What plan found is not so any more when the port is added.
  for how, text in pairs {
    ["no-bridge"] = "there is no Open vSwitch bridge br-a; this host's: br-a",
    ["no-name"] = "Open vSwitch has a port mytap0 already, since just now",
    ["no-iface-id"] = "another port of this host has the iface-id web-1",
  } do
    it("is answered otherwise a moment later: " .. how, function()
      program.write("policy.lua", [[allow{ link = "br-a", iface_id = "web-1" }
        function connect(nic)
          tap(nic, { up = true })
          ovs_port{ dev = nic.dev, bridge = "br-a", iface_id = "web-1", wait = 0 }
        end]])
      start(how)
      local r = ovs.moontap("up --ovsdb " .. SOCKET .. " web.xml")
      assert.equal(4, r.status, r.err)
      assert.is_truthy(r.err:find(text, 1, true), r.err)
      assert.is_nil(helper.run "ip -br link":match "mytap0")
      assert.same({}, program.state())
    end)
  end
end)
