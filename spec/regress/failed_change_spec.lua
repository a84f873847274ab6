-- failed_change_spec.lua - a shared object goes back to what it was, also after a failed change
--
-- The change had been written down before it was tried, and stayed in the object's journal. So what
-- moontap had put was no longer what the journal said, and was left to somebody else.

local helper = require "spec.helper"
local scenes = require "spec.torture.scenes"
local torture = require "spec.torture.torture"

local policy = [[
  allow{ link = "br0" }
  function connect(nic)
    tap(nic, { up = true })
    link{ name = "br0", txqueuelen = %d }
  end]]

it("what a failed change wrote down does not keep what was put before #bare", function()
  torture.begin { host = "ip link add br0 type bridge", xml = scenes.xml("web", { "u0" }),
    policy = policy:format(77), changed = policy:format(78) }
  local fired, failed, n = true, 0, 0
  while fired do
    n = n + 1
    torture.must "up"
    local r = torture.moontap(torture.words.changed, { what = "request", n = n, fault = "EPERM" })
    fired = r.fired
    failed = failed + (r.status == 4 and 1 or 0)
    torture.must "down"
    assert.equal(1000, helper.link "br0".txqlen, ("number %d (%s)"):format(n, r.where))
  end
  assert.is_true(failed > 0)
end)
