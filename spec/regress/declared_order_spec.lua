-- declared_order_spec.lua - a link that was declared before its bridge could not be put into it
--
-- Two declarations of one link are one, and stood where the first did: before the bridge.

local helper = require "spec.helper"
local program = require "spec.program"

describe("a bridge that is declared after its port", function()
  it("is there when the port goes into it", function()
    program.write("guest.xml", [[<domain type='qemu'><name>web</name><devices>
      <interface type='ethernet'><mac address='52:54:00:00:00:01'/>
      <target dev='web0' managed='no'/></interface></devices></domain>]])
    program.write("policy.lua", [[
      function connect(nic)
        tap(nic, { up = true })
        link{ name = nic.dev, master = "lan0" }
        bridge{ name = "lan0" }
      end]])
    local up = program.moontap "up -p policy.lua guest.xml"
    assert.same({ 0, "" }, { up.status, up.err })
    assert.matches("master lan0", helper.run "ip link show web0")
    assert.equal(0, program.moontap "down web".status)
    assert.is_nil(helper.run "ip link show":find "lan0")
  end)
end)
