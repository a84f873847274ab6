-- SPDX-License-Identifier: LGPL-2.1-or-later
-- moontap under any name in hooks/qemu.d, beside hooks that it knows nothing of.
local lab = require "spec.guest.lab"
local moontap = require "spec.guest.moontap"

local POLICY = [[
local lan = hook "bridge" { bridge = "br0" }

function connect(nic)
  lan(nic)
end
]]

-- Somebody's own main hook: runs first, reads no XML, and has guests that it does not like.
local THEIRS = [[#!/bin/sh
echo "$1 $2" >>/run/lab/log/theirs
case $1.$2 in
unlucky.prepare) echo "bad luck" >&2; exit 1 ;;
late.start) echo "too late" >&2; exit 1 ;;
esac
]]

local NICS = {
  [[<interface type='ethernet'><mac address='52:54:00:00:08:01'/>
    <target dev='ready0' managed='no'/><model type='virtio'/></interface>]],
  [[<interface type='ethernet'><mac address='52:54:00:00:08:02'/>
    <model type='virtio'/></interface>]],
}

describe("moontap #guest in qemu.d", function()
  local l, before

  lazy_setup(function()
    l = lab.open { files = { ["/etc/moontap/policy.lua"] = POLICY,
      ["/etc/libvirt/hooks/qemu"] = THEIRS } }
    l:bridge "br0"
    before = l:snapshot()
  end)
  lazy_teardown(function() if l then l:close() end end)

  local function nothing_left() moontap.nothing_left(l, before) end

  -- Names that mean something to the program when a person types them.
  for name, guest in pairs { ["50-moontap"] = "web", moontap = "up", ["qemu-ifup"] = "down",
    ["zz some~"] = "release" } do
    it(("connects a guest %s under the name %s"):format(guest, name), function()
      local path = "/etc/libvirt/hooks/qemu.d/" .. name
      l:link(moontap.program, path)
      l:start(lab.domain { name = guest, interfaces = NICS })
      local status = moontap.status(l)
      assert.matches(guest .. " 1 ready0 unmanaged hook", status)
      assert.matches(guest .. " 2 vnet%d+ managed hook", status)
      assert.matches(guest .. " start\n", l:read "/run/lab/log/theirs")
      l:virsh("destroy", guest)
      nothing_left()
      l:ok("rm " .. lab.quote(path))
    end)
  end

  for name, reason in pairs { unlucky = "bad luck", late = "too late" } do
    it("keeps nothing of a guest that another hook does not let start: " .. reason, function()
      l:link(moontap.program, "/etc/libvirt/hooks/qemu.d/50-moontap")
      l:define(lab.domain { name = name, interfaces = NICS })
      local result = l:sh("virsh start " .. name)
      assert.equal(1, result.status)
      assert.matches(reason, result.err)
      nothing_left()
    end)
  end
end)
