-- evpn_hook_spec.lua - hook evpn: what it declares, and where it finds this host's address and MTU
local guests = require "spec.guests"
local helper = require "spec.helper"
local program = require "spec.program"
local snapshot = require "spec.snapshot"

local POLICY = "local lab = hook 'evpn' %s\nfunction connect(nic) lab(nic) end\n"

-- run(word, options of hook evpn) of the guest web, 52:54:00:00:00:05
local function run(word, options)
  program.write("policy.lua", POLICY:format(options))
  return guests.moontap(word .. " -", guests.xml("web", 5))
end

describe("hook evpn", function()
  local before

  before_each(function()
    guests.underlay()
    before = snapshot.take()
  end)

  local function up(options)
    local r = run("up", options)
    assert.same({ 0, "" }, { r.status, r.err })
    local vx = helper.link "vx100"
    local data = vx.linkinfo.info_data
    return { vx.master, vx.mtu, data["local"] or data.local6, data.link or false }
  end

  it("finds this host's address and MTU on the underlay, and leaves to routes the way", function()
    assert.same({ "br100", 1450, "192.0.2.1", false }, up "{ vni = 100, underlay = 'up0' }")
    assert.equal(1450, helper.link "web0".mtu)
    local port = helper.json "bridge -j -d link show dev vx100"[1]
    assert.same({ false, true }, { port.learning, port.neigh_suppress })
    assert.is_false(helper.link "vx100".linkinfo.info_data.learning)
    assert.equal(0, program.moontap "down web".status)
    assert.equal("", snapshot.difference(before, snapshot.take()))
  end)

  it("takes an address of lo that others know", function()
    helper.run "ip link set lo up; ip addr add 2001:db8::1/128 dev lo"
    assert.same({ "lab", 1430, "2001:db8::1", false },
      up "{ vni = 100, underlay = 'lo', mtu = 1430, bridge = 'lab' }")
  end)

  it("takes what the policy says where there is no underlay", function()
    assert.same({ "br100", 1400, "192.0.2.1", false },
      up "{ vni = 100, src = '192.0.2.1', mtu = 1400 }")
  end)

  it("tells of a guest's addresses once it is here", function()
    local options = [[{ vni = 100, underlay = 'up0',
      addresses = { web = { '10.9.0.5', 'fd00::5' } } }]]
    local function entries() return helper.run "ip -br neigh show dev br100 nud permanent" end
    program.write("policy.lua", POLICY:format(options))
    program.write("web.xml", guests.xml("web", 5))
    for _, operation in ipairs { "migrate", "prepare", "start" } do
      local r = guests.moontap(("hook qemu web %s begin - <web.xml"):format(operation))
      assert.same({ 0, "" }, { r.status, r.err })
    end
    assert.equal("", entries())
    assert.equal(0, guests.moontap "up web".status)
    assert.matches("10.9.0.5 +52:54:00:00:00:05", entries())
    assert.matches("fd00::5 +52:54:00:00:00:05", entries())
    assert.equal(0, program.moontap "down web".status)
    assert.equal("", snapshot.difference(before, snapshot.take()))
  end)

  it("gives them by the NIC's MAC, too", function()
    up [[{ vni = 100, underlay = 'up0', addresses = { ["52:54:00:00:00:05"] = { '10.9.0.5' } } }]]
    assert.matches("10.9.0.5", helper.run "ip neigh show dev br100 nud permanent")
  end)

  for options, why in pairs {
    ["{ underlay = 'up0' }"] = "policy.lua:1: evpn: the option 'vni' is missing",
    ["{ vni = 100 }"] = "vxlan: the option 'mtu' is missing",
    ["{ vni = 100, src = 'up0', mtu = 1400 }"] = "policy.lua:1: evpn: src: ",
    ["{ vni = 100, underlay = 'up9' }"] = "vxlan: there is no device up9, which the policy names",
    ["{ vni = 100, underlay = 'up1' }"] =
      "refused: vxlan: up1 has no address that others know: give the hook src",
    ["{ vni = 100, underlay = 'lo', src = '192.0.2.1' }"] =
      "refused: vxlan: lo's MTU says nothing of the way: give the hook mtu",
    ["{ vni = 100, underlay = 'up0', mtu = 1451 }"] =
      "refused: vxlan: mtu is 1451, and packets of up0 have room for 1450",
  } do
    it("refuses " .. options, function()
      local r = run("plan", options)
      assert.matches(why, r.err, 1, true)
      assert.is_true(r.status == 1 or r.status == 3)
    end)
  end

  it("refuses an underlay with several addresses, and names them", function()
    helper.run "ip addr add 192.0.2.9/24 dev up0"
    assert.matches("vxlan: up0 has 192.0.2.1, 192.0.2.9: give the hook src",
      run("plan", "{ vni = 100, underlay = 'up0' }").err, 1, true)
    assert.equal(0, run("plan", "{ vni = 100, underlay = 'up0', src = '192.0.2.9' }").status)
  end)
end)
