-- names_spec.lua - device names: generated ones, derived ones, and the edit that gives one
local domain = require "internals.domain"
local support = require "spec.domain.support"

local function nics(list) return support.domain(table.concat(list, "\n")) end
local plain = "<interface type='ethernet'><mac address='52:54:00:00:00:01'/></interface>"

local function derived(xml, index)
  return assert(domain.decide(xml, index or 1, true)).dev
end

describe("generated names", function()
  for dev, yes in pairs { vnet0 = true, vnetwork = true, vnet = true, macvtap7 = true,
    macvlan1 = true, vne = false, xvnet0 = false, tap0 = false, vif1 = false, [""] = false } do
    it(("%s: %s"):format(dev, yes), function() assert.equal(yes, domain.generated(dev)) end)
  end
  it("are also those of the driver's prefix", function()
    assert.is_true(domain.generated("vif1.0", "vif"))
    assert.is_true(domain.generated("vnet0", "vif"))
    assert.is_false(domain.generated("eth0", "vif"))
  end)
end)

describe("a derived name", function()
  it("is the same each time, and is a device's name that nobody takes for generated", function()
    local name = derived(nics { plain })
    assert.equal(name, derived(nics { plain }))
    assert.truthy(#name <= 15 and name:find "^%w+$")
    for _, prefix in ipairs { "vnet", "macvtap", "macvlan", "vif", "tap" } do
      assert.is_nil(name:find("^" .. prefix))
    end
  end)
  it("depends on the MAC, not on where the NIC stands", function()
    local other = plain:gsub("01'", "02'")
    assert.equal(derived(nics { plain }), derived(nics { other, plain }, 2))
    assert.are_not.equal(derived(nics { plain }), derived(nics { other }))
  end)
  it("depends on the domain", function()
    assert.are_not.equal(derived(support.domain(plain, "")), derived(nics { plain }))
  end)
  it("depends on the index where the MAC is missing", function()
    local none = "<interface type='ethernet'/>"
    local xml = nics { none, none }
    assert.are_not.equal(derived(xml, 1), derived(xml, 2))
    assert.equal(derived(xml, 2), derived(nics { plain, none }, 2))
  end)
  it("is another for each of two NICs with one MAC", function()
    local xml = nics { plain, plain }
    assert.are_not.equal(derived(xml, 1), derived(xml, 2))
  end)
  it("is none that the document uses", function()
    local name = derived(nics { plain })
    for _, user in ipairs { "<interface><target dev='%s'/></interface>",
      "<interface type='bridge'><source bridge='%s'/></interface>",
      "<interface type='direct'><source dev='%s'/></interface>" } do
      assert.are_not.equal(name, derived(nics { plain, user:format(name) }))
    end
  end)
  it("is found quickly among 10000", function()
    local list = {}
    for i = 1, 10000 do list[i] = plain end
    local xml, start = nics(list), os.clock()
    derived(xml, 10000)
    assert.truthy(os.clock() - start < 5)
  end)
end)

describe("decide", function()
  local function decide(inside, ...) return domain.decide(nics { inside }, 1, ...) end
  local managed = "<interface type='ethernet'><target dev='x0'/></interface>"
  local unmanaged = "<interface type='ethernet'><target dev='x0' managed='no'/></interface>"

  it("changes nothing where nothing changes", function()
    assert.same({ index = 1 }, decide(managed, false))
    assert.same({ index = 1 }, decide(unmanaged, true))
    assert.same({ index = 1 }, decide(unmanaged, true, "x0"))
  end)
  it("sets and removes managed, and keeps the name", function()
    assert.same({ index = 1, managed = "no" }, decide(managed, true))
    assert.same({ index = 1, managed = false }, decide(unmanaged, false))
  end)
  it("takes the policy's name", function()
    assert.same({ index = 1, managed = "no", dev = "y0" }, decide(managed, true, "y0"))
    assert.same({ index = 1, dev = "y0" }, decide(unmanaged, true, "y0"))
  end)
  it("does not keep a name that libvirt generated", function()
    local edit = decide("<interface type='ethernet'><target dev='vnet3'/></interface>", true)
    assert.truthy(edit.dev:find "^mt")
  end)
  it("refuses other types", function()
    local edit, err = decide("<interface type='user'/>", true)
    assert.is_nil(edit)
    assert.equal("decide nic 1: only type='ethernet' can be unmanaged, not 'user'", err)
  end)
  for _, dev in ipairs { "", "sixteen-bytes-ab", "a/b", "a b", "a:b", "..", "tap%d", "a\nb", "é",
    "<x>" } do
    it(("refuses the name %q"):format(dev), function()
      local edit, err = decide(managed, true, dev)
      assert.is_nil(edit)
      assert.truthy(err:find "is no name for a device")
    end)
  end
end)
