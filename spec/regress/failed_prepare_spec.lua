-- failed_prepare_spec.lua - a prepare that failed after its guest's document was read left a note,
-- and status said that the guest was waiting

local guests = require "spec.guests"
local helper = require "spec.helper"
local program = require "spec.program"

local xml = guests.xml("web", 1)

local function prepare(policy)
  return program.moontap(("-p %s hook qemu web prepare begin -"):format(policy), xml)
end

describe("a prepare that fails", function()
  it("without a policy, since the tap is missing, leaves nothing", function()
    local r = program.moontap("hook qemu web prepare begin -", xml)
    assert.matches("no policy creates it", r.err, 1, true)
    assert.same({}, program.state())
  end)

  it("since the kernel refuses leaves nothing", function()
    program.write("policy.lua", [[function connect(nic)
      tap(nic, { up = true })
      link{ name = "nosuch", up = true }
    end allow{ link = "nosuch" }]])
    assert.not_equal(0, prepare "policy.lua".status)
    assert.same({}, program.state())
  end)

  it("after one that did not leaves what that one remembered", function()
    program.write("policy.lua", "function connect(nic) tap(nic, { up = true }) end")
    assert.equal(0, prepare "policy.lua".status)
    local before = program.state()
    program.write("other.lua", [[function connect(nic)
      tap(nic, { up = true })
      link{ name = "nosuch", up = true }
    end allow{ link = "nosuch" }]])
    assert.not_equal(0, prepare "other.lua".status)
    assert.same(before, program.state())
    assert.equal(0, program.moontap("hook qemu web release end -", xml).status)
    assert.equal("", (helper.run "ip -br link show type tun"))
  end)
end)
