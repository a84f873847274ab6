-- A dnsmasq of the host's gives each guest an address of a pool, and its name. Nobody writes the
-- address down, and it stays the guest's over stops and reboots; mail's is in the DNS, and fixed.
local lan = hook "bridge" { bridge = "br0" }
local net = pool { name = "lan", range = "10.0.0.10-10.0.0.250" }
local dhcp = hook "dhcp" {
  dir = "/run/moontap-dhcp", pid = "/run/dnsmasq.pid", names = true,
  pool = net, addresses = { mail = "10.0.0.2" },
}

function connect(nic)
  lan(nic)
  dhcp(nic)
end
