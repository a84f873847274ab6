-- SPDX-License-Identifier: LGPL-2.1-or-later
-- An ordinary user's guest on a bridge: root connects it, the user starts it.
local lab = require "spec.guest.lab"
local moontap = require "spec.guest.moontap"

local POLICY = [[
local lan = hook "bridge" { bridge = "br0", user = "alice" }

function connect(nic)
  lan(nic)
end
]]

local GUEST = [[<interface type='ethernet'><mac address='52:54:00:00:02:01'/>
  <target dev='mytap0' managed='no'/><model type='virtio'/></interface>]]

describe("an ordinary user's #guest", function()
  for _, hook in ipairs { false, moontap.program } do
    local with = hook and "with the hook, which runs as the user" or "without a hook"

    it("is on the bridge after `moontap up`, " .. with, function()
      local l <close> = lab.open { libvirtd = false, hook = hook or nil,
        files = { ["/etc/moontap/policy.lua"] = POLICY } }
      l:bridge("br0", "10.9.0.1/24")
      local before = l:snapshot()
      local xml = lab.domain { name = "guest", interfaces = GUEST, address = "10.9.0.2/24" }
      l:ok(moontap.program .. " up " .. l:file(xml))
      l.user:start(xml)
      l.user:booted "guest"
      l:wait_ping "10.9.0.2"
      assert.is_true(l.user:ping("10.9.0.1", "guest"))

      local refused = l:sh(moontap.program .. " down guest")
      assert.equal(4, refused.status)
      assert.matches("mytap0%): it is in use", refused.err)
      assert.is_true(l:ping "10.9.0.2")

      l.user:virsh("destroy", "guest")
      l:ok(moontap.program .. " down guest")
      assert.equal("", lab.difference(before, l:snapshot()))
      assert.equal("", moontap.state(l))
    end)
  end

  it("is refused at its start, with what to do, while its tap is not there", function()
    local l <close> = lab.open { libvirtd = false, hook = moontap.program,
      files = { ["/etc/moontap/policy.lua"] = POLICY } }
    l.user:define(lab.domain { name = "early", interfaces = GUEST })
    local result = l.user:sh "virsh start early"
    assert.equal(1, result.status)
    assert.matches("mytap0%): there is no such device; run: moontap up", result.err)
  end)
end)
