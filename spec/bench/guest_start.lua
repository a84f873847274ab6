-- SPDX-License-Identifier: LGPL-2.1-or-later
-- guest_start.lua - what moontap, with the service, adds to the start of a guest by libvirt
--
-- libvirt's hook script is moontap's and /bin/true in turn, each of them first in half of the
-- rounds; `virsh start --paused` is measured. What moontap adds is the median of the rounds'
-- differences; with /bin/true in its place, too, that is 3 ms.
-- Environment: MOONTAP_BUILD; BENCH_RUNS: of each, 30 for a figure that counts.
local lab = require "spec.guest.lab"
local measure = require "measure"

local build = assert(os.getenv "MOONTAP_BUILD")
local runs = tonumber(os.getenv "BENCH_RUNS") or 30
local HOOK = "/etc/libvirt/hooks/qemu"

local POLICY = [[
local lan = hook "bridge" { bridge = "br0" }

function connect(nic) lan(nic) end
]]

local NIC = [[<interface type='ethernet'><mac address='52:54:00:00:01:01'/>
  <target dev='ready0' managed='no'/><model type='virtio'/></interface>]]

local l <close> = lab.open { hook = "/bin/true",
  files = { ["/etc/moontap/policy.lua"] = POLICY } }
l:bridge("br0", "10.9.0.1/24")
l:ok(("%s/moontapd --foreground >/run/lab/log/moontapd 2>&1 </dev/null & "):format(build))
l:wait "grep -q ready /run/lab/log/moontapd"

local function start(name, hook)
  l:link(hook, HOOK)
  local own = name == "one" and hook == "/bin/true" -- what moontap does is there before
  if own then l:ok "ip tuntap add dev ready0 mode tap && ip link set ready0 master br0 up" end
  l:ok "sleep 0.2"
  local took = tonumber(l:ok(([[a=$(date +%%s%%N); virsh -q start --paused %s >/dev/null
    echo $(($(date +%%s%%N) - a))]]):format(name)))
  l:virsh("destroy", name)
  if own then l:ok "ip link del ready0" end
  return took / 1e9
end

measure.section(("virsh start --paused of a guest; median of %d"):format(runs))
for _, case in ipairs {
  { name = "none", what = "without a NIC", most = 2 },
  { name = "one", what = "with one unmanaged NIC", interfaces = NIC, most = 6 },
} do
  l:define(lab.domain { name = case.name, interfaces = case.interfaces or "" })
  local hooks, without, with, more = { "/bin/true", build .. "/qemu" }, {}, {}, {}
  for round = 0, runs do -- the first is not counted
    local took = {}
    for k = 1, 2 do
      local i = (k + round) % 2 + 1
      took[i] = start(case.name, hooks[i])
    end
    if round > 0 then
      without[round], with[round], more[round] = took[1], took[2], took[2] - took[1]
    end
  end
  measure.row(case.what .. ", the hook is /bin/true", { wall = measure.median(without) })
  measure.row("  moontap: ms more", { wall = measure.median(with) }, measure.median(more) * 1e3,
    { most = case.most })
end
measure.print()
