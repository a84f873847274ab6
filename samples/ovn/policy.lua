-- The guest has a port of a logical switch of OVN, which says what it may send and whom it reaches.
-- The guest does not run before OVN has installed the port here.
local net = hook "ovn" { port = { lab5 = "lab5-eth0" } }

function connect(nic)
  net(nic)
end
