-- vlan_spec.lua - VLANs of NICs' ports, of uplinks and of bridges, as policies declare them
local helper = require "spec.helper"
local kernel = require "internals.kernel"
local program = require "spec.program"
local snapshot = require "spec.snapshot"

local function xml(name, managed, more)
  return ([[<domain type='qemu'><name>%s</name><uuid>4dea22b3-1d52-d8f3-2516-782e98ab3fa%d</uuid>
    <devices><interface type='ethernet'><mac address='52:54:00:00:00:0%d'/>
    <target dev='%s0' managed='%s'/>%s</interface></devices></domain>]]):format(name, #name, #name,
    name, managed and "yes" or "no", more or "")
end

-- run("up", "web", body of connect, top level) -> status, stdout, stderr
local function run(word, guest, body, top, managed)
  program.write("p.lua", ([[allow{ vid = "10-99" } allow{ link = "br0" } allow{ link = "up0" }
    %s
    local lan = hook "bridge" { bridge = "br0" }
    function connect(nic) %s end]]):format(top or "", body or "lan(nic)"))
  local r = program.moontap((word == "down" and "down -" or word .. " -p p.lua -"),
    xml(guest or "web", managed))
  return r.status, r.out, r.err
end

-- "10 PVID Egress Untagged; 20"
local function vlans(dev)
  local text = helper.run("bridge -compressvlans vlan show dev " .. dev):gsub("^[^\n]*\n", "")
  return (text:gsub("^%g+", ""):gsub("%s*\n%s*", "; "):gsub("^%s+", ""):gsub("[;%s]+$", ""))
end

local HOST = [[ip -batch - <<'END'
link add br0 address 02:00:00:00:00:01 type bridge vlan_filtering 1
link set br0 up
link add up0 type veth peer name up1
link set up0 master br0 up
END]]

if not helper.kernel_has "bridge_vlan" then
  describe("VLANs, which this kernel's bridges do not know,", function()
    before_each(function()
      helper.run "ip link add br0 address 02:00:00:00:00:01 type bridge; ip link set br0 up"
    end)

    for name, body in pairs {
      ["of a port that the plan makes"] = "lan(nic) vlan{ dev = nic.dev, pvid = 10 }",
      ["of the bridge"] = "lan(nic) vlan_member{ dev = 'br0', vid = 10, self = true }",
    } do
      it(name .. " are refused in a line", function()
        local before = snapshot.take()
        local status, _, err = run("up", "web", body)
        assert.equal(4, status)
        assert.matches("this kernel's bridges know no VLANs\n$", err)
        assert.equal("", snapshot.difference(before, snapshot.take()))
      end)
    end

    it("of a port that is there are refused in a line", function()
      helper.run "ip tuntap add dev web0 mode tap; ip link set dev web0 master br0"
      local _, _, err = run("plan", "web", "vlan{ dev = nic.dev, pvid = 10 }")
      assert.matches("this kernel's bridges know no VLANs\n$", err)
    end)
  end)
  return
end

describe("a NIC's VLANs #bridge_vlan", function()
  before_each(function() helper.run(HOST) end)

  it("are those that are declared, and no other", function()
    local before = snapshot.take()
    assert.equal(0, (run("up", "web",
      "lan(nic) vlan{ dev = nic.dev, pvid = 10, tagged = '20-22' }")))
    assert.equal("10 PVID Egress Untagged; 20-22", vlans "web0")
    helper.run "bridge vlan add dev web0 vid 77"
    local status, out = run("up", "web", "lan(nic) vlan{ dev = nic.dev, pvid = 11, tagged = '21' }")
    assert.equal(0, status)
    assert.equal("11 PVID Egress Untagged; 21", vlans "web0")
    assert.matches("~ bridge vlan del dev web0 vid 1-4094\n", out, 1, true)
    assert.equal(0, (run("up", "web", "lan(nic) vlan{ dev = nic.dev, tagged = '21' }")))
    assert.equal("21", vlans "web0")
    assert.equal(0, (run "down"))
    assert.equal("", snapshot.difference(before, snapshot.take()))
  end)

  it("go back to what they were on a port that stays", function()
    helper.run [[ip tuntap add dev web0 mode tap; ip link set dev web0 master br0 up
      bridge vlan add dev web0 vid 15; bridge vlan add dev web0 vid 6 untagged]]
    local was = vlans "web0"
    assert.equal(0, (run("up", "web", "vlan{ dev = nic.dev, pvid = 10, tagged = '15,20' }")))
    assert.equal("10 PVID Egress Untagged; 15; 20", vlans "web0")
    assert.equal(0, (run "down"))
    assert.equal(was, vlans "web0")
  end)

  it("that somebody changed are reported, and left as they are", function()
    helper.run "ip tuntap add dev web0 mode tap; ip link set dev web0 master br0 up"
    assert.equal(0, (run("up", "web", "vlan{ dev = nic.dev, pvid = 10, tagged = '20' }")))
    helper.run "bridge vlan add dev web0 vid 21"
    assert.matches("vlan web0 .* tagged +20 +none +20%-21\n", program.moontap "status web".out)
    local _, _, err = run "down"
    assert.matches("left as it is: vlan web0: tagged is 20%-21, and moontap had put 20", err)
    assert.equal("1 PVID Egress Untagged; 20-21", vlans "web0")
  end)

  it("are set before a tap of libvirt's, which is up, is up in the bridge", function()
    helper.run "ip tuntap add dev web0 mode tap; ip link set web0 address fe:54:00:00:00:03 up"
    local status, out, err = run("up", "web", [[
      tap(nic, { master = "br0", up = true }) vlan{ dev = nic.dev, pvid = 10 }]], "", true)
    assert.same({ 0, "" }, { status, err })
    assert.matches("~ ip link set dev web0 down\n.*master br0\n.*vlan add .*set dev web0 up\n", out)
    assert.matches("[<,]UP[,>]", helper.run "ip link show dev web0")
    status = run("down", "web", nil, nil, true)
    assert.equal(0, status)
    assert.matches("[<,]UP[,>]", helper.run "ip link show dev web0")
    assert.equal("", vlans "web0")
  end)

  it("leave such a tap up and alone when a later step fails", function()
    helper.run "ip tuntap add dev web0 mode tap; ip link set web0 address fe:54:00:00:00:03 up"
    local before = snapshot.take()
    local status, _, err = run("up", "web", [[
      tap(nic, { master = "br0", up = true }) vlan{ dev = nic.dev, pvid = 10 }
      route{ dst = "198.51.100.0/24", via = "203.0.113.1", dev = nic.dev }]],
      "allow{ prefix = '198.51.100.0/24' } allow{ prefix = '203.0.113.1/32' }", true)
    assert.equal(4, status)
    assert.matches("route.add 198.51.100.0/24 on web0: Network is unreachable", err, 1, true)
    assert.equal("", snapshot.difference(before, snapshot.take()))
  end)

  it("are set on a tap that is down as it enters without setting it down", function()
    local _, out = run("plan", "web", "lan(nic) vlan{ dev = nic.dev, pvid = 10 }")
    assert.is_nil(out:find(" down\n", 1, true))
  end)

  for _, case in ipairs {
    { "in no bridge", "tap(nic) vlan{ dev = nic.dev, pvid = 10 }", "the device is in no bridge" },
    { "of another device", "lan(nic) vlan{ dev = 'up0', pvid = 10 }",
      "vlan up0: it can be declared of the NIC's own device (web0) only" },
    { "that are not allowed", "lan(nic) vlan{ dev = nic.dev, pvid = 10, tagged = '98-100' }",
      'the vid 98-100: name it in a hook\'s options, or by allow{ vid = "98-100" }' },
    { "as pvid that are not allowed", "lan(nic) vlan{ dev = nic.dev, pvid = 9 }",
      "allow{ vid = 9 }" },
    { "twice", "lan(nic) vlan{ dev = nic.dev, untagged = '20', tagged = '20-21' }",
      "VLAN 20 is in both 'untagged' and 'tagged'" },
    { "as pvid and untagged", "lan(nic) vlan{ dev = nic.dev, pvid = 10, untagged = '10' }",
      "VLAN 10 is the pvid, and need not be in 'untagged'" },
    { "in two ways",
      "lan(nic) vlan{ dev = nic.dev, pvid = 10 } vlan{ dev = nic.dev, tagged = '20' }",
      "pvid is declared as 10 at p.lua:4 and as none at p.lua:4" },
    { "as a VLAN of the bridge without saying so", "lan(nic) vlan_member{ dev = 'br0', vid = 10 }",
      "the device is in no bridge" },
    { "of a port as if it were a bridge",
      "lan(nic) vlan_member{ dev = 'up0', vid = 10, self = true }", "the device is no bridge" },
  } do
    it(case[1] .. " are refused", function()
      local status, _, err = run("plan", "web", case[2])
      assert.is_true(status ~= 0)
      assert.truthy(err:find(case[3], 1, true), err)
    end)
  end

  it("are refused in a bridge that does not look at them", function()
    helper.run "ip link set dev br0 type bridge vlan_filtering 0"
    for _, body in ipairs { "lan(nic) vlan{ dev = nic.dev, pvid = 10 }",
      "lan(nic) vlan_member{ dev = 'up0', vid = 10 }" } do
      local status, _, err = run("plan", "web", body)
      assert.is_true(status ~= 0)
      assert.truthy(err:find("br0 does not look at VLANs; whoever made it can change that: ip " ..
        "link set dev br0 type bridge vlan_filtering 1", 1, true), err)
    end
  end)

  it("are set in a bridge that the same plan makes", function()
    assert.equal(0, (run("up", "web", [[
      bridge{ name = "br9", vlan_filtering = true, vlan_default_pvid = 0 }
      tap(nic, { master = "br9", up = true }) vlan{ dev = nic.dev, pvid = 10 }]])))
    assert.equal("10 PVID Egress Untagged", vlans "web0")
  end)
end)

describe("a VLAN of an uplink #bridge_vlan", function()
  local body = "lan(nic) vlan_member{ dev = 'up0', vid = 20 }"

  before_each(function() helper.run(HOST) end)

  it("is there as long as a NIC needs it", function()
    local before = snapshot.take()
    assert.equal(0, (run("up", "web", body)))
    assert.equal(0, (run("up", "mail", body)))
    assert.equal("1 PVID Egress Untagged; 20", vlans "up0")
    assert.equal(0, (run("down", "web")))
    assert.equal("1 PVID Egress Untagged; 20", vlans "up0")
    assert.equal(0, (run("down", "mail")))
    assert.equal("", snapshot.difference(before, snapshot.take()))
  end)

  it("that was there before stays as it is", function()
    helper.run "bridge vlan add dev up0 vid 20 pvid untagged"
    local was = vlans "up0"
    assert.equal(0, (run("up", "web", body)))
    assert.equal(was, vlans "up0")
    local _, _, err = run("up", "mail",
      "lan(nic) vlan_member{ dev = 'up0', vid = 20, untagged = false }")
    assert.matches("exists, but not as declared: untagged is true, and false is wanted", err)
    assert.equal(0, (run("down", "web")))
    assert.equal(was, vlans "up0")
  end)
end)

describe("the kernel's VLANs #bridge_vlan", function()
  local host

  before_each(function() helper.run(HOST) host = assert(kernel.open()) end)
  after_each(function() host:close() end)

  it("are read and set up to the last one", function()
    assert(host:put("set", "vlan dev=up0 pvid=4094 tagged=1-4093"))
    assert.equal("1-4093; 4094 PVID Egress Untagged", vlans "up0")
    assert.equal("vlan dev=up0 pvid=4094 untagged=none tagged=1-4093",
      host:get "vlan dev=up0".text)
    assert(host:put("set", "vlan dev=up0 pvid=none"))
    assert.equal("vlan dev=up0 pvid=none untagged=none tagged=none", host:get "vlan dev=up0".text)
  end)

  it("are deleted from a port that is in every second one, in a request that has room", function()
    helper.run "seq 2 2 4094 | sed 's/.*/vlan add dev up0 vid &/' | bridge -batch -"
    local _, err = host:get "vlan dev=up0"
    assert.matches("its VLANs are in too many pieces to tell", err.line, 1, true)
    assert.equal("vlan dev=up0 pvid=1 untagged=none", host:list "vlan"[1].text)
    assert(host:put("set", "vlan dev=up0 pvid=10 tagged=20,30-40"))
    assert.equal("10 PVID Egress Untagged; 20; 30-40", vlans "up0")
  end)

  it("are none of a device in no bridge", function()
    assert.is_nil(host:get "vlan dev=up1")
    assert.is_nil(host:get "vlan_member dev=up1 vid=1")
    for _, record in ipairs { "vlan dev=up1 pvid=1", "vlan_member dev=up1 vid=7" } do
      local _, err = host:put("add", record)
      assert.equal("EOPNOTSUPP", err.code)
      assert.matches("the device is in no bridge", err.line, 1, true)
    end
  end)
end)

describe("the hook vlan #bridge_vlan", function()
  before_each(function() helper.run(HOST) end)

  -- plan or up of a policy with the hook's options, of a guest with more in its XML
  local function connect(word, options, more)
    program.write("p.lua", ([[local lan = hook "bridge" { bridge = "br0" }
      local tags = hook "vlan" { bridge = "br0", %s }
      function connect(nic) tags(nic) lan(nic) end]]):format(options))
    return program.moontap(word .. " -p p.lua -", xml("web", false, more))
  end

  local TRUNK = "<vlan trunk='yes'><tag id='20' nativeMode='%s'/><tag id='30'/></vlan>"

  for _, case in ipairs {
    { "an access port", "id = 10", "", "10 PVID Egress Untagged" },
    { "a trunk with a native VLAN", "trunk = '20,30-31', native = 10", "",
      "10 PVID Egress Untagged; 20; 30-31" },
    { "a trunk without one", "trunk = '20'", "", "20" },
    { "the default, where the XML says nothing", "default = 10, allow = '20'", "",
      "10 PVID Egress Untagged" },
    { "what the XML asks for", "default = 10, allow = '20'", "<vlan><tag id='20'/></vlan>",
      "20 PVID Egress Untagged" },
    { "a trunk of the XML's", "allow = '20-30'", TRUNK:format "untagged",
      "20 PVID Egress Untagged; 30" },
    { "a native VLAN with its tag", "allow = '20-30'", TRUNK:format "tagged", "20 PVID; 30" },
    { "the policy's VLAN, whatever the XML asks for", "id = 10", "<vlan><tag id='20'/></vlan>",
      "10 PVID Egress Untagged" },
  } do
    local name, options, more, seen = table.unpack(case)
    it("gives a guest " .. name, function()
      local r = connect("up", options, more)
      assert.equal("", r.err:gsub("[^\n]*<vlan>[^\n]*\n", ""), r.err)
      assert.equal(seen, vlans "web0")
      assert.equal(0, program.moontap("down web").status)
    end)
  end

  it("puts the uplink and the bridge into the same VLANs while a NIC is there", function()
    local options = "trunk = '20-21', native = 10, uplink = 'up0', self = true"
    assert.equal(0, connect("up", options).status)
    for _, dev in ipairs { "up0", "br0" } do
      assert.equal("1 PVID Egress Untagged; 10; 20-21", vlans(dev))
    end
    assert.equal(0, program.moontap("down web").status)
    assert.equal("1 PVID Egress Untagged", vlans "up0")
    assert.equal("1 PVID Egress Untagged", vlans "br0")
  end)

  for options, case in pairs {
    ["allow = '20-30'"] = { "", 1, "neither the policy nor the XML says which VLAN" },
    ["default = 10"] = { "<vlan><tag id='20'/></vlan>", 1, "the policy lets it choose none" },
    ["default = 10, allow = '30'"] = { "<vlan><tag id='20'/></vlan>", 3,
      "does not allow the vid 20" },
  } do
    it("refuses a guest whose VLAN nobody allows: " .. options, function()
      local r = connect("plan", options, case[1])
      assert.equal(case[2], r.status)
      assert.matches(case[3], r.err, 1, true)
    end)
  end
end)

describe("the hook libvirt #bridge_vlan", function()
  it("does for a NIC what libvirt does for type='bridge', from its metadata", function()
    helper.run(HOST)
    program.write("p.lua", [[local net = hook "libvirt" { bridges = { "br0" }, allow = "20-30" }
      function connect(nic) net(nic) end]])
    local guest = xml("web"):gsub("<devices>", [[<metadata><m:interface xmlns:m='urn:moontap'
      bridge='br0'><vlan trunk='yes'><tag id='20' nativeMode='untagged'/><tag id='30'/></vlan>
      <port isolated='yes'/></m:interface></metadata>%0]])
    local r = program.moontap("up -p p.lua -", guest)
    assert.equal("", r.err)
    assert.equal("20 PVID Egress Untagged; 30", vlans "web0")
    assert.is_true(helper.json "bridge -j -d link show dev web0"[1].isolated)
    assert.equal(0, program.moontap("down web").status)
  end)
end)
