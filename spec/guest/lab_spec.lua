-- SPDX-License-Identifier: LGPL-2.1-or-later
-- The lab itself: plain taps, plain shell hooks, real libvirtd and QEMU.
local lab = require "spec.guest.lab"

-- Says what it is called with, and refuses the guest of that name.
local HOOK = [[#!/bin/sh
echo "$*" >>/run/lab/log/hook
cat >"/run/lab/log/$1.$2.xml"
[ "$1" != refused ] || { echo "not this one" >&2; exit 1; }
]]

-- Puts a tap into br0, and says what it is called with.
local IFUP = [[#!/bin/sh
echo "ifup $*" >>/run/lab/log/script
ip link set "$1" master br0 up
]]

local IFDOWN = [[#!/bin/sh
echo "ifdown $*" >>/run/lab/log/script
]]

local function tap_nic(dev, mac)
  return ([[<interface type='ethernet'><mac address='52:54:00:00:00:%02x'/>
    <target dev='%s' managed='no'/><model type='virtio'/></interface>]]):format(mac, dev)
end

local MANAGED = "<interface type='ethernet'><model type='virtio'/></interface>"

-- What the hook was told about a guest: "prepare start …".
local function operations(l, name)
  local seen = {}
  for operation in l:read "/run/lab/log/hook":gmatch(name .. " (%a+) %a+ %g+\n") do
    seen[#seen + 1] = operation
  end
  return table.concat(seen, " ")
end

describe("a lab #guest with system libvirt", function()
  local l

  lazy_setup(function()
    l = lab.open { files = { ["/etc/libvirt/hooks/qemu"] = HOOK } }
    l:bridge("br0", "10.9.0.1/24", "fd00:9::1/64")
  end)
  lazy_teardown(function() if l then l:close() end end)

  describe("and a running guest", function()
    lazy_setup(function()
      l:ok "ip tuntap add tap0 mode tap && ip link set tap0 master br0 up"
      l:start(lab.domain { name = "running", interfaces = tap_nic("tap0", 1),
        address = { "10.9.0.2/24", "fd00:9::2/64" }, gateway = "10.9.0.1" })
      l:booted "running"
    end)
    lazy_teardown(function()
      l:virsh("destroy", "running")
      l:ok "ip link del tap0"
    end)

    it("reaches the guest, and the guest reaches the host", function()
      l:wait_ping "10.9.0.2"
      l:wait_ping "fd00:9::2"
      assert.is_true(l:ping("10.9.0.1", "running"))
      assert.is_true(l:ping("fd00:9::1", "running"))
      assert.is_false(l:ping "10.9.0.3")
    end)

    it("runs commands in the guest", function()
      local result = l:guest("running", "cat /sys/class/net/eth0/address; echo no >&2; exit 3")
      assert.same({ 3, "52:54:00:00:00:01\nno\n" }, { result.status, result.out })
    end)

    it("plugs a NIC in and out", function()
      local before = l:snapshot()
      l:ok "ip tuntap add tap1 mode tap && ip link set tap1 up && ip addr add 10.8.0.1/24 dev tap1"
      local nic = l:file(tap_nic("tap1", 2))
      l:virsh("attach-device", "running", nic)
      l:wait(function() return l:guest("running", "ip link set eth1 up").status == 0 end)
      assert.equal(0, l:guest("running", "ip addr add 10.8.0.2/24 dev eth1").status)
      l:wait_ping "10.8.0.2"
      l:virsh("detach-device", "running", nic)
      l:wait(function() return not l:virsh("domiflist", "running"):find "tap1" end)
      assert.is_false(l:ping "10.8.0.2")
      l:ok "ip link del tap1"
      assert.equal("", lab.difference(before, l:snapshot()))
    end)

    it("keeps the guest while libvirtd restarts, and the hook hears of it", function()
      l:restart_libvirtd()
      l:wait(function() return operations(l, "running"):find "reconnect" end)
      assert.equal("running\n", l:virsh("list", "--name"))
      assert.is_true(l:ping "10.9.0.2")
    end)
  end)

  it("calls the hook in libvirt's order, with the domain's XML", function()
    local before = l:snapshot()
    l:start(lab.domain { name = "managed", interfaces = MANAGED })
    assert.matches("vnet%d", l:read "/run/lab/log/managed.start.xml")
    l:virsh("destroy", "managed")
    assert.equal("prepare start started stopped release", operations(l, "managed"))
    assert.equal("", lab.difference(before, l:snapshot()))
  end)

  it("brings a hook's refusal to whoever starts the guest", function()
    l:define(lab.domain { name = "refused", interfaces = MANAGED })
    local result = l:sh "virsh start refused"
    assert.equal(1, result.status)
    assert.matches("not this one", result.err)
    assert.equal("prepare stopped release", operations(l, "refused"))
  end)

  it("fails to start a guest whose tap is not there", function()
    l:define(lab.domain { name = "lost", interfaces = tap_nic("nowhere", 3) })
    local result = l:sh "virsh start lost"
    assert.equal(1, result.status)
    assert.matches("specified dev doesn't exist", result.err)
  end)

  it("runs <script> and <downscript>", function()
    l:write("/etc/ifup", IFUP)
    l:write("/etc/ifdown", IFDOWN)
    l:start(lab.domain { name = "scripted", interfaces = [[<interface type='ethernet'>
      <script path='/etc/ifup'/><downscript path='/etc/ifdown'/></interface>]] })
    assert.matches("master br0", l:ok "ip link show type tun")
    l:virsh("destroy", "scripted")
    assert.matches("^ifup (vnet%d+)\nifdown %1\n$", l:read "/run/lab/log/script")
  end)
end)

describe("a lab #guest with an ordinary user's session libvirt", function()
  it("connects a guest to the tap that root made for that user", function()
    local l <close> = lab.open { libvirtd = false }
    l:bridge("br0", "10.9.0.1/24")
    l:ok "ip tuntap add tap0 mode tap user alice && ip link set tap0 master br0 up"
    l.user:start(lab.domain { interfaces = tap_nic("tap0", 1), address = "10.9.0.2/24" })
    assert.equal("alice\n", l:ok "stat -c %U /proc/$(pidof qemu-system-x86_64)")
    l:wait_ping "10.9.0.2"
    assert.is_true(l:ping("10.9.0.1", "guest"))
    l.user:restart_libvirtd()
    l.user:virsh("destroy", "guest")
    assert.not_equal(0, l.user:sh("ip link del tap0").status)
  end)
end)

describe("a lab #guest with plain QEMU", function()
  it("runs script and downscript around the guest", function()
    local l <close> = lab.open { libvirtd = false,
      files = { ["/etc/ifup"] = IFUP, ["/etc/ifdown"] = IFDOWN } }
    l:bridge("br0", "10.9.0.1/24")
    local result = l:qemu { name = "plain", address = "10.9.0.2/24",
      arguments = "-netdev tap,id=n0,ifname=tap0,script=/etc/ifup,downscript=/etc/ifdown " ..
        "-device virtio-net-pci,netdev=n0" }
    assert.same({ 0, "" }, { result.status, result.err })
    l:wait_ping "10.9.0.2"
    l:stop_qemu "plain"
    assert.equal("ifup tap0\nifdown tap0\n", l:read "/run/lab/log/script")
  end)

  it("says why QEMU did not start", function()
    local l <close> = lab.open { libvirtd = false }
    local result = l:qemu { name = "plain", arguments = "-netdev tap,id=n0,script=/bin/false" }
    assert.equal(1, result.status)
    assert.matches("network script /bin/false failed", result.err)
  end)
end)

describe("labs #guest", function()
  it("live side by side and know nothing of each other", function()
    local one <close> = lab.open()
    local other <close> = lab.open()
    one:bridge "br0"
    assert.equal(1, other:sh("ip link show br0").status)
    one:define(lab.domain { name = "twin" })
    assert.equal("", other:virsh("list", "--all", "--name"):match "%S*")
    assert.not_equal(one:ok "virsh capabilities | grep uuid",
      other:ok "virsh capabilities | grep uuid")
  end)

  it("pass a running guest from one to the other", function()
    local files = { ["/etc/libvirt/hooks/qemu"] = HOOK }
    local one <close> = lab.open { files = files }
    local other <close> = lab.open { files = files }
    lab.cable(one, "10.7.0.1/24", other, "10.7.0.2/24")
    one:start(lab.domain { name = "mover", interfaces = MANAGED })
    local result = one:migrate("mover", other, "10.7.0.2")
    assert.same({ 0, "" }, { result.status, result.err })
    assert.equal("prepare start started stopped release", operations(one, "mover"))
    assert.equal("migrate prepare start started", operations(other, "mover"))
  end)

  it("leave nothing behind", function()
    local l = lab.open()
    local pid = l.pid
    l:ok "sleep 1000 &"
    l:close()
    assert.is_nil(io.open("/proc/" .. pid .. "/stat"))
  end)

  it("say what a failed command printed", function()
    local l <close> = lab.open { libvirtd = false }
    assert.error_matches(function() l:ok "echo out; echo err >&2; exit 5" end,
      "status 5\nout\nerr\n")
    assert.error_matches(function() l:wait("false", 0.2, "the impossible") end,
      "waited 0.2 s for: the impossible")
  end)

  it("quote", function()
    local l <close> = lab.open { libvirtd = false, env = { GREETING = "it's $HOME" } }
    assert.equal("it's $HOME", l:ok [[printf %s "$GREETING"]])
    assert.equal("a'b\"c$d", l.user:ok("printf %s " .. lab.quote "a'b\"c$d"))
  end)
end)
