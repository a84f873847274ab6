-- unset_text_spec.lua - a message had nothing where the kernel has nothing: "text is , and x was"

local helper = require "spec.helper"
local plan = require "internals.plan"

it("what is not there is called unset", function()
  helper.run "ip tuntap add dev nic0 mode tap"
  plan.remember()
  local _, line = plan.connect(helper.folder() .. "/state", {}, "nic0",
    { "p.lua:1: thing key=t size=668 text=x" })
  assert.matches("someone else made it just now: text is unset, and x was asked for", line, 1, true)
end)
