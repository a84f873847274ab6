# The way to the other hosts, as the host's own configuration would make it.
ip link add eth1 address 02:00:00:00:00:02 type veth peer name wire1 address 02:00:00:00:00:03
ip link set eth1 mtu 1600 up
ip link set wire1 mtu 1600 up
ip addr add 192.0.2.1/24 dev eth1
