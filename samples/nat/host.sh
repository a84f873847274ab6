# A bridge for guests and an uplink, as the host's own configuration would make them.
ip link add br0 address 02:00:00:00:00:01 type bridge
ip link set br0 up
ip addr add 10.0.0.1/24 dev br0
ip link add eno1 address 02:00:00:00:00:02 type veth peer name wire1 address 02:00:00:00:00:03
ip link set eno1 up
ip link set wire1 up
ip addr add 192.0.2.1/24 dev eno1
sysctl -qw net.ipv4.ip_forward=1
# Bridges do not call the host's firewall, where br_netfilter is there at all.
sysctl -qw net.bridge.bridge-nf-call-iptables=0 2>/dev/null || true
