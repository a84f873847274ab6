-- repair_spec.lua - what others changed is repaired, what was cut short is finished

local guests = require "spec.guests"
local helper = require "spec.helper"
local json = require "dkjson"
local program = require "spec.program"
local snapshot = require "spec.snapshot"

local moontap = guests.moontap

local function states()
  local found = {}
  for _, nic in ipairs((json.decode(moontap "status --json".out))) do
    found[nic.dev] = nic.state
  end
  return found
end

describe("reconcile", function()
  before_each(function()
    guests.setup()
    program.write("policy.lua", (guests.policy:gsub('bridge = "br0"', "%0, mtu = 1500")))
  end)

  it("has nothing to do, and leaves no record of that", function()
    local nothing = { status = 0, out = "everything is as declared\n", err = "" }
    assert.same(nothing, moontap "reconcile")
    moontap "up web.xml"
    guests.prepare "db"
    local before, records = snapshot.take(), moontap "log".out
    assert.same(nothing, moontap "reconcile")
    assert.equal("", snapshot.difference(before, snapshot.take()))
    assert.equal(records, moontap "log".out)
  end)

  it("leaves alone what waits for libvirt, whatever its guest is called", function()
    local name = ("long"):rep(60) -- longer than a file's name may become
    local xml = ("<domain type='qemu'><name>%s</name><devices><interface type='ethernet'>"
      .. "<mac address='52:54:00:00:00:01'/></interface></devices></domain>"):format(name)
    assert.equal(0, moontap("hook qemu " .. name .. " prepare begin -", xml).status)
    assert.matches("waiting", moontap "status".out)
    assert.equal("everything is as declared\n", moontap "reconcile".out)
    assert.equal(0, moontap("hook qemu " .. name .. " release end -", xml).status)
    assert.same({}, program.state())
  end)

  for who, connect in pairs {
    ["a person connected"] = function() return moontap "up web.xml" end,
    ["the hook connected"] = function() return guests.prepare "web" end,
  } do
    it("puts back what somebody changed of a NIC that " .. who, function()
      connect()
      local up, journals = snapshot.take(), program.state()
      helper.run [[
ip link set web0 mtu 1400 nomaster down
ip addr del 10.0.0.1/24 dev br0]]
      assert.same({ web0 = "drifted" }, states())
      local r = moontap "reconcile"
      assert.same({ 0, "" }, { r.status, r.err })
      assert.truthy(r.out:find("  ~ ip link set dev web0 mtu 1500", 1, true))
      assert.falsy(r.out:find("\n  = ", 1, true))
      assert.equal("", snapshot.difference(up, snapshot.take()))
      assert.same(journals, program.state())
      assert.truthy(moontap "log web -1".out:find "web reconcile, .* done")
    end)

    it("makes a tap anew that somebody deleted of a NIC that " .. who, function()
      connect()
      local up = snapshot.take()
      helper.run "ip link del web0"
      local r = moontap "reconcile"
      assert.same({ 0, "" }, { r.status, r.err })
      if who == "the hook connected" then
        assert.equal("", snapshot.difference(up, snapshot.take()))
        assert.same({ web0 = "connected" }, states())
      else -- nobody remembers its guest: it is finished, as any event would
        assert.same({}, states())
        assert.same({}, program.state())
      end
    end)
  end

  it("takes back what a changed policy no longer declares", function()
    guests.prepare "web"
    moontap "up db.xml"
    program.write("policy.lua", [[
local lan = hook "bridge" { bridge = "br0", mtu = 1400 }
function connect(nic) lan(nic) end]])
    local r = moontap "reconcile"
    assert.same({ 0, "" }, { r.status, r.err })
    assert.equal(1400, helper.link "web0".mtu)
    assert.equal(1400, helper.link "db0".mtu)
    assert.is_nil(program.state()["shared/addr,dev=br0,address=10.0.0.1%2f24/by-db0"])
    assert.is_nil(program.state()["shared/addr,dev=br0,address=10.0.0.1%2f24/by-web0"])
  end)

  it("of one guest leaves the others alone", function()
    moontap "up web.xml"
    moontap "up db.xml"
    helper.run "ip link set web0 mtu 1400; ip link set db0 mtu 1400"
    assert.equal(0, moontap "reconcile web".status)
    assert.same({ web0 = "connected", db0 = "drifted" }, states())
  end)

  it("takes a killed run back", function()
    local before = snapshot.take()
    moontap "up web.xml"
    local journal = program.state()["nic/web0"]
    helper.run(("cd %s/state && mv nic/web0 run/web0"):format(helper.folder()))
    assert.truthy(journal:find "tap name=web0")
    assert.same({ web0 = "run killed" }, states())
    local r = moontap "reconcile"
    assert.same({ 0, "" }, { r.status, r.err })
    assert.truthy(r.out:find("a killed run was undone", 1, true))
    assert.truthy(r.out:find("- ip link del dev web0", 1, true))
    assert.same({}, states())
    assert.equal("", snapshot.difference(before, snapshot.take()))
  end)

  it("goes on after a failure, says so, and exits with 6", function()
    moontap "up web.xml"
    moontap "up db.xml"
    helper.run [[
ip link set db0 down; ip link set db0 name other0
ip link set web0 mtu 1400]]
    local r = moontap "reconcile"
    assert.equal(6, r.status)
    assert.truthy(r.err:find("db: NIC 1 (db0): it was renamed to other0", 1, true))
    assert.equal(1500, helper.link "web0".mtu)
    assert.truthy(moontap "log db -1".out:find "renamed to other0")
  end)

  it("is JSON, too: a row for each repair", function()
    moontap "up web.xml"
    helper.run "ip link set web0 mtu 1400"
    local rows = json.decode(moontap "reconcile --json".out)
    local steps = rows[1].steps
    rows[1].steps = nil
    assert.same({ { domain = "web", index = 1, dev = "web0", error = nil,
      repair = "its policy was asked again" } }, rows)
    local changed = {}
    for _, step in ipairs(steps) do
      if step.op ~= "same" then changed[#changed + 1] = step.command end
    end
    assert.same({ "ip link set dev web0 mtu 1500" }, changed)
    assert.same({}, (json.decode(moontap "reconcile --json".out)))
  end)
end)
