-- The guest speaks only as itself: what it sends with another MAC or IP address is dropped, also in
-- ARP and neighbour discovery, and it is neither a router nor a DHCP server. The rules are the same
-- for all guests, and are loaded once; each guest is a few elements of their sets.
local lan = hook "bridge" { bridge = "br0" }
local guard = hook "guard" { addresses = { shop = { "10.0.0.5", "2001:db8::5" } } }

function connect(nic)
  lan(nic)
  guard(nic)
end
