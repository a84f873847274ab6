# A host that forwards, and has connected a guest of the tenant red: its NIC is in red's VRF.
ip link set lo up
ip link add red address 02:00:00:00:00:21 type vrf table 1001
ip link set red up
ip tuntap add dev red0 mode tap
ip link set red0 address fe:54:00:10:00:0d master red
ip link set red0 up
ip addr add 169.254.0.1/32 dev red0
ip route add 10.0.0.5/32 dev red0 table 1001
sysctl -qw net.ipv4.ip_forward=1
