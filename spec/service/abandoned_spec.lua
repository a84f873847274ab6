-- abandoned_spec.lua - the tap of a user's guest whose libvirtd was killed, and called no hook

local daemon = require "spec.service.daemon"
local helper = require "spec.helper"
local program = require "spec.program"

local xml = [[<domain type='qemu'><name>web</name><devices>
  <interface type='ethernet'><mac address='52:54:00:00:00:01'/>
  <target dev='al-0' managed='no'/></interface></devices></domain>]]

local USER = "setpriv --reuid=65534 --regid=65534 --clear-groups"

local function is_there() return helper.run "ip -o link":find("al-0:", 1, true) ~= nil end

-- prepare(name) -> the pid of a program of that name, a user's, which has called libvirt's hook
local function prepare(name)
  helper.run(("chmod 755 '%s'; cp /bin/sh '%s/%s'"):format(helper.folder(), helper.folder(), name))
  local pid = program.run(([[
    MOONTAP_EVENT_SOCKET=$PWD/sock/event %s ./%s -c '
      "%s" hook qemu web prepare begin - <web.xml
      while :; do sleep 0.1; done' >prepared 2>&1 &
    echo $!]]):format(USER, name, program.path)).out:match "%d+"
  daemon.wait_for("the tap", is_there)
  return pid
end

-- open() -> the pid of a process that has the tap open; where /dev/net/tun is root's, a user's
-- cannot
local function open()
  local pid = program.run([[python3 -c 'import fcntl, os, struct, time
f = os.open("/dev/net/tun", os.O_RDWR)
fcntl.ioctl(f, 0x400454ca, struct.pack("16sH", b"al-0", 0x5002))
time.sleep(1000)' >opened 2>&1 & echo $!]]).out:match "%d+"
  daemon.wait_for("a carrier", function()
    return helper.run "ip link show al-0":find("LOWER_UP", 1, true)
  end)
  return pid
end

describe("a user's tap", function()
  before_each(function()
    program.write("web.xml", xml)
    program.write("policy.lua", [[allow{ user = "65534", dev = "al-*" }
      function connect(nic) tap(nic, { up = true, vnet_hdr = true }) end]])
  end)

  it("goes when its libvirtd is gone, and nobody has had it open for a while", function()
    local d <close> = daemon.start "--idle 1"
    local libvirtd = prepare "libvirtd"
    helper.run "sleep 2.5"
    assert.is_true(is_there())
    local qemu = open()
    helper.run("kill -9 " .. libvirtd)
    helper.run "sleep 2.5"
    assert.is_true(is_there())
    helper.run("kill -9 " .. qemu)
    daemon.wait_for("its end", function()
      return program.moontap "status".out == "nothing is connected\n"
    end)
    assert.is_false(is_there())
    assert.matches("al%-0: its libvirtd is gone, and nobody has opened it for 1 s; " ..
      "disconnecting it\n", d:log())
  end)

  it("goes, too, by a service that was started later", function()
    local first = daemon.start "--idle 1"
    local libvirtd = prepare "virtqemud"
    first:stop()
    helper.run("kill -9 " .. libvirtd)
    local _ <close> = daemon.start "--idle 1"
    daemon.wait_for("its end", function() return not is_there() end)
  end)

  it("stays when another program has asked for it", function()
    local _ <close> = daemon.start "--idle 1"
    helper.run("kill -9 " .. prepare "mylibvirtd")
    helper.run "sleep 2.5"
    assert.is_true(is_there())
  end)
end)
