-- finish_spec.lua - a run of several NICs that was killed when it had been decided is finished

local helper = require "spec.helper"
local program = require "spec.program"
local scenes = require "spec.torture.scenes"
local torture = require "spec.torture.torture"

local policy = [[
  allow{ link = "br0" }
  function connect(nic) tap(nic, { master = "br0", up = true }) end]]

local function ports()
  return #helper.json "ip -j link show master br0"
end

-- The first journal says that the run was decided, and the runs of the others are still there.
local function decided()
  local leader = program.read "state/run/u0"
  return leader and leader:find("\ndone\n", 1, true) and program.read "state/run/u2"
end

describe("a run of three NICs that was killed at its end #bare", function()
  before_each(function()
    helper.run "ip link add br0 address 02:00:00:00:00:01 type bridge; ip link set br0 up"
    program.write("guest.xml", scenes.xml("web", { "u0", "u1", "u2" }))
    program.write("policy.lua", policy)
    assert.is_string(torture.kill_until(decided))
  end)

  for _, dev in ipairs { "u0", "u1", "u2" } do
    it("is finished when " .. dev .. " is taken down", function()
      local r = program.moontap("down -v web " .. dev)
      assert.equal(0, r.status)
      assert.matches("an earlier run was killed at its end; finishing it", r.err, 1, true)
      assert.equal(2, ports())
      assert.equal(0, program.moontap("-p policy.lua reconcile").status)
      assert.matches("connected", program.moontap("status").out, 1, true)
      assert.equal(2, ports())
      assert.equal(0, program.moontap("down web").status)
      assert.equal(0, ports())
      assert.same({}, program.state())
    end)
  end

  it("is seen in status, and finished by reconcile", function()
    assert.matches("run killed", program.moontap("status").out, 1, true)
    assert.equal(0, program.moontap("-p policy.lua reconcile").status)
    assert.equal(3, ports())
    assert.is_nil(program.moontap("status").out:find("killed", 1, true))
  end)
end)
