-- SPDX-License-Identifier: LGPL-2.1-or-later
-- bridge.lua - put the NIC into a bridge
--
--   local lan = hook "bridge" { bridge = "br0", isolated = true }
--
--   function connect(nic)
--     lan(nic)
--   end
--
-- options
--   bridge        the bridge, which must be there; needed
--   create        true: it need not: the first NIC creates it, and the last one takes it along
--   mtu           of the NIC's device; without it, what the bridge had before moontap's first port,
--                 unless the policy declares another. A bridge whose MTU was never set has the
--                 smallest of its ports'.
--   max_mtu       the largest <mtu size='…'/> that a guest may ask for: its device then gets it. A
--                 <mtu> that is smaller than the device's only tells the guest; a larger one is
--                 refused without this option.
--   user, group   the owner of an unmanaged NIC's tap: a name or a number
--   unknown       true: also connect a tap whose guest is not known; "qemu": only when the QEMU
--                 that opened it has a name (-name), which is a hint: nobody checks it
--   macs          guests by the MAC of a NIC: { ["52:54:00:10:00:01"] = "web" }; a tap whose guest
--                 is not known is connected by its MAC
--   and all fields of port but its device: `help port` lists them

local takes = {
  "bridge", -- needed
  bridge = "link.name", create = "boolean", mtu = "link.mtu", max_mtu = "link.mtu",
  user = "tap.user", group = "tap.group", unknown = 'boolean|"qemu"', macs = "table",
  ["*"] = "port",
}

-- The names of the host's bridges, for messages about a bridge that is not there.
local function bridges()
  local names = {}
  for i, bridge in ipairs(host.bridges()) do names[i] = bridge.name end
  return #names > 0 and table.concat(names, ", ") or "none"
end

-- A user's QEMU names a bridge: it gets that one, or none.
local function check_wish(nic, name)
  local wish = nic.caller and nic.caller.bridge
  if wish and wish ~= name then
    refuse(("QEMU asks for the bridge %s, and the policy gives %s %s"):format(wish,
      nic.caller.user, name))
  end
end

local function find(name, create)
  local link = host.link(name)
  if create and not link then return { mtu = 1500 } end -- net/bridge/br_device.c br_dev_setup()
  link = link or refuse("there is no bridge " .. name ..
    ", which the policy names; this host's bridges: " .. bridges())
  local is_bridge, bridge = pcall(host.bridge, name)
  if not is_bridge or not bridge then
    error("bridge: " .. name .. " is no bridge of the kernel's (and an Open vSwitch bridge is " ..
      "none: there is no hook for those yet); this host's bridges: " .. bridges(), 3)
  end
  return link
end

-- The MTU of the NIC's device. <mtu> in the XML is for the guest, and must not change the bridge's.
-- Without an option it is a default(), so that the policy can declare another.
local function mtu_of(options, nic, bridge)
  local mtu = options.mtu or bridge.base_mtu or bridge.mtu
  if not nic.mtu or nic.mtu <= mtu then return options.mtu or default(mtu) end
  if not options.max_mtu or nic.mtu > options.max_mtu then
    refuse(("the XML says <mtu size='%d'/>, and in %s %d is the most: give the hook " ..
      "max_mtu = %d, or mend the XML"):format(nic.mtu, options.bridge,
      math.max(mtu, options.max_mtu or 0), nic.mtu))
  end
  return default(nic.mtu)
end

return function(options)
  local as_port
  for name, value in pairs(options) do
    if not takes[name] then
      as_port = as_port or {}
      as_port[name] = value
    end
  end

  return function(nic)
    check_wish(nic, options.bridge)
    local there = find(options.bridge, options.create)
    if options.create then
      bridge{ name = options.bridge }
      link{ name = options.bridge, up = true }
    end
    tap(nic, {
      master = options.bridge, mtu = mtu_of(options, nic, there),
      user = options.user, group = options.group, up = true,
    })
    if as_port then
      as_port.dev = nic.dev
      port(as_port)
    end
  end
end, takes
