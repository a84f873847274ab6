-- SPDX-License-Identifier: LGPL-2.1-or-later
-- ovs.lua - put the NIC into a bridge of Open vSwitch
--
--   local lan = hook "ovs" { bridge = "br-ovs", tag = 10 }
--
--   function connect(nic)
--     lan(nic)
--   end
--
-- options
--   bridge        the bridge, which must be there; needed
--   tag           an access port: the guest is in this VLAN, and does not see its tag. With trunks:
--                 the VLAN of the guest's frames without a tag
--   trunks        VLANs whose tags the guest sees and sets: "20,30-40", or { 20, "30-40" }
--   vlan_mode     unless it follows from tag and trunks: "native-tagged", "dot1q-tunnel";
--                 "access" without a tag: only frames without one
--   cvlans        with dot1q-tunnel: VLANs of the guest that are let in, as trunks
--   protected     true: it reaches no other protected port
--   ingress_rate, ingress_burst   what the guest may send, in kbit/s, and at once, in kbit
--   mtu           of the NIC's device; else 1500. A <mtu> in the XML that is smaller only tells the
--                 guest, since the bridge's own port gets the smallest of all; a larger one is
--                 refused
--   wait          seconds until Open vSwitch has taken the device; else 5
--   user, group   the owner of an unmanaged NIC's tap: a name or a number
--   unknown, macs   as for hook bridge
--
-- tag, trunks and cvlans may be functions of the NIC that return such a value. VLANs that the
-- options name are allowed by that; what a function returns needs allow{ vid = … }.

local takes = {
  "bridge", -- needed
  bridge = "ovs_port.bridge", tag = "number|function", trunks = "string|number|table|function",
  vlan_mode = "ovs_port.vlan_mode", cvlans = "string|number|table|function",
  protected = "ovs_port.protected", ingress_rate = "ovs_port.ingress_rate",
  ingress_burst = "ovs_port.ingress_burst", mtu = "link.mtu", wait = "ovs_port.wait",
  user = "tap.user", group = "tap.group", unknown = 'boolean|"qemu"', macs = "table",
}

local VLANS = { "tag", "trunks", "cvlans" }

-- "20,30-40" of a number, a text or a list of these.
local function vids(value)
  if type(value) ~= "table" then return value ~= nil and tostring(value) or nil end
  local words = {}
  for i, one in ipairs(value) do words[i] = tostring(one) end
  return #words > 0 and table.concat(words, ",") or nil
end

local function of_nic(value, nic)
  if type(value) == "function" then return value(nic) end
  return value
end

return function(options)
  if options.tag == nil and options.trunks == nil and options.vlan_mode ~= "access" then
    return nil, 'neither tag nor trunks: the port would carry every VLAN; say ' ..
      'trunks = "1-4094", or vlan_mode = "access" for frames without a tag'
  end
  for _, option in ipairs(VLANS) do
    local value = options[option]
    if value ~= nil and type(value) ~= "function" then allow{ vid = vids(value) } end
  end

  return function(nic)
    local tag = of_nic(options.tag, nic)
    local trunks = vids(of_nic(options.trunks, nic))
    if tag == nil and trunks == nil and options.vlan_mode ~= "access" then
      refuse(("ovs: no VLAN for %s: neither tag nor trunks returned one"):format(nic.dev))
    end
    if nic.mtu and nic.mtu > (options.mtu or 1500) then
      refuse(("the XML says <mtu size='%d'/>, and in %s %d is the most: give the hook " ..
        "mtu = %d, or mend the XML"):format(nic.mtu, options.bridge, options.mtu or 1500, nic.mtu))
    end
    tap(nic, {
      mtu = options.mtu or default(1500), user = options.user, group = options.group,
      up = true,
    })
    ovs_port{
      dev = nic.dev, bridge = options.bridge, tag = tag, trunks = trunks,
      vlan_mode = options.vlan_mode, cvlans = vids(of_nic(options.cvlans, nic)),
      protected = options.protected, ingress_rate = options.ingress_rate,
      ingress_burst = options.ingress_burst, wait = options.wait,
    }
  end
end, takes
