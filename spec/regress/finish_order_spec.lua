-- finish_order_spec.lua - who finished a killed run held the lock of a NIC that sorts late, and
-- waited for one that sorts early: two such waited for each other until both gave up

local helper = require "spec.helper"
local program = require "spec.program"
local scenes = require "spec.torture.scenes"
local torture = require "spec.torture.torture"

-- The file that has the line by which the run was decided; the others are still there.
local function decided()
  for _, dev in ipairs { "u0", "u1", "u2" } do
    local run = program.read("state/run/" .. dev)
    if run and run:find("\ndone\n", 1, true) then return dev end
  end
end

describe("a run that was killed at its end #bare", function()
  before_each(function()
    program.write("guest.xml", scenes.xml("web", { "u2", "u0", "u1" }))
    program.write("policy.lua", "function connect(nic) tap(nic, { up = true }) end")
  end)

  it("is led by the NIC whose lock everybody takes first", function()
    assert.equal("u0", torture.kill_until(decided))
  end)

  for _, dev in ipairs { "u1", "u2" } do
    it("is finished for " .. dev .. " without waiting for a lock that sorts before", function()
      assert.truthy(torture.kill_until(decided))
      local r = program.run(("flock state/nic/u0 timeout 10 '%s' --state state down -v web %s")
        :format(program.path, dev))
      assert.equal(0, r.status, r.err)
      assert.equal(2, #helper.json "ip -j link show type tun")
      assert.equal(0, program.moontap("-p policy.lua reconcile").status)
      assert.equal(0, program.moontap("down web").status)
      assert.same({}, program.state())
    end)
  end
end)
