-- tap_spec.lua - how long a tap lives, and who has it open
local helper = require "spec.helper"
local kernel = require "internals.kernel"

describe("a tap", function()
  local host

  before_each(function() host = assert(kernel.open()) end)
  after_each(function() host:close() end)

  it("vanishes with the handle unless it was finished", function()
    assert(host:put("add", "tap name=t0"))
    assert(host:put("add", "tap name=t1"))
    assert(host:finish "tap name=t1")
    host:close()
    host = assert(kernel.open())
    assert.is_nil(host:get "tap name=t0")
    assert.is_truthy(host:get "tap name=t1")
    assert.is_true(helper.link "t1".linkinfo.info_data.persist)
  end)

  it("may be finished twice, and by one who did not make it", function()
    assert(host:put("add", "tap name=t0"))
    for _ = 1, 2 do
      assert(host:finish "tap name=t0")
    end
    assert(host:finish "tap name=other")
  end)

  it("that is held is no busy one, and goes at once when it is deleted", function()
    assert(host:put("add", "tap name=t0"))
    assert.is_true(host:device "t0".carrier)
    assert.is_false(host:busy("delete", "tap name=t0"))
    assert(host:put("delete", "tap name=t0"))
    assert.is_nil(host:get "tap name=t0")
  end)

  it("that another has open is busy", function()
    local other <close> = assert(kernel.open())
    assert(other:put("add", "tap name=t0"))
    assert.equal("it is in use", host:busy("delete", "tap name=t0"))
    assert(other:finish "tap name=t0")
    assert.is_false(host:busy("delete", "tap name=t0"))
    assert.is_false(host:device "t0".carrier)
  end)

  it("is not another kind of device, and says of which it is", function()
    helper.run [[ip link add dev b0 type bridge; ip tuntap add dev u0 mode tun
      ip link add dev v0 type veth peer name v1]]
    for name, kind in pairs { b0 = "bridge", u0 = "tun", v0 = "veth" } do
      for _, err in ipairs {
        select(2, host:get("tap name=" .. name)),
        select(2, host:put("add", "tap name=" .. name)),
      } do
        assert.equal("EEXIST", err.code)
      end
      local _, err = host:get("tap name=" .. name)
      assert.equal("the device is no tap: it is a " .. kind, err.text)
      assert.is_nil(host:put("delete", "bridge name=v0"))
    end
    assert.same({}, host:list "tap")
  end)

  it("of another index is not deleted", function()
    helper.run "ip tuntap add dev t0 mode tap"
    local _, err = host:put("delete", "tap name=t0", 4711)
    assert.equal("ENODEV", err.code)
    assert.is_truthy(host:get "tap name=t0")
  end)

  it("cannot be changed", function()
    assert(host:put("add", "tap name=t0"))
    local _, err = host:put("set", "tap name=t0 user=5")
    assert.equal("EOPNOTSUPP", err.code)
  end)
end)
