-- SPDX-License-Identifier: LGPL-2.1-or-later
-- bed.lua - what the bench's cases share: the host that they are on, and moontap's commands
local measure = require "measure"
local spawn = require "spawn"

local M = {
  prefix = assert(os.getenv "MOONTAP_INSTALLED"),
  runs = tonumber(os.getenv "BENCH_RUNS") or 100,
  growth_runs = tonumber(os.getenv "BENCH_GROWTH_RUNS") or 5,
  folder = arg[1],
  here = arg[0]:match "^(.*)/",
}
M.moontap = M.prefix .. "/bin/moontap"
M.nowhere = M.folder .. "/nowhere/event" -- a socket that nobody listens at

--- state(policy) -> the state directory of the commands with this policy
function M.state(policy)
  return M.folder .. "/state-" .. policy
end

--- command(program, policy, ...) -> a command with options for this policy
function M.command(program, policy, ...)
  return { program, "-p", M.here .. "/policy/" .. policy, "--state", M.state(policy), ... }
end

--- script(below, name, socket) -> a function of a tap, which gives the command: a script of QEMU's,
-- with the policy and the state directory that a host has: host.sh
function M.script(below, name, socket)
  return function(tap)
    return { ("%s/%s/%s"):format(M.prefix, below, name), tap, socket = socket }
  end
end

--- What connects a tap: the script without the service, and two commands of ip
M.ifup_without = M.script("libexec/moontap", "qemu-ifup", M.nowhere)

function M.ifup_by_sh(tap)
  return { "/bin/sh", M.here .. "/ifup.sh", tap }
end

--- wall(took): the service's part is nobody's child here: of its client only the time tells
function M.wall(took)
  return { wall = took.wall }
end

function M.make_tap(tap)
  measure.sh("ip tuntap add dev %s mode tap", tap)
end

function M.remove_tap(tap)
  measure.sh("ip link del %s", tap)
  os.remove("/run/moontap/nic/" .. tap)
end

--- new_host(): from now on all happens on one that knows of nothing
function M.new_host()
  assert(spawn.unshare())
  measure.sh("rm -rf %s/state-* /run/moontap/*", M.folder)
end

function M.host_with_bridge()
  M.new_host()
  measure.sh "ip link add br0 type bridge && ip link set br0 up"
end

--- disable_ipv6(): the kernel walks through its routes for each device that comes up or goes
function M.disable_ipv6()
  measure.write("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1")
end

return M
