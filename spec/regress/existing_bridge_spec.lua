-- existing_bridge_spec.lua - a bridge that was there got moontap's mark and MAC, and was refused for it

local helper = require "spec.helper"
local program = require "spec.program"

local xml = [[
<domain type='qemu'><name>web</name><devices><interface type='ethernet'>
  <mac address='52:54:00:00:00:01'/><target dev='web0' managed='no'/>
</interface></devices></domain>]]

describe("a bridge that somebody else made", function()
  it("gets the options that a policy declares, no mark, and its old ones back", function()
    helper.run "ip link add br0 address 02:00:00:00:00:01 type bridge ageing_time 30000"
    program.write("policy.lua", [[
      allow{ link = "br0" }
      function connect(nic)
        bridge{ name = "br0", ageing_time = 10000 }
        tap(nic, { master = "br0", up = true })
      end]])
    local function look()
      local br0 = helper.json "ip -j -d link show br0"[1]
      return br0.linkinfo.info_data.ageing_time, br0.address, br0.ifalias
    end
    assert.equal("", program.moontap("up -p policy.lua -", xml).err)
    assert.same({ 10000, "02:00:00:00:00:01" }, { look() })
    program.moontap "down web"
    assert.same({ 30000, "02:00:00:00:00:01" }, { look() })
  end)
end)
