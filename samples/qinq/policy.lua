-- The guest uses VLANs of its own: its frames, whatever tag of 802.1Q they have, travel in VLAN 200
-- of the provider's, and come out at the other end as the guest sent them. The bridge has
-- vlan_protocol 802.1ad, so that its VLANs are the outer tags.
local lan = hook "bridge" { bridge = "br0" }
local provider = hook "vlan" { bridge = "br0", id = 200, uplink = "up0" }

function connect(nic)
  lan(nic)
  provider(nic)
end
