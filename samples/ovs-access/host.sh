# A host with Open vSwitch, as its package's service starts it, and a bridge; its datapath is the one
# that needs no kernel module.
. ../ovs.sh
ovs_start
ovs-vsctl add-br br-ovs -- set bridge br-ovs datapath_type=netdev other_config:hwaddr=02:00:00:00:00:01
