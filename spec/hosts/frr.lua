-- frr.lua - hosts for specs whose routing daemons tell each other where guests are: labs with FRR's
-- zebra and bgpd, without systemd; they end with their lab
local lab = require "spec.guest.lab"

local M = {}

local BGPD = [[
router bgp 65000
 bgp router-id $own
 no bgp default ipv4-unicast
 neighbor $other remote-as 65000
 neighbor $other timers connect 1
 address-family l2vpn evpn
  neighbor $other activate
  advertise-all-vni
 exit-address-family
]]

local START = [[
mkdir -p /run/frr /var/log/frr && chown -R frr:frr /run/frr /var/log/frr /etc/frr
for daemon in zebra bgpd; do
  /usr/lib/frr/$daemon -d -A 127.0.0.1 -f /etc/frr/$daemon.conf --log file:/var/log/frr/$daemon.log
done]]

-- A lab is a copy of this machine, and moontap makes MAC addresses of a machine's id.
local function open(own, other, policy)
  return lab.open { bare = true, files = {
    ["/etc/frr/zebra.conf"] = "", ["/etc/frr/vtysh.conf"] = "",
    ["/etc/frr/bgpd.conf"] = BGPD:gsub("%$(%l+)", { own = own, other = other }),
    ["/etc/machine-id"] = ("%032d\n"):format(own:match "%d+$"),
    ["/etc/moontap/policy.lua"] = policy,
  } }
end

-- two(policy) -> two hosts, and a cable from eth0 to eth0: 192.0.2.1, 192.0.2.2
function M.two(policy)
  local one, other = open("192.0.2.1", "192.0.2.2", policy), open("192.0.2.2", "192.0.2.1", policy)
  lab.cable(one, "192.0.2.1/24", other, "192.0.2.2/24")
  for _, host in ipairs { one, other } do host:ok(START) end
  return one, other
end

-- leads_away(host, bridge, vxlan, mac): the host's bridge sends what is for a MAC address to others
function M.leads_away(host, bridge, vxlan, mac)
  return host:sh(("bridge fdb show br %s | grep -q '^%s dev %s .*master'")
    :format(bridge, mac, vxlan)).status == 0
end

return M
