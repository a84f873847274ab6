-- down_of_one_spec.lua - one NIC of two could not be taken down: exit 4 said that nothing changed

local helper = require "spec.helper"
local scenes = require "spec.torture.scenes"
local torture = require "spec.torture.torture"

describe("down #bare of two NICs of which one fails", function()
  it("exits with 6 when the other one is down", function()
    torture.begin { host = "", xml = scenes.xml("two", { "nic0", "nic1" }),
      policy = "function connect(nic) tap(nic, { up = true }) end" }
    local n, seen, r = 0, {}
    repeat
      n = n + 1
      torture.must "up"
      r = torture.moontap("down two", { what = "state", n = n, fault = "EIO" })
      local taps = #helper.json "ip -j link show type tun"
      assert.is_true(r.status ~= 4 or taps == 2, "state change " .. n)
      seen[taps] = true
    until not r.fired
    assert.same({ [0] = true, [1] = true }, { [0] = seen[0], [1] = seen[1] })
  end)
end)
