-- left_said_spec.lua - what `down` left to others it told the system's log, and nobody who read its
-- standard error in a file

local guests = require "spec.guests"
local helper = require "spec.helper"
local program = require "spec.program"

describe("what someone else has changed", function()
  before_each(function()
    guests.setup()
    program.write("policy.lua", [[
allow{ link = "br0" }
function connect(nic)
  link{ name = "br0", group = 7 }
  tap(nic, { up = true })
end]])
    assert.equal("", guests.moontap "up web.xml".err)
    helper.run "ip link set br0 group 9"
  end)

  for _, words in ipairs { "down web", "down --json --all" } do
    it("is left, and said, by " .. words, function()
      local r = guests.moontap(words)
      assert.equal(0, r.status)
      assert.matches("left as it is: link br0: group is 9, and moontap had put 7", r.err, 1, true)
    end)
  end

  it("is not said to libvirt by its hook script", function()
    helper.run "ip link set br0 group 7"
    assert.equal(0, guests.moontap "down web".status)
    assert.equal(0, guests.prepare "web".status)
    helper.run "ip link set br0 group 9"
    assert.same({ status = 0, out = "", err = "" },
      guests.moontap("hook qemu web release end - <web.xml"))
  end)
end)
