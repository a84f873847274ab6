-- macvlan_spec.lua - macvlans and macvtaps as policies declare them: who may be on a device, and
-- what is refused
local guests = require "spec.guests"
local helper = require "spec.helper"
local program = require "spec.program"
local snapshot = require "spec.snapshot"

local TOP = [[allow{ link = "up0" } allow{ link = "mv0" } allow{ link = "br0" }]]

local function connect(word, body, name)
  return guests.connect(word, name or "web", body, TOP)
end

before_each(function()
  helper.run [[ip link add up0 address 02:00:00:00:00:07 type veth peer name up1
    ip link set up0 up; ip link set up1 up]]
end)

for _, kind in ipairs { "macvlan", "macvtap" } do
  describe("a " .. kind, function()
    local body = kind .. [[{ name = "mv1", link = "up0", mode = "bridge" }]]

    it("is there as long as a NIC needs it, and its MAC is not chance", function()
      local before = snapshot.take()
      local macs = {}
      for i = 1, 2 do
        assert.equal(0, connect("up", body).status)
        assert.equal(0, connect("up", body, "mail").status)
        local mv1 = helper.link "mv1"
        assert.same({ kind, "up0", "bridge" },
          { mv1.linkinfo.info_kind, mv1.link, mv1.linkinfo.info_data.mode })
        macs[i] = mv1.address
        assert.equal(0, program.moontap "down web".status)
        assert.equal("up0", helper.link "mv1".link)
        assert.equal(0, program.moontap "down mail".status)
        assert.equal("", snapshot.difference(before, snapshot.take()))
      end
      assert.equal(macs[1], macs[2])
    end)

    it("that has its device for itself leaves that its MAC", function()
      assert.equal(0, connect("up",
        kind .. [[{ name = "mv1", link = "up0", mode = "passthru" }]]).status)
      assert.equal("02:00:00:00:00:07", helper.link "mv1".address)
      assert.equal("02:00:00:00:00:07", helper.link "up0".address)
    end)

    it("of somebody else is changed, and set back", function()
      helper.run("ip link add link up0 name mv0 type " .. kind .. " mode vepa bcqueuelen 500")
      local before = snapshot.take()
      assert.equal(0, connect("up",
        kind .. [[{ name = "mv0", mode = "private", bcqueuelen = 77 }]]).status)
      assert.equal("private", helper.link "mv0".linkinfo.info_data.mode)
      assert.equal(0, program.moontap "down web".status)
      assert.equal("", snapshot.difference(before, snapshot.take()))
    end)

    it("with a larger MTU than its device is refused, unless that gets it before", function()
      local mtu = [[ link{ name = "mv1", mtu = 1501 }]]
      assert.matches("mtu: 1501 is more than that of up0, which it is on (1500): declare a " ..
        [[larger one of that before: link{ name = "up0", mtu = 1501 }]],
        connect("plan", body .. mtu).err, 1, true)
      assert.equal(0, connect("up", [[link{ name = "up0", mtu = 1501 }]] .. body .. mtu).status)
      assert.equal(1501, helper.link "mv1".mtu)
      mtu = [[ link{ name = "mv1", mtu = 1502 }]]
      assert.matches("mtu: 1502 is more than that of up0", connect("plan", body .. mtu).err, 1,
        true)
    end)

    it("stays while somebody else's device is on it", function()
      assert.equal(0, connect("up", body).status)
      helper.run "ip link add vx7 type vxlan id 7 dstport 4789 dev mv1"
      assert.matches("left as it is: " .. kind .. " mv1: vx7 is on it",
        program.moontap "down web".err, 1, true)
      assert.equal("up0", helper.link "mv1".link)
    end)

    for _, case in ipairs {
      { "without a device", "{ name = 'mv1', mode = 'bridge' }", "'link' is missing" },
      { "without a mode", "{ name = 'mv1', link = 'up0' }", "'mode' is missing" },
      { "on a device that is not allowed", "{ name = 'mv1', link = 'up1', mode = 'bridge' }",
        'allow{ link = "up1" }' },
      { "on a device that is not there", "{ name = 'mv1', link = 'mv0', mode = 'bridge' }",
        "link: there is no device mv0" },
      { "without promiscuity that it does not have",
        "{ name = 'mv1', link = 'up0', mode = 'bridge', nopromisc = true }",
        "'nopromisc' is for the mode passthru only" },
      { "in a mode for lists of MACs", "{ name = 'mv1', link = 'up0', mode = 'source' }",
        "'source' is not one of private, vepa, bridge, passthru" },
      { "on a port of a bridge", "{ name = 'mv1', link = 'up0', mode = 'bridge' }",
        "link: up0 is in br0, which takes all its frames",
        "ip link add br0 type bridge; ip link set up0 master br0" },
      { "on one of its own sort", "{ name = 'mv1', link = 'mv0', mode = 'bridge' }",
        "link: mv0 is a macvlan itself: name the device that it is on, up0",
        "ip link add link up0 name mv0 type macvlan mode bridge" },
      { "beside one that has the device for itself",
        "{ name = 'mv1', link = 'up0', mode = 'bridge' }",
        "link: mv0 has up0 for itself, by the mode passthru",
        "ip link add link up0 name mv0 type macvtap mode passthru" },
      { "that wants a device for itself, which others are on,",
        "{ name = 'mv1', link = 'up0', mode = 'passthru' }",
        "mode: passthru wants up0 for itself, and mv0 is on it",
        "ip link add link up0 name mv0 type macvlan mode bridge" },
      { "that is to have its device for itself later,", "{ name = 'mv0', mode = 'passthru' }",
        "mode: passthru is set when it is created",
        "ip link add link up0 name mv0 type " .. kind .. " mode bridge" },
      { "that is to have its device for itself no longer,", "{ name = 'mv0', mode = 'vepa' }",
        "mode: passthru is set when it is created",
        "ip link add link up0 name mv0 type " .. kind .. " mode passthru" },
      { "of another kind", "{ name = 'mv0', mode = 'vepa' }",
        "the device is no " .. kind .. ": it is a bridge", "ip link add mv0 type bridge" },
    } do
      it(case[1] .. " is refused", function()
        helper.run(case[4] or ":")
        local r = connect("plan", kind .. case[2])
        assert.is_true(r.status ~= 0)
        assert.truthy(r.err:find(case[3], 1, true), r.err)
      end)
    end
  end)
end

describe("a device on another one of the same plan", function()
  it("is made after it, whichever is declared first", function()
    local before = snapshot.take()
    local r = connect("up", [[
      macvlan{ name = "mv2", link = "vx1", mode = "bridge" }
      vxlan{ name = "vx1", id = 100, dev = "mv1" }
      macvlan{ name = "mv1", link = "up0", mode = "bridge" }]] ..
      "end allow{ vni = 100 } function unused()")
    assert.same({ 0, "" }, { r.status, r.err })
    assert.matches("add dev mv1 .*add dev vx1 .*add dev mv2 ", r.out)
    assert.equal(0, program.moontap "down web".status)
    assert.equal("", snapshot.difference(before, snapshot.take()))
  end)

  it("is refused when each is on the other", function()
    local r = connect("plan", [[
      macvlan{ name = "mv2", link = "mv1", mode = "bridge" }
      macvlan{ name = "mv1", link = "mv2", mode = "bridge" }]])
    assert.matches("there is no device mv", r.err, 1, true)
  end)
end)

describe("a bridge that moontap made", function()
  it("stays while somebody else's device is on it", function()
    assert.equal(0, connect("up", [[bridge{ name = "br9" }]]).status)
    helper.run "ip link add link br9 name mv0 type macvlan mode bridge"
    assert.matches("left as it is: bridge br9: mv0 is on it", program.moontap "down web".err, 1,
      true)
  end)
end)
