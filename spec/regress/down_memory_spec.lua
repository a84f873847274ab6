-- down_memory_spec.lua - short of memory, `down FILE` forgot whose NICs it was to take down, and
-- took down those of every guest; or it crashed

local guests = require "spec.guests"
local helper = require "spec.helper"
local program = require "spec.program"
local torture = require "spec.torture.torture"

local function up(name, i)
  assert.equal(0, program.moontap("up -p policy.lua -", guests.xml(name, i)).status)
end

local function is_up(name)
  for _, link in ipairs(helper.json "ip -j link show type tun") do
    if link.ifname == name .. "0" then return true end
  end
  return false
end

describe("down of a guest's file, with an allocation that fails #bare", function()
  it("never takes down another guest", function()
    program.write("policy.lua", "function connect(nic) tap(nic, { up = true }) end")
    program.write("web.xml", guests.xml("web", 1))
    up("db", 2)
    local how = { what = "memory", fault = "ENOMEM", n = 0 }
    repeat
      how.n = how.n + 1
      up("web", 1)
      local r = torture.moontap("down web.xml", how)
      local what = ("allocation %d: exit %d: %s"):format(how.n, r.status, r.err)
      assert.is_true(is_up "db", what)
      assert.is_true(r.status <= 6, what)
      if r.status == 0 then
        assert.is_false(is_up "web", what)
      elseif not is_up "web" then -- only what is remembered of it is left
        assert.equal(0, program.moontap "down web --if-known".status, what)
      end
    until not r.fired
    assert.is_true(how.n > 10)
  end)
end)
