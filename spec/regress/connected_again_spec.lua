-- connected_again_spec.lua - connecting again rewrote since when, and by whom, a NIC is connected

local guests = require "spec.guests"
local helper = require "spec.helper"
local program = require "spec.program"

local xml = guests.xml("web", 1)

describe("connecting a NIC that a person connected before", function()
  local function header(journal)
    return journal:match "by=(%g+) since=(%g+)"
  end

  before_each(function()
    program.write("policy.lua", "function connect(nic) tap(nic, { up = true }) end")
    assert.equal(0, program.moontap("up -p policy.lua -", xml).status)
    local journal = program.state()["nic/web0"]
    program.write("state/nic/web0", (journal:gsub("since=%d+", "since=1")))
  end)

  it("by hand leaves it connected since then", function()
    program.moontap("up -p policy.lua -", xml)
    assert.same({ "up", "1" }, { header(program.state()["nic/web0"]) })
  end)

  it("by libvirt's hook leaves it that person's: release does not disconnect it", function()
    for _, operation in ipairs { "prepare begin", "start begin", "stopped end", "release end" } do
      program.moontap(("-p policy.lua hook qemu web %s -"):format(operation), xml)
      assert.same({ "up", "1" }, { header(program.state()["nic/web0"]) })
    end
    helper.run "ip link show web0"
  end)
end)
