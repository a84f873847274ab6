-- A static program that looked a user up had glibc load the host's name services, and crashed.
local helper = require "spec.helper"
local program = require "spec.program"

local xml = [[<domain type='qemu'><name>web</name><uuid>4dea22b3-1d52-d8f3-2516-782e98ab3fa0</uuid>
  <devices><interface type='ethernet'><mac address='52:54:00:00:00:01'/>
  <target dev='web0' managed='no'/></interface></devices></domain>]]

-- qemu-ifup for a ready-made tap, by a policy that wants it to be of this user and group
local function ifup(path, user, group)
  program.write("policy.lua", ([[
    function connect(nic) tap(nic, { user = %q, group = %q, vnet_hdr = false, up = true }) end]])
    :format(user, group))
  return program.run(("ln -sf '%s' qemu-ifup; ./qemu-ifup --state state -p policy.lua web0")
    :format(path))
end

describe("qemu-ifup", function()
  before_each(function()
    program.write("policy.lua", "function connect(nic) tap(nic, { vnet_hdr = false }) end")
    assert.equal(0, program.moontap("-p policy.lua hook qemu web prepare begin -", xml).status)
    assert.equal(0, program.moontap "down web".status)
    helper.run "ip tuntap add dev web0 mode tap user nobody group nogroup"
  end)

  it("knows users and groups by their names", function()
    local r = ifup(program.script_path, "nobody", "nogroup")
    assert.same({ 0, "" }, { r.status, r.err })
    assert.truthy(helper.run "ip link show web0":find "[<,]UP[,>]")
  end)

  for what, names in pairs {
    user = { "nobodyelse", "nogroup" }, group = { "nobody", "nogroups" },
  } do
    it("says what moontap says of a " .. what .. " that is not there", function()
      local whole, script = ifup(program.path, table.unpack(names)),
        ifup(program.script_path, table.unpack(names))
      assert.equal(3, script.status)
      assert.matches("is not a " .. what .. " of this host", script.err, 1, true)
      assert.same(whole, script)
    end)
  end
end)
