-- monitor_spec.lua - the exit statuses that a monitoring system reads: of doctor, of status --check

local guests = require "spec.guests"
local helper = require "spec.helper"
local netns = require "internals.netns"
local program = require "spec.program"
local tap = require "internals.tap"

local moontap = guests.moontap

local function shell(commands)
  helper.run(("cd %s && { %s\n}"):format(helper.folder(), commands))
end

-- doctor() -> as program.run(), of a host that has nothing but the policy
local function doctor(words)
  return program.bare("--state state -p policy.lua doctor --root root " .. (words or ""))
end

-- both(status, what): of status --check, which says so in one line, and of doctor
local function both(status, what)
  local checked, looked = moontap "status --check", doctor()
  assert.same({ status, status }, { checked.status, looked.status }, looked.out .. checked.out)
  assert.matches("^%C+\n$", checked.out)
  assert.truthy(checked.out:find(what, 1, true), checked.out)
end

-- in_use(dev, f): while a guest has the tap open
local function in_use(dev, f)
  local _ <close> = assert(tap.open(dev))
  f()
end

describe("status --check and doctor", function()
  before_each(function()
    guests.setup()
    program.write("policy.lua", [[
local lan = hook "bridge" { bridge = "br0", isolated = true }
function connect(nic) lan(nic) end]])
    shell "mkdir -p root/dev/net; mknod root/dev/net/tun c 10 200; chmod 666 root/dev/net/tun"
  end)

  it("are well without a guest, and with one that is connected", function()
    both(0, "ok: 0 NICs connected")
    moontap "up web.xml"
    both(0, "ok: 1 NIC connected")
    in_use("web0", function() both(0, "ok: 1 NIC connected") end)
  end)

  it("warn of a change that cuts nobody off", function()
    moontap "up web.xml"
    helper.run "ip link set web0 mtu 1400"
    both(1, "warning: drift: web NIC 1 (web0): link web0: mtu is 1400")
  end)

  it("find a running guest that was taken out of its bridge critical", function()
    moontap "up web.xml"
    helper.run "ip link set web0 nomaster"
    both(1, "warning: ")
    in_use("web0", function() both(2, "critical: drift: web NIC 1 (web0): ") end)
  end)

  it("find it critical that guests are no longer kept apart", function()
    moontap "up web.xml"
    helper.run "bridge link set dev web0 isolated off"
    both(2, "isolated is false")
  end)

  it("find a running guest for which nothing was declared critical", function()
    program.write("policy.lua", "function connect(nic) end")
    helper.run "ip tuntap add dev web0 mode tap"
    moontap "up web.xml"
    both(1, "warning: nothing declared: web NIC 1 (web0)")
    in_use("web0", function() both(2, "critical: nothing declared: web NIC 1 (web0)") end)
    helper.run "ip link set web0 master br0"
    both(0, "ok: ")
  end)

  it("give a NIC that waits a minute", function()
    guests.prepare "web"
    moontap "down web"
    both(0, "ok: ")
    shell "touch -d '2 minutes ago' state/domain/qemu-web"
    both(1, "warning: not connected: web NIC 1 (web0): it is not connected")
    helper.run "ip tuntap add dev web0 mode tap"
    in_use("web0", function() both(2, "and its guest runs") end)
  end)

  it("find a running guest's device that is gone critical", function()
    guests.prepare "web"
    in_use("web0", function()
      moontap "hook qemu web start begin - <web.xml"
      both(0, "ok: ")
    end)
    helper.run "ip link del web0"
    local r = moontap "status --check"
    shell "touch -d '2 minutes ago' state/domain/qemu-web"
    both(2, "critical: ")
    assert.equal(2, r.status, r.out)
  end)

  it("speak of a failed start until it is mended, or known", function()
    local good = program.read "policy.lua"
    program.write("policy.lua", "function connect(nic) refuse 'not today' end")
    assert.equal(1, guests.prepare "web".status)
    moontap "hook qemu web release end - <web.xml"
    both(2, "critical: last run failed: web prepare")
    assert.equal(0, moontap "log --clear web".status)
    both(0, "ok: ")
    guests.prepare "web"
    moontap "hook qemu web release end - <web.xml"
    program.write("policy.lua", good)
    assert.equal(0, guests.prepare "web".status)
    both(0, "ok: 1 NIC connected")
  end)

  it("speak of no run about no guest", function()
    moontap "up nosuch.xml"
    program.write("broken.xml", "<domain")
    moontap "up broken.xml"
    both(0, "ok: ")
    program.write("policy.lua", "function connect(nic) refuse 'not today' end")
    guests.prepare "web"
    moontap "hook qemu web release end - <web.xml"
    shell "mkdir -p root/etc/libvirt/qemu root/etc/libvirt/hooks/qemu.d root/usr/bin"
    shell "touch root/usr/bin/moontap; chmod +x root/usr/bin/moontap"
    shell "ln -s /usr/bin/moontap root/etc/libvirt/hooks/qemu.d/moontap"
    assert.equal(0, doctor().status)
    shell "touch root/etc/libvirt/qemu/web.xml"
    assert.equal(2, doctor().status)
  end)

  it("find a policy that does not load critical", function()
    program.write("policy.lua", "connect(")
    assert.equal(2, doctor().status)
  end)

  it("do not know: wrong usage, no right, a state that cannot be read", function()
    for _, words in ipairs { "doctor --nonsense", "doctor a.xml b.xml", "doctor --sh",
      "status --check --nonsense", "status --check web", "status --check --json" } do
      local r = program.moontap(words)
      assert.equal(3, r.status, words)
      assert.matches("^moontap: ", r.err)
    end
    moontap "up web.xml"
    helper.run(("chmod -R a+rX %s"):format(helper.folder()))
    for _, words in ipairs { "status --check", "doctor --root root" } do
      local r = program.run(("setpriv --bounding-set -all --inh-caps -all --reuid 65534 '%s' " ..
        "--state state %s"):format(program.path, words))
      assert.equal(3, r.status, words .. r.out .. r.err)
    end
    shell "chmod 777 state"
    assert.same({ 3, 3 }, { moontap "status --check".status, doctor().status })
  end)

  it("are in another namespace about that one", function()
    moontap "up web.xml"
    helper.run "ip link set web0 mtu 1400"
    assert(netns.unshare())
    helper.run "ip link add br0 type bridge && ip link set br0 up"
    local r = moontap "status --check"
    assert.same({ 0, "ok: 0 NICs connected\n" }, { r.status, r.out })
    assert.falsy(doctor().out:find "drift")
  end)
end)

describe("log --clear", function()
  before_each(guests.setup)

  it("forgets a guest's runs, or all", function()
    moontap "up web.xml"
    moontap "up db.xml"
    assert.same({ 0, "" }, { moontap "log --clear web".status, moontap "log --clear web".err })
    assert.equal("no run is on record\n", moontap "log web".out)
    assert.truthy(moontap "log db".out:find "done")
    assert.equal(0, moontap "log --clear".status)
    assert.equal("no run is on record\n", moontap "log".out)
    assert.equal(2, moontap "log --clear web -1".status)
  end)
end)
