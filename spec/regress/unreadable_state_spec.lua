-- unreadable_state_spec.lua - a folder of the state directory that could not be read was as empty
--
-- Short of memory, `down` found no journal, did nothing and was content; and what others share
-- would have been taken away, as nobody's.

local helper = require "spec.helper"
local program = require "spec.program"
local scenes = require "spec.torture.scenes"
local torture = require "spec.torture.torture"

describe("a folder that cannot be read", function()
  before_each(function()
    torture.begin { host = "", xml = scenes.xml("web", { "web0" }),
      policy = "function connect(nic) tap(nic, { up = true }) end" }
    torture.must "up"
  end)

  it("is no empty one", function()
    helper.run(("cd '%s/state' && mv nic away && touch nic"):format(helper.folder()))
    for _, words in ipairs { "down web", "status", "reconcile" } do
      local r = program.moontap(words)
      assert.equal(4, r.status)
      assert.matches("^moontap: state nic: Not a directory\n", r.err)
    end
  end)

  it("for lack of memory, neither #bare", function()
    for n = 1, 30 do
      local r = torture.moontap("down web", { what = "memory", n = n, fault = "ENOMEM" })
      local there = helper.run "ip link":find "web0" ~= nil
      if r.status == 0 then assert.is_false(there, "allocation " .. n) end
      -- Its tap may be gone and only what is remembered of the guest be left.
      if r.status ~= 0 and not there then program.moontap "down web --if-known" end
      if not there then
        assert.same({}, program.state(), "allocation " .. n)
        torture.must "up"
      end
    end
  end)
end)
