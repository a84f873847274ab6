-- Two tenants with the same addresses: each has a VRF, with a routing table of its own. (The MAC is
-- for a plan that is the same on each host.)
local addresses = { ["blue-web"] = { "10.0.0.5" }, ["red-web"] = { "10.0.0.5" } }
local blue = hook "routed" { addresses = addresses, vrf = "blue", table = 1000 }
local red = hook "routed" { addresses = addresses, vrf = "red", table = 1001 }

function connect(nic)
  if nic.domain.name:find "^blue%-" then blue(nic) else red(nic) end
  link { name = "blue", address = "02:00:00:00:00:20" }
end
