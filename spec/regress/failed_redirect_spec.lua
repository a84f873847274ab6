-- failed_redirect_spec.lua - where a redirect could not be deleted, `down` took its clsact for
-- somebody else's, since a filter was in it, forgot it, and the next `down` left it there

local assert = require "luassert"
local guests = require "spec.guests"
local helper = require "spec.helper"
local program = require "spec.program"
local torture = require "spec.torture.torture"

describe("down, with a redirect that cannot be deleted #bare", function()
  it("keeps the clsact that it is in for the next down", function()
    helper.run "ip tuntap add web0 mode tap; ip link set web0 address fe:00:00:00:00:01"
    program.write("policy.lua", [[
      local slow = hook "rate" { outbound = "20mbit" }
      function connect(nic)
        tap(nic)
        slow(nic)
      end]])
    program.write("guest.xml", guests.xml("web", 1))
    local before = torture.moment()
    for n = 1, 3 do
      local up = program.moontap "up -p policy.lua guest.xml"
      assert.equal(0, up.status, up.err)
      local r = torture.moontap("down guest.xml", { what = "change", fault = "ENODEV", n = n })
      assert.is_true(r.fired)
      assert.not_matches("left as it is", r.err)
      assert.equal(0, program.moontap "down --if-known web".status)
      assert.equal("", torture.host_since(before))
    end
  end)
end)
