-- journal_of_another_spec.lua - one device's disconnecting read, and failed at, every journal

local helper = require "spec.helper"
local program = require "spec.program"

describe("beside another device's damaged journal", function()
  local function script(which, words)
    return program.run(("ln -sf '%s' %s; ./%s --state state %s")
      :format(program.script_path, which, which, words))
  end

  local function alias() return helper.run "ip link show vnet0":match "alias (%g+)" end

  before_each(function()
    program.write("policy.lua", "function connect(nic) tap(nic, { up = true, alias = 'mine' }) end")
    helper.run "ip tuntap add dev vnet0 mode tap"
    assert.equal(0, script("qemu-ifup", "-p policy.lua vnet0").status)
    assert.equal("mine", alias())
    program.write("state/nic/web0", "link name=web0\n")
  end)

  it("qemu-ifdown disconnects its own", function()
    local r = script("qemu-ifdown", "vnet0")
    assert.same({ 0, "" }, { r.status, (r.err:gsub("[^\n]*web0[^\n]*\n", "")) })
    assert.is_nil(alias())
    assert.equal("link name=web0\n", program.read "state/nic/web0")
  end)

  it("no guest's name is a path to a journal", function()
    local r = program.moontap "down ../nic/vnet0"
    assert.equal("mine", alias())
    assert.not_equal(0, r.status)
  end)
end)
