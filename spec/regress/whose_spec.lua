-- whose_spec.lua - who connected a NIC stays who it is, and so do its facts and its policy

local guests = require "spec.guests"
local helper = require "spec.helper"
local json = require "dkjson"
local program = require "spec.program"

local moontap = guests.moontap

local function status()
  local nic = json.decode(moontap "status --json".out)[1]
  return nic and { nic.by, nic.policy:match "[^/]+$", nic.uuid, nic.state }
end

local function mtu()
  return helper.link "web0".mtu
end

local uuid = "5d1f2f0c-4a3f-4f63-9e3c-0a6f2d6b1c01"
local hooks = { "hook", "policy.lua", uuid, "connected" }
local ups = { "up", "policy.lua", uuid, "connected" }

local function hook(operation)
  return moontap("hook qemu web " .. operation .. " begin -", guests.xml("web", 1))
end

-- The same guest's file, with one thing more in it that a policy sees.
local function described()
  return guests.xml("web", 1, "<title>another</title>")
end

before_each(function()
  guests.setup()
  program.write("policy.lua", (guests.policy:gsub('bridge = "br0"', "%0, mtu = 1500")))
  program.write("other.lua", guests.policy:gsub('bridge = "br0"', '%0, mtu = 1400'))
end)

describe("a NIC that the hook connected", function()
  before_each(function()
    hook "prepare"
    hook "start"
    assert.same(hooks, status())
  end)

  local function ends()
    hook "stopped"
    hook "release"
    return status()
  end

  it("stays the hook's when up changes nothing, and when it repairs something", function()
    local state = program.state()
    assert.equal(0, moontap("up -", described()).status)
    assert.same(state, program.state())
    helper.run "ip link set web0 mtu 1300"
    assert.equal(0, moontap "up web.xml".status)
    assert.equal(0, moontap "up web".status)
    assert.equal(1500, mtu())
    assert.same(hooks, status())
    assert.is_nil(ends())
    assert.same({}, program.state())
  end)

  it("is tried with another policy, which is in the log, until its own is asked again", function()
    for _, guest in ipairs { "web.xml", "web" } do
      local r = program.moontap("up -v -p other.lua " .. guest)
      assert.equal(0, r.status)
      assert.matches("connected by the hook, by the policy [^ ]+/policy.lua; what [^ ]+/other.lua",
        r.err)
      assert.equal(1400, mtu())
      assert.same(hooks, status())
      assert.matches("other.lua", moontap "log web -1".out)
      assert.equal(0, program.moontap "reconcile".status)
      assert.equal(1500, mtu())
    end
    assert.is_nil(ends())
  end)

  for _, guest in ipairs { "web.xml", "web" } do
    it("is a person's after up --keep " .. guest .. ", and outlives the guest", function()
      assert.equal(0, moontap("up --keep " .. guest).status)
      assert.same(ups, status())
      assert.same(ups, ends())
      helper.run "ip link set web0 mtu 1300"
      assert.matches("its policy was asked again", moontap "reconcile".out)
      assert.equal(1500, mtu())
      assert.equal(0, moontap "down web".status)
      assert.same({}, program.state())
    end)
  end

  it("is the hook's, too, when up connects it of a guest that the hook knows", function()
    assert.equal(0, moontap "down web".status)
    assert.equal(0, moontap "up web.xml".status)
    assert.same(hooks, status())
    assert.is_nil(ends())
  end)

  it("is known by a file that has no uuid", function()
    local file = guests.xml("web", 1):gsub("<uuid>.-</uuid>", "")
    assert.same({ 0, "" }, { moontap("up -", file).status, moontap("plan -", file).err })
    assert.same(hooks, status())
    assert.equal(0, moontap("down -", file).status)
    assert.same({}, helper.json "ip -j link show type tun")
  end)
end)

describe("a NIC that a person connected", function()
  it("stays a person's when events come, and after them", function()
    moontap "up web.xml"
    for _, operation in ipairs { "prepare", "start", "stopped", "release" } do
      hook(operation)
      assert.same(ups, status())
    end
    helper.run "ip link set web0 mtu 1300"
    assert.matches("its policy was asked again", moontap "reconcile".out)
    assert.equal(0, moontap "down web".status)
    assert.same({}, program.state())
  end)

  it("is asked for anew by reconcile: by the policy that it was connected by", function()
    program.moontap "up -p other.lua web.xml"
    assert.equal(1400, mtu())
    program.write("other.lua", guests.policy:gsub('bridge = "br0"', '%0, mtu = 1300'))
    assert.matches("its policy was asked again", program.moontap "reconcile".out)
    assert.equal(1300, mtu())
    assert.equal("everything is as declared\n", program.moontap "reconcile".out)
    assert.matches("its policy was asked again", moontap "reconcile web".out) -- -p policy.lua
    assert.equal(1500, mtu())
  end)

  it("is put back as its journal says, when that policy is gone", function()
    program.moontap "up -p other.lua web.xml"
    helper.run(("rm %s/other.lua; ip link set web0 mtu 1300"):format(helper.folder()))
    local r = program.moontap "reconcile"
    assert.same({ 0, "" }, { r.status, r.err })
    assert.equal(1400, mtu())
  end)

  it("is known by its name from then on, until down", function()
    moontap "up web.xml"
    assert.equal(0, moontap "plan web".status)
    assert.equal(0, moontap("facts web --state state").status)
    assert.equal(1, #json.decode(moontap "status --json".out))
    moontap "down web"
    assert.same({}, program.state())
    assert.equal(3, moontap "plan web".status)
  end)
end)
