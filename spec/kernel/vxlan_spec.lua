-- vxlan_spec.lua - VXLANs as policies declare them: what is refused and why, and how NICs share one
local guests = require "spec.guests"
local helper = require "spec.helper"
local kernel = require "internals.kernel"
local program = require "spec.program"
local snapshot = require "spec.snapshot"

local TOP = [[allow{ vni = "100-199" } allow{ link = "up0" } allow{ link = "vx0" }
  allow{ peer = "192.0.2.0/24" } allow{ peer = "224.0.0.0/4" } allow{ peer = "2001:db8::/32" }
  allow{ peer = "fe80::/10" }]]

local function connect(word, body, name)
  return guests.connect(word, name or "web", body, TOP)
end

local function data(dev)
  return helper.link(dev).linkinfo.info_data
end

before_each(function()
  helper.run [[ip link add up0 type veth peer name up1; ip link set up0 up; ip link set up1 up
    ip addr add 192.0.2.1/24 dev up0]]
end)

describe("a VXLAN", function()
  local body = [[vxlan{ name = "vx100", id = 100, dev = "up0", src = "192.0.2.1",
    remote = "192.0.2.2", learning = false }]]

  it("is there as long as a NIC needs it, on the port that IANA says", function()
    local before = snapshot.take()
    assert.equal(0, connect("up", body).status)
    local is = data "vx100"
    assert.same({ 100, 4789, "up0", "192.0.2.1", "192.0.2.2", false },
      { is.id, is.port, is.link, is["local"], is.remote, is.learning })
    assert.equal(0, connect("up", body, "mail").status)
    assert.equal(0, program.moontap "down web".status)
    assert.equal(100, data "vx100".id)
    assert.equal(0, program.moontap "down mail".status)
    assert.equal("", snapshot.difference(before, snapshot.take()))
  end)

  it("is declared in parts, which may leave out its id", function()
    assert.equal(0, connect("up", body .. [[ vxlan{ name = "vx100", ageing = 77 }]]).status)
    assert.equal(77, data "vx100".ageing)
  end)

  it("of somebody else is changed, and set back to what it was, also where that was none",
    function()
      helper.run "ip link add vx0 type vxlan id 7 dstport 4789 dev up0"
      local before = snapshot.take()
      assert.equal(0, connect("up", [[vxlan{ name = "vx0", src = "192.0.2.1", ttl = 9,
        remote = "192.0.2.2" }]]).status)
      assert.same({ "192.0.2.1", "192.0.2.2" }, { data "vx0"["local"], data "vx0".remote })
      assert.equal(0, program.moontap "down web".status)
      assert.equal("", snapshot.difference(before, snapshot.take()))
    end)

  it("stays while somebody else's device is on it, or its packets leave by it", function()
    for add, why in pairs {
      ["ip link add link vx100 name mv0 type macvlan mode bridge"] = "mv0 is on it",
      ["ip link add vx7 type vxlan id 7 dstport 4789 dev vx100"] = "vx7 is on it",
    } do
      assert.equal(0, connect("up", body).status)
      helper.run(add)
      assert.matches("left as it is: vxlan vx100: " .. why, program.moontap "down web".err, 1, true)
      assert.equal(100, data "vx100".id)
      helper.run "ip link del vx100"
    end
  end)

  for _, case in ipairs {
    { "without an id", "vxlan{ name = 'vx1' }", "'id' is missing" },
    { "of a network that is not allowed", "vxlan{ name = 'vx1', id = 200 }",
      "the vni 200: name it in a hook's options, or by allow{ vni = 200 }" },
    { "to a host that is not allowed", "vxlan{ name = 'vx1', id = 100, remote = '203.0.113.1' }",
      'by allow{ peer = "203.0.113.1" }' },
    { "by a device that is not allowed", "vxlan{ name = 'vx1', id = 100, dev = 'up1' }",
      'allow{ link = "up1" }' },
    { "by a device that is not there", "vxlan{ name = 'vx1', id = 100, dev = 'vx0' }",
      "dev: there is no device vx0" },
    { "for a group without a device", "vxlan{ name = 'vx1', id = 100, remote = '239.0.0.1' }",
      "'dev' is missing: a multicast group is joined on a device" },
    { "for a link-local address without a device",
      "vxlan{ name = 'vx1', id = 100, remote = 'fe80::1' }",
      "'dev' is missing: a link-local address is of one device" },
    { "from a group", "vxlan{ name = 'vx1', id = 100, src = '239.0.0.1' }",
      "src: a multicast group is no host's address" },
    { "from no address", "vxlan{ name = 'vx1', id = 100, src = '0.0.0.0' }",
      "src: that is no address; for none write false" },
    { "over IPv4 and IPv6", "vxlan{ name = 'vx1', id = 100, src = '::1', remote = '192.0.2.2' }",
      "'src' and 'remote' must both be IPv4, or both IPv6" },
    { "with a filter that has nothing to filter", "vxlan{ name='vx1', id = 100, vnifilter=true }",
      "'vnifilter' is for an external one only" },
    { "with an id that others choose", "vxlan{ name = 'vx1', id = 100, external = true }",
      "an external one has no 'id'" },
  } do
    it(case[1] .. " is refused", function()
      local r = connect("plan", case[2])
      assert.is_true(r.status ~= 0)
      assert.truthy(r.err:find(case[3], 1, true), r.err)
    end)
  end

  it("is refused while another device has its network, which is named", function()
    helper.run "ip link add other type vxlan id 100 dstport 4789"
    for _, word in ipairs { "plan", "up" } do
      local r = connect(word, body)
      assert.matches("vxlan vx100: other is VNI 100 on port 4789 already: use that name, or " ..
        "another id; or, if it is a leftover: ip link del dev other", r.err, 1, true)
      assert.is_true(r.status ~= 0)
    end
    helper.run "ip link del other; ip link add other type vxlan id 100 dstport 8472"
    assert.equal(0, connect("up", body).status)
  end)

  it("whose network another device got just now is refused by the name of that", function()
    helper.run "ip link add other type vxlan id 100 dstport 4789"
    local host <close> = assert(kernel.open())
    local _, err = host:put("add", "vxlan name=vx100 id=100 dstport=4789")
    assert.same({ "EEXIST", "vxlan vx100: other is VNI 100 on port 4789 already" },
      { err.code, err.line:match "^[^:]+:[^:]+" })
  end)

  it("of somebody else is not changed where the kernel changes nothing", function()
    helper.run "ip link add vx0 type vxlan id 7 dstport 4789 dev up0 remote 192.0.2.2"
    for fields, why in pairs {
      ["dstport = 8472"] = "dstport is 4789, and 8472 is wanted",
      ["id = 100"] = "id is 7, and 100 is wanted",
      ["dev = false"] = "dev is up0, and none is wanted",
      ["remote = '2001:db8::1'"] = "remote: it is one over IPv4, which cannot be changed; " ..
        "delete it first: ip link del dev vx0",
      ["remote = '239.0.0.1', src = '2001:db8::1'"] = "src: it is one over IPv4",
    } do
      local r = connect("plan", ("vxlan{ name = 'vx0', %s }"):format(fields))
      assert.is_true(r.status ~= 0)
      assert.truthy(r.err:find(why, 1, true), r.err)
    end
  end)
end)
