-- read_only_sysctl_spec.lua - in a container, where /proc/sys is read-only, no guest was connected

local helper = require "spec.helper"
local program = require "spec.program"

describe("where /proc/sys is read-only", function()
  before_each(function()
    program.write("g.xml", "<domain type='kvm'><name>g</name><devices>" ..
      "<interface type='ethernet'><target dev='g0' managed='no'/></interface></devices></domain>")
  end)

  local function run(words, policy)
    program.write("p.lua", "function connect(nic) " .. policy .. " end")
    return program.run(("unshare -m sh -c 'mount --bind /proc/sys /proc/sys && " ..
      "mount -o remount,bind,ro /proc/sys && exec %s --state state %s -p p.lua g.xml'")
      :format(program.path, words))
  end

  it("a guest is connected, without what nobody asked for, and that is said", function()
    for _, words in ipairs { "plan", "up", "up" } do
      local r = run(words, "tap(nic, { up = true })")
      assert.equal(0, r.status, r.err)
      assert.matches("g0: /proc/sys is read%-only", r.err)
      assert.is_nil(r.out:find("accept_ra", 1, true))
    end
    assert.is_truthy(helper.link "g0".ifname)
  end)

  it("what a policy asks for is not left out", function()
    local r = run("up", "tap(nic, { up = true }) conf{ dev = nic.dev, family = \"ipv6\", " ..
      "accept_ra = 0 }")
    assert.equal(4, r.status)
    assert.matches("Read%-only file system", r.err)
    assert.is_nil(helper.run "ip -o link":find("g0", 1, true))
  end)
end)
