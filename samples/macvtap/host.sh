# A host with a network card, for which a veth pair stands here.
ip link add eth0 address 02:00:00:00:00:01 type veth peer name eth0-peer address 02:00:00:00:00:02
ip link set eth0 up
ip link set eth0-peer up
