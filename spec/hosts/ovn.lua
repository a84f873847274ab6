-- ovn.lua - hosts for specs with Open vSwitch and OVN, without systemd and without a kernel module:
-- two chassis, of which the first has OVN's databases and northd, too
--
-- They end with their lab.
local lab = require "spec.guest.lab"

local M = {}

local DAEMON = "--pidfile --detach --no-chdir --log-file -vconsole:off"

-- Debian's packages do the same by systemd and ovs-ctl(8), ovn-ctl(8).
local DAEMONS = [[
ovsdb-server /etc/openvswitch/conf.db --remote=punix:/run/openvswitch/db.sock $daemon
ovs-vsctl --no-wait init
ovs-vswitchd unix:/run/openvswitch/db.sock $daemon
]]

local SWITCH = [[
mkdir -p /run/openvswitch /run/ovn /var/log/openvswitch /var/log/ovn /var/lib/openvswitch \
  /etc/openvswitch
ovsdb-tool create /etc/openvswitch/conf.db /usr/share/openvswitch/vswitch.ovsschema
]] .. DAEMONS .. [[
ovs-vsctl add-br br-int -- set bridge br-int datapath_type=netdev fail_mode=secure]]

local SERVE = [[
ovsdb-server /var/lib/ovn/ovn%s.db --remote=punix:/run/ovn/ovn%s_db.sock %s \
  --unixctl=/run/ovn/ovn%s_db.ctl --pidfile=/run/ovn/ovn%s_db.pid --detach --no-chdir \
  --log-file=/var/log/ovn/%s.log -vconsole:off
]]

local function serve(db, remote) return SERVE:format(db, db, remote, db, db, db) end

local SOUTHBOUND = serve("sb", "--remote=ptcp:6642:192.0.2.1")

local CENTRAL = [[
mkdir -p /var/lib/ovn
for db in nb sb; do
  ovsdb-tool create /var/lib/ovn/ovn$db.db /usr/share/ovn/ovn-$db.ovsschema
done
]] .. serve("nb", "") .. SOUTHBOUND .. [[
ovn-nbctl --no-wait init
ovn-sbctl init
ovn-northd --ovnnb-db=unix:/run/ovn/ovnnb_db.sock --ovnsb-db=unix:/run/ovn/ovnsb_db.sock $daemon]]

-- The userspace datapath sends a tunnel's packets by a bridge that has the underlay's address.
local UNDERLAY = [[
ip addr add $own/24 dev br-phy
ip link set br-phy up
]]

local CHASSIS = [[
mac=$(ip -o link show eth0 | sed 's/.*ether \([^ ]*\).*/\1/')
ovs-vsctl add-br br-phy -- set bridge br-phy datapath_type=netdev \
  other-config:hwaddr=\"$mac\" -- add-port br-phy eth0
ip addr flush dev eth0
]] .. UNDERLAY

-- What is left of a host is its disk: OVN's central databases count as another host's.
local REBOOT = [[
for program in ovn/ovn-controller openvswitch/ovs-vswitchd openvswitch/ovsdb-server; do
  pid=$(cat /run/$program.pid)
  kill -KILL $pid
  while grep -q '^State:.[^Z]' /proc/$pid/status 2>/dev/null; do sleep 0.01; done
done
for tap in $(ip -br link show type tun | sed 's/ .*//'); do ip link del $tap; done
rm -rf /run/moontap/* /run/openvswitch/*
cat /proc/sys/kernel/random/uuid >/run/boot_id
mount --bind /run/boot_id /proc/sys/kernel/random/boot_id
]] .. DAEMONS .. UNDERLAY .. [[
ovn-controller unix:/run/openvswitch/db.sock $daemon]]

local CONTROLLER = [[
ovs-vsctl --no-wait set open . external_ids:system-id=$name external_ids:hostname=$name \
  external_ids:ovn-remote=tcp:192.0.2.1:6642 external_ids:ovn-encap-type=geneve \
  external_ids:ovn-encap-ip=$own external_ids:ovn-bridge-datapath-type=netdev \
  external_ids:ovn-remote-probe-interval=1000
ovn-controller unix:/run/openvswitch/db.sock $daemon]]

local function start(host, script, values)
  local text = script:gsub("%$(%l+)", function(name)
    return name == "daemon" and DAEMON or (values or {})[name]
  end)
  local result = host:sh("set -e\n" .. text, 120)
  if result.status ~= 0 then error(text .. "\n" .. result.out .. result.err, 2) end
end

-- A lab is a copy of this machine, and moontap makes MAC addresses of a machine's id.
local function open(number, policy)
  return lab.open { bare = true, files = {
    ["/etc/machine-id"] = ("%032d\n"):format(number), ["/etc/moontap/policy.lua"] = policy,
  } }
end

-- two(policy) -> two chassis hv1, hv2: 192.0.2.1, which has the databases, and 192.0.2.2
function M.two(policy)
  local hosts = { open(1, policy), open(2, policy) }
  lab.cable(hosts[1], "192.0.2.1/24", hosts[2], "192.0.2.2/24")
  for i, host in ipairs(hosts) do
    start(host, SWITCH)
    start(host, CHASSIS, { own = "192.0.2." .. i })
  end
  start(hosts[1], CENTRAL)
  for i, host in ipairs(hosts) do
    start(host, CONTROLLER, { name = "hv" .. i, own = "192.0.2." .. i })
  end
  for i in ipairs(hosts) do
    hosts[1]:wait(("ovn-sbctl --bare --columns=name list chassis | grep -q hv%d"):format(i), 60,
      "chassis hv" .. i)
  end
  return hosts[1], hosts[2]
end

-- controller(host): starts ovn-controller again
function M.controller(host)
  start(host, "ovn-controller unix:/run/openvswitch/db.sock $daemon")
end

-- reboot(host, own): one without guests, of that address, ends and begins: another boot, an empty
-- /run, the same database
function M.reboot(host, own)
  start(host, REBOOT, { own = own })
end

-- southbound(host): starts the server of OVN's southbound database again
function M.southbound(host)
  start(host, SOUTHBOUND)
end

-- signal(host, pidfile, signal): of one of its daemons; KILL unless given
function M.signal(host, pidfile, signal)
  host:ok(("kill -%s $(cat /run/%s.pid)"):format(signal or "KILL", pidfile))
end

-- key(host, dev, name) -> a key of the external_ids of a port's interface; nil: it has none
function M.key(host, dev, name)
  local value = host:sh(("ovs-vsctl --if-exists get interface %s external_ids:%s"):format(dev,
    name))
  return value.out:match '^"?([^"\n]+)'
end

return M
