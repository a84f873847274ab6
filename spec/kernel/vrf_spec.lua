-- vrf_spec.lua - VRFs, as policies declare them, and what may move into one
local guests = require "spec.guests"
local helper = require "spec.helper"
local kernel = require "internals.kernel"
local program = require "spec.program"
local snapshot = require "spec.snapshot"

-- run(word, guest, body of connect) -> as program.moontap()
local function run(word, guest, body)
  program.write("p.lua", ([[
    allow{ link = "blue", table = "1-4000000000", prefix = "198.51.100.0/24" }
    allow{ link = "eth5" }
    function connect(nic) tap(nic, { up = true }) %s end]]):format(body or ""))
  return program.moontap((word == "down" and "down " or "-p p.lua " .. word .. " ") ..
    guest .. ".xml")
end

before_each(function()
  program.write("web.xml", guests.xml("web", 1))
  program.write("mail.xml", guests.xml("mail", 2))
end)

describe("a VRF", function()
  for what, why in pairs {
    [""] = "'table' is missing",
    ["table = 253"] = "the table 253 is the host's own (default)",
    ["table = 254"] = "the table 254 is the host's own (main)",
    ["table = 255"] = "the table 255 is the host's own (local)",
    ["table = 0"] = "table: '0' is not 1..4294967295",
    ["table = 4294967295"] = "does not allow the table 4294967295",
  } do
    it("is refused with " .. (what == "" and "no table" or what), function()
      local r = run("plan", "web", "vrf{ name = 'blue', " .. what .. " }")
      assert.is_true(r.status ~= 0)
      assert.truthy(r.err:find(why, 1, true), r.err)
    end)
  end

  if not helper.kernel_has "vrf" then
    it("is refused by a kernel that has none, and nothing is left", function()
      local before = snapshot.take()
      local r = run("up", "web", "vrf{ name = 'blue', table = 10 }")
      assert.equal(4, r.status)
      assert.matches("vrf.add blue: Operation not supported", r.err, 1, true)
      assert.equal("", snapshot.difference(before, snapshot.take()))
    end)
  end
end)

if not helper.kernel_has "vrf" then return end

describe("a NIC's VRF #vrf", function()
  local body = [[vrf{ name = "blue", table = 10 } link{ name = "blue", up = true }
    link{ name = nic.dev, master = "blue" }]]

  it("is there as long as a NIC is in it", function()
    local before = snapshot.take()
    local r = run("up", "web", body)
    assert.same({ 0, "" }, { r.status, r.err })
    assert.matches("+ ip link add dev blue type vrf table 10\n", r.out, 1, true)
    assert.equal(0, run("up", "mail", body).status)
    assert.same({ "blue", "blue" }, { helper.link "web0".master, helper.link "mail0".master })
    assert.equal(0, run("down", "web").status)
    assert.equal(10, helper.link "blue".linkinfo.info_data.table)
    assert.equal(0, run("down", "mail").status)
    assert.equal("", snapshot.difference(before, snapshot.take()))
  end)

  it("that tap() names leaves the tap's MTU alone, and its own", function()
    helper.run "ip link add blue type vrf table 10"
    assert.equal(0, run("up", "web", "tap(nic, { master = 'blue' })").status)
    assert.same({ "blue", 1500, 65575 },
      { helper.link "web0".master, helper.link "web0".mtu, helper.link "blue".mtu })
    assert.equal(0, run("down", "web").status)
  end)

  it("can have its MTU set, and set back", function()
    helper.run "ip link add blue type vrf table 10"
    assert.equal(0, run("up", "web", "link{ name = 'blue', mtu = 9000 }").status)
    assert.equal(9000, helper.link "blue".mtu)
    assert.equal(0, run("down", "web").status)
    assert.equal(65575, helper.link "blue".mtu)
  end)

  it("stays while somebody else's device is in it", function()
    run("up", "web", body)
    helper.run "ip link add red0 type veth peer name red1; ip link set red0 master blue"
    local r = run("down", "web")
    assert.equal(0, r.status)
    assert.matches("left as it is: vrf blue: red0 is in it", r.err, 1, true)
    assert.equal("blue", helper.link "red0".master)
  end)

  it("has a table that no other VRF has, at plan time", function()
    helper.run "ip link add green type vrf table 10"
    local r = run("plan", "web", body)
    assert.equal(4, r.status)
    assert.matches("vrf blue: the VRF green has the table 10 already", r.err, 1, true)
  end)

  it("has a table that no other of the same plan has", function()
    local before = snapshot.take()
    local r = run("up", "web", body .. "vrf{ name = 'green', table = 10 }")
    assert.equal(4, r.status)
    assert.matches("vrf green: the VRF blue has the table 10 already", r.err, 1, true)
    assert.equal("", snapshot.difference(before, snapshot.take()))
  end)

  it("that is somebody else's keeps its table", function()
    helper.run "ip link add blue type vrf table 11"
    assert.matches("table is 11, and 10 is wanted", run("plan", "web", body).err, 1, true)
  end)
end)

describe("a device that would move into a VRF #vrf", function()
  local into = "vrf{ name = 'blue', table = 10 } link{ name = 'eth5', master = 'blue' }"
  local lost = "and what moves into a VRF, or out of one, loses its routes and IPv6 addresses"

  before_each(function()
    helper.run "ip link add eth5 type veth peer name eth6; ip link set eth5 up"
  end)

  it("goes there and comes back when it has nothing to lose", function()
    local before = snapshot.take()
    assert.equal(0, run("up", "web", into).status)
    assert.equal("blue", helper.link "eth5".master)
    assert.equal(0, run("down", "web").status)
    assert.equal("", snapshot.difference(before, snapshot.take()))
  end)

  for has, command in pairs {
    ["192.0.2.1/24 is on it"] = "ip addr add 192.0.2.1/24 dev eth5",
    ["2001:db8::1/64 is on it"] = "ip addr add 2001:db8::1/64 dev eth5 nodad",
    ["the route 192.0.2.0/24 on eth5 is there"] = "ip route add 192.0.2.0/24 dev eth5",
  } do
    it("is refused when " .. has, function()
      helper.run(command)
      local before = snapshot.take()
      local r = run("plan", "web", into)
      assert.equal(4, r.status)
      assert.truthy(r.err:find("link eth5: " .. has .. ", " .. lost, 1, true), r.err)
      assert.equal("", snapshot.difference(before, snapshot.take()))
    end)

    it("stays there when later " .. has, function()
      assert.equal(0, run("up", "web", into).status)
      helper.run(command:gsub("route add", "route add table 10"))
      local r = run("down", "web")
      assert.truthy(r.err:find("left as it is: link eth5: " .. has, 1, true), r.err)
      assert.equal("blue", helper.link "eth5".master)
    end)
  end

  it("is moved into a bridge with all that it has, as ever", function()
    helper.run "ip addr add 192.0.2.1/24 dev eth5"
    assert.equal(0, run("up", "web",
      "bridge{ name = 'br9' } link{ name = 'eth5', master = 'br9' }").status)
  end)
end)

describe("the kernel's VRFs #vrf", function()
  it("are no other devices", function()
    helper.run "ip link add br0 type bridge; ip link add blue type vrf table 10"
    local host <close> = setmetatable({}, { __close = function(t) t.h:close() end })
    host.h = assert(kernel.open())
    local _, err = host.h:get "vrf name=br0"
    assert.equal("EEXIST", err.code)
    assert.equal("vrf name=blue table=10", host.h:get "vrf name=blue".text)
    assert.equal(1, #host.h:list "vrf")
  end)
end)
