-- The guest sends with its own MAC address, and with no other: a locked port lets only those send
-- that it has an entry for. No firewall is involved, so no flush of one opens the port. The entry
-- is sticky, so that nobody on another port takes it over by sending with the same address.
local lan = hook "bridge" { bridge = "br0", locked = true }

function connect(nic)
  lan(nic)
  fdb { dev = nic.dev, mac = nic.mac, sticky = true }
end
