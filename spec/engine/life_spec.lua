-- life_spec.lua - moments in a NIC's life that are seldom: what is said then, and what is left

local guests = require "spec.guests"
local helper = require "spec.helper"
local trusted = require "moontap"
local program = require "spec.program"
local scenes = require "spec.torture.scenes"
local snapshot = require "spec.snapshot"
local standin = require "spec.standin"
local torture = require "spec.torture.torture"

local moontap = guests.moontap

local managed = scenes.xml("vm", { "m0 managed", "m1 managed" })

-- As libvirt leaves a tap of NIC n.
local function tap_of_libvirts(dev, n)
  helper.run(("ip tuntap add dev %s mode tap; ip link set %s address fe:54:00:00:00:%02x up")
    :format(dev, dev, n))
end

describe("a NIC", function()
  local before

  before_each(function()
    guests.setup()
    program.write("policy.lua", [[
      local lan = hook "bridge" { bridge = "br0" }
      function connect(nic) lan(nic) end]])
    before = snapshot.take()
  end)

  local function unchanged()
    assert.equal("", snapshot.difference(before, snapshot.take()))
  end

  it("whose tap is another guest's, by its MAC, is refused", function()
    tap_of_libvirts("m0", 9)
    before = snapshot.take()
    local r = moontap("up -", scenes.xml("vm", { "m0 managed" }))
    assert.equal(4, r.status)
    assert.matches("its MAC is not what libvirt would give it: it belongs to somebody else",
      r.err, 1, true)
    unchanged()
  end)

  it("that has the device of another one of its guest is refused", function()
    local r = moontap("up -", scenes.xml("vm", { "u0", "u0" }))
    assert.is_true(r.status > 0)
    assert.matches("u0", r.err, 1, true)
    unchanged()
  end)

  it("is not connected when a signal stops the run #bare", function()
    program.write("vm.xml", scenes.xml("vm", { "u0", "u1", "u2" }))
    local r = program.run("timeout -s TERM 0.5 " .. torture.command("-p policy.lua up vm.xml",
      { what = "change", n = 0, fault = "slow-100" }):gsub("^(.-) '", "env %1 '", 1))
    assert.is_true(r.status == 4 or r.status == 124)
    assert.matches("stopped by a signal", r.err, 1, true)
    unchanged()
  end)

  it("that libvirt made, and that is gone while its guest runs, is done with", function()
    tap_of_libvirts("m0", 1)
    tap_of_libvirts("m1", 2)
    assert.equal("", moontap("hook qemu vm prepare begin -", managed).err)
    assert.equal(0, moontap("hook qemu vm start begin -", managed).status)
    helper.run "ip link del m1"
    local r = moontap "reconcile"
    assert.matches("its device is gone; it was disconnected", r.out, 1, true)
    assert.same({ 0, "" }, { r.status, r.err })
    assert.not_equal(0, program.run "ip link show m1".status)
    assert.equal(0, moontap("hook qemu vm stopped end -", managed).status)
    assert.equal(0, moontap("hook qemu vm release end -", managed).status)
    helper.run "ip link del m0"
    unchanged()
  end)

  it("of several that its script connected is planned again by itself", function()
    assert.equal(0, moontap("hook qemu vm prepare begin -", managed).status)
    tap_of_libvirts("m1", 2)
    local entry = program.path:match "(.*)/" .. "/qemu-ifup"
    assert.same({ status = 0, out = "", err = "" },
      program.run(("'%s' -p policy.lua --state state m1"):format(entry)))
    assert.equal("br0", helper.link "m1".master)
    local r = moontap "replay vm"
    assert.equal(0, r.status, r.err)
    assert.matches("NIC 2", r.out, 1, true)
    assert.equal(0, moontap("hook qemu vm release end -", managed).status)
  end)

  it("whose first run was killed is seen #bare, and taken back", function()
    for n = 1, 100 do
      torture.moontap("-p policy.lua up web.xml", { what = "change", n = n, fault = "after" })
      if program.read "state/run/web0" and not (program.read "state/nic/web0" or ""):find "%S" then
        break
      end
    end
    helper.run(("rm -f %s/state/nic/web0"):format(helper.folder()))
    assert.matches("web .*run killed", moontap "status".out)
    assert.matches("a killed run was undone", moontap "reconcile".out, 1, true)
    assert.equal("nothing is connected\n", moontap "status".out:gsub(";.*", "\n"))
    unchanged()
  end)

  it("whose tap is in use keeps it when the policy wants none any more, and until down", function()
    assert.equal(0, moontap "up web.xml".status)
    program.write("policy.lua", "function connect(nic) end")
    do
      local tap <close> = assert(trusted.tap.open "web0")
      assert.is_truthy(tap:fd())
      local r = moontap "up -v web.xml"
      assert.equal(0, r.status)
      assert.matches("web0 is no longer declared, and stays until down: ", r.err, 1, true)
      assert.equal("web0", helper.link "web0".ifname)
    end
    assert.equal(0, moontap "down web".status)
    unchanged()
  end)

  it("is not looked for in what is no journal", function()
    helper.run(("mkdir -p -m 700 %s/state/nic/web0"):format(helper.folder()))
    for _, words in ipairs { "status --check", "up web.xml", "down web0" } do
      local r = moontap(words)
      assert.is_true(r.status > 0)
      assert.matches("nic/web0", r.err .. r.out, 1, true)
    end
    unchanged()
  end)
end)

describe("an evaluator that was taken over", function()
  it("cannot fill the memory of who reads its answer", function()
    local session <close> = standin.open()
    program.write("evaluator", "#!/bin/sh\nexec head -c 80000000 /dev/zero\n")
    local _, err = session:up "<domain/>"
    assert.matches("its answer is longer than 64 MiB", tostring(err), 1, true)
    assert.same({}, session:status())
  end)

  it("is shown as it is, connected and drifted", function()
    local session <close> = standin.open()
    local plan = standin.guest("web", { { dev = "x0",
      records = "tap name=x0\nlink name=x0 mtu=1400 up=true\n" } })
    local outcome = assert(session:up(standin.answer("", plan)))
    assert.matches("NIC 1 %(52:54:00:00:00:01%): x0, unmanaged", tostring(outcome.nics[1]))
    assert.matches("^web NIC 1 %(.-%): x0, unmanaged, by up since %d+%-.*: as put$",
      tostring(session:status()[1]))
    helper.run "ip link set x0 mtu 1300"
    assert.matches("mtu is 1300, moontap had put 1400", tostring(session:status()[1]), 1, true)
    assert(session:down "web")
  end)
end)
