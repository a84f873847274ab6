-- A guest that the host routes for sends from its own addresses, and from no other.
local addresses = { mail = { "192.0.2.10" } }
local net = hook "routed" { addresses = addresses }
local guard = hook "guard" { addresses = addresses }

function connect(nic)
  net(nic)
  guard(nic)
end
