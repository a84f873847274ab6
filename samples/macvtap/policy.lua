-- The guest is directly on the host's device, without a bridge, and an ordinary user may open its
-- macvtap: /dev/tapN is that user's before libvirt, or QEMU, opens it.
local direct = hook "macvtap" { link = "eth0", user = 1000 }

function connect(nic)
  direct(nic)
end
