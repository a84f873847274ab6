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

  it("is refused by both names, where the XML has another or none, and not for want of a tap()",
    function()
    program.write("p.lua", "function decide(nic) return 'unmanaged', 'web-1' end " ..
      "function connect(nic) tap(nic, {}) end")
    for inside, says in pairs { [" dev='web0'"] = "web0", [""] = "no name" } do
      program.write("g.xml", ("<domain type='kvm'><name>g</name><devices>" ..
        "<interface type='ethernet'><target managed='no'%s/></interface></devices></domain>")
        :format(inside))
      for _, way in ipairs { "up -p p.lua g.xml", "-p p.lua hook qemu g prepare begin - <g.xml" } do
        local r = program.moontap(way)
        assert.equal(1, r.status, r.err)
        assert.matches("refused: the policy names its device web-1 and the XML says " .. says ..
          "; `moontap xml` writes", r.err, 1, true)
      end
      program.write("n.xml", program.bare("xml -p p.lua g.xml").out)
      local r = program.moontap "up -p p.lua n.xml"
      assert.same({ 0, "" }, { r.status, r.err })
      assert.equal(0, program.moontap "down g".status)
    end
  end)
end)
