-- vlan_dev_spec.lua - VLANs as devices, as policies declare them: what they share with the device
-- that they are on, and what is refused
local guests = require "spec.guests"
local helper = require "spec.helper"
local kernel = require "internals.kernel"
local program = require "spec.program"
local snapshot = require "spec.snapshot"

local TOP = [[allow{ vid = "20-29" } allow{ link = "up0" } allow{ link = "w0" }]]

local function connect(word, body, name)
  return guests.connect(word, name or "web", body, TOP)
end

if not helper.kernel_has "vlan_dev" then return end

describe("a VLAN's device #vlan_dev", function()
  local body = [[vlan_dev{ name = "up0.20", link = "up0", id = 20 }]]

  before_each(function()
    helper.run [[ip link add up0 address 02:00:00:00:00:07 type veth peer name up1
      ip link set up0 up; ip link set up1 up]]
  end)

  it("is there as long as a NIC needs it, with the MAC of the device that it is on", function()
    local before = snapshot.take()
    assert.equal(0, connect("up", body).status)
    local is = helper.link "up0.20"
    assert.same({ "up0", 20, "802.1Q", "02:00:00:00:00:07" }, { is.link, is.linkinfo.info_data.id,
      is.linkinfo.info_data.protocol, is.address })
    assert.equal(0, connect("up", body, "mail").status)
    assert.equal(0, program.moontap "down web".status)
    assert.equal("up0", helper.link "up0.20".link)
    assert.equal(0, program.moontap "down mail".status)
    assert.equal("", snapshot.difference(before, snapshot.take()))
  end)

  it("of somebody else is changed, and set back", function()
    helper.run "ip link add link up0 name w0 type vlan id 5 gvrp on"
    local before = snapshot.take()
    assert.equal(0, connect("up",
      "vlan_dev{ name = 'w0', loose_binding = true, gvrp = false }").status)
    assert.same({ "REORDER_HDR", "LOOSE_BINDING" }, helper.link "w0".linkinfo.info_data.flags)
    assert.equal(0, program.moontap "down web".status)
    assert.equal("", snapshot.difference(before, snapshot.take()))
  end)

  it("stays while somebody else's device is on it", function()
    assert.equal(0, connect("up", body).status)
    helper.run "ip link add link up0.20 name w1 type vlan id 7"
    assert.matches("left as it is: vlan_dev up0.20: w1 is on it", program.moontap "down web".err,
      1, true)
  end)

  for _, case in ipairs {
    { "without a device", "vlan_dev{ name = 'w1', id = 20 }", "'link' is missing" },
    { "without an id", "vlan_dev{ name = 'w1', link = 'up0' }", "'id' is missing" },
    { "of a VLAN that is not allowed", "vlan_dev{ name = 'w1', link = 'up0', id = 30 }",
      "the vid 30: name it in a hook's options, or by allow{ vid = 30 }" },
    { "on a device that is not allowed", "vlan_dev{ name = 'w1', link = 'up1', id = 20 }",
      'allow{ link = "up1" }' },
    { "on a device that is not there", "vlan_dev{ name = 'w1', link = 'w0', id = 20 }",
      "link: there is no device w0" },
    { "with a larger MTU than its device", body .. " link{ name = 'up0.20', mtu = 9000 }",
      "mtu: 9000 is more than that of up0, which it is on (1500)" },
    { "of a VLAN that another device has, which is named,", body,
      "vlan_dev up0.20: w0 is VLAN 20 on up0 already: use that name; or, if it is a leftover: " ..
      "ip link del dev w0", "ip link add link up0 name w0 type vlan id 20" },
    { "of somebody else, in another VLAN,", "vlan_dev{ name = 'w0', id = 20 }",
      "id is 5, and 20 is wanted", "ip link add link up0 name w0 type vlan id 5" },
    { "of somebody else, with other tags,", "vlan_dev{ name = 'w0', protocol = '802.1ad' }",
      "protocol is 802.1Q, and 802.1ad is wanted",
      "ip link add link up0 name w0 type vlan id 5" },
  } do
    it(case[1] .. " is refused", function()
      helper.run(case[4] or ":")
      local r = connect("plan", case[2])
      assert.is_true(r.status ~= 0)
      assert.truthy(r.err:find(case[3], 1, true), r.err)
    end)
  end

  it("whose VLAN another device got just now is refused by the name of that", function()
    helper.run "ip link add link up0 name w0 type vlan id 20"
    local host <close> = assert(kernel.open())
    local _, err = host:put("add", "vlan_dev name=w1 link=up0 id=20 protocol=802.1Q")
    assert.same({ "EEXIST", "vlan_dev w1: w0 is VLAN 20 on up0 already" },
      { err.code, err.line:match "^[^:]+:[^:]+" })
  end)

  it("is another one for another protocol", function()
    helper.run "ip link add link up0 name w0 type vlan protocol 802.1ad id 20"
    assert.equal(0, connect("up", body).status)
  end)
end)
