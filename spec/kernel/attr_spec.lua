-- attr_spec.lua - what a row of a kind's table can say of netlink, by the example of vxlan
local helper = require "spec.helper"
local kernel = require "internals.kernel"

describe("a field's row", function()
  local host

  before_each(function() host = assert(kernel.open()) end)
  after_each(function() host:close() end)

  local function seen()
    return helper.link "x0".linkinfo.info_data
  end

  local function has(...)
    local text = " " .. host:get "vxlan name=x0".text .. " "
    for _, word in ipairs { ... } do
      assert.is_truthy(text:find(" " .. word .. " ", 1, true), text)
    end
  end

  it("says that a number is in network order", function()
    assert(host:put("add", "vxlan name=x0 id=16711935 dstport=4789 remote=192.0.2.1"))
    assert.same({ 16711935, 4789 }, { seen().id, seen().port })
    has("id=16711935", "dstport=4789")
  end)

  it("says which attribute is an IPv4 address's, and which an IPv6 one's", function()
    assert(host:put("add", "vxlan name=x0 id=7 dstport=4789 remote=192.0.2.1 src=192.0.2.2"))
    assert.same({ "192.0.2.1", "192.0.2.2" }, { seen().remote, seen()["local"] })
    has("remote=192.0.2.1", "src=192.0.2.2")
    assert(host:put("set", "vxlan name=x0 remote=192.0.2.3"))
    assert.equal("192.0.2.3", seen().remote)
    assert(host:put("delete", "vxlan name=x0"))
    assert(host:put("add", "vxlan name=x0 id=7 dstport=4789 remote=2001:db8::1 src=2001:db8::2"))
    assert.same({ "2001:db8::1", "2001:db8::2" }, { seen().remote6, seen().local6 })
    has("remote=2001:db8::1", "src=2001:db8::2")
    assert(host:put("set", "vxlan name=x0 remote=2001:db8::3"))
    assert.equal("2001:db8::3", seen().remote6)
  end)

  it("has neither where there is no address", function()
    assert(host:put("add", "vxlan name=x0 id=7 dstport=4789"))
    has("remote=none", "src=none")
  end)

  it("leaves to the kind's own writer what it cannot say", function()
    assert(host:put("add", "vxlan name=x0 id=7 dstport=4789 srcport=8000-8099"))
    assert.same({ low = 8000, high = 8099 }, seen().port_range)
    has("srcport=8000-8099", "dstport=4789")
    assert(host:put("set", "vxlan name=x0 remote=192.0.2.1"))
    has("srcport=8000-8099", "remote=192.0.2.1")
  end)
end)
