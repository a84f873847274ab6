# A bridge as the host's own configuration would make it.
ip link add br0 address 02:00:00:00:00:01 type bridge
ip link set br0 up
