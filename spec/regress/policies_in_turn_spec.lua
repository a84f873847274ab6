-- policies_in_turn_spec.lua - a shared bridge outlived the last NIC that wanted it, in no journal,
-- when the claim on it went before the port that was in it

local guests = require "spec.guests"
local helper = require "spec.helper"
local program = require "spec.program"
local snapshot = require "spec.snapshot"

local xml = guests.xml("web", 1)

local policies = {
  bridge = [[
    bridge{ name = "sh0" }
    link{ name = "sh0", up = true }
    tap(nic, { master = "sh0", up = true })]],
  tap = "tap(nic, { up = true })",
  nothing = "",
  -- a port that the plan shares is declared before the bridge that it is put into later
  uplink = [[link{ name = "eth5", up = true } tap(nic, { up = true })]],
  uplink_in_bridge = [[
    bridge{ name = "sh0" }
    link{ name = "eth5", up = true, master = "sh0" }
    tap(nic, { up = true })]],
}

-- Its queueing discipline comes with the first time that it is up.
local function add_uplink()
  helper.run [[ip link add eth5 type veth peer name eth6
    ip link set eth5 up && ip link set eth5 down]]
end

-- A policy that no longer declares the tap that libvirt is to find is refused, and changes nothing.
local function up(name)
  program.write("policy.lua",
    "allow{ link = 'eth5' } function connect(nic) " .. policies[name] .. " end")
  local before = snapshot.take()
  local r = program.moontap("up -p policy.lua -", xml)
  if name == "nothing" then
    assert.equal(3, r.status)
    assert.equal("", snapshot.difference(before, snapshot.take()))
  else
    assert.same({ 0, "" }, { r.status, r.err })
  end
end

describe("after policies in turn", function()
  for _, order in ipairs {
    "bridge tap bridge", "bridge bridge tap", "bridge bridge nothing", "tap bridge tap bridge",
    "bridge tap", "tap bridge", "bridge nothing bridge nothing", "uplink uplink_in_bridge",
    "uplink uplink_in_bridge uplink uplink_in_bridge", "uplink_in_bridge bridge uplink",
  } do
    it(order .. ", down leaves nothing", function()
      add_uplink()
      local before = snapshot.take()
      local last
      for name in order:gmatch "%g+" do
        up(name)
        if name ~= "nothing" then last = name end
        local bridge = program.run "ip link show sh0".status == 0
        assert.equal(policies[last]:find "bridge{" ~= nil, bridge, name)
      end
      assert.equal(0, program.moontap "down web".status)
      assert.equal("", snapshot.difference(before, snapshot.take()))
      assert.same({}, program.state())
    end)
  end

  it("the second up leaves each journal as the first wrote it", function()
    add_uplink()
    for _, name in ipairs { "bridge", "uplink_in_bridge" } do
      up(name)
      local journals = program.state()
      up(name)
      assert.same(journals, program.state())
    end
  end)
end)
