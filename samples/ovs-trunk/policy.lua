-- The guest is a router between VLANs 20 and 30 to 32, whose tags it sees; its frames without a tag
-- are in VLAN 10.
local gates = hook "ovs" { bridge = "br-ovs", tag = 10, trunks = { 20, "30-32" } }

function connect(nic)
  gates(nic)
end
