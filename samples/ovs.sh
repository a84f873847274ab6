# ovs.sh - Open vSwitch and OVN for the samples, without systemd: sourced by their host.sh
#
# One at a time: what an earlier sample has started ends first.

OVS_RUN=/run/openvswitch
OVN_RUN=/run/ovn

ovs_end() {
  for pid in $(cat $OVS_RUN/*.pid $OVN_RUN/*.pid 2>/dev/null); do
    case $(cat /proc/$pid/comm 2>/dev/null) in
    ovsdb-server|ovs-vswitchd|ovn-northd|ovn-controller) kill -9 $pid; while [ -e /proc/$pid ]; do sleep 0.01; done ;;
    esac
  done
}

ovs_server() {
  ovsdb-server $OVS_RUN/conf.db --remote=punix:$OVS_RUN/db.sock --pidfile --detach --no-chdir \
    --log-file=$OVS_RUN/ovsdb-server.log -vconsole:off
}

ovs_switch() {
  ovs-vswitchd unix:$OVS_RUN/db.sock --pidfile --detach --no-chdir \
    --log-file=$OVS_RUN/ovs-vswitchd.log -vconsole:off
}

ovs_start() {
  ovs_end
  rm -rf $OVS_RUN
  mkdir -p $OVS_RUN
  ovsdb-tool create $OVS_RUN/conf.db /usr/share/openvswitch/vswitch.ovsschema
  ovs_server
  ovs-vsctl --no-wait init
  ovs_switch
}

# After ovs_start: OVN's databases, its northd, and this host as its only chassis.
ovn_start() {
  rm -rf $OVN_RUN
  mkdir -p $OVN_RUN
  for db in nb sb; do
    ovsdb-tool create $OVN_RUN/ovn$db.db /usr/share/ovn/ovn-$db.ovsschema
    ovsdb-server $OVN_RUN/ovn$db.db --remote=punix:$OVN_RUN/ovn${db}_db.sock \
      --unixctl=$OVN_RUN/ovn${db}_db.ctl --pidfile=$OVN_RUN/ovn${db}_db.pid --detach --no-chdir \
      --log-file=$OVN_RUN/ovn${db}_db.log -vconsole:off
  done
  ovn-nbctl --no-wait init
  ovn-sbctl init
  ovn-northd --ovnnb-db=unix:$OVN_RUN/ovnnb_db.sock --ovnsb-db=unix:$OVN_RUN/ovnsb_db.sock \
    --pidfile --detach --no-chdir --log-file=$OVN_RUN/ovn-northd.log -vconsole:off
  ovs-vsctl --no-wait set open . external_ids:system-id=hv1 external_ids:hostname=hv1 \
    external_ids:ovn-remote=unix:$OVN_RUN/ovnsb_db.sock external_ids:ovn-encap-type=geneve \
    external_ids:ovn-encap-ip=127.0.0.1 external_ids:ovn-bridge-datapath-type=netdev
  ovn-controller unix:$OVS_RUN/db.sock --pidfile --detach --no-chdir \
    --log-file=$OVN_RUN/ovn-controller.log -vconsole:off
}
