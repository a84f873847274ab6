-- SPDX-License-Identifier: LGPL-2.1-or-later
-- hairpin.lua - what hairpin{} also needs of a NIC's port where bridges call the host's firewall
--
-- Requires: the table that policy/sandbox.c makes, with the verbs of kinds and of verbs.lua.
--
-- With br_netfilter (sysctl net.bridge.bridge-nf-call-iptables=1) a guest that asks for its own
-- public address has its packet turned round while it is still in the bridge: it is to leave by the
-- port that it came in by, which a port does with hairpin only. Without br_netfilter it would get
-- its own broadcasts back for nothing, and take its IPv6 address for a duplicate.
local core = ...
local globals = core.globals

local switches = { ipv4 = "nf_call_iptables", ipv6 = "nf_call_ip6tables" }

-- Whether the bridge passes a family to nftables: by the switch of all, or by its own.
local function passes(bridge, family)
  return core.bridge_netfilter[family] or bridge and bridge[switches[family]]
end

--- Called by whichever of tap() and hairpin{} comes second.
function core.reflect(dev)
  local port = core.port
  if not core.current or not port.master or not port.reflects then return end
  local is_bridge, bridge = pcall(globals.host.bridge, port.master)
  if not is_bridge then return end
  for family in next, port.reflects do
    if passes(bridge, family) then
      globals.port{ dev = dev, hairpin = globals.default(true) }
      return
    end
  end
end

local declare = globals.hairpin

function globals.hairpin(fields)
  declare(fields)
  if not core.current then return end
  local port = core.port
  port.reflects = port.reflects or {}
  port.reflects[fields.address:find(":", 1, true) and "ipv6" or "ipv4"] = true
  core.reflect(core.current.dev)
end
