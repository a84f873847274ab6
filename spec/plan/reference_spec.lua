-- reference_spec.lua - objects that are no devices: rows that outlive theirs, rules that name none
--
-- Both are made of memory: row is on a device and has a uuid of its own, rule names no device and
-- has a number. Memory replaces a rule of the same key without a word, as nftables does with a
-- chain.

local helper = require "spec.helper"
local memory = require "spec.plan.memory"
local plan = require "internals.plan"

local connect, disconnect, there = memory.connect, memory.disconnect, memory.there
local files, journal = memory.files, memory.read

before_each(function() memory.begin() end)

describe("a row that outlives its device", function()
  it("goes at disconnecting, and is written down by its uuid", function()
    assert(connect("nic0", "row dev=nic0 text=x"))
    there "row dev=nic0 text=x"
    assert.matches("\n%+ 0 row dev=nic0 text=x\nmade abcdef01%-2345%-6789%-0000%-%x+\n$",
      journal "nic/nic0":gsub("%+ %x+%-%S+", "+ 0"))
    assert(disconnect "nic0")
    there()
    assert.same({}, files())
  end)

  it("goes when its device went first", function()
    assert(connect("nic0", "row dev=nic0 text=x"))
    helper.run "ip link del nic0"
    there "row dev=nic0 text=x"
    assert(disconnect "nic0")
    there()
    assert.same({}, files())
  end)

  it("stays when it is another one of that key", function()
    assert(connect("nic0", "row dev=nic0 text=x"))
    plan.remember "row dev=nic0 text=x"
    assert(disconnect "nic0")
    there "row dev=nic0 text=x"
    assert.same({}, files())
  end)

  it("is one step when it changes, which goes back with it", function()
    assert(connect("nic0", "row dev=nic0 text=x"))
    assert(connect("nic0", "row dev=nic0 text=x size=3"))
    there "row dev=nic0 text=x size=3"
    assert(disconnect "nic0")
    there()
  end)

  it("that is made late waits for the guest's start, and is ensured again then", function()
    local lines = { "p.lua:1: row dev=nic0 text=x", "p.lua:2: thing key=t" }
    assert(plan.connect(memory.state, memory.log, "nic0", lines, true))
    there "thing key=t"
    assert(plan.connect(memory.state, memory.log, "nic0", lines))
    there("row dev=nic0 text=x", "thing key=t")
    plan.remember "thing key=t" -- whoever made the device took it away
    assert(plan.connect(memory.state, memory.log, "nic0", lines))
    there("row dev=nic0 text=x", "thing key=t")
    -- declared still, and so not taken back
    assert(plan.connect(memory.state, memory.log, "nic0", lines, true))
    there("row dev=nic0 text=x", "thing key=t")
    assert(disconnect "nic0")
    there()
  end)

  it("that never works is a failed run, and goes back", function()
    local done, line = connect("nic0", "row dev=nic0 size=669")
    assert.is_nil(done)
    assert.matches("it does not work", line, 1, true)
    there()
    assert.same({}, files())
  end)
end)

describe("a rule that names no device", function()
  it("is of all NICs that declare it, and goes with the last", function()
    assert(connect("nic0", "rule key=r text=x"))
    assert(connect("nic1", "rule key=r text=x"))
    assert(disconnect "nic0")
    there "rule key=r text=x"
    assert(disconnect "nic1")
    there()
    assert.same({}, files())
  end)

  it("that was there is nobody's, though its realm never says that it is", function()
    plan.remember "rule key=r text=x"
    assert(connect("nic0", "rule key=r text=x"))
    assert(disconnect "nic0")
    there "rule key=r text=x"
  end)

  it("stays when it is another one of that key", function()
    assert(connect("nic0", "rule key=r text=x"))
    plan.remember "rule key=r text=x"
    assert(disconnect "nic0")
    there "rule key=r text=x"
  end)

  it("that somebody adds between the look and the add is not replaced", function()
    plan.race("rule key=r text=theirs", 2) -- for the plan, and under the lock
    local done, line = connect("nic0", "rule key=r text=x")
    assert.is_nil(done)
    assert.matches("someone else made it just now", line, 1, true)
    there "rule key=r text=theirs"
  end)

  it("needs what must be there before it", function()
    local done, line = connect("nic0", "rule key=b after=a", "thing key=t")
    assert.is_nil(done)
    assert.equal("p.lua:1: rule b: it comes after rule a, which is not there", line:match "p.lua.*")
    there()
    assert.same({}, files())
  end)

  it("has what it needs when the same plan makes it", function()
    assert(connect("nic0", "rule key=a", "rule key=b after=a"))
    assert(disconnect "nic0")
    there()
  end)
end)
