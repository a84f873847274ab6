-- SPDX-License-Identifier: LGPL-2.1-or-later
-- guest_start.lua - what moontap, with the service, adds to the start of a guest by libvirt
--
-- libvirt's hook script is moontap's and /bin/true in turn; `virsh start --paused` is measured.
-- With /bin/true in moontap's place, too, the difference is 3 ms.
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
  measure.added(case.what .. ", the hook is /bin/true", runs,
    function() return start(case.name, "/bin/true") end,
    function() return start(case.name, build .. "/qemu") end, case.most)
end
measure.print()
