-- tap_handle_spec.lua - moontap.tap.open: a tap's descriptor, born closed, closed in three ways
local helper = require "spec.helper"
local moontap = require "moontap"

local function there(name)
  return (moontap.link.get(name)) ~= nil
end

describe("tap.open", function()
  it("makes a tap that goes with its handle", function()
    local t = assert(moontap.tap.open("t0", { vnet_hdr = true }))
    assert.truthy(there "t0" and t:fd() > 2)
    assert.equal("t0", t:name())
    assert.equal("tap t0 (fd " .. t:fd() .. ")", tostring(t))
    t:close()
    t:close()
    assert.equal("tap t0 (closed)", tostring(t))
    assert.falsy(there "t0")
  end)

  it("closes at the end of its block, or when it is collected", function()
    do
      local t <close> = assert(moontap.tap.open "t0")
      assert.truthy(there(t:name()))
    end
    assert.falsy(there "t0")
    assert(moontap.tap.open "t1")
    collectgarbage()
    collectgarbage()
    assert.falsy(there "t1")
  end)

  it("attaches to one that is there", function()
    helper.run "ip tuntap add dev t0 mode tap"
    local t <close> = assert(moontap.tap.open "t0")
    local _, err = moontap.tap.open "t0"
    assert.equal("EBUSY", err.code)
    _, err = moontap.tap.open("t0", { exclusive = true })
    assert.equal("EEXIST", err.code)
    t:close()
    assert.truthy(there "t0")
  end)

  it("makes one that stays, when told so", function()
    assert(moontap.tap.open("t0", { persist = true })):close()
    assert.truthy(there "t0")
    local t = assert(moontap.tap.open "t0")
    assert.equal(t, t:persist(false))
    t:close()
    assert.falsy(there "t0")
  end)

  it("raises for a closed tap, a name that is none, and unknown options", function()
    local t = assert(moontap.tap.open "t0")
    t:close()
    assert.error_matches(function() t:fd() end, "attempt to use a closed tap")
    assert.error_matches(function() moontap.tap.open "a/b" end, "not the name of a device")
    assert.error_matches(function() moontap.tap.open("t0", { presist = true }) end,
      "unknown field 'presist'; did you mean 'persist'?")
    assert.error_matches(function() moontap.tap.open("t0", { name = "t1" }) end, "first argument")
    assert.error_matches(function() moontap.tap.open() end, "string expected")
  end)
end)
