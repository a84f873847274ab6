-- downscript_of_another_spec.lua - a downscript took the tap of a guest that was about to start
--
-- Between libvirt's prepare and its start nobody has a ready-made tap open, so that it looked
-- as if its guest were gone when another guest, which names the same tap in vain, called its own
-- downscript with it.

local helper = require "spec.helper"
local libvirt = require "spec.libvirt"
local program = require "spec.program"

local ifdown = program.path:gsub("moontap$", "qemu-ifdown") .. " --state state web0"

describe("the downscript of a guest that names another's tap", function()
  local guest

  before_each(function()
    program.write("policy.lua", "function connect(nic) tap(nic, { up = true }) end")
    guest = libvirt.guest { name = "web",
      { mac = "52:54:00:00:00:01", dev = "web0", unmanaged = true } }
    assert.equal(0, guest:hook("prepare").status)
  end)

  it("leaves it, before its guest has it open", function()
    assert.same({ status = 0, out = "", err = "" }, program.run(ifdown))
    helper.run "ip link show web0"
    assert.equal(0, guest:hook("start").status)
    assert.equal(0, guest:hook("release").status)
    assert.same({}, program.state())
  end)

  it("is the guest's own once nobody has it open any more", function()
    assert.equal(0, guest:hook("start").status)
    assert.same({ status = 0, out = "", err = "" }, program.run(ifdown))
    assert.matches("does not exist", program.run("ip link show web0").err)
  end)
end)
