-- One guest, two NICs, two policies: the first is in the LAN's bridge, the second has a network of
-- its own with the host.
local lan = hook "bridge" { bridge = "br0" }

allow{ prefix = "198.51.100.0/24" } -- addresses that plans may use, whatever a guest's XML says

local function private(nic)
  tap(nic, { mtu = nic.mtu, up = true })
  addr { dev = nic.dev, address = "198.51.100.1/30" }
end

local by_name = { ["gate-lan"] = lan, ["gate-out"] = private }

function connect(nic)
  local how = by_name[nic.dev] or refuse("no rule for " .. nic.dev)
  how(nic)
end
