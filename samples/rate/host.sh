# A bridge, and a stand-in for the tap that libvirt makes: its MAC by libvirt's rule, up.
ip link add br0 address 02:00:00:00:00:01 type bridge
ip link set br0 up
ip tuntap add dev shop0 mode tap
ip link set shop0 address fe:54:00:10:00:0c up
