# A host that is a chassis of OVN, and what its operator has made: a logical switch, and a port for
# the guest.
. ../ovs.sh
ovs_start
ovs-vsctl add-br br-int -- set bridge br-int datapath_type=netdev fail_mode=secure \
  other_config:hwaddr=02:00:00:00:00:01
ovn_start
ovn-nbctl ls-add lab -- lsp-add lab lab5-eth0 -- \
  lsp-set-addresses lab5-eth0 '52:54:00:10:00:51 10.9.0.5' -- \
  lsp-set-port-security lab5-eth0 '52:54:00:10:00:51 10.9.0.5'
ovn-nbctl --wait=hv sync
