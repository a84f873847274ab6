# Two uplinks, and a table whose default route goes by the second one.
ip link set lo up
ip link add eth0 address 02:00:00:00:00:01 type veth peer name eth0-peer address 02:00:00:00:00:02
ip link add eth1 address 02:00:00:00:00:03 type veth peer name eth1-peer address 02:00:00:00:00:04
for dev in eth0 eth0-peer eth1 eth1-peer; do ip link set $dev up; done
ip addr add 192.0.2.2/24 dev eth0
ip addr add 203.0.113.2/24 dev eth1
ip route add default via 192.0.2.1
ip route add default via 203.0.113.1 table 100
sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
