-- replay_offered_spec.lua - log offered to replay a run that no policy was asked in: qemu-ifdown of
-- a tap whose guest nobody knows

local helper = require "spec.helper"
local program = require "spec.program"

local function script(name)
  helper.run(("ln -sf '%s' '%s/%s'"):format(program.script_path, helper.folder(), name))
  local r = program.run(("./%s --state state -p policy.lua tap0"):format(name))
  assert.equal(0, r.status, r.err)
end

describe("log offers to replay", function()
  before_each(function()
    helper.run "ip tuntap add dev tap0 mode tap"
    program.write("policy.lua", "function connect(nic) tap(nic, { up = true }) end")
    script "qemu-ifup"
    script "qemu-ifdown"
  end)

  for run, offered in pairs { ["-1"] = false, ["-2"] = true } do
    it(("run %s: %s"):format(run, offered), function()
      local r = program.moontap("log --dev tap0 " .. run)
      assert.equal(0, r.status, r.err)
      assert.equal(offered, r.out:find("moontap replay tap0 " .. run, 1, true) ~= nil, r.out)
      assert.equal(offered, program.moontap("replay -p policy.lua --dev tap0 " .. run).status == 0)
    end)
  end
end)
