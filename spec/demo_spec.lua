-- demo_spec.lua - `make demo` shows the whole path, and touches nothing outside of its namespace

local helper = require "spec.helper"
local program = require "spec.program"
local snapshot = require "spec.snapshot"

describe("make demo", function()
  it("connects a sample's guest and takes everything back, in a namespace of its own", function()
    local here, before = helper.run "pwd":match "%C+", snapshot.take()
    local r = program.run(("TMPDIR=. sh '%s/samples/demo.sh' '%s'"):format(here, program.path))
    assert.same({ 0, "" }, { r.status, r.err })
    local at = 1
    for _, shown in ipairs {
      "$ moontap plan -p policy.lua domain.xml\nweb NIC 1 (52:54:00:10:00:01): mytap0, unmanaged\n",
      "$ moontap up ", ": mytap0: <", " master br0 ", "$ moontap status\n", "connected\n",
      "$ moontap down domain.xml\n", "\n  - ip link del dev mytap0\n", "nothing is connected\n",
    } do
      at = assert(r.out:find(shown, at, true), shown) + #shown
    end
    assert.equal("", snapshot.difference(before, snapshot.take()))
  end)
end)
