-- bridge_mtu_spec.lua - a guest's <mtu> became the host bridge's MTU, and an option's MTU stayed
local helper = require "spec.helper"
local program = require "spec.program"

local function xml(name, mtu)
  return ([[<domain type='kvm'><name>%s</name><devices><interface type='ethernet'>
    <mac address='52:54:00:10:00:0%d'/><target dev='%s0' managed='no'/><model type='virtio'/>%s
    </interface></devices></domain>]]):format(name, #name, name,
    mtu and ("<mtu size='%d'/>"):format(mtu) or "")
end

local function policy(options)
  program.write("p.lua", ("local lan = hook 'bridge' { bridge = 'br0'%s }\n"):format(options or "")
    .. "function connect(nic) lan(nic) end\n")
end

local function moontap(words, input) return program.moontap("-p p.lua " .. words, input) end
local function mtu(dev) return helper.json("ip -j link show " .. dev)[1].mtu end

describe("a bridge whose MTU is automatic", function()
  before_each(function()
    helper.run "ip link add br0 type bridge && ip link set br0 up"
    policy()
  end)

  it("keeps its MTU and its IPv6 addresses when a guest's <mtu> is small", function()
    helper.run "ip addr add 2001:db8::1/64 dev br0"
    assert.same({ 0, "" }, { moontap("up -", xml("g", 68)).status, program.read "stderr" })
    assert.same({ 1500, 1500 }, { mtu "g0", mtu "br0" })
    assert.matches("2001:db8::1/64", helper.run "ip -6 addr show br0", 1, true)
  end)

  it("is not raised by a larger one, which is refused", function()
    local r = moontap("up -", xml("g", 9000))
    assert.equal(1, r.status)
    assert.matches("the XML says <mtu size='9000'/>, and in br0 1500 is the most", r.err, 1, true)
    assert.equal(1500, mtu "br0")
    policy ", max_mtu = 9000"
    assert.equal(0, moontap("up -", xml("g", 9000)).status)
    assert.equal(9000, mtu "g0")
  end)

  it("is what it was once the option is gone, for who is there and who comes", function()
    policy ", mtu = 1400"
    assert.equal(0, moontap("up -", xml("g")).status)
    assert.same({ 1400, 1400 }, { mtu "g0", mtu "br0" })
    policy()
    assert.equal(0, moontap("plan -", xml("gg", 1500)).status)
    assert.equal(0, moontap("up -", xml("gg", 1500)).status)
    assert.equal(1500, mtu "gg0")
    assert.equal(0, moontap("up -", xml("g")).status)
    assert.same({ 1500, 1500 }, { mtu "g0", mtu "br0" })
    assert.equal(0, program.moontap "down g".status)
    assert.equal(0, program.moontap "down gg".status)
    assert.same({}, program.state())
  end)

  it("is said to follow a smaller port, by plan and up, until it has followed", function()
    local line = "g0: br0's own MTU will follow, 1500 to 1400, unless somebody has set it"
    policy ", mtu = 1400"
    local r = moontap("plan -", xml("g"))
    assert.same({ 0, "moontap: g: " .. line .. "\n" }, { r.status, r.err })
    assert.not_matches("follow", moontap("plan --sh -", xml("g")).out)
    assert.matches(line, moontap("plan --json -", xml("g")).out, 1, true)
    assert.matches(line, moontap("up -", xml("g")).err, 1, true)
    assert.equal("", moontap("up -", xml("g")).err)
    assert.equal("", moontap("plan -", xml("gg")).err)
    policy ", mtu = 9000"
    assert.equal("", moontap("plan -", xml("gg")).err)
  end)

  it("is anew what it is when another of its name has come", function()
    moontap("up -", xml("g"))
    helper.run "ip link del br0; ip link add br0 mtu 1300 type bridge"
    assert.equal(0, moontap("up -", xml("gg")).status)
    assert.equal(1300, mtu "gg0")
  end)

  it("is not followed into what libvirt gave to a managed tap", function()
    program.write("p.lua", [[allow{ link = "br0" }
      function connect(nic) tap(nic, { master = "br0", up = true }) end]])
    helper.run [[ip tuntap add dev g0 mode tap
      ip link set g0 address fe:54:00:10:00:01 mtu 1279]]
    assert.equal(0, moontap("up -", (xml("g", 1279):gsub(" managed='no'", ""))).status)
    assert.same({ 1500, 1500 }, { mtu "g0", mtu "br0" })
  end)
end)

describe("a routed NIC", function()
  it("takes no <mtu> with which its IPv6 addresses could not be", function()
    helper.run "echo 1 >/proc/sys/net/ipv6/conf/all/forwarding"
    program.write("p.lua", [[
      local public = hook "routed" { addresses = { g = { "2001:db8::10" } } }
      function connect(nic) public(nic) end]])
    local r = moontap("up -", xml("g", 1279))
    assert.equal(1, r.status)
    assert.matches("the XML says an MTU of 1279, and IPv6 (2001:db8::10) needs at least 1280",
      r.err, 1, true)
    assert.equal(0, moontap("up -", xml("g", 1280)).status)
  end)
end)
