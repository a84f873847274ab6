-- SPDX-License-Identifier: LGPL-2.1-or-later
-- macvtap.lua - put an unmanaged NIC directly on a device of the host's, without a bridge
--
--   local direct = hook "macvtap" { link = "eno1", user = "alice" }
--
--   function connect(nic)
--     direct(nic)
--   end
--
-- options
--   link          the device, which is in no bridge; needed
--   mode          whether guests on it reach each other: "bridge" (without the option), "vepa",
--                 "private"; or "passthru", for one guest alone
--   mtu           of the NIC's device; without it, the link's
--   user          the owner of /dev/tapN, by which QEMU opens it: a name or a number; without it
--                 root, which is right for qemu:///system
--   unknown, macs   as for hook bridge
--
-- The host itself does not reach the guest by that link, nor the guest the host. The XML says
-- <target dev='…' managed='no'/> in an interface of type='ethernet'.

local takes = {
  "link", -- needed
  link = "link.name", mode = "macvtap.mode", mtu = "link.mtu", user = "tap_node.user",
  unknown = 'boolean|"qemu"', macs = "table",
}

return function(options)
  return function(nic)
    tap(nic, {
      macvtap = options.link, mode = options.mode, mtu = options.mtu, user = options.user,
      up = true,
    })
  end
end, takes
