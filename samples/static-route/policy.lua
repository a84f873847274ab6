-- The guest has one address; the host reaches it by a route to its tap, and is its gateway.
allow{ prefix = "203.0.113.0/24" }
allow{ prefix = "2001:db8:5::/64" }

function connect(nic)
  tap(nic, { up = true })
  addr { dev = nic.dev, address = "203.0.113.1/32" }
  route { dst = "203.0.113.5/32", dev = nic.dev }
  route { dst = "2001:db8:5::5/128", dev = nic.dev }
end
