-- SPDX-License-Identifier: LGPL-2.1-or-later
-- libvirt.lua - what libvirt does for type='bridge', for a NIC of type='ethernet'
--
--   local net = hook "libvirt" { bridge = "br0", bridges = { "br1", "br2" }, allow = "10-99" }
--
--   function connect(nic)
--     net(nic)
--   end
--
-- options
--   bridge        the bridge of a NIC whose metadata names none
--   bridges       a list of bridges that the metadata may name; one of the two options is needed
--   allow         VLANs that <vlan> may ask for: "10-99"
--   default       the VLAN of a NIC without <vlan>
--   mtu, max_mtu, user, group, unknown, macs   as for hook bridge
--
-- It does what <vlan>, <port isolated='yes'/> and <mtu> ask for, and puts the NIC into the bridge.
-- See METADATA for where to write it, and for what libvirt does by itself. The XML of a user who is
-- not root chooses neither bridge nor VLAN: that user's NICs get bridge and default.

local takes = {
  bridge = "link.name", bridges = "table", allow = "vlan.tagged", default = "vlan.pvid",
  mtu = "link.mtu", max_mtu = "link.mtu", user = "tap.user", group = "tap.group",
  unknown = 'boolean|"qemu"', macs = "table",
}

local of_bridge = { "mtu", "max_mtu", "user", "group", "unknown", "macs" }
local of_vlan = { "allow", "default", "unknown", "macs" }

local function some(options, names, bridge)
  local part = { bridge = bridge }
  for _, name in ipairs(names) do part[name] = options[name] end
  return part
end

local function all_bridges(options)
  local names = { options.bridge }
  for _, name in ipairs(options.bridges or {}) do names[#names + 1] = name end
  return names
end

return function(options)
  local lans, tags, names = {}, {}, all_bridges(options)
  if #names == 0 then return nil, "neither bridge nor bridges names a bridge" end
  for _, name in ipairs(names) do
    lans[name] = hook "bridge"(some(options, of_bridge, name))
    if options.allow or options.default then
      tags[name] = hook "vlan"(some(options, of_vlan, name))
    end
  end

  return function(nic)
    local chooses = not nic.caller
    local name = chooses and nic.bridge or options.bridge or
      refuse "its metadata names no bridge, and the policy gives it none"
    local lan = lans[name] or refuse(("its metadata asks for the bridge %s, and the policy lets " ..
      "it choose among %s"):format(name, table.concat(names, ", ")))
    lan(nic)
    if tags[name] and (chooses and nic.vlan or options.default) then
      tags[name](nic)
    elseif chooses and nic.vlan then
      refuse "the XML asks for a VLAN, and the policy lets it choose none: give the hook allow"
    end
    if nic.isolated then port{ dev = nic.dev, isolated = true } end
  end
end, takes
