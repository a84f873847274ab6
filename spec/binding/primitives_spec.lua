-- primitives_spec.lua - moontap.KIND: get, list, ensure, delete
local helper = require "spec.helper"
local moontap = require "moontap"

local function ops(steps)
  local words = {}
  for i, step in ipairs(assert(steps)) do words[i] = step.op .. " " .. step.object end
  return table.concat(words, ", ")
end

describe("every kind", function()
  it("has its functions, and those that can be deleted have delete", function()
    for _, kind in ipairs(moontap.kinds) do
      local it = moontap[kind.name]
      assert.equal("string", type(kind.doc))
      assert.truthy(it.get and it.list and it.ensure)
    end
    assert.is_nil(moontap.link.delete)
    assert.is_function(moontap.bridge.delete)
  end)

  -- What a daemon keeps, only while that runs; its specs list it then.
  it("can be listed", function()
    for _, kind in ipairs(moontap.kinds) do
      local list, err = moontap[kind.name].list()
      assert(list or kind.name == "ovs_port" and err.why:find "^Open vSwitch is not running", err)
    end
  end)
end)

describe("get", function()
  it("gives the object as the kernel has it, none being false", function()
    local lo = assert(moontap.link.get "lo")
    assert.equal(65536, lo.mtu)
    assert.is_false(lo.up)
    assert.is_false(lo.master)
  end)

  it("takes a whole key", function()
    helper.run "ip link set lo up"
    assert.equal("host", moontap.addr.get{ dev = "lo", address = "127.0.0.1/8" }.scope)
  end)

  it("fails with ENOENT for what is not there", function()
    local none, err = moontap.link.get "nope"
    assert.is_nil(none)
    assert.same({ "ENOENT", "link.get", "nope", 4 }, { err.code, err.what, err.on, err.exit })
    assert.equal("link.get nope: there is none", tostring(err))
  end)

  it("raises for an unknown field and for no key", function()
    local _, text = pcall(function() moontap.link.get{ nmae = "lo" } end)
    assert.truthy(text:find
      "primitives_spec.lua:%d+: link.get: unknown field 'nmae'; did you mean 'name'?")
    assert.error_matches(function() moontap.link.get{ up = true } end, "'name' is missing")
    assert.error_matches(function() moontap.link.get() end, "table expected")
  end)
end)

describe("list", function()
  it("gives all that have the fields", function()
    helper.run "ip link add b0 type bridge; ip link add b1 type bridge; ip link set b1 up"
    local names = {}
    for i, link in ipairs(assert(moontap.link.list{ up = true })) do names[i] = link.name end
    assert.same({ "b1" }, names)
    assert.equal(2, #moontap.bridge.list())
  end)
end)

describe("ensure", function()
  it("makes what differs, and returns the steps", function()
    assert.equal("add b0", ops(moontap.bridge.ensure{ name = "b0" }))
    local steps = assert(moontap.link.ensure{ name = "b0", up = true, mtu = 1400 })
    assert.equal("set b0, set b0", ops(steps))
    assert.same({ "link", "b0", 1400, 1500, "ip link set dev b0 mtu 1400" }, { steps[1].kind,
      steps[1].key.name, steps[1].put.mtu, steps[1].was.mtu, steps[1].command })
    assert.equal("", ops(moontap.link.ensure{ name = "b0", up = true, mtu = 1400 }))
  end)

  it("only looks when it is dry", function()
    assert.equal("add b0", ops(moontap.bridge.ensure({ name = "b0" }, { dry = true })))
    assert.is_nil((moontap.bridge.get "b0"))
  end)

  it("makes taps that stay", function()
    assert(moontap.tap.ensure{ name = "t0", user = "root", vnet_hdr = true })
    assert.same({ 0, true }, { moontap.tap.get "t0".user, moontap.tap.get "t0".vnet_hdr })
  end)

  it("changes nothing when the kernel refuses a part", function()
    assert(moontap.bridge.ensure{ name = "b0" })
    local none, err = moontap.link.ensure{ name = "b0", mtu = 1400, master = "b0" }
    assert.is_nil(none)
    assert.equal("ELOOP", err.code)
    assert.equal("string", type(err.why))
    assert.equal(1500, moontap.link.get "b0".mtu)
  end)

  it("does not make what is there in another way into another", function()
    helper.run "ip link add t0 type bridge"
    local _, err = moontap.tap.ensure{ name = "t0" }
    assert.equal("EEXIST", err.code)
  end)

  it("raises for what a field does not take", function()
    assert.error_matches(function() moontap.link.ensure{ name = "lo", mtu = "x" } end,
      "mtu: the string 'x' is not")
    assert.error_matches(function() moontap.link.ensure{ name = "lo", mastr = "x" } end,
      "unknown field 'mastr'; did you mean 'master'?")
    assert.error_matches(function() moontap.link.ensure({ name = "lo" }, { dyr = true }) end,
      "unknown option 'dyr'; there is 'dry'")
    assert.error_matches(function() moontap.tap.ensure{ name = "t0", user = "no-such-user" } end,
      "user")
  end)
end)

describe("delete", function()
  it("deletes, once", function()
    assert(moontap.bridge.ensure{ name = "b0" })
    assert.equal("delete b0", ops(moontap.bridge.delete "b0"))
    assert.equal("", ops(moontap.bridge.delete "b0"))
    assert.is_nil((moontap.link.get "b0"))
  end)
end)

describe("what is shown", function()
  it("is a record as the Lua that says it, its fields in their kind's order", function()
    helper.run "ip link add b0 type bridge"
    local text = tostring(moontap.link.get "b0")
    assert.truthy(text:find '^link{ name = "b0", mtu = 1500, ')
    local fields = {}
    for field in pairs(moontap.link.get "b0") do fields[#fields + 1] = field end
    assert.equal("name", fields[1])
    assert.equal("mtu", fields[2])
  end)

  it("is a step as its command", function()
    assert.equal("+ ip link add dev b0 type bridge",
      tostring(moontap.bridge.ensure{ name = "b0" }[1]))
  end)

  it("is an error in one line; a misspelt field raises", function()
    local _, err = moontap.link.get "nope"
    assert.error_matches(function() return err.cdoe end, "an error has no field 'cdoe'")
  end)

  it("is no word that moontap has not", function()
    assert.error_matches(function() return moontap.lnik end, "moontap has no 'lnik'")
  end)
end)
