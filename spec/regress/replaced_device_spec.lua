-- replaced_device_spec.lua - after `down` was killed when the guest's tap had gone and its guard
-- had not, the next `up` kept both the old tap's elements and its own, until `down`

local assert = require "luassert"
local guests = require "spec.guests"
local helper = require "spec.helper"
local program = require "spec.program"
local torture = require "spec.torture.torture"

describe("up, after a down that was killed #bare", function()
  if not helper.kernel_has "nft" then return end

  it("leaves nothing of the tap before", function()
    helper.run "ip link add br0 address 02:00:00:00:00:01 type bridge; ip link set br0 up"
    program.write("policy.lua", [[
      allow{ link = "br0" }
      local guard = hook "guard" { addresses = { web = { "10.0.0.5" } } }
      function connect(nic)
        tap(nic, { master = "br0" })
        guard(nic)
      end]])
    program.write("guest.xml", guests.xml("web", 1))
    local function must(words)
      local r = program.moontap(words)
      assert.equal(0, r.status, r.err)
    end
    local function elements()
      local _, n = helper.run "nft list map bridge moontap guard":gsub("moontap mac=", "")
      return n
    end
    local n, fired = 0, true
    while fired do
      n = n + 1
      must "up -p policy.lua guest.xml"
      fired = torture.moontap("down guest.xml",
        { what = "crossing", fault = "before", n = n }).fired
      must "up -p policy.lua guest.xml"
      assert.equal(1, elements(), "number " .. n)
      must "down guest.xml"
    end
    assert(n > 10)
  end)
end)
