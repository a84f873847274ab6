# An uplink, and a host that forwards.
ip link set lo up
ip link add eth0 address 02:00:00:00:00:01 type veth peer name eth0-peer address 02:00:00:00:00:02
ip link set eth0 up
ip link set eth0-peer up
sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
