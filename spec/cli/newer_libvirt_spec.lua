-- newer_libvirt_spec.lua - words of a newer libvirt, through every operation; and check, which is
-- strict

local json = require "dkjson"
local program = require "spec.program"

local new = [[
  <model type='new model'/><driver name='new'/><link state='new'/><teaming type='new'/>
  <backend type='new'/><address type='new'/><rom bar='new'/><mac type='new'/>
  <virtualport type='new'/><port isolated='new'/><vlan><tag id='1' nativeMode='new'/></vlan>
  <source mode='new' type='new' startupPolicy='new'><ip address='new'/></source>
]]

local function guest(ethernet, other)
  return ([[
<domain type='kvm'><name>web</name><uuid>5c7a2a56-3bdd-4bd9-b4c2-d52ff3e5ce3a</uuid><devices>
<interface type='ethernet'>%s<target dev='web0' managed='no'/></interface>
<interface type='bridge'>%s</interface>
<interface type='new'>%s</interface>
</devices></domain>]]):format(ethernet, other or "", other or "")
end

local mac = "<mac address='52:54:00:00:00:01'/>"
local operations = { "prepare begin", "start begin", "started begin", "reconnect begin",
  "stopped end", "release end" }

local function is_there(dev)
  return program.run("ip link show " .. dev).status == 0
end

local function moontap(words, input)
  return program.moontap("-p policy.lua " .. words, input)
end

-- xml and facts have nothing to do with what is connected.
local function any(words, input)
  local reads = words:find "^xml" or words:find "^facts"
  return (reads and program.bare or program.moontap)(words, input)
end

describe("words that no libvirt has yet", function()
  local xml = guest(mac .. new, new)

  before_each(function()
    program.write("policy.lua", "function connect(nic) tap(nic, { up = true }) end")
    program.write("web.xml", xml)
  end)

  it("are facts, as far as they are an enumeration's, and listed", function()
    local r = program.bare "facts web.xml"
    assert.equal(0, r.status)
    for i, nic in ipairs(json.decode(r.out).nics) do
      assert.equal("new model", nic.model)
      assert.equal("new", nic.link)
      assert.equal("new", nic.vlan.tags[1].native)
      assert.truthy(#nic.unknown >= 8, i)
    end
    assert.matches("^moontap: web: passed over, [^\n]*NIC 1: [^\n]*\n$", r.err)
  end)

  it("keep nobody from planning, connecting, disconnecting", function()
    local plan = moontap "plan web.xml"
    assert.equal(0, plan.status)
    assert.matches("ip tuntap add dev web0", plan.out, 1, true)
    assert.matches("^moontap: web: passed over, [^\n]*\nmoontap: web: NIC 1: <vlan>[^\n]*\n$",
      plan.err)
    assert.equal(0, moontap "up web.xml".status)
    assert.equal(0, program.bare "xml -p policy.lua web.xml".status)
    assert.equal(0, program.moontap "status".status)
    assert.equal(0, program.moontap "down web.xml".status)
    assert.is_false(is_there "web0")
  end)

  it("keep no guest from starting, and none from arriving", function()
    for _, operation in ipairs { "migrate begin", "restore begin" } do
      assert.same({ status = 0, out = "", err = "" }, moontap("hook qemu web " .. operation ..
        " -", xml))
    end
    for _, operation in ipairs(operations) do
      local r = moontap("hook qemu web " .. operation .. " -", xml)
      assert.same({ status = 0, out = "", err = "" }, r)
      assert.equal(operation ~= "release end", is_there "web0")
    end
  end)

  it("are refused by check, which says by whose rules", function()
    local r = program.bare "check web.xml"
    assert.equal(3, r.status)
    assert.matches("^moontap: xml web.xml:%d+: .* %(by the rules of libvirt 12%.8%)\n$", r.err)
    assert.matches("libvirt 9%.0", program.bare "check --libvirt 9.0 web.xml".err)
    assert.matches("libvirt 11%.3", program.bare "check --libvirt=11.3.0 web.xml".err)
    for _, version in ipairs { "8.9", "x", "9", "9.", "12.8x", "''" } do
      assert.equal(2, program.bare("check web.xml --libvirt " .. version).status)
    end
  end)
end)

describe("what moontap needs of an Ethernet NIC", function()
  before_each(function()
    program.write("policy.lua", "function connect(nic) tap(nic, { up = true }) end")
  end)

  for _, text in ipairs {
    "<mac address='new'/>", "<target dev='web0' managed='new'/>", "<mtu size='new'/>",
    "<model type='virtio'/><driver queues='new'/>",
  } do
    it("is to be read, elsewhere it is passed over: " .. text, function()
      local bad, other = guest(text), guest(mac, text)
      for _, words in ipairs { "facts -", "plan -", "up -", "down -", "xml -",
        "hook qemu web prepare begin -", "hook qemu web migrate begin -" } do
        local r = any(words, bad)
        assert.equal(3, r.status, words)
        assert.matches("NIC 1: xml [^\n]*new", r.err)
        assert.is_false(is_there "web0")
      end
      for _, words in ipairs { "facts -", "plan -p policy.lua -", "up -p policy.lua -",
        "down -" } do
        assert.equal(0, any(words, other).status, words)
      end
    end)
  end
end)

describe("what the XML asks for, and nobody does", function()
  before_each(function()
    program.write("policy.lua", "function connect(nic) tap(nic, { up = true }) end")
  end)

  it("is said by plan and up", function()
    local xml = guest(mac .. "<vlan><tag id='42'/></vlan><ip address='10.0.0.1'/>")
    for _, words in ipairs { "plan -", "up -" } do
      local r = moontap(words, xml)
      assert.equal(0, r.status)
      assert.matches("NIC 1: <vlan>", r.err, 1, true)
      assert.matches("NIC 1: <ip>", r.err, 1, true)
    end
    assert.equal(3, program.bare("check -", xml).status)
  end)

  it("is not a container's address, which libvirt sets", function()
    local xml = guest(mac .. "<ip address='10.0.0.1'/>"):gsub("'kvm'", "'lxc'")
    assert.not_matches("<ip>", moontap("plan -", xml).err, 1, true)
  end)
end)

describe("a NIC that has no device on the host", function()
  it("is nobody's fault after start", function()
    program.write("policy.lua", [[
      function connect_other(nic)
        if nic.dev then link{ name = nic.dev, txqueuelen = 1000 } end
      end]])
    for _, type in ipairs { "vhostuser", "user", "null", "vdpa", "mcast", "hostdev" } do
      local xml = ("<domain type='kvm' id='1'><name>web</name><devices><interface type='%s'>" ..
        "%s<target dev='vhu0'/></interface></devices></domain>"):format(type, mac)
      assert.same({ status = 0, out = "", err = "" },
        moontap("hook qemu web start begin -", xml))
    end
  end)
end)
