-- port_spec.lua - kind ovs_port and hook ovs, with the real daemons: what is planned, what is put
-- there, what is taken away, and what is refused

local helper = require "spec.helper"
local ovs = require "spec.ovs"
local program = require "spec.program"

local BOOT = helper.run "cut -c1-8 /proc/sys/kernel/random/boot_id":match "%C+"
local OWNER = "5d1f2f0c-4a3f-4f63-9e3c-0a6f2d6b1c01/52:54:00:10:00:01 boot=" .. BOOT

-- A row as another tool, or another boot's moontap, would have made it.
local function row(name, tag, owner, bridge)
  ovs.vsctl(("--no-wait add-port %s %s tag=%d %s"):format(bridge or "br-a", name, tag,
    owner and ("other_config:transient=true 'external_ids:moontap=\"%s\"'"):format(owner) or ""))
end

local function fails(r, status, text)
  assert.equal(status, r.status, r.err)
  assert.is_truthy(r.err:find(text, 1, true), r.err)
end

describe("hook ovs #ovs", function()
  ovs.around()
  before_each(function() ovs.guest() end)

  it("connects a guest: Open vSwitch has its tap when up returns", function()
    ovs.policy 'bridge = "br-a", tag = 10'
    assert.equal(0, ovs.moontap "up web.xml".status)
    assert.equal("mytap0", ovs.ports())
    assert.equal("10", ovs.get("port", "mytap0", "tag"))
    assert.equal('{moontap="' .. OWNER .. '"}', ovs.get("port", "mytap0", "external_ids"))
    assert.equal('{transient="true"}', ovs.get("port", "mytap0", "other_config"))
    assert.equal(tostring(helper.link "mytap0".ifindex), ovs.get("interface", "mytap0", "ifindex"))
    assert.matches("^%d+$", ovs.get("interface", "mytap0", "ofport"))
  end)

  it("has nothing to do the second time, and takes everything back", function()
    ovs.policy 'bridge = "br-a", tag = 10'
    ovs.moontap "up web.xml"
    local uuid = ovs.get("port", "mytap0", "_uuid")
    local again = ovs.moontap "up web.xml"
    assert.equal(0, again.status)
    assert.is_nil(again.out:find "\n  [^=] ")
    assert.equal(uuid, ovs.get("port", "mytap0", "_uuid"))
    assert.equal(0, ovs.down().status)
    assert.equal("", ovs.ports())
    assert.same({}, program.state())
  end)

  it("follows a changed policy: what differs is changed, and the row stays", function()
    ovs.policy 'bridge = "br-a", tag = 10'
    ovs.moontap "up web.xml"
    local uuid = ovs.get("port", "mytap0", "_uuid")
    ovs.policy 'bridge = "br-b", trunks = "20,30-31", protected = true'
    assert.equal(0, ovs.moontap "up web.xml".status)
    assert.equal(uuid, ovs.get("port", "mytap0", "_uuid"))
    assert.equal("", ovs.ports "br-a")
    assert.equal("mytap0", ovs.ports "br-b")
    assert.equal("[20, 30, 31]", ovs.get("port", "mytap0", "trunks"))
    assert.equal("trunk", ovs.get("port", "mytap0", "vlan_mode"))
    assert.equal("true", ovs.get("port", "mytap0", "protected"))
    assert.equal("[]", ovs.get("port", "mytap0", "tag"))
    assert.equal(0, ovs.down().status)
    assert.equal("", ovs.ports "br-b")
  end)

  it("leaves Open vSwitch with a policy that leaves it: the port goes, the tap stays", function()
    ovs.policy 'bridge = "br-a", tag = 10'
    ovs.moontap "up web.xml"
    ovs.policy(nil, "tap(nic, { up = true })")
    assert.equal(0, ovs.moontap "up web.xml".status)
    assert.equal("", ovs.ports())
    assert.is_true(helper.link "mytap0" ~= nil)
  end)

  it("repairs what somebody changed", function()
    ovs.policy 'bridge = "br-a", tag = 10'
    ovs.moontap "up web.xml"
    ovs.vsctl "set port mytap0 tag=20"
    local status = program.moontap "status web"
    assert.matches("ovs_port mytap0 [^\n]* tag 20 ", status.out)
    assert.equal(0, ovs.moontap "up web.xml".status)
    assert.equal("10", ovs.get("port", "mytap0", "tag"))
  end)

  it("adds the port again when somebody deleted it", function()
    ovs.policy 'bridge = "br-a", tag = 10'
    ovs.moontap "up web.xml"
    ovs.vsctl "del-port mytap0"
    assert.equal(0, ovs.moontap "up web.xml".status)
    assert.equal("mytap0", ovs.ports())
    assert.equal(0, ovs.down().status)
    assert.equal("", ovs.ports())
  end)

  it("deletes its port at down, whatever somebody changed in it", function()
    ovs.policy 'bridge = "br-a", tag = 10'
    ovs.moontap "up web.xml"
    ovs.vsctl "set port mytap0 tag=20"
    local down = ovs.down()
    assert.equal(0, down.status)
    assert.is_truthy((down.out .. down.err):find("tag was 20", 1, true), down.out .. down.err)
    assert.equal("", ovs.ports())
  end)

  it("takes a trunk and its VLANs from functions of the NIC, as far as they are allowed", function()
    program.write("policy.lua", [[
      allow{ vid = "10-19" }
      local lan = hook "ovs" { bridge = "br-a", tag = function(nic) return 19 + nic.index - 1 end }
      function connect(nic) lan(nic) end]])
    assert.equal(0, ovs.moontap "up web.xml".status)
    assert.equal("19", ovs.get("port", "mytap0", "tag"))
    program.write("policy.lua", [[
      local lan = hook "ovs" { bridge = "br-a", tag = function() return 20 end }
      function connect(nic) lan(nic) end]])
    fails(ovs.moontap "plan web.xml", 3, "does not allow the vid 20")
  end)

  it("prints commands that put the same rows there", function()
    ovs.policy [[bridge = "br-a", tag = 10, trunks = { 20, "30-31" }, vlan_mode = "native-tagged",
      protected = true]]
    ovs.moontap "up web.xml"
    local function columns()
      return ovs.vsctl("-f csv --columns=name,tag,trunks,vlan_mode,protected,external_ids," ..
        "other_config list port mytap0")
    end
    local ups = columns()
    ovs.down()
    assert.equal(0, program.run("sh -e", ovs.moontap "plan --sh web.xml".out).status)
    assert.equal(ups, columns())
    program.run("sh -e", ovs.moontap "plan --sh web.xml".out)
    assert.equal(0, program.run("ovs-vsctl -t 10 --if-exists del-port mytap0").status)
  end)

  it("wants to know in which VLANs: else the port would carry every VLAN", function()
    ovs.policy 'bridge = "br-a"'
    fails(ovs.moontap "plan web.xml", 3, "the port would carry every VLAN")
    ovs.policy 'bridge = "br-a", vlan_mode = "access"'
    assert.equal(0, ovs.moontap "up web.xml".status)
    assert.equal("access", ovs.get("port", "mytap0", "vlan_mode"))
    assert.equal("[]", ovs.get("port", "mytap0", "tag"))
  end)

  it("refuses a <mtu> that is larger than the port's", function()
    local xml = program.read "web.xml":gsub("<model", "<mtu size='9000'/><model")
    program.write("web.xml", xml)
    ovs.policy 'bridge = "br-a", tag = 10'
    fails(ovs.moontap "plan web.xml", 1, "in br-a 1500 is the most")
    ovs.policy 'bridge = "br-a", tag = 10, mtu = 9000'
    assert.equal(0, ovs.moontap "up web.xml".status)
    assert.equal(9000, helper.link "mytap0".mtu)
  end)
end)

describe("kind ovs_port #ovs", function()
  ovs.around()
  before_each(function() ovs.guest() end)

  local function refuses(fields, text)
    program.write("policy.lua", ([[allow{ link = "br-a", vid = "1-4094", iface_id = "web-*" }
      function connect(nic)
        tap(nic, { up = true })
        ovs_port{ dev = nic.dev, %s }
      end]]):format(fields))
    fails(ovs.moontap "plan web.xml", 3, text)
  end

  it("refuses what Open vSwitch would take, and understand otherwise", function()
    refuses("tag = 10", "'bridge' is missing")
    refuses('bridge = "br-a", vlan_mode = "trunk"', "it would carry every VLAN")
    refuses('bridge = "br-a", tag = 10, trunks = "10-20"', "trunks has the tag, too")
    refuses('bridge = "br-a", tag = 10, trunks = "20", vlan_mode = "trunk"', "tag with trunks")
    refuses('bridge = "br-a", trunks = "20", vlan_mode = "native-tagged"',
      "a native port has a tag")
    refuses('bridge = "br-a", vlan_mode = "dot1q-tunnel"', "dot1q-tunnel has a tag")
    refuses('bridge = "br-a", tag = 10, cvlans = "5"', 'are for vlan_mode = "dot1q-tunnel"')
    refuses('bridge = "br-a", tag = 10, ingress_burst = 5', "ingress_burst is for ingress_rate")
    refuses('bridge = "br-a", tag = 0', "1..4094")
    refuses('bridge = "br-a", tag = 10, owner = "me"', "moontap sets it")
  end)

  it("lets a policy name only the bridges, VLANs and logical ports that are allowed", function()
    refuses('bridge = "br-b", tag = 10', "does not allow the link br-b")
    refuses('bridge = "br-a", iface_id = "db-1"', "does not allow the iface_id db-1")
  end)

  it("is a port of one bridge only, Open vSwitch's or Linux's", function()
    helper.run "ip link add lbr type bridge"
    program.write("policy.lua", [[allow{ link = "lbr" } allow{ link = "br-a", vid = 10 }
      function connect(nic)
        tap(nic, { master = "lbr", up = true })
        ovs_port{ dev = nic.dev, bridge = "br-a", tag = 10 }
      end]])
    fails(ovs.moontap "plan web.xml", 3, "the device is in lbr, or is declared to be")
  end)

  it("cannot be had with a root qdisc, which ovs-vswitchd deletes", function()
    program.write("policy.lua", [[allow{ link = "br-a", vid = 10 }
      function connect(nic)
        tap(nic, { up = true })
        ovs_port{ dev = nic.dev, bridge = "br-a", tag = 10 }
        tbf{ dev = nic.dev, rate = 1000000, burst = 10000 }
      end]])
    fails(ovs.moontap "plan web.xml", 3, "ovs-vswitchd")
  end)

  it("names who has the name already: a port, a bond, another guest of moontap's", function()
    ovs.policy 'bridge = "br-a", tag = 10'
    row("mytap0", 20)
    ovs.vsctl "--no-wait set interface mytap0 external_ids:iface-id=lsp1"
    for _, subcommand in ipairs { "plan", "up" } do
      fails(ovs.moontap(subcommand .. " web.xml"), 4,
        "Open vSwitch has a port mytap0 on br-a already (iface-id lsp1): not moontap's")
    end
    ovs.vsctl "--no-wait del-port mytap0 -- add-bond br-b bond0 mytap0 mytap1"
    fails(ovs.moontap "plan web.xml", 4,
      "Open vSwitch has mytap0 on br-b already, in the port bond0: not moontap's")
    ovs.vsctl "--no-wait del-port bond0"
    row("mytap0", 20, "guest/mac boot=" .. BOOT)
    fails(ovs.moontap "plan web.xml", 4, "(owner guest/mac boot=" .. BOOT .. "): not this NIC's")
    ovs.vsctl "--no-wait set interface mytap0 external_ids:iface-id=lsp2"
    fails(ovs.moontap "plan web.xml", 4, "Open vSwitch has a port mytap0 on br-a already " ..
      "(iface-id lsp2, owner guest/mac boot=" .. BOOT .. "): not this NIC's")
    assert.is_nil(helper.run "ip -br link":match "mytap0")
  end)

  it("replaces its own row that no journal knows, and that of an earlier boot", function()
    ovs.policy 'bridge = "br-a", tag = 10'
    for _, owner in ipairs { OWNER, "guest/mac boot=00000000" } do
      row("mytap0", 20, owner, "br-b")
      assert.equal(0, ovs.moontap "up web.xml".status)
      assert.equal("", ovs.ports "br-b")
      assert.equal("mytap0", ovs.ports "br-a")
      assert.equal("10", ovs.get("port", "mytap0", "tag"))
      assert.equal(0, ovs.down().status)
      assert.equal("", ovs.ports())
    end
  end)

  it("has an iface_id that no other port of the host has", function()
    row("other", 20)
    ovs.vsctl "--no-wait set interface other external_ids:iface-id=web-1"
    program.write("policy.lua", [[allow{ link = "br-a", iface_id = "web-*" }
      function connect(nic)
        tap(nic, { up = true })
        ovs_port{ dev = nic.dev, bridge = "br-a", iface_id = "web-1", wait = 0 }
      end]])
    fails(ovs.moontap "plan web.xml", 4, "another port of this host has the iface-id web-1")
    ovs.vsctl "--no-wait del-port other"
    assert.equal(0, ovs.moontap "up web.xml".status)
    assert.equal("web-1", ovs.get("interface", "mytap0", "external_ids:iface-id"))
  end)

  -- A guest of two NICs; each has the logical port that the arguments say.
  local function up_two(first, second)
    program.write("two.xml", (program.read "web.xml":gsub("<interface.*</interface>", function(nic)
      return nic .. nic:gsub("mytap0", "mytap1"):gsub("10:00:01", "10:00:02")
    end)))
    program.write("policy.lua", ([[allow{ link = "br-a", iface_id = "web-*" }
      local ports = { "%s", "%s" }
      function connect(nic)
        tap(nic, { up = true })
        ovs_port{ dev = nic.dev, bridge = "br-a", iface_id = ports[nic.index], wait = 0 }
      end]]):format(first, second))
    return ovs.moontap "up two.xml"
  end

  it("gets the iface_id that another NIC of the guest gives up", function()
    assert.equal(0, up_two("web-1", "web-2").status)
    local r = up_two("web-3", "web-1")
    assert.equal(0, r.status, r.err)
    assert.equal("web-3", ovs.get("interface", "mytap0", "external_ids:iface-id"))
    assert.equal("web-1", ovs.get("interface", "mytap1", "external_ids:iface-id"))
    fails(up_two("web-3", "web-3"), 4, "another port of this host has the iface-id web-3")
    assert.equal("web-1", ovs.get("interface", "mytap1", "external_ids:iface-id"))
  end)

  it("is not to be had of another number than the one that is asked for", function()
    ovs.vsctl "add-port br-a p7 -- set interface p7 type=internal ofport_request=7"
    program.write("policy.lua", [[allow{ link = "br-a", vid = 10 }
      function connect(nic)
        tap(nic, { up = true })
        ovs_port{ dev = nic.dev, bridge = "br-a", tag = 10, ofport_request = 7 }
      end]])
    fails(ovs.moontap "up web.xml", 4, "ofport_request 7 is another port's: mytap0 has ofport ")
    assert.equal("p7", ovs.ports())
    assert.is_nil(helper.run "ip -br link":match "mytap0")
  end)
end)

describe("a stale row #ovs", function()
  ovs.around()
  before_each(function()
    ovs.guest()
    ovs.policy(nil, "tap(nic, { up = true })")
  end)

  it("gets no tap of a policy that knows nothing of Open vSwitch", function()
    row("mytap0", 20)
    for _, subcommand in ipairs { "plan", "up" } do
      fails(ovs.moontap(subcommand .. " web.xml"), 4,
        "Open vSwitch has a port mytap0 on br-a already: not moontap's")
    end
    assert.is_nil(helper.run "ip -br link":match "mytap0")
  end)

  it("of an earlier boot is deleted before the tap is made", function()
    row("mytap0", 20, "guest/mac boot=00000000")
    assert.equal(0, ovs.moontap "plan web.xml".status)
    assert.equal("mytap0", ovs.ports())
    assert.equal(0, ovs.moontap "up web.xml".status)
    assert.equal("", ovs.ports())
  end)

  it("of an earlier boot goes at the first event, whosever it was, and so do all others", function()
    ovs.policy 'bridge = "br-a", tag = 10'
    row("gone0", 20, "guest/mac boot=00000000")
    row("gone1", 20, "guest/mac boot=00000000", "br-b")
    row("here0", 20, "guest/mac boot=" .. BOOT)
    row("other0", 20)
    assert.equal(0, ovs.moontap "plan web.xml".status)
    assert.equal("gone0 here0 other0", ovs.ports())
    assert.equal(0, ovs.moontap "up web.xml".status)
    assert.equal("here0 mytap0 other0", ovs.ports())
    assert.equal("", ovs.ports "br-b")
  end)
end)
