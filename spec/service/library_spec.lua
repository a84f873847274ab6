-- library_spec.lua - a program whose runs a service does: it has no child, and gets the same data

local daemon = require "spec.service.daemon"
local helper = require "spec.helper"
local moontap = require "moontap"
local program = require "spec.program"

local xml = [[<domain type='qemu'><name>web</name><uuid>4dea22b3-1d52-d8f3-2516-782e98ab3fa0</uuid>
  <devices><interface type='ethernet'><mac address='52:54:00:00:00:01'/>
  <target dev='web0' managed='no'/></interface>
  <interface type='ethernet'><mac address='52:54:00:00:00:02'/>
  <target dev='web1' managed='no'/></interface></devices></domain>]]

local policy = [[function connect(nic)
  if nic.domain.name == "no" then refuse "not today" end
  tap(nic, { up = true, mtu = 1400 })
end]]

-- Without a service nothing of this session's would work.
local function open(options)
  local folder = helper.folder()
  options = options or {}
  options.evaluator, options.policy = "/nonexistent", folder .. "/none.lua"
  options.state = folder .. "/none"
  options.service = options.service or folder .. "/sock/io.moontap"
  return assert(moontap.open(options))
end

describe("a session with a service", function()
  local service

  before_each(function()
    program.write("policy.lua", policy)
    service = daemon.start()
  end)

  after_each(function() service:stop() end)

  it("plans, connects and disconnects, and says the same as without", function()
    local plain = assert(moontap.open{ policy = helper.folder() .. "/policy.lua",
      state = helper.folder() .. "/state" })
    local session <close> = open()
    local same, plan = assert(plain:plan(xml)), assert(session:plan(xml))
    assert.equal(2, #plan.nics)
    for i, nic in ipairs(plan.nics) do
      assert.equal(tostring(same.nics[i]), tostring(nic))
      assert.same(#same.nics[i].steps, #nic.steps)
      for k, step in ipairs(nic.steps) do
        assert.same({ same.nics[i].steps[k].command, same.nics[i].steps[k].put },
          { step.command, step.put })
      end
    end
    assert.equal("", helper.run "ip -br link show type tun")
    local up = assert(session:up(xml, { 2 }))
    assert.same({ "web", 2, 2 }, { up.name, #up.nics, up.nics[2].index })
    assert.same({ "web1" }, helper.devices "ip -j link show type tun")
    assert.equal(1400, helper.link "web1".mtu)
    local down = assert(session:down "web")
    assert.equal("web1", down.nics[1].dev)
    assert.is_true(#down.nics[1].undone > 0)
    assert.equal("", helper.run "ip -br link show type tun")
    plain:close()
  end)

  it("has the policy's refusal, and the XML's error, as its own", function()
    local session <close> = open()
    local none, err = session:up((xml:gsub("web</name>", "no</name>")))
    assert.is_nil(none)
    assert.same({ 1, "not today" }, { err.exit, err.why })
    none, err = session:up "<domain"
    assert.is_nil(none)
    assert.equal(3, err.exit)
    none, err = session:up("<domain>\0</domain>")
    assert.is_nil(none)
    assert.equal(3, err.exit)
  end)

  it("refuses what a service is not asked for, before it asks", function()
    local session <close> = open{ service = "/nonexistent" }
    for why, call in pairs {
      ["by their index"] = function() return session:up(xml, { "web0" }) end,
      ["needs the guest's name"] = function() return session:down(xml) end,
      ["this flag"] = function() return session:down("web", nil, { force = true }) end,
      ["up and down only"] = function() return session:hook("prepare", "web", xml) end,
    } do
      local none, err = call()
      assert.is_nil(none)
      assert.equal(2, err.exit)
      assert.matches(why, err.why, 1, true)
    end
  end)

  it("says that there is no service, and leaves the host as it is", function()
    local session <close> = open{ service = "/nonexistent" }
    local none, err = session:up(xml)
    assert.is_nil(none)
    assert.same({ "ENOENT", 4, "/nonexistent" }, { err.code, err.exit, err.on })
    assert.equal("", helper.run "ip -br link show type tun")
  end)
end)

it("a session has the socket of Open vSwitch's database as an option", function()
  assert(moontap.open{ ovsdb = "/run/other.sock" }):close()
end)
