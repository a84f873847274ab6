# Two bridges, as the host's own configuration would make them.
ip link add br-office address 02:00:00:00:00:01 type bridge
ip link set br-office up
ip link add br-lab address 02:00:00:00:00:02 type bridge
ip link set br-lab up
