-- dnsmasq.lua - a real dnsmasq on br0, and clients in its bridge that ask it for addresses

local helper = require "spec.helper"
local program = require "spec.program"

local M = {}

M.hosts, M.pid_file = "/run/hosts", "/run/dnsmasq.pid"

-- start(dir): br0 is there; only clients of whom a file in dir says so get an address
function M.start(dir)
  helper.run(([[ip addr add 10.0.0.1/24 dev br0; ip -6 addr add fd00::1/64 nodad dev br0
    ip link set lo up; rm -rf %s %s /run/leases*; mkdir -p %s]]):format(M.hosts, M.pid_file,
    dir or M.hosts))
  program.run(([[/usr/sbin/dnsmasq -C /dev/null --keep-in-foreground --port 0 -i br0 \
    --bind-interfaces --dhcp-range=10.0.0.0,static --dhcp-range=fd00::,static \
    --dhcp-hostsdir=%s --dhcp-leasefile=/run/leases --pid-file=%s --dhcp-script=/bin/true \
    --dhcp-authoritative --no-ping --user=root --log-facility=/run/dnsmasq.log &
    for i in $(seq 500); do [ -s %s ] && break; sleep 0.01; done]]):format(dir or M.hosts,
    M.pid_file, M.pid_file))
end

-- stop(): the one that start() started
function M.stop()
  helper.run(("[ ! -s %s ] || kill $(cat %s)"):format(M.pid_file, M.pid_file))
end

-- client(name, mac): a device in br0 whose other end a DHCP client has
function M.client(name, mac)
  helper.run(([[ip link add %s address %s type veth peer name %sbr
    ip link set %sbr master br0; ip link set %sbr up; ip link set %s up]]):format(name, mac, name,
    name, name, name))
end

-- ask(name) -> the address that the client gets; nil: none. And its host name.
function M.ask(name)
  program.write("took", "#!/bin/sh\n[ $1 != bound ] || echo got $ip ${hostname:-}\n")
  local said = program.run("chmod +x took; busybox udhcpc -i " .. name ..
    " -f -n -q -t 3 -T 1 -s ./took").out
  return said:match "got (%S+) ?(%S*)"
end

return M
