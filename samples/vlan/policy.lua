-- The guest is in VLAN 10, whose tag it does not see, and in a trunk of three others, and in no
-- VLAN else. The uplink, and the bridge itself, are in the VLANs that a connected guest needs.
local lan = hook "bridge" { bridge = "br0" }

allow { vid = "10-99" }
allow { link = "up0" }

function connect(nic)
  lan(nic)
  vlan { dev = nic.dev, pvid = 10, tagged = "20,30-31" }
  vlan_member { dev = "up0", vid = 10 }
  vlan_member { dev = "br0", vid = 20, self = true }
end
