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
--   mtu           of the NIC's device; else the NIC's (<mtu size='…'/>), else the bridge's
--   user, group   whom the tap of an unmanaged NIC belongs to: a name or a number
--   isolated, learning, flood, mcast_flood, bcast_flood, guard, root_block, hairpin, fastleave,
--   neigh_suppress, cost, priority
--                 what the bridge's port is like: see `help port`

local device_options = { bridge = true, mtu = true, user = true, group = true }
local port_options = {
  isolated = true, learning = true, flood = true, mcast_flood = true, bcast_flood = true,
  guard = true, root_block = true, hairpin = true, fastleave = true, neigh_suppress = true,
  cost = true, priority = true,
}

-- The host's bridges, for whoever misspelt one.
local function bridges()
  local names = {}
  for i, bridge in ipairs(host.bridges()) do names[i] = bridge.name end
  return #names > 0 and table.concat(names, ", ") or "none"
end

return function(options)
  local as_port
  for name, value in pairs(options) do
    if port_options[name] then
      as_port = as_port or {}
      as_port[name] = value
    elseif not device_options[name] then
      error("bridge: there is no option '" .. tostring(name) .. "'", 2)
    end
  end
  if type(options.bridge) ~= "string" then
    error("bridge: the option 'bridge' must name a bridge", 2)
  end

  return function(nic)
    local bridge = host.link(options.bridge) or refuse("there is no bridge " .. options.bridge ..
      ", which the policy names; this host's bridges: " .. bridges())
    tap(nic, {
      master = options.bridge, mtu = options.mtu or nic.mtu or bridge.mtu,
      user = options.user, group = options.group, up = true,
    })
    if as_port then
      as_port.dev = nic.dev
      port(as_port)
    end
  end
end
