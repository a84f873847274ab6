-- A port of an earlier boot, under the tap's name of then, kept the guest's iface_id from it.

local ovs = require "spec.ovs"
local program = require "spec.program"

describe("a port of an earlier boot #ovs", function()
  ovs.around()

  it("keeps its iface_id from nobody", function()
    ovs.guest()
    program.write("policy.lua", [[allow{ link = "br-a", iface_id = "web-1" }
      function connect(nic)
        tap(nic, { up = true })
        ovs_port{ dev = nic.dev, bridge = "br-a", iface_id = "web-1", wait = 0 }
      end]])
    ovs.vsctl [[--no-wait add-port br-a gone0 other_config:transient=true \
      'external_ids:moontap="guest/mac boot=00000000"' \
      -- set interface gone0 external_ids:iface-id=web-1]]
    assert.equal(0, ovs.moontap "plan web.xml".status)
    local r = ovs.moontap "up web.xml"
    assert.equal(0, r.status, r.err)
    assert.equal("mytap0", ovs.ports())
  end)
end)
