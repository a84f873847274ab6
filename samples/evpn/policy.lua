-- The guest is in a network over many hosts, whose FRR daemons tell each other which MAC address is
-- where (router bgp …, address-family l2vpn evpn, advertise-all-vni). The policy is the same on all
-- of them: each finds its own address on eth1.
local lab = hook "evpn" {
  vni = 100, underlay = "eth1", addresses = { lab7 = { "10.9.0.7", "2001:db8:9::7" } },
}

function connect(nic)
  lab(nic)
  -- Without these lines, moontap derives MAC addresses from the names and the host.
  link { name = "br100", address = "02:00:00:00:00:41" }
  link { name = "vx100", address = "02:00:00:00:00:42" }
end
