-- held_for_a_moment_spec.lua - a tap that another thread's child still had open, between its clone
-- and its exec, was called in use

local guests = require "spec.guests"
local helper = require "spec.helper"
local program = require "spec.program"
local tap = require "internals.tap"

describe("a tap that is open for a moment only", function()
  it("is taken down", function()
    program.write("policy.lua", "function connect(nic) tap(nic, { up = true }) end")
    assert.equal(0, program.moontap("up -p policy.lua -", guests.xml("web", 1)).status)
    local held <close> = assert(tap.open "web0")
    program.run(([[
      ( '%s' --state state down web 2>down-err; echo $? >status.new; mv status.new status ) \
        >/dev/null 2>&1 &
      sleep 0.05]]):format(program.path))
    held:close()
    program.run "n=0; until test -e status || test $n = 300; do n=$((n + 1)); sleep 0.1; done"
    assert.same({ "0\n", "" }, { program.read "status", program.read "down-err" })
    assert.equal("", (helper.run "ip -br link show type tun"))
  end)
end)
