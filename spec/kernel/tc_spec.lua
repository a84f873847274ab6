-- tc_spec.lua - qdiscs and filters: what counts as moontap's, and what is in its way

local helper = require "spec.helper"
local kernel = require "internals.kernel"

if not helper.kernel_has "rate" then return end

local host

local function setup(more)
  helper.run([[ip link add v0 type veth peer name v1; ip link set v0 up; ip link set v1 up
    ip link add i0 type ifb; ip link set i0 up]] .. "\n" .. (more or ""))
  host = assert(kernel.open())
end

after_each(function() host:close() end)

describe("a tbf #rate", function()
  for _, default in ipairs { "noqueue", "fq_codel" } do
    it("counts a default qdisc as absent: " .. default, function()
      setup(default == "fq_codel" and "ip link add t0 type ifb; ip link set t0 up" or nil)
      local dev = default == "fq_codel" and "t0" or "v0"
      assert.is_nil(host:get("tbf dev=" .. dev))
      assert(host:put("add", ("tbf dev=%s rate=2500000 burst=64"):format(dev)))
      assert(host:put("delete", "tbf dev=" .. dev))
      assert.is_nil(host:get("tbf dev=" .. dev))
    end)
  end

  for what, command in pairs {
    ["the qdisc pfifo 7: is there already"] = "tc qdisc add dev v0 root handle 7: pfifo",
    ["the qdisc pfifo 6d: is there already"] = "tc qdisc add dev v0 root handle 6d: pfifo",
    ["the qdisc tbf 8: is there already"] =
      "tc qdisc add dev v0 root handle 8: tbf rate 1mbit burst 9kb limit 9kb",
  } do
    it("is refused where " .. what, function()
      setup(command)
      local before = helper.run "tc qdisc show dev v0"
      for _, r in ipairs { { host:get "tbf dev=v0" },
        { host:put("add", "tbf dev=v0 rate=2500000 burst=64") } } do
        assert.equal("EEXIST", r[2].code)
        assert.matches(what, r[2].line, 1, true)
      end
      assert.is_nil(host:put("delete", "tbf dev=v0"))
      assert.same({}, host:list "tbf")
      assert.equal(before, helper.run "tc qdisc show dev v0")
    end)
  end

  for fields, why in pairs {
    ["rate=2500000 burst=64 peak=2500000"] = "the peak must be higher than the rate",
    ["rate=1000 burst=300"] = "the burst is more than is sent in 240 s",
    ["rate=12500000000 burst=2000000 latency=1000"] = "longer than 4 GiB",
    ["rate=999 burst=64"] = "1000..12500000000 bytes/s",
    ["rate=2500000 burst=1"] = "2..2097151 KiB",
  } do
    it("is refused with " .. fields, function()
      setup()
      local err = select(2, pcall(function()
        local done, refused = host:put("add", "tbf dev=v0 " .. fields)
        return done or refused.line
      end))
      assert.matches(why, err, 1, true)
    end)
  end

  it("shows each burst as it was put", function()
    setup()
    assert(host:put("add", "tbf dev=v0 rate=2500000 burst=64"))
    for _, rate in ipairs { 12500000000, 9999999999, 1250000000, 123456789, 1000001, 64000 } do
      for burst = 2, 2000, 111 do
        local set = ("tbf dev=v0 rate=%d burst=%d peak=none latency=%d"):format(rate, burst,
          1 + burst // 10)
        assert(host:put("set", set))
        assert.equal(set, host:get "tbf dev=v0".text)
      end
    end
  end)
end)
