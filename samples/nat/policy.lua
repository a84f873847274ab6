-- Guests behind the host's address, some of whose ports lead to a guest, as libvirt's network
-- "default" does the first, and its hook script the second. The guest's metadata asks for one more,
-- among those that the policy grants.
local lan = hook "bridge" { bridge = "br0" }
local open = hook "nat" {
  subnet = "10.0.0.0/24", out = "eno1", public = "192.0.2.1",
  addresses = { web = { "10.0.0.5" } },
  forwards = { web = { "tcp 8080 -> 80", "tcp 9000-9100", "udp 53" } },
  allow = "8400-8499",
}

function connect(nic)
  lan(nic)
  open(nic)
end
