-- empty_state_spec.lua - a state directory that was there and empty could not be used

local helper = require "spec.helper"
local program = require "spec.program"

describe("a state directory that is there and empty", function()
  it("is used by the first qemu-ifup", function()
    program.write("policy.lua", "function connect(nic) tap(nic, { up = true }) end")
    helper.run(("mkdir -m 700 %s/state"):format(helper.folder()))
    helper.run "ip tuntap add dev tap0 mode tap"
    local up = program.run(("ln -s '%s' qemu-ifup && ./qemu-ifup --state state -p policy.lua tap0")
      :format(program.script_path))
    assert.equal("", up.err)
    assert.equal(0, up.status)
    assert.truthy(program.state()["nic/tap0"])
  end)
end)
