-- For the bench: each NIC into br0.
local lan = hook "bridge" { bridge = "br0", unknown = true, users = { "65534" } }

function connect(nic)
  lan(nic)
end
