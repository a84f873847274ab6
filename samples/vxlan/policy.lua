-- The guest is in a network that reaches over several hosts, which find each other by multicast.
-- The first guest creates the bridge and the VXLAN, the last one takes them along.
local lab = hook "vxlan" {
  id = 10001, bridge = "lab0", dev = "up0", src = "192.0.2.1", group = "239.0.0.1",
}

-- Another hook for the same bridge: guests in it do not reach each other.
local port = hook "bridge" { bridge = "lab0", create = true, isolated = true }

function connect(nic)
  lab(nic)
  port(nic)
  -- Without these lines, moontap derives MAC addresses from the names and the host.
  link { name = "lab0", address = "02:00:00:00:00:31" }
  link { name = "vx10001", address = "02:00:00:00:00:32" }
end
