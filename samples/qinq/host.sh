# A bridge that looks at the outer of two tags, 802.1ad, with an uplink to the provider's network.
ip link add br0 address 02:00:00:00:00:01 type bridge vlan_filtering 1 vlan_protocol 802.1ad
ip link set br0 up
ip link add up0 address 02:00:00:00:00:02 type veth peer name up1 address 02:00:00:00:00:03
ip link set up0 master br0 up
