-- others_devices_spec.lua - what a policy asks of devices that moontap did not make
local helper = require "spec.helper"
local program = require "spec.program"

local xml = [[<domain type='kvm'><name>g</name><devices><interface type='ethernet'>
  <mac address='52:54:00:10:00:02'/><target dev='t0' managed='no'/><model type='%s'/>
  </interface></devices></domain>]]

local function run(words, policy, model)
  program.write("p.lua", policy)
  return program.moontap("-p p.lua " .. words, xml:format(model or "virtio"))
end

local lan = "local lan = hook 'bridge' { bridge = '%s' }\nfunction connect(nic) lan(nic) end"

describe("a bridge that somebody else made", function()
  before_each(function()
    helper.run "ip link add br0 type bridge; ip link add v0 type veth peer name v1"
  end)

  for _, field in ipairs { "vlan_default_pvid = 5", "vlan_filtering = true",
    "vlan_stats_enabled = true", "vlan_stats_per_port = true",
    "vlan_protocol = '802.1ad'" } do
    it("keeps what its ports would lose: " .. field, function()
      local r = run("plan -", ("allow{ link = 'br0' }\nfunction connect(nic)\n" ..
        "bridge{ name = 'br0', %s }\ntap(nic, { master = 'br0' }) end"):format(field))
      assert.equal(4, r.status)
      assert.matches("moontap could not restore all that is lost by that", r.err, 1, true)
    end)
  end

  it("is a bridge, or the plan is refused", function()
    local r = run("plan -", lan:format "v0")
    assert.equal(3, r.status)
    assert.matches("v0 is no bridge", r.err, 1, true)
    r = run("plan -", "allow{ link = 'v0' }\n" ..
      "function connect(nic) tap(nic, { master = 'v0', up = true }) end")
    assert.equal(3, r.status)
    assert.matches("master: v0 is a device of the kind veth, and can be none", r.err, 1, true)
  end)
end)

describe("a device that the XML names", function()
  for _, name in ipairs { "all", "default" } do
    it("cannot be " .. name, function()
      program.write("p.lua", "function connect(nic) tap(nic) end")
      local r = program.moontap("-p p.lua plan -",
        (xml:format "virtio":gsub("'t0'", "'" .. name .. "'")))
      assert.equal(3, r.status)
      assert.matches(name .. ": it is no name for a device: the kernel keeps", r.err, 1, true)
    end)
  end
end)

describe("a tap that somebody else made", function()
  before_each(function() helper.run "ip link add br0 type bridge" end)

  it("is taken with vnet_hdr or without: whoever opens it sets that", function()
    for _, more in ipairs { "", "vnet_hdr" } do
      helper.run("ip tuntap add dev t0 mode tap user 0 " .. more)
      assert.same({ 0, "" }, { run("up -", lan:format "br0").status, program.read "stderr" })
      assert.equal(0, program.moontap "down g".status)
      helper.run "ip link del t0"
    end
  end)

  it("is refused with another number of queues", function()
    helper.run "ip tuntap add dev t0 mode tap multi_queue"
    assert.matches("multi_queue is true, and false is wanted", run("plan -", lan:format "br0").err,
      1, true)
  end)

  it("has a virtio-net header for igb, as libvirt asks for it", function()
    assert.matches("vnet_hdr", run("plan -", lan:format "br0", "igb").out, 1, true)
    assert.is_nil(run("plan -", lan:format "br0", "e1000").out:find "vnet_hdr")
  end)
end)
