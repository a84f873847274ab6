-- SPDX-License-Identifier: LGPL-2.1-or-later
-- hosts.lua - what `make bench-hosts` measures: one real host of OVN, among a few and among many
--
-- Two hosts are real (spec/hosts/ovn.lua), the first one with OVN's databases and northd. The
-- other chassis, and the ports on them, are rows of the southbound database.
-- Environment: MOONTAP_INSTALLED: below what it was installed; BENCH_CHASSIS, BENCH_GUESTS: how
-- many chassis, and guests of each.
local measure = require "measure"
local ovn = require "spec.hosts.ovn"

local prefix = assert(os.getenv "MOONTAP_INSTALLED")
local chassis = tonumber(os.getenv "BENCH_CHASSIS") or 50
local guests = tonumber(os.getenv "BENCH_GUESTS") or 200
local moontap = prefix .. "/bin/moontap"

-- Each host has four guests in each network: so every host knows of every port.
local AT_HOME = 4
local networks = guests // AT_HOME

local POLICY = [[
allow{ iface_id = "p*" }
local net = hook "ovn" { port = function(nic) return nic.domain.name end, wait = 300 }
function connect(nic) net(nic) end
]]

local XML = [[<domain type='qemu'><name>%s</name><devices><interface type='ethernet'>
<mac address='%s'/><target dev='%s' managed='no'/></interface></devices></domain>]]

local function mac(network, number)
  return ("52:54:%02x:%02x:%02x:%02x"):format(network >> 8, network & 255, number >> 8,
    number & 255)
end

local function port(network, number) return ("p%d-%d"):format(network, number) end

local central, host = ovn.two(POLICY)
local _ <close> = central
local _ <close> = host

-- Ports FROM to TO of each network.
local function add_ports(from, to)
  for network = 1, networks do
    local commands = { ("--may-exist ls-add n%d"):format(network) }
    for number = from, to do
      local name = port(network, number)
      local address = ("'%s 10.%d.%d.%d'"):format(mac(network, number), network,
        number >> 8, number & 255)
      commands[#commands + 1] = ("lsp-add n%d %s"):format(network, name)
      commands[#commands + 1] = ("lsp-set-addresses %s %s"):format(name, address)
      commands[#commands + 1] = ("lsp-set-port-security %s %s"):format(name, address)
    end
    local text = "ovn-nbctl --no-wait " .. table.concat(commands, " -- ")
    central:ok("sh " .. central:file(text), 300)
  end
  central:ok("ovn-nbctl --timeout=300 --wait=hv sync", 300)
end

-- A chassis with its guests, in one transaction: ovn-sbctl lsp-bind takes a second for each.
local CHASSIS = [=[{"op":"insert","table":"Encap","uuid-name":"encap",
  "row":{"type":"geneve","ip":"192.0.2.%d","chassis_name":"hv%d"}},
 {"op":"insert","table":"Chassis","uuid-name":"chassis",
  "row":{"name":"hv%d","hostname":"hv%d","encaps":["named-uuid","encap"]}}]=]
local BIND = [=[{"op":"update","table":"Port_Binding","where":[["logical_port","==","%s"]],
  "row":{"chassis":["named-uuid","chassis"],"up":true}}]=]

-- Chassis FROM to TO. The first two are there.
local function add_chassis(from, to)
  for i = from, to do
    local operations = { '"OVN_Southbound"', CHASSIS:format(i, i, i, i) }
    for network = 1, networks do
      for j = 1, AT_HOME do
        operations[#operations + 1] = BIND:format(port(network, (i - 2) * AT_HOME + j))
      end
    end
    local answer = central:ok(([[ovsdb-client transact unix:/run/ovn/ovnsb_db.sock "$(cat %s)"]])
      :format(central:file("[" .. table.concat(operations, ",") .. "]")))
    assert(not answer:find '"error"', answer)
  end
  central:ok("ovn-nbctl --timeout=300 --wait=hv sync", 300)
end

-- As operators of many hosts have it: a southbound server that has much to do answers late, and
-- who closes the connection then asks for all of it again.
for _, one in ipairs { central, host } do
  one:ok "ovs-vsctl --no-wait set open . external_ids:ovn-remote-probe-interval=60000"
end

local files = {}
for network = 1, networks do
  for j = 1, AT_HOME do
    local name = port(network, j)
    files[#files + 1] = "/run/lab/files/" .. name
    host:write(files[#files], XML:format(name, mac(network, j), name))
  end
end

local function bind(how, n)
  return tonumber(host:ok(("LUA_PATH='spec/bench/?.lua' LUA_CPATH=%s/bench/?.so lua5.4 " ..
    "spec/bench/bind.lua %s %s %s"):format(os.getenv "MOONTAP_BUILD", how, moontap,
    table.concat(files, " ", 1, math.min(n or #files, #files))), 500))
end

-- Transactions of a central database until now.
local function transactions(db)
  return tonumber(central:ok(("ovsdb-tool show-log /var/lib/ovn/ovn%s.db | grep -c ^record"):format(
    db)))
end

local function size()
  return tonumber(central:ok("ovn-sbctl --bare --columns=_uuid list port_binding | grep -c .")),
    tonumber(central:ok("ovn-sbctl --bare --columns=_uuid list chassis | grep -c ."))
end

-- All guests at once, as after a reboot.
local function storm(how)
  local nb, sb = transactions "nb", transactions "sb"
  local took = bind "together"
  central:ok("ovn-nbctl --timeout=300 --wait=sb sync", 300)
  nb, sb = transactions "nb" - nb, transactions "sb" - sb
  measure.row(("%d guests at once%s"):format(#files, how), { wall = took, rate = #files / took })
  measure.row("  transactions of the southbound database for each guest", {}, sb / #files)
  measure.row("  of the northbound database", {}, nb / #files)
  measure.row("down, all at once", { wall = bind "down" })
end

-- The southbound database gets a tenth of a processor's time.
local function slowly(work)
  local pid = central:ok "cat /run/ovn/ovnsb_db.pid":match "%d+"
  local slow = central:ok(([[(while kill -STOP %s; do
    sleep 0.09; kill -CONT %s; sleep 0.01; done) >/dev/null 2>&1 & echo $!]]):format(pid, pid))
    :match "%d+"
  work()
  central:ok(("kill %s; sleep 0.2; kill -CONT %s"):format(slow, pid))
end

local function measure_host()
  local ports, others = size()
  measure.section(("%d chassis, %d logical ports; median of %d"):format(others, ports, 20))
  host:ok("ip tuntap add dev own mode tap && ip link set own up")
  local own = tonumber(host:ok("python3 spec/bench/ovn_own.py own p1-1 20", 300))
  host:ok "ip link del own"
  local up = bind("turn", 21)
  measure.row("OVN by itself, from the transaction until ovn-installed", { wall = own })
  measure.row("moontap up, the whole process: times OVN by itself", { wall = up }, up / own)
  measure.row("ip and ovs-vsctl: times moontap", { wall = bind("shell", 21) })
  storm ""
end

add_ports(1, AT_HOME)
measure_host()
add_ports(AT_HOME + 1, (chassis - 1) * AT_HOME)
add_chassis(3, chassis)
measure_host()
slowly(function() storm ", the southbound database slow" end)
measure.print()
