-- SPDX-License-Identifier: LGPL-2.1-or-later
-- vlan.lua - put the NIC's port of a bridge into VLANs, and into no other
--
--   local lan = hook "bridge" { bridge = "br0" }
--   local office = hook "vlan" { bridge = "br0", id = 10, uplink = "eno1" }
--
--   function connect(nic)
--     lan(nic)
--     office(nic)
--   end
--
-- options
--   bridge        the bridge, which must look at VLANs; needed. Hook bridge makes an unmanaged
--                 NIC's tap, and knows the MTU: call both, in any order
--   id            an access port: the guest is in this VLAN, and does not see its tag
--   trunk         VLANs whose tags the guest sees and sets: "20,30-40"
--   native        with trunk: the VLAN of the guest's frames without a tag
--   allow         VLANs that a guest's XML may ask for with <vlan>, where the policy has neither id
--                 nor trunk; the XML of a user who is not root chooses none
--   default       the VLAN of a guest whose XML asks for none
--   uplink        a port of the bridge that is to be in the same VLANs while the NIC is connected
--   self          true: the bridge itself, too, for a host that has an address in them
--   unknown, macs   as for hook bridge
--
-- In <vlan>, one <tag> is an access port's; trunk='yes', or several of them, is a trunk, with a
-- native VLAN where nativeMode says so. libvirt starts no guest that has <vlan> in an interface of
-- type='ethernet': put it into moontap's metadata, see METADATA.

local takes = {
  "bridge", -- needed
  bridge = "link.name", id = "vlan.pvid", trunk = "vlan.tagged", native = "vlan.pvid",
  allow = "vlan.tagged", default = "vlan.pvid", uplink = "link.name", self = "boolean",
  unknown = 'boolean|"qemu"', macs = "table",
}

local function wrong(options)
  if options.id and (options.trunk or options.native) then
    return "id is an access port's; with trunk, native is the VLAN without a tag"
  elseif options.native and not options.trunk then
    return "native is for a trunk; an access port has id"
  elseif not (options.id or options.trunk or options.default or options.allow) then
    return "none of id, trunk, default and allow says which VLAN"
  end
end

-- What the guest's XML asks for. Only a native VLAN that is sent without a tag is no tagged one.
local function asked(vlan)
  local tags, tagged, native = vlan.tags, {}, nil
  if not vlan.trunk then return { pvid = tags[1].id } end
  for _, tag in ipairs(tags) do
    if tag.native then native = tag.id end
    if tag.native ~= "untagged" then tagged[#tagged + 1] = tag.id end
  end
  return { pvid = native, tagged = #tagged > 0 and table.concat(tagged, ",") or nil }
end

local function wanted(options, nic)
  if options.id or options.trunk then
    return { pvid = options.id or options.native, tagged = options.trunk }
  elseif nic.vlan and not nic.caller then
    return options.allow and asked(nic.vlan) or
      refuse "the XML asks for a VLAN, and the policy lets it choose none: give the hook allow"
  end
  return options.default and { pvid = options.default } or
    refuse "neither the policy nor the XML says which VLAN: give the hook default"
end

-- Calls add(vid) for each VLAN of a text like "20,30-40", and for the pvid.
local function each_vid(vlans, add)
  if vlans.pvid then add(vlans.pvid) end
  for first, last in tostring(vlans.tagged or ""):gmatch "(%d+)%-?(%d*)" do
    for vid = tonumber(first), tonumber(last) or tonumber(first) do
      if vid ~= vlans.pvid then add(vid) end
    end
  end
end

return function(options)
  local why = wrong(options)
  if why then return nil, why end
  for _, option in ipairs { "id", "trunk", "native", "allow", "default" } do
    if options[option] then allow{ vid = options[option] } end
  end

  return function(nic)
    local vlans = wanted(options, nic)
    link{ name = nic.dev, master = options.bridge }
    vlan{ dev = nic.dev, pvid = vlans.pvid, tagged = vlans.tagged }
    each_vid(vlans, function(vid)
      if options.uplink then vlan_member{ dev = options.uplink, vid = vid } end
      if options.self then vlan_member{ dev = options.bridge, vid = vid, self = true } end
    end)
  end
end, takes
