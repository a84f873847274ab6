-- transport_spec.lua - answers that fail, are lost, interrupted or garbled
local helper = require "spec.helper"
local kernel = require "internals.faults"

local SETUP = [[ip link add dev br0 type bridge; ip link add dev v0 type veth peer name v1
  ip link set dev v0 master br0 up; ip addr add 192.0.2.1/24 dev v0; ip link set dev v1 up
  ip route add 198.51.100.0/24 dev v0; ip neigh add proxy 198.51.100.7 dev v0]]
local KINDS = { "link", "bridge", "veth", "tap", "port", "conf", "addr", "route", "neigh" }

describe("the transport", function()
  local host

  before_each(function()
    host = assert(kernel.open())
    helper.run(SETUP)
  end)
  after_each(function() host:close() end)

  it("gives on each request's failure, whichever it is", function()
    for _, kind in ipairs(KINDS) do
      for nth = 1, 100 do
        host:fault(nth, 12)
        local list, err = host:list(kind)
        if list then
          assert.is_true(nth > 1, kind)
          break
        end
        assert.equal("ENOMEM", err.code)
        assert.equal(kind .. ".list", err.op)
      end
    end
  end)

  it("does not ask what is to fail", function()
    host:fault(1, 105)
    assert.equal("ENOBUFS", select(2, host:put("add", "bridge name=b1")).code)
    assert.is_nil(host:get "bridge name=b1")
  end)

  it("says that an answer was lost, and does not take it for the next one's", function()
    host:fault(1, -1)
    assert.equal("ETIMEDOUT", select(2, host:put("add", "bridge name=b1")).code)
    assert.is_truthy(host:get "bridge name=b1")
    host:fault(1, -1)
    assert.equal("ETIMEDOUT", select(2, host:get "link name=v0").code)
    assert.equal("br0", host:get "bridge name=br0".name)
  end)

  it("gives on what /dev/net/tun and /proc/sys refuse, and leaves nothing", function()
    for nth = 1, 3 do
      for _, fault in ipairs { 12, -1 } do
        host:fault(nth, fault)
        assert.is_nil(host:put("add", "tap name=t0 user=5 group=5"))
        assert.is_nil(host:get "tap name=t0")
      end
    end
    host:fault(1, 30)
    assert.equal("EROFS", select(2, host:put("set", "conf dev=v0 family=ipv6 accept_ra=0")).code)
  end)

  it("asks an interrupted dump again, and hands nothing on twice", function()
    helper.run [[i=0; while [ $i -lt 100 ]; do
      echo "link add dev n$i type bridge"; i=$((i + 1)); done | ip -batch -]]
    host:interrupt(5)
    assert.equal(104, #host:list "link")
  end)

  it("gives up on a dump that is always interrupted", function()
    host:interrupt(1000)
    local _, err = host:list "link"
    assert.equal("EAGAIN", err.code)
    assert.equal("link.list: changed 10 times while it was read", err.line)
  end)

  it("survives whatever the answer is", function()
    local seed = tonumber(os.getenv "SEED") or os.time()
    for round = seed, seed + 300 do
      local garbled <close> = assert(kernel.open())
      garbled:garble(round)
      for _, kind in ipairs(KINDS) do
        local list, err = garbled:list(kind)
        assert.is_truthy(list or err.code, "SEED=" .. round)
      end
      garbled:device "v0"
    end
  end)
end)
