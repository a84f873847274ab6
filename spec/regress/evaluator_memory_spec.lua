-- evaluator_memory_spec.lua - an answer without what could not be said, for want of memory, was
-- believed: `up` did nothing, and said that all was well

local guests = require "spec.guests"
local helper = require "spec.helper"
local program = require "spec.program"
local torture = require "spec.torture.torture"

local xml = guests.xml("web", 1)

describe("an evaluator #bare that lacks memory once, at any of its last allocations", function()
  it("either does without, or nothing is connected and the reason is said", function()
    local how = { who = "child", what = "memory", fault = "ENOMEM", input = xml, n = 0 }
    program.write("policy.lua", "function connect(nic) tap(nic, { up = true }) end")
    helper.run(("mkdir -p '%s/state/nic'"):format(helper.folder()))
    local last = torture.moontap("up -p policy.lua -", how).counts[5]
    program.moontap "down web"
    local fired = 0
    for n = last - 170, last do
      how.n = n
      local r = torture.moontap("up -p policy.lua -", how)
      local made = #helper.json "ip -j link show type tun" == 1
      local what = ("allocation %d of %d: exit %d: %s"):format(n, last, r.status, r.err)
      fired = fired + (r.fired and 1 or 0)
      assert.equal(made, r.status == 0, what)
      assert.equal(made, r.err == "", what)
      program.moontap "down web"
    end
    assert.is_true(fired > 150) -- the last may come too late: who has answered is killed
  end)
end)
