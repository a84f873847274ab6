-- ovs_undeclared_spec.lua - a port of Open vSwitch kept what a changed policy no longer declares of
-- it, and one that such a policy took away was gone after the run had failed

local helper = require "spec.helper"
local ovs = require "spec.ovs"
local program = require "spec.program"

local PORT = [[
function connect(nic)
  tap(nic, { up = true })
  ovs_port{ dev = nic.dev, bridge = "br-a", %s }
end]]

local MORE = [[tag = 11, trunks = "12-13", vlan_mode = "native-tagged", protected = true,
    iface_id = "x", wait = 0]]

describe("what a changed policy no longer declares, in Open vSwitch #ovs,", function()
  ovs.around()

  local function up(fields)
    program.write("policy.lua", 'allow{ link = "br-a", vid = "10-19", iface_id = "x" }\n' ..
      PORT:format(fields))
    local r = ovs.moontap "up web.xml"
    assert.equal(0, r.status, r.err)
  end

  local function columns()
    local list = "-f csv --no-headings --columns=%s list %s mytap0"
    return ovs.vsctl(list:format("tag,trunks,vlan_mode,protected", "port")) ..
      ovs.vsctl(list:format("external_ids", "interface"))
  end

  it("is none afterwards, also in what plan prints", function()
    ovs.guest()
    up "tag = 10"
    up(MORE)
    assert.matches('11,"%[12, 13%]",native%-tagged,true\n', columns())
    program.write("policy.lua", 'allow{ link = "br-a" }' .. PORT:format "vlan_mode = 'access'")
    local sh = ovs.moontap "plan --sh web.xml".out
    up "vlan_mode = 'access'"
    local none = columns()
    assert.equal("[],[],access,false\n{}\n", none)
    assert.is_nil(ovs.moontap "up web.xml".out:find "\n  [^=] ")

    up(MORE)
    local r = program.run("sh -e", sh)
    assert.equal(0, r.status, sh .. r.err)
    assert.equal(none, columns())
    assert.equal(0, ovs.down().status)
    assert.equal("", ovs.ports())
  end)

  it("comes back when the run fails, and is moontap's again", function()
    program.write("two.xml", program.read(ovs.guest "two"):gsub("</interface>", [[</interface>
      <interface type='ethernet'><mac address='52:54:00:10:00:02'/>
      <target dev='mytap1' managed='no'/><model type='virtio'/></interface>]]))
    local function first(fields)
      program.write("policy.lua", ([[allow{ link = "br-a", vid = 10 }
        function connect(nic)
          tap(nic, { up = true })
          if nic.index == %d then
            ovs_port{ dev = nic.dev, bridge = "br-a", tag = 10, %s }
          end
        end]]):format(fields and 2 or 1, fields or ""))
      return ovs.moontap "up two.xml"
    end
    assert.equal(0, first().status)
    local owner = ovs.get("port", "mytap0", "external_ids")
    ovs.vsctl "add-port br-a x0 -- set interface x0 type=internal ofport_request=77"
    local failed = first "ofport_request = 77"
    assert.equal(4, failed.status)
    assert.is_truthy(failed.err:find("is another port's", 1, true), failed.err)
    assert.equal("mytap0 x0", ovs.ports())
    assert.same({ "10", owner },
      { ovs.get("port", "mytap0", "tag"), ovs.get("port", "mytap0", "external_ids") })
    assert.is_nil(program.moontap "status".out:find "drift")
    assert.equal(0, ovs.down "two".status)
    assert.equal("x0", ovs.ports())
    helper.run "! ip link show mytap0"
  end)
end)
