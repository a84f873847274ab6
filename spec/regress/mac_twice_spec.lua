-- mac_twice_spec.lua - two guests with one MAC in one bridge went unnoticed when the second one
-- came

local guests = require "spec.guests"
local helper = require "spec.helper"
local program = require "spec.program"

local function up(name, number)
  local r = program.moontap("up -v -p policy.lua -", guests.xml(name, number))
  assert.equal(0, r.status, r.err)
  return r.err
end

describe("a guest that comes into a bridge", function()
  before_each(function()
    helper.run "ip link add br0 type bridge; ip link add br1 type bridge"
    program.write("policy.lua", [[allow{ link = "br0" } allow{ link = "br1" } function connect(nic)
      tap(nic, { master = nic.domain.name == "far" and "br1" or "br0", up = true }) end]])
    up("web", 1)
  end)

  it("with the MAC of one that is there is connected, with a line that names both", function()
    local line = "web0 in br0, which sends the frames for both guests"
    local said = up("db", 1)
    assert.matches("db0: its MAC, 52:54:00:00:00:01, is also that of " .. line, said, 1, true)
    assert.matches(line, program.moontap "log db -1".out:gsub("%s+", " "), 1, true)
    assert.not_matches("its MAC", up("db", 1)) -- it is there, and was said
  end)

  it("with a MAC of its own is connected without a word, as in another bridge", function()
    assert.not_matches("its MAC", up("mail", 2))
    assert.not_matches("its MAC", up("far", 1))
  end)
end)
