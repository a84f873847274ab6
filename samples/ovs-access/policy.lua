-- The guest is in VLAN 10 of a bridge of Open vSwitch, whose tag it does not see.
local tills = hook "ovs" { bridge = "br-ovs", tag = 10, protected = true }

function connect(nic)
  tills(nic)
end
