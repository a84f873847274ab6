-- existing_bridge_spec.lua - a bridge of the host got moontap's MAC, and was refused for that

local guests = require "spec.guests"
local helper = require "spec.helper"
local program = require "spec.program"

local xml = guests.xml("web", 1)

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
      local br0 = helper.link "br0"
      return br0.linkinfo.info_data.ageing_time, br0.address, br0.ifalias
    end
    assert.equal("", program.moontap("up -p policy.lua -", xml).err)
    assert.same({ 10000, "02:00:00:00:00:01" }, { look() })
    program.moontap "down web"
    assert.same({ 30000, "02:00:00:00:00:01" }, { look() })
  end)
end)
