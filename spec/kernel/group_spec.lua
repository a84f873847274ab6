-- group_spec.lua - many devices deleted by one request, and never one more
local helper = require "spec.helper"
local kernel = require "internals.faults"
local tap = require "internals.tap"

describe("devices of one group", function()
  local host

  before_each(function()
    host = assert(kernel.open())
    helper.run [[for i in 1 2 3; do ip tuntap add dev t$i mode tap; done
      ip link set dev t1 group 70001; ip link set dev t2 group 70001]]
  end)
  after_each(function() host:close() end)

  local function index(name) return host:device(name).ifindex end

  local function left()
    return (helper.run "ip -br link show type tun":gsub(" [^\n]*", ""):gsub("\n", " "))
  end

  it("go by one request", function()
    assert.is_true(host:delete_group(70001, { index "t2", index "t1" }))
    assert.equal("t3 ", left())
  end)

  it("stay when something else is of it", function()
    helper.run "ip link set dev t3 group 70001"
    local ok, err = host:delete_group(70001, { index "t1", index "t2" })
    assert.same({ nil, "EEXIST" }, { ok, err.code })
    assert.matches("group 70001: t3 is in it, too", err.subject .. ": " .. err.text, 1, true)
    assert.equal("t1 t2 t3 ", left())
  end)

  it("stay when one that is to go is not of it", function()
    local _, err = host:delete_group(70001, { index "t1", index "t2", index "t3" })
    assert.equal("ENODEV", err.code)
    _, err = host:delete_group(70002, { index "t1" })
    assert.equal("ENODEV", err.code)
    assert.equal("t1 t2 t3 ", left())
  end)

  it("stay when a tap is in use, unless that is forced", function()
    helper.run "ip link set dev t2 up"
    local _ <close> = assert(tap.open "t2")
    local both = { index "t1", index "t2" }
    local _, err = host:delete_group(70001, both)
    assert.equal("EBUSY", err.code)
    assert.equal("t1 t2 t3 ", left())
    assert.is_true(host:delete_group(70001, both, true))
    assert.equal("t3 ", left())
  end)

  it("are never those of group 0, or of none", function()
    for _, group in ipairs { 0, 70001 } do
      assert.is_nil((host:delete_group(group, {})))
    end
    assert.is_nil((host:delete_group(0, { index "t3" })))
    assert.equal("t1 t2 t3 ", left())
  end)

  it("are all still there when the kernel does not answer, or says no", function()
    local both = { index "t1", index "t2" }
    for n = 1, 2 do
      host:fault(n, 12)
      assert.is_nil((host:delete_group(70001, both)))
    end
    host:fault(0, 0)
    assert.equal("t1 t2 t3 ", left())
  end)

  it("have a random number that nobody gives by name", function()
    local seen = {}
    for _ = 1, 100 do
      local group = kernel.group()
      assert.is_true(group >= 0x10000 and group < 0x80000000)
      seen[group] = true
    end
    local n = 0
    for _ in pairs(seen) do n = n + 1 end
    assert.is_true(n > 95)
  end)
end)
