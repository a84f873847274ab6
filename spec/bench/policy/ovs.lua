-- what `make bench` measures with Open vSwitch
local lan = hook "ovs" { bridge = "br-ovs", tag = 10 }

function connect(nic)
  lan(nic)
end
