-- cache_spec.lua - while somebody only looks, the same question has the same answer
local helper = require "spec.helper"
local kernel = require "internals.faults"

describe("the kernel's answers, kept,", function()
  local host

  before_each(function()
    host = assert(kernel.open())
    helper.run [[ip link add dev br0 type bridge; ip tuntap add dev t0 mode tap
      ip link set dev t0 master br0]]
    host:cache(true)
  end)
  after_each(function() host:close() end)

  -- Asking the kernel fails from now on.
  local function deaf()
    host:fault(1, 12)
  end

  it("stay as they were, whichever kind asks, until they are given up", function()
    local mtu = host:get "link name=br0".mtu
    helper.run "ip link set dev br0 mtu 1400"
    deaf()
    assert.equal(mtu, host:get "link name=br0".mtu)
    assert.equal("br0", host:get "bridge name=br0".name)
    assert.equal(mtu, host:device "br0".mtu)
    host:cache(false)
    assert.equal("ENOMEM", select(2, host:get "link name=br0").code)
    assert.equal(1400, host:get "link name=br0".mtu)
  end)

  it("are of lists, too, and of each device's own", function()
    local ports, all = #host:list "link master=br0", #host:list "link"
    helper.run "ip tuntap add dev d0 mode tap; ip link set dev d0 master br0"
    assert.equal(ports, #host:list "link master=br0")
    assert.equal(all, #host:list "link")
    assert.equal("br0", host:get "link name=d0".master)
    assert.equal("t0", host:get "link name=t0".name)
    assert.equal("d0", host:get "link name=d0".name)
  end)

  it("are also that there is no such device", function()
    assert.is_nil(host:get "link name=br1")
    local _, first = host:device "br1"
    helper.run "ip link add dev br1 type bridge"
    deaf()
    assert.is_nil(host:get "link name=br1")
    assert.same(first, select(2, host:device "br1"))
    host:cache(false)
    host:fault(0, 0)
    assert.equal("br1", host:device "br1".name)
  end)

  it("are no failures: those are asked again", function()
    for _, code in ipairs { 12, -1 } do
      host:fault(1, code)
      assert.is_nil((host:device "br0"))
      assert.equal("br0", host:device "br0".name)
      host:cache(false)
      host:cache(true)
    end
  end)
end)
