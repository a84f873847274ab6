-- small_mtu_spec.lua - tap() with an MTU below IPv6's least wanted IPv6 to behave on it, and failed
local helper = require "spec.helper"
local program = require "spec.program"

describe("a tap with an MTU below 1280", function()
  local guest = "<domain type='kvm'><name>g</name><devices><interface type='ethernet'>" ..
    "<target dev='g0' managed='no'/></interface></devices></domain>"

  local function up(policy)
    program.write("p.lua", "function connect(nic) " .. policy .. " end")
    program.write("g.xml", guest)
    local r = program.moontap "up -p p.lua g.xml"
    assert.same({ 0, "" }, { r.status, r.err })
    return r.out
  end

  it("is connected: there is no IPv6 on it to be told anything", function()
    assert.is_nil(up "tap(nic, { mtu = 1279, up = true })":find "accept_ra")
    assert.equal(1279, helper.link "g0".mtu)
  end)

  it("may be there already", function()
    helper.run "ip tuntap add dev g0 mode tap && ip link set g0 mtu 1000"
    assert.is_nil(up "tap(nic, { up = true })":find "accept_ra")
  end)

  it("is one on which IPv6 is told, from 1280 on", function()
    assert.matches("accept_ra=0", up "tap(nic, { mtu = 1280 })")
  end)
end)
