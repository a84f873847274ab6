-- Security groups: the shop is open to everybody, its database to the shop alone, whatever
-- addresses the shop's guests have, and to an administrator. The database may ask for names, and
-- begins nothing else.
local addresses = { shop = { "192.0.2.10", "2001:db8::10" }, store = { "192.0.2.11" } }
local net = hook "routed" { addresses = addresses }
local firewall = hook "firewall" {
  groups = {
    shop = { allow_in = { "tcp 80,443", "ping" } },
    store = {
      allow_in = { "tcp 5432 from group:shop", "tcp 22 from 192.0.2.2" },
      allow_out = { "udp 53 to 192.0.2.1" },
    },
  },
  guests = { shop = { "shop" }, store = { "store" } },
  addresses = addresses,
}

function connect(nic)
  net(nic)
  firewall(nic)
end
