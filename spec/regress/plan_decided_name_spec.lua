-- plan_decided_name_spec.lua - plan calls a NIC $DEV, though decide() had named its device
local helper = require "spec.helper"
local program = require "spec.program"

describe("a NIC that decide() names", function()
  it("has that name in what plan says of it, too", function()
    program.write("p.lua", "function decide(nic) return 'unmanaged', 'web-1' end")
    program.write("g.xml", "<domain type='kvm'><name>g</name><devices>" ..
      "<interface type='ethernet'/></devices></domain>")
    for _, way in ipairs { "plan", "up" } do
      assert.matches("^moontap: g: NIC 1 %(web%-1%): refused: the policy says unmanaged",
        program.moontap(way .. " -p p.lua g.xml").err)
    end
    program.write("g.xml", program.bare("xml -p p.lua g.xml").out)
    helper.run "ip tuntap add dev web-1 mode tap"
    assert.equal(0, program.moontap("plan -p p.lua g.xml").status)
  end)
end)
