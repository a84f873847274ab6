-- hooks_spec.lua - the ready-made hooks: what they say of options and hosts that are not good

local guests = require "spec.guests"
local helper = require "spec.helper"
local kernel = require "internals.kernel"
local program = require "spec.program"

local function up(hook, options)
  program.write("policy.lua", ("local h = hook '%s' %s\nfunction connect(nic) h(nic) end\n")
    :format(hook, options))
  return program.moontap "-p policy.lua plan web.xml"
end

describe("a ready-made hook", function()
  before_each(guests.setup)

  for options, why in pairs {
    ["{ bridge = 'br0', isolate = true }"] = "policy.lua:1: bridge: there is no option 'isolate'",
    ["{}"] = "policy.lua:1: bridge: the option 'bridge' is missing",
    ["{ brige = 'br0' }"] =
      "policy.lua:1: bridge: there is no option 'brige'; did you mean 'bridge'?",
    ["{ bridge = 'br0', wireguard = 5 }"] =
      "policy.lua:1: bridge: there is no option 'wireguard'; moontap has nothing of the kind yet",
    ["{ bridge = 'br0', bananas = 5 }"] =
      "policy.lua:1: bridge: there is no option 'bananas'; its options: backup_port, bcast_flood,",
    ["{ bridge = 'br0', isolated = 'yes' }"] =
      "policy.lua:1: bridge: isolated: the string 'yes' is not true or false",
    ["{ bridge = 'br0', mtu = '1500' }"] =
      "policy.lua:1: bridge: mtu: the string '1500' is not 68..65575 bytes",
    ["{ bridge = 'br0', unknown = 1 }"] =
      "policy.lua:1: bridge: unknown: a number is no boolean or \"qemu\"",
    ["{ bridge = 'br0', unknown = 'kvm' }"] =
      "policy.lua:1: bridge: unknown: a string is no boolean or \"qemu\"",
    ["{ bridge = 'br0', macs = { web = 'web' } }"] =
      "policy.lua:1: bridge: macs: 'web' is not a MAC",
    ["{ bridge = 'br0', 5 }"] = "policy.lua:1: bridge: there is no option '1'",
    ["{ bridge = false }"] = "policy.lua:1: bridge: bridge: it cannot be none",
    ["{ bridge = 'v0' }"] = "policy.lua:2: bridge: v0 is no bridge of the kernel's",
    ["{ bridge = 'br9' }"] =
      "refused: there is no bridge br9, which the policy names; this host's bridges: br0",
  } do
    it("bridge refuses " .. options, function()
      helper.run "ip link add v0 type veth peer name v1"
      local r = up("bridge", options)
      assert.matches(why, r.err, 1, true)
      assert.is_true(r.status == 1 or r.status == 3)
    end)
  end

  for _, kind in ipairs(kernel.kinds()) do
    it("does not say that there is no " .. kind.name .. " yet", function()
      local r = up("bridge", ("{ bridge = 'br0', %s = 5 }"):format(kind.name))
      assert.equal(3, r.status)
      assert.not_matches("nothing of the kind", r.err)
    end)
  end

  for options, why in pairs {
    ["{ bridge = 'br0' }"] = "vlan: none of id, trunk, default and allow says which VLAN",
    ["{ bridge = 'br0', id = 10, trunk = '20' }"] = "vlan: id is an access port's",
    ["{ bridge = 'br0', native = 10 }"] = "vlan: native is for a trunk",
    ["{ bridge = 'br0', id = 4095 }"] = "vlan: id: '4095' is not 1..4094",
    ["{ bridge = 'br0', trunk = 'x' }"] = "vlan: trunk: ",
    ["{ id = 10 }"] = "vlan: the option 'bridge' is missing",
  } do
    it("vlan refuses " .. options, function()
      local r = up("vlan", options)
      assert.matches("policy.lua:1: " .. why, r.err, 1, true)
      assert.equal(3, r.status)
    end)
  end

  for options, why in pairs {
    ["{}"] = "policy.lua:1: ovn: the option 'port' is missing",
    ["{ port = 'web-0' }"] = "policy.lua:1: ovn: port: a string is no table or function",
    ["{ port = { web = 5 } }"] = "policy.lua:1: ovn: port: names of logical switch ports expected",
    ["{ port = {}, migration = 'early' }"] = "policy.lua:1: ovn: migration: ",
    ["{ port = {} }"] = "refused: ovn: no logical switch port is written down for web",
  } do
    it("ovn refuses " .. options, function()
      assert.matches(why, up("ovn", options).err, 1, true)
    end)
  end

  it("bridge says when the host has no bridge at all", function()
    helper.run "ip link del br0"
    assert.matches("this host's bridges: none", up("bridge", "{ bridge = 'br0' }").err, 1, true)
  end)

  it("bridge creates the bridge when it is told to", function()
    local r = up("bridge", "{ bridge = 'br9', create = true }")
    assert.same({ 0, "" }, { r.status, r.err })
    assert.matches("+ ip link add dev br9 type bridge\n.*set dev web0 mtu 1500 .*dev br9 up\n",
      r.out)
  end)

  for options, why in pairs {
    ["{ id = 100 }"] = "policy.lua:1: vxlan: the option 'bridge' is missing",
    ["{ bridge = 'br9' }"] = "policy.lua:1: vxlan: the option 'id' is missing",
    ["{ id = 100, bridge = 'br9', dev = 'v0' }"] =
      "policy.lua:1: vxlan: one of the options 'peers', 'group' and 'evpn' is needed, and no more",
    ["{ id = 100, bridge = 'br9', dev = 'v0', peers = {}, group = '239.0.0.1' }"] =
      "policy.lua:1: vxlan: one of the options 'peers', 'group' and 'evpn' is needed, and no more",
    ["{ id = 100, bridge = 'br9', group = '239.0.0.1', mtu = 1400 }"] =
      "policy.lua:1: vxlan: the option 'dev' is missing",
    ["{ id = 100, bridge = 'br9', evpn = true }"] =
      "policy.lua:1: vxlan: the option 'mtu' is missing",
    ["{ id = 100, bridge = 'br9', dev = 'v0', peers = { '192.0.2.1', 'fd00::1' } }"] =
      "policy.lua:1: vxlan: peers: addresses expected, all of them IPv4, or all of them IPv6",
    ["{ id = 16777216, bridge = 'br9', evpn = true, mtu = 1400 }"] =
      "policy.lua:1: vxlan: id: '16777216' is not 0..16777215",
    ["{ id = 100, bridge = 'br9', dev = 'v9', evpn = true }"] =
      "refused: vxlan: there is no device v9, which the policy names",
    ["{ id = 100, bridge = 'br9', dev = 'v0', evpn = true, mtu = 1451 }"] =
      "refused: vxlan: mtu is 1451, and packets of v0 have room for 1450: its own MTU is 1500",
    ["{ id = 100, bridge = 'br9', dev = 'v0', src = 'fd00::1', evpn = true, mtu = 1431 }"] =
      "refused: vxlan: mtu is 1431, and packets of v0 have room for 1430",
  } do
    it("vxlan refuses " .. options, function()
      helper.run "ip link add v0 type veth peer name v1"
      local r = up("vxlan", options)
      assert.matches(why, r.err, 1, true)
      assert.is_true(r.status == 1 or r.status == 3)
    end)
  end

  for options, why in pairs {
    ["{ addresses = {}, up_link = 'eth0' }"] = "policy.lua:1: routed: there is no option 'up_link'",
    ["{}"] = "policy.lua:1: routed: the option 'addresses' is missing",
    ["{ addresses = 'web' }"] =
      "policy.lua:1: routed: addresses: a string is no table or function",
    ["{ addresses = {}, table = 100 }"] =
      "policy.lua:1: routed: nothing leads to the table: give it rule or vrf",
    ["{ addresses = {}, rule = 2000 }"] =
      "policy.lua:1: routed: rule leads to a table: the option 'table' is missing",
    ["{ addresses = {}, vrf = 'blue' }"] =
      "policy.lua:1: routed: vrf leads to a table: the option 'table' is missing",
    ["{ addresses = {}, vrf = 'blue', rule = 2000, table = 100 }"] =
      "policy.lua:1: routed: rule and vrf: a VRF needs no rule of its own",
    ["{ addresses = {}, rule = 0, table = 100 }"] =
      "policy.lua:1: routed: rule: '0' is not 1..4294967295",
    ["{ addresses = { db = { '192.0.2.1' } } }"] =
      "refused: routed: no address is written down for web",
    ["{ addresses = function(nic) return { '192.0.2.1' } end }"] =
      "refused: the host does not forward: sysctl -w net.ipv4.ip_forward=1",
  } do
    it("routed refuses " .. options, function()
      helper.run "echo 0 >/proc/sys/net/ipv4/ip_forward"
      local r = up("routed", options)
      assert.matches(why, r.err, 1, true)
      assert.is_true(r.status == 1 or r.status == 3)
    end)
  end
end)

describe("the hook libvirt", function()
  before_each(function()
    guests.setup()
    helper.run "ip link add br1 address 02:00:00:00:00:02 type bridge && ip link set br1 up"
  end)

  local function plan(options, metadata)
    program.write("policy.lua", ("local h = hook 'libvirt' %s\nfunction connect(nic) h(nic) end\n")
      :format(options))
    program.write("web.xml", guests.xml("web", 1, ("<metadata><m:interface " ..
      "xmlns:m='urn:moontap' %s</m:interface></metadata>"):format(metadata)))
    return program.moontap "-p policy.lua plan web.xml"
  end

  it("puts a NIC into the bridge of its metadata, and isolates it", function()
    local r = plan("{ bridge = 'br0', bridges = { 'br1' } }",
      "bridge='br1'><port isolated='yes'/>")
    assert.equal("", r.err)
    assert.matches("ip link set dev web0 master br1\n", r.out, 1, true)
    assert.matches("bridge link set dev web0 isolated on\n", r.out, 1, true)
    r = plan("{ bridge = 'br0' }", "mac='52:54:00:00:00:09' bridge='br1'>")
    assert.matches("ip link set dev web0 master br0\n", r.out, 1, true)
    assert.is_nil(r.out:find "isolated")
  end)

  for options, case in pairs {
    ["{}"] = { ">", "policy.lua:1: libvirt: neither bridge nor bridges names a bridge" },
    ["{ bridge = 'br0' }"] = { "bridge='br1'>",
      "refused: its metadata asks for the bridge br1, and the policy lets it choose among br0" },
    ["{ bridges = { 'br0' } }"] = { ">", "refused: its metadata names no bridge" },
    ["{ bridge = 'br0', mtu = 1400 }"] = { "><vlan><tag id='10'/></vlan>",
      "refused: the XML asks for a VLAN, and the policy lets it choose none" },
    ["{ bridge = 'br0', allow = '20' }"] = { "><vlan><tag id='10'/></vlan>",
      "does not allow the vid 10" },
  } do
    it("refuses " .. options .. " with " .. case[1], function()
      local r = plan(options, case[1])
      assert.matches(case[2], r.err, 1, true)
      assert.is_true(r.status == 1 or r.status == 3)
    end)
  end
end)

describe("the hook macvtap", function()
  before_each(function()
    guests.setup()
    helper.run "ip link add up0 mtu 1400 type veth peer name up1; ip link set up0 up"
  end)

  local function run(word, options, xml)
    program.write("policy.lua", ("local h = hook 'macvtap' %s\nfunction connect(nic) h(nic) end\n")
      :format(options))
    return program.moontap("-p policy.lua " .. word .. " -", xml or guests.xml("web", 1))
  end

  it("makes a macvtap with the guest's MAC, whose file is the user's", function()
    local r = run("up", "{ link = 'up0', user = 12345 }")
    assert.same({ 0, "" }, { r.status, r.err })
    local link = helper.link "web0"
    assert.same({ "up0", "52:54:00:00:00:01", 1400, "bridge" },
      { link.link, link.address, link.mtu, link.linkinfo.info_data.mode })
    local node = "/dev/tap" .. link.ifindex
    assert.equal("12345 600", helper.run("stat -c '%u %a' " .. node):match "%C+")
    assert.is_nil(run("plan", "{ link = 'up0', user = 12345 }").out:find "\n  [+~-] ")
    helper.run("chown 0 " .. node)
    assert.matches("tap_node web0 +user 12345 +0 +0\n", program.moontap "status web".out)
    assert.equal(0, program.moontap "down web".status)
    assert.is_false(os.rename(node, node) or false) -- it went with the device
  end)

  it("is for a NIC whose tap libvirt does not make", function()
    local managed = guests.xml("web", 1):gsub("managed='no'", "managed='yes'")
    helper.run "ip tuntap add dev web0 mode tap"
    local r = run("plan", "{ link = 'up0' }", managed)
    assert.equal(3, r.status)
    assert.matches("macvtap is for managed='no': libvirt makes the tap of this NIC", r.err, 1, true)
  end)

  for options, why in pairs {
    ["{}"] = "policy.lua:1: macvtap: the option 'link' is missing",
    ["{ link = 'br0' , group = 'kvm' }"] = "policy.lua:1: macvtap: there is no option 'group'",
    ["{ link = 'up0', mode = 'loud' }"] = "policy.lua:1: macvtap: mode: ",
    ["{ link = 'up9' }"] = "there is no device up9",
  } do
    it("refuses " .. options, function()
      local r = run("plan", options)
      assert.matches(why, r.err, 1, true)
      assert.is_true(r.status ~= 0)
    end)
  end
end)
