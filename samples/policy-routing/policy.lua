-- The guest's traffic leaves by the provider whose addresses it has: the host has a routing table
-- for that provider, and rules lead there what comes from the guest, and what goes to it.
local second = hook "routed" {
  addresses = { mail = { "203.0.113.10" } },
  table = 100,
  rule = 2000,
  uplink = "eth1",
}

function connect(nic)
  second(nic)
end
