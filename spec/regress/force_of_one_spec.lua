-- force_of_one_spec.lua - `down --force` of one guest also forced what another guest had left

local guests = require "spec.guests"
local helper = require "spec.helper"
local program = require "spec.program"

local policy = [[
function connect(nic)
  tap(nic, { up = true })
  if nic.domain.name == "db" then bridge{ name = "sh0" } end
end
]]

describe("a bridge of moontap's with somebody's address, whose guest's tap is gone", function()
  it("stays at down --force of another guest", function()
    program.write("policy.lua", policy)
    for i, name in ipairs{ "web", "db" } do
      assert.equal("", program.moontap("up -p policy.lua -", guests.xml(name, i)).err)
    end
    helper.run "ip addr add 192.0.2.7/24 dev sh0 && ip link del db0"
    assert.equal(0, program.moontap "down --force web".status)
    assert.equal(0, program.run "ip link show sh0".status)
  end)
end)
