-- No bridge: the host routes to the guest's addresses, and answers for them on its uplink.
local public = hook "routed" {
  addresses = { web = { "192.0.2.10", "2001:db8:7::10" } },
  uplink = "eth0",
}

function connect(nic)
  public(nic)
end
