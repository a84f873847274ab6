-- address_of_another_spec.lua - a tap with somebody's address on it was deleted without a word

local guests = require "spec.guests"
local helper = require "spec.helper"
local program = require "spec.program"

local xml = guests.xml("web", 1)

local function up(policy, how)
  program.write("policy.lua", "allow{ prefix = '192.0.2.0/24' } function connect(nic) " .. policy
    .. " end")
  local r = how and program.moontap("-p policy.lua hook qemu web prepare begin -", xml)
    or program.moontap("up -p policy.lua -", xml)
  assert.same({ 0, "" }, { r.status, r.err })
end

local function addresses()
  local found = {}
  for _, device in ipairs(helper.json "ip -j addr show dev web0") do
    for _, a in ipairs(device.addr_info) do
      if a.scope ~= "link" then
        found[#found + 1] = a["local"]
      end
    end
  end
  return found
end

local function is_there() return program.run "ip link show web0".status == 0 end

local tap = "tap(nic, { up = true })"

describe("a tap of moontap's that bears somebody's address", function()
  for _, address in ipairs { "192.0.2.7/24", "2001:db8::7/64" } do
    it("stays at down with " .. address .. ", which says why and how it goes", function()
      up(tap)
      helper.run("ip addr add " .. address .. " dev web0 nodad")
      local journals = program.state()
      local r = program.moontap "down web"
      assert.equal(6, r.status)
      assert.matches(address .. " is on it, and not by moontap", r.err, 1, true)
      assert.matches("--force", r.err, 1, true)
      assert.equal(1, #addresses())
      assert.same(journals, program.state())

      assert.equal(0, program.moontap "down --force web".status)
      assert.is_false(is_there())
      assert.same({}, program.state())
    end)
  end

  it("goes at down when somebody took it off again", function()
    up(tap)
    helper.run "ip addr add 192.0.2.7/24 dev web0 && ip addr del 192.0.2.7/24 dev web0"
    assert.equal(0, program.moontap "down web".status)
    assert.is_false(is_there())
  end)

  it("goes at libvirt's release, with a line in the log", function()
    up(tap, "hook")
    helper.run "ip addr add 192.0.2.7/24 dev web0"
    local r = program.moontap("hook qemu web release end -", xml)
    assert.equal(0, r.status)
    assert.is_false(is_there())
    assert.matches("192.0.2.7/24 is on it", program.moontap "log web -1".out, 1, true)
    assert.same({}, program.state())
  end)

  it("stays when a changed policy no longer declares it", function()
    up(tap)
    helper.run "ip addr add 192.0.2.7/24 dev web0"
    up ""
    assert.is_true(is_there())
    assert.equal(6, program.moontap "down web".status)
    assert.same({ "192.0.2.7" }, addresses())
  end)

  it("is no obstacle when it is a veth in the tap's place with the policy's address", function()
    up [[veth{ name = nic.dev, peer = "web1" } link{ name = nic.dev, up = true }
      addr{ dev = nic.dev, address = '192.0.2.1/24' }]]
    local r = program.moontap "down web"
    assert.same({ 0, "" }, { r.status, r.err })
    assert.is_false(is_there())
    assert.same({}, program.state())
  end)

  it("is no obstacle when the address is the policy's", function()
    up(tap .. " addr{ dev = nic.dev, address = '192.0.2.1/24' }")
    assert.equal(0, program.moontap "down web".status)
    assert.is_false(is_there())
  end)
end)

it("a veth pair that moontap made stays with somebody's address, as a bridge does", function()
  up(tap .. " veth{ name = 'v0', peer = 'v1' } link{ name = 'v0', up = true }")
  helper.run "ip addr add 192.0.2.7/24 dev v0"
  assert.equal(0, program.moontap "down web".status)
  assert.matches("192.0.2.7", helper.run "ip addr show dev v0", 1, true)
end)

it("a veth pair that somebody renamed stays with somebody's address on it", function()
  up(tap .. " veth{ name = 'v0', peer = 'v1' }")
  helper.run "ip link set v0 name v9 && ip addr add 192.0.2.7/24 dev v9"
  assert.equal(0, program.moontap "down web".status)
  assert.matches("192.0.2.7", helper.run "ip addr show dev v9", 1, true)
end)
