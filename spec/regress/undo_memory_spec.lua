-- undo_memory_spec.lua - without memory, what could not be taken back fell out of the journal

local helper = require "spec.helper"
local plan = require "internals.plan"

it("what is not taken back for lack of memory is taken back later", function()
  local state = helper.folder() .. "/state"
  helper.run "ip tuntap add dev nic0 mode tap; ip tuntap add dev nic1 mode tap"
  local bytes, done = 1024, false
  while not done do
    plan.remember("face name=nic0 up=false", "face name=nic1 colour=none")
    assert(plan.connect(state, {}, "nic0", { "p:1: face name=nic0 up=true", "p:2: thing key=t",
      "p:3: face name=nic1 colour=red" }))
    plan.limit(bytes)
    done = plan.disconnect(state, {}, "nic0")
    plan.limit(0)
    assert(plan.disconnect(state, {}, "nic0"))
    assert.same({ "face name=nic0 up=false", "face name=nic1 colour=none" }, plan.there())
    bytes = bytes + bytes // 64
  end
end)
