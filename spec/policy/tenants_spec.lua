-- tenants_spec.lua - hook routed with tables of their own for tenants: by rules, and by VRFs
local guests = require "spec.guests"
local helper = require "spec.helper"
local program = require "spec.program"
local snapshot = require "spec.snapshot"

-- connect(word, guest): with the options of each of them
local function connect(word, guest)
  program.write("p.lua", [[
    local addresses = { red = { "10.0.0.5", "fd00::5" }, blue = { "10.0.0.5", "fd00::5" } }
    local by = {]] .. program.read "options" .. [[}
    function connect(nic) by[nic.domain.name](nic) end]])
  local r = program.moontap(("%s -p p.lua %s.xml"):format(word, guest))
  assert.same({ 0, "" }, { r.status, r.err })
  return r.out
end

local function way(rest)
  return helper.run("ip route get " .. rest):match "dev (%S+)"
end

before_each(function()
  helper.run "sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1"
  helper.run "ip link add up0 type veth peer name up1; ip link set up0 up; ip link set up1 up"
  program.write("red.xml", guests.xml("red", 1))
  program.write("blue.xml", guests.xml("blue", 2))
end)

describe("a tenant's table", function()
  before_each(function()
    program.write("options", [[
      red = hook "routed" { addresses = addresses, table = 100, rule = 2000 },
      blue = hook "routed" { addresses = { blue = { "10.0.0.6" } }, table = 200, rule = 2001 },]])
  end)

  it("has what comes from the NIC, and what goes to it", function()
    helper.run [[ip addr add 192.0.2.2/24 dev up0; ip addr add 203.0.113.2/24 dev up0
      ip route add default via 192.0.2.1 dev up0
      ip route add default via 203.0.113.1 dev up0 table 100]]
    local before = snapshot.take()
    connect("up", "red")
    connect("up", "blue")
    assert.equal("red0", way "10.0.0.5")
    assert.equal("red0", way "fd00::5")
    assert.equal("blue0", way "10.0.0.6")
    assert.matches("via 203.0.113.1 ", helper.run "ip route get 8.8.8.8 from 10.0.0.5 iif red0")
    assert.matches("via 192.0.2.1 ", helper.run "ip route get 8.8.8.8 from 10.0.0.6 iif blue0")
    assert.equal("", helper.run "ip route show 10.0.0.0/24 table main")
    for _, name in ipairs { "red", "blue" } do
      assert.equal(0, program.moontap("down " .. name).status)
    end
    assert.equal("", snapshot.difference(before, snapshot.take()))
  end)

  it("draws no traffic to a guest that is still arriving", function()
    program.moontap("hook qemu red migrate begin -", guests.xml("red", 1))
    connect("up", "blue")
    local r = program.moontap("-p p.lua hook qemu red prepare begin -", guests.xml("red", 1))
    assert.same({ 0, "" }, { r.status, r.err })
    assert.is_nil(way "10.0.0.5 2>/dev/null || :")
    assert.matches("iif red0 lookup 100", helper.run "ip rule")
    assert.equal(0, program.moontap "up -p p.lua red".status)
    assert.equal("red0", way "10.0.0.5")
  end)
end)

if not helper.kernel_has "vrf" then return end

describe("a tenant's VRF #vrf", function()
  before_each(function()
    program.write("options", [[
      red = hook "routed" { addresses = addresses, vrf = "red", table = 100 },
      blue = hook "routed" { addresses = addresses, vrf = "blue", table = 200 },]])
  end)

  it("may have the addresses of another tenant", function()
    local before = snapshot.take()
    connect("up", "red")
    connect("up", "blue")
    for _, name in ipairs { "red", "blue" } do
      for _, address in ipairs { "10.0.0.5", "fd00::5" } do
        assert.equal(name .. "0", way(address .. " vrf " .. name))
      end
    end
    assert.matches(" = ", connect("plan", "red"), 1, true)
    assert.equal(0, program.moontap "down red".status)
    assert.equal("blue0", way "10.0.0.5 vrf blue")
    assert.equal(0, program.moontap "down blue".status)
    assert.equal("", snapshot.difference(before, snapshot.take()))
  end)
end)
