-- SPDX-License-Identifier: LGPL-2.1-or-later
-- An ordinary user's guests with the service: root installed moontap and wrote the policy, no more.
local lab = require "spec.guest.lab"
local moontap = require "spec.guest.moontap"

local POLICY = [[
local lan = hook "bridge" { bridge = "br0", users = { "alice" } }
local direct = hook "macvtap" { link = "up0", users = { "alice" } }

function connect(nic)
  if nic.domain.name == "direct" then direct(nic) else lan(nic) end
end
]]

local function nic(n)
  return ([[<interface type='ethernet'><mac address='52:54:00:00:0a:%02d'/>
    <target dev='u7777-%d' managed='no'/><model type='virtio'/></interface>]]):format(n, n)
end

-- What the kernel does where /dev is a devtmpfs; the lab's is not.
local NODES = [[while sleep 0.02; do
    for dev in /sys/class/net/*/macvtap/tap*/dev; do
      node=/dev/$(basename "${dev%/dev}")
      [ ! -e "$dev" ] || [ -e "$node" ] || mknod -m 600 "$node" c $(tr : ' ' <"$dev")
    done
  done >/dev/null 2>&1 </dev/null &]]

describe("an ordinary user's #guest with the service", function()
  local l, user, before

  local function start_service()
    l:ok(moontap.program .. "d --foreground >>/run/lab/log/moontapd 2>&1 </dev/null &")
    l:wait "test -S /run/moontap.sock/io.moontap && grep -q ready /run/lab/log/moontapd"
  end

  lazy_setup(function()
    l = lab.open { libvirtd = false, hook = moontap.hook,
      files = { ["/etc/moontap/policy.lua"] = POLICY } }
    user = l.user
    l:bridge("br0", "10.9.0.1/24")
    l:ok "ip link add up0 type veth peer name up1; ip link set up0 up; ip link set up1 up"
    l:ok "ip addr add 10.9.1.1/24 dev up1"
    l:ok(NODES)
    start_service()
    before = l:snapshot()
  end)
  lazy_teardown(function() if l then l:close() end end)

  local function nothing_left() moontap.nothing_left(l, before) end

  it("gets its tap when it starts, and leaves nothing when it ends", function()
    user:start(lab.domain { name = "web", interfaces = nic(1), address = "10.9.0.2/24" })
    assert.equal("web 1 u7777-1 unmanaged up\n", moontap.status(l))
    user:booted "web"
    l:wait_ping "10.9.0.2"
    assert.is_true(user:ping("10.9.0.1", "web"))
    assert.matches("u7777%-1", user:ok(moontap.program .. " status"))
    user:virsh("destroy", "web")
    nothing_left()
    assert.not_matches("u7777", user:ok(moontap.program .. " status"))
  end)

  it("gets a macvtap, which is its own before libvirt opens it", function()
    user:start(lab.domain { name = "direct", interfaces = nic(3), address = "10.9.1.2/24" })
    local link = l:ok "ip -d link show u7777-3"
    assert.matches("u7777%-3@up0", link)
    assert.matches("52:54:00:00:0a:03", link)
    user:booted "direct"
    l:wait_ping "10.9.1.2"
    user:virsh("destroy", "direct")
    nothing_left()
  end)

  it("gets a NIC while it runs: up, attach, detach, down", function()
    user:start(lab.domain { name = "hot", interfaces = nic(1) })
    user:booted "hot"
    local more = user:file(lab.domain { name = "hot", interfaces = { nic(1), nic(2) } })
    user:ok(moontap.program .. " up " .. more .. " 2")
    user:virsh("attach-device", "hot", user:file(nic(2)))
    assert.equal("br0", l:ok("ip link show u7777-2"):match "master (%g+)")
    user:virsh("detach-device", "hot", user:file(nic(2)))
    l:wait(function()
      return user:sh(moontap.program .. " down hot 2").status == 0
    end, 30, "the tap to be free")
    assert.not_matches("u7777%-2", l:ok "ip link")
    user:virsh("destroy", "hot")
    nothing_left()
  end)

  it("is refused in virsh's error, where the policy does not name its user", function()
    l:write("/etc/moontap/policy.lua", (POLICY:gsub("alice", "bob")))
    user:define(lab.domain { name = "early", interfaces = nic(1) })
    local result = user:sh "virsh start early"
    l:write("/etc/moontap/policy.lua", POLICY)
    assert.equal(1, result.status)
    assert.matches("the policy does not allow alice", result.err, 1, true)
    nothing_left()
  end)

  it("takes no name that is not its user's, and no tap of root's", function()
    user:define(lab.domain { name = "odd", interfaces = nic(1):gsub("u7777%-1", "vnet0"), nil })
    local result = user:sh "virsh start odd"
    assert.equal(1, result.status)
    assert.matches("no device of this name, but u7777-*", result.err, 1, true)
    nothing_left()
  end)

  it("of plain QEMU gets a tap by moontap-bridge-helper", function()
    local function qemu(bridge)
      return user:qemu { name = "plain", address = "10.9.0.3/24", arguments =
        ("-netdev bridge,id=n0,br=%s,helper=%s -device virtio-net-pci,netdev=n0"):format(bridge,
          moontap.helper) }
    end
    local refused = qemu "br1"
    assert.not_equal(0, refused.status)
    assert.matches("QEMU asks for the bridge br1, and the policy gives alice br0", refused.err, 1,
      true)
    l:write("/etc/qemu/bridge.conf", "allow br9\ndeny br0\n")
    local denied = qemu "br0"
    l:ok "rm /etc/qemu/bridge.conf"
    assert.not_equal(0, denied.status)
    assert.matches("bridge.conf denies the bridge br0", denied.err, 1, true)
    local result = qemu "br0"
    assert.equal(0, result.status, result.err)
    user:booted "plain"
    l:wait_ping "10.9.0.3"
    user:stop_qemu "plain"
    l:ok(moontap.program .. " reconcile")
    nothing_left()
  end)

  it("of type='bridge' gets one by that helper, which qemu.conf names", function()
    user:write("/run/alice/.config/libvirt/qemu.conf",
      user:read "/run/alice/.config/libvirt/qemu.conf" ..
      ("bridge_helper = %q\n"):format(moontap.helper))
    user:sh "kill $(cat /run/user/7777/libvirt/libvirtd.pid)"
    user:start(lab.domain { name = "plug", address = "10.9.0.4/24", interfaces =
      [[<interface type='bridge'><mac address='52:54:00:00:0a:09'/><source bridge='br0'/>
        <model type='virtio'/></interface>]] })
    user:booted "plug"
    l:wait_ping "10.9.0.4"
    user:virsh("destroy", "plug")
    l:ok(moontap.program .. " reconcile")
    nothing_left()
  end)
end)
