-- SPDX-License-Identifier: LGPL-2.1-or-later
-- A container of libvirt's LXC driver, with moontap as its hook.
local lab = require "spec.guest.lab"
local moontap = require "spec.guest.moontap"

local POLICY = [[
local lan = hook "bridge" { bridge = "br0" }

function connect(nic)
  if nic.domain.name == "refused" then refuse("not " .. nic.domain.name) end
  lan(nic)
end
]]

local ROOT = "/run/lab/container" -- the container's root folder

-- Its first process.
local INIT = [[#!/bin/busybox sh
/bin/busybox ip addr add 10.9.0.2/24 dev eth0
/bin/busybox ip link set eth0 up
while :; do /bin/busybox sleep 100; done
]]

local DOMAIN = [[
<domain type='lxc'>
  <name>$name</name>
  <memory unit='MiB'>64</memory>
  <resource><partition>/$partition</partition></resource>
  <os><type>exe</type><init>/bin/init</init></os>
  <devices>
    <filesystem type='mount'><source dir='$root'/><target dir='/'/></filesystem>
    <interface type='ethernet'><mac address='52:54:00:00:09:01'/></interface>
    <console type='pty'/>
  </devices>
</domain>
]]

describe("moontap #guest as the hook of libvirt's containers", function()
  local l, before

  lazy_setup(function()
    l = lab.open { cgroups = true, files = { ["/etc/moontap/policy.lua"] = POLICY,
      [ROOT .. "/bin/init"] = INIT } }
    l:link(moontap.lxc, "/etc/libvirt/hooks/lxc")
    l:restart_libvirtd()
    l:ok(("cd %s && mkdir -p proc sys dev etc && cp /bin/busybox bin/"):format(ROOT))
    l:bridge("br0", "10.9.0.1/24")
    before = l:snapshot()
  end)
  lazy_teardown(function() if l then l:close() end end)

  local function nothing_left() moontap.nothing_left(l, before) end

  local function virsh(words)
    return l:sh("virsh -q -c lxc:///system " .. words)
  end

  local function define(name)
    local domain = DOMAIN:gsub("$(%l+)", { name = name, root = ROOT, partition = "lab" .. l.pid })
    assert.same({ status = 0, out = "", err = "" },
      virsh("define " .. l:file(domain) .. " >/dev/null"))
  end

  it("connects one, that answers, and leaves nothing of it", function()
    define "box"
    local started = virsh "start box"
    assert.equal(0, started.status, started.err)
    l:wait_ping "10.9.0.2"
    assert.matches("box 1 vnet%d+ managed hook", moontap.status(l))
    assert.equal(0, virsh("destroy box").status)
    l:wait(function() return moontap.state(l) == "" end)
    nothing_left()
  end)

  it("brings the policy's refusal to whoever starts one", function()
    define "refused"
    local started = virsh "start refused"
    assert.equal(1, started.status)
    assert.matches("refused: not refused", started.err)
    nothing_left()
  end)
end)
