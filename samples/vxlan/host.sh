# The underlay, as the host's own configuration would make it.
ip link add up0 address 02:00:00:00:00:02 type veth peer name up1 address 02:00:00:00:00:03
ip link set up0 up
ip link set up1 up
ip addr add 192.0.2.1/24 dev up0
