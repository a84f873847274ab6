# ovs.sh - Open vSwitch for the samples, without systemd: sourced by their host.sh
#
# One at a time: what an earlier sample has started ends first.

OVS_RUN=/run/openvswitch

ovs_end() {
  for pid in $(cat $OVS_RUN/*.pid 2>/dev/null); do
    case $(cat /proc/$pid/comm 2>/dev/null) in
    ovsdb-server|ovs-vswitchd) kill -9 $pid; while [ -e /proc/$pid ]; do sleep 0.01; done ;;
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
