-- nothing_left_spec.lua - the journal of a tap that went with its QEMU stayed for ever where nobody
-- called the downscript, and each status alarmed

local helper = require "spec.helper"
local program = require "spec.program"

local function script(which, words)
  return program.run(("ln -sf '%s' %s; ./%s --state state %s")
    :format(program.script_path, which, which, words))
end

describe("a tap that is gone, and nothing else of its NIC is left", function()
  before_each(function()
    program.write("policy.lua", "function connect(nic) tap(nic, { up = true }) end")
    helper.run "ip tuntap add dev vnet0 mode tap"
    assert.equal(0, script("qemu-ifup", "-p policy.lua vnet0").status)
    helper.run "ip link del vnet0"
  end)

  local function is_forgotten()
    assert.same({}, program.state())
    assert.matches("nothing is connected", program.moontap "status".out)
  end

  it("is called so by status, which finishes it", function()
    local r = program.moontap "status"
    assert.equal(0, r.status)
    assert.matches("gone, nothing left", r.out, 1, true)
    assert.is_nil(r.out:find("reconcile", 1, true))
    is_forgotten()
  end)

  it("is called so by status without rights, which says what finishes it", function()
    local r = program.run(("capsh --drop=cap_net_admin -- -c '\"%s\" --state state status'")
      :format(program.path))
    assert.matches("gone, nothing left", r.out, 1, true)
    assert.matches("moontap reconcile", r.out, 1, true)
    assert.equal("state/nic/vnet0", helper.run(("cd '%s' && ls state/nic/*")
      :format(helper.folder())):match "%C+")
  end)

  it("is finished by reconcile", function()
    assert.equal(0, program.moontap "reconcile".status)
    is_forgotten()
  end)

  it("is finished by the script of the next tap of its name", function()
    helper.run "ip tuntap add dev vnet0 mode tap"
    assert.equal(0, script("qemu-ifup", "-p policy.lua vnet0").status)
    assert.equal(0, script("qemu-ifdown", "vnet0").status)
    is_forgotten()
  end)
end)

describe("a remembered guest's managed tap that is gone", function()
  it("is finished by status, too", function()
    local xml = [[<domain type='qemu'><name>web</name>
      <uuid>5d1f2f0c-4a3f-4f63-9e3c-0a6f2d6b1c01</uuid>
      <devices><interface type='ethernet'><mac address='52:54:00:00:00:01'/>
      <target dev='vnet0'/></interface></devices></domain>]]
    program.write("policy.lua", "function connect(nic) tap(nic, { up = true }) end")
    helper.run "ip tuntap add dev vnet0 mode tap && ip link set vnet0 address fe:54:00:00:00:01"
    assert.equal(0, program.moontap("-p policy.lua hook qemu web start begin -", xml).status)
    helper.run "ip link del vnet0"
    assert.matches("gone, nothing left", program.moontap "status".out, 1, true)
    assert.is_nil(program.moontap "status".out:find("gone", 1, true))
  end)
end)
