-- memory_spec.lua - an allocation that fails, wherever it is, ends in one clear line
local helper = require "spec.policy.helper"

local text = [[
  allow{ link = "br0", prefix = "10.0.0.0/8", table = 100 }
  local lan = hook "lan" { bridge = "br0", more = { "eth0" } }
  local object = setmetatable({}, { __tostring = function() return ("x"):rep(100) end })
  log(object, pcall(error, "caught"))
  function decide(nic) return "unmanaged" end
  function connect(nic)
    lan(nic)
    for name, value in pairs(nic) do log(name, value) end
    table.sort({ 3, 1, 2 })
    link{ name = nic.dev, alias = ("%s %d"):format(object, 7) }
    pcall(link, { name = 1 })
    tap(nic, { user = "alice" })
  end]]
local hooks = {
  lan = "return function(o) return function(nic) tap(nic, { master = o.bridge }) end end",
}

local function run(more)
  more.hooks, more.nics = hooks, { helper.nic { target = false } }
  return helper.run(text, more)
end

local whole = run({}).said

-- Fails the n-th allocation, n = 0, 1, 2, ..., until a run needs no more than n.
local function walk(fail_for)
  local n, ended = 0, 0
  local got
  repeat
    got = run { fail_at = n, fail_for = fail_for }
    if got.code then
      ended = ended + 1
      assert.equal("ENOMEM", got.code, got.said)
      assert.equal("error code=5 at=policy.lua text=out of memory", got.lines[#got.lines])
    else
      assert.equal(whole, got.said)
    end
    n = n + 1
  until not got.failed
  return n, ended
end

describe("a policy that gets no memory", function()
  it("survives a failure that the collector makes good", function()
    local n = walk(1)
    assert.is_true(n > 300)
  end)

  it("ends when the same allocation fails again", function()
    local n, ended = walk(2)
    assert.is_true(n > 300 and ended > n // 2)
  end)

  it("ends when nothing can be allocated any more", function()
    local n, ended = walk(math.maxinteger)
    assert.is_true(n > 300 and ended > n // 2)
  end)

  it("ends with every cap that is too small for it, or for the state itself", function()
    local memory = 256
    local got
    repeat
      got = run { memory = memory }
      assert.is_true(got.code == nil or got.code == "ENOMEM", got.line)
      local opens = got.said ~= "" -- not from a size on: the collector runs when memory is short
      assert.is_true(opens or got.line == "policy: Cannot allocate memory", got.line)
      memory = memory + 256
    until not got.code
    assert.equal(whole, got.said)
    assert.is_true(memory < 256 * 1024)
  end)
end)
