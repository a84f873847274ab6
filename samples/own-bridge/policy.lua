-- Guests of a lab share a bridge that their host does not have: the first guest that is connected
-- creates it with its address, the last one that is disconnected takes it along.
function connect(nic)
  bridge { name = "lab0" }
  link { name = "lab0", address = "02:00:00:00:00:20", up = true }
  addr { dev = "lab0", address = "192.0.2.1/24" }
  tap(nic, { master = "lab0", up = true })
end

allow { prefix = "192.0.2.0/24" }
