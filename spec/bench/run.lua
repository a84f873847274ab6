-- SPDX-License-Identifier: LGPL-2.1-or-later
-- run.lua - what `make bench` measures, and what it should come to
--
-- Everything happens in network namespaces and in a folder of its own, which go with it.
-- Environment: MOONTAP_INSTALLED: below what it was installed; BENCH_RUNS: of each short command,
-- 100 or more for a figure that counts; BENCH_GROWTH_RUNS: of each long one; BENCH_ONLY: the cases
-- to run, by name.
local bed = require "bed"
local measure = require "measure"
local service = require "service"
local spawn = require "spawn"

local prefix, folder, here = bed.prefix, bed.folder, bed.here
local runs, growth_runs, moontap = bed.runs, bed.growth_runs, bed.moontap
local state, command, script = bed.state, bed.command, bed.script
local make_tap, remove_tap = bed.make_tap, bed.remove_tap
local new_host, host_with_bridge = bed.new_host, bed.host_with_bridge
local disable_ipv6, sh, row = bed.disable_ipv6, measure.sh, measure.row

local ifup_without, ifup_by_sh, wall = bed.ifup_without, bed.ifup_by_sh, bed.wall
local ifup_direct = script("bench", "qemu-ifup")

-- What connects one tap to br0. Afterwards the service makes a new evaluator: a command that
-- follows at once would pay for it.
local function ifup()
  local served <close> = service.start(prefix, folder)
  local with, without, direct, bare, least, nothing, by_sh, python = table.unpack(measure.in_turn({
    script("bench/service", "qemu-ifup", served.socket) "tap0",
    ifup_without "tap0",
    ifup_direct "tap0",
    { prefix .. "/bench/bare", "tap0", "br0" },
    { prefix .. "/bench/bare", "tap0", "br0", "least" },
    { "/bin/true" },
    ifup_by_sh "tap0",
    { "/usr/bin/python3", here .. "/ifup.py", "tap0" },
  }, {
    runs = runs,
    before = function()
      make_tap "tap0"
      sh "sleep 0.02"
    end,
    after = function() remove_tap "tap0" end,
  }))
  row("bare C, the same messages", bare)
  row("bare C, half of them", least)
  row("a process that does nothing", nothing)
  row("qemu-ifup with the service: times bare C", wall(with), with.wall / bare.wall, { most = 1.2 })
  row("qemu-ifup without it: times bare C", without, without.wall / bare.wall)
  row("moontap itself by that name: times bare C", direct, direct.wall / bare.wall)
  row("sh, ip twice: with the service faster by", by_sh, by_sh.wall / with.wall, { least = 3 })
  row("Python, ip twice: with the service faster by", python, python.wall / with.wall)
end

local cases = require "serving"

function cases.ifup()
  host_with_bridge()
  measure.section("a tap into a bridge, its guest unknown; median of " .. runs)
  ifup()
end

function cases.crowd()
  host_with_bridge()
  local links = {}
  for i = 1, 2000 do links[i] = ("tuntap add dev other%d mode tap\n"):format(i) end
  measure.write(folder .. "/links", table.concat(links))
  sh("ip -batch %s/links", folder)
  measure.section "the same with 2,000 other links present"
  ifup()
end

-- --- others that are connected ------------------------------------------------------------------

local both = [[
<domain type='kvm'><name>%s</name><devices>
<interface type='ethernet'><mac address='52:54:00:%s:01'/>
<target dev='%s' managed='no'/></interface>
<interface type='ethernet'><mac address='52:54:00:%s:02'/><target dev='%s'/></interface>
</devices></domain>
]]

-- A guest with a ready-made tap and one of libvirt's, on a host with a state directory of its own.
local function new_guest(host, number)
  local guest = { host = host, name = "g" .. number, own = "u" .. number, tap = "m" .. number }
  local mac = ("%02x:%02x"):format(number >> 8, number & 255)
  guest.xml = ("%s/%s.xml"):format(folder, guest.name)
  measure.write(guest.xml, both:format(guest.name, mac, guest.own, mac, guest.tap))
  guest.make_tap = ("ip tuntap add %s mode tap && ip link set %s address fe:54:00:%s:02 up")
    :format(guest.tap, guest.tap, mac)
  return guest
end

local function event(guest, operation)
  if operation == "bare C" then return { prefix .. "/bench/bare", guest.tap, "br0" } end
  local options = { "-p", here .. "/policy/bridge.lua", "--state", guest.host.state }
  local words = operation == "qemu-ifup"
    and ifup_direct(guest.tap)
    or { moontap, "hook", "qemu", guest.name, operation, "begin", "-", input = guest.xml }
  table.move(words, 2, #words, 6)
  table.move(options, 1, 4, 2, words)
  return words
end

local life = { "prepare", "qemu-ifup", "start", "stopped", "release" }

-- What libvirt and moontap have done of a guest's life before this operation.
local function live_until(guest, operation)
  for _, before in ipairs(life) do
    if before == "qemu-ifup" then sh("%s", guest.make_tap) end
    if before == "stopped" then sh("ip link del %s", guest.tap) end
    if before == operation then return end
    measure.run(event(guest, before))
  end
end

-- And the rest of it.
local function live_on(guest, operation)
  os.execute(("ip link del %s 2>/dev/null"):format(guest.tap))
  if operation ~= "stopped" and operation ~= "release" then
    measure.run(event(guest, "stopped"))
  end
  if operation ~= "release" then measure.run(event(guest, "release")) end
end

local function connect_guests(n)
  assert(spawn.unshare())
  disable_ipv6()
  sh "ip link add br0 type bridge && ip link set br0 up"
  local host = { state = ("%s/state-%d"):format(folder, n), namespace = spawn.namespace() }
  for i = 1, n // 2 do
    local guest = new_guest(host, i)
    sh("%s", guest.make_tap)
    for _, operation in ipairs { "prepare", "qemu-ifup", "start" } do
      measure.run(event(guest, operation))
    end
  end
  return host
end

function cases.connected()
  local hosts, few, many = {}, 2, 1000
  measure.section("events of one guest, by how many taps are connected; median of " .. runs)
  sh("rm -rf %s/state-*", folder)
  for i, n in ipairs { few, many } do hosts[i] = connect_guests(n) end
  for _, operation in ipairs { "prepare", "qemu-ifup", "bare C", "start", "stopped", "release" } do
    local stage = operation == "bare C" and "qemu-ifup" or operation
    local guests, words = {}, {}
    for i, host in ipairs(hosts) do
      guests[i] = new_guest(host, 60000)
      words[i] = event(guests[i], operation)
    end
    local one, other = table.unpack(measure.in_turn(words, {
      runs = runs,
      before = function(i)
        assert(spawn.enter(hosts[i].namespace))
        live_until(guests[i], stage)
        sh "sleep 0.05" -- the kernel frees later what went with a device, and somebody pays for it
      end,
      after = function(i) live_on(guests[i], operation) end,
    }))
    row(("%s, %d taps connected"):format(operation, few), one)
    row(("the same, %d"):format(many), other, other.wall / one.wall,
      stage == operation and { most = 1.1 } or nil)
  end
end

-- --- growth -------------------------------------------------------------------------------------

-- A guest of n such NICs -> its XML's path
local function domain(n, nic)
  local path, t = folder .. "/domain.xml", {}
  for i = 1, n do
    local mac = ("52:54:00:%02x:%02x:%02x"):format(i >> 16, i >> 8 & 255, i & 255)
    t[i] = nic:gsub("%$(%w+)", { i = i, mac = mac })
  end
  measure.write(path, "<domain type='kvm'><name>bench</name><devices>\n" .. table.concat(t) ..
    "</devices></domain>\n")
  return path
end

local unmanaged = [[
<interface type='ethernet'><mac address='$mac'/><target dev='n$i' managed='no'/></interface>
]]

local function plain_host()
  new_host()
  disable_ipv6()
end

-- As many NICs in all, whatever n is: then all figures are as exact.
local function up(n)
  return measure.in_turn({ command(moontap, "up.lua", "up", domain(n, unmanaged)) }, {
    runs = math.max(growth_runs * 4000 // n, 1),
    before = plain_host,
  })[1]
end

local function down(n, times)
  return measure.in_turn({ { moontap, "--state", state "up.lua", "down", "bench" } }, {
    runs = times or 1,
    before = function()
      plain_host()
      measure.run(command(moontap, "up.lua", "up", domain(n, unmanaged)))
    end,
  })[1]
end

-- t(n) and t(2n) for a small and a large n, and the CPU for each further NIC.
--   what   cpu, or own: without the kernel's share
local function grow(name, work, what, small, large, target)
  local more = {}
  for i, n in ipairs { small, large } do
    local one, two = work(n), work(2 * n)
    row(("%s of %d NICs"):format(name, n), one)
    row(("%s of %d NICs"):format(name, 2 * n), two)
    more[i] = { [what] = (two[what] - one[what]) / n }
  end
  row(("CPU for one more NIC, from %d to %d"):format(small, 2 * small), more[1])
  row(("CPU for one more NIC, from %d to %d"):format(large, 2 * large), more[2],
    more[2][what] / more[1][what], target)
end

function cases.growth()
  measure.section(("unmanaged NICs of one guest, no bridge; up of 4000: median of %d")
    :format(growth_runs))
  grow("moontap up", up, "own", 500, 2000, { most = 1.3 })
  grow("moontap down", down, "cpu", 250, 1000)
end

-- --- down ---------------------------------------------------------------------------------------

function cases.down()
  measure.section(("down of a guest; median of %d, from 60 NICs on of %d")
    :format(runs, growth_runs))
  local one, two = down(1, runs), down(2, runs)
  row("moontap down, 1 NIC", one)
  row("moontap down, 2 NICs", two, two.wall / one.wall, { most = 1.3 })
  row("moontap down, 60 NICs", down(60, growth_runs))
  local made = measure.in_turn({ command(moontap, "up.lua", "up", domain(500, unmanaged)) },
    { runs = growth_runs, before = plain_host })[1]
  local gone = down(500, growth_runs)
  row("moontap up, 500 NICs", made)
  row("moontap down, 500 NICs", gone, gone.wall / made.wall, { most = 2 })
end

-- --- facts --------------------------------------------------------------------------------------

local bridged = [[
<interface type='bridge'><mac address='$mac'/><source bridge='br$i'/><target dev='n$i'/>
<model type='virtio'/><driver name='vhost' queues='4'/><mtu size='1500'/>
<bandwidth><inbound average='1000' peak='5000' burst='1024'/></bandwidth>
<address type='pci' domain='0x0000' bus='0x00' slot='0x03' function='0x0'/></interface>
]]

local function facts(n)
  local xml = domain(n, bridged)
  local moon, lint = table.unpack(measure.in_turn({
    { moontap, "facts", xml }, { "/usr/bin/xmllint", "--noout", xml },
  }, { runs = n > 1000 and growth_runs or runs }))
  row(("moontap facts, %d interfaces"):format(n), moon)
  row(("xmllint --noout, %d interfaces"):format(n), lint, moon.wall / lint.wall,
    n == 1000 and { most = 2 } or nil)
  return moon
end

function cases.facts()
  measure.section("reading a domain; median of " .. runs)
  local few, many = facts(1000), facts(10000)
  row("10000 interfaces against 10 times 1000", {}, many.wall / few.wall / 10, { most = 1.3 })
end

-- --- guards -------------------------------------------------------------------------------------

-- A bridge with two ports, tap0 and out, the far ends of both in the namespace.
local function host_with_ports()
  new_host()
  sh [[mount -t sysfs sysfs /sys; ip link set lo up
    ip link add br0 address 02:00:00:00:00:09 type bridge mcast_snooping 0; ip link set br0 up
    for port in tap0 out; do
      ip link add $port type veth peer name $port.far
      ip link set $port.far up; ip link set $port up; ip link set $port master br0; done
    bridge fdb add 02:00:00:00:00:01 dev out master static
    for port in tap0 out; do
      until bridge link show dev $port | grep -q 'state forwarding'; do sleep 0.01; done; done]]
end

local function nft(text)
  local file = folder .. "/rules.nft"
  local f <close> = assert(io.open(file, "w"))
  f:write(text)
  f:close()
  sh("nft -f %s", file)
end

local function load_table()
  nft(('create table bridge moontap\ninclude "%s/share/moontap/nft/bridge.nft"\n'):format(prefix))
end

-- Elements of NICs that are not there, as moontap adds them.
local function guard_others(n)
  local lines = {}
  for i = 1, n do
    local dev = 100000 + i
    local function add(element, ...)
      lines[#lines + 1] = ("add element bridge moontap " .. element):format(dev, ...)
    end
    add("mac { %d . 52:54:01:00:%02x:%02x }", i >> 8, i & 255)
    add("host4 { %d . 10.1.%d.%d }", i >> 8, i & 255)
    add "guard { %d : jump guard_all }"
  end
  if n > 0 then nft(table.concat(lines, "\n") .. "\n") end
end

local function guard_own()
  nft [[
add element bridge moontap mac { "tap0" . 52:54:00:00:00:05 }
add element bridge moontap host4 { "tap0" . 10.0.0.5 }
add element bridge moontap guard { "tap0" : jump guard_all }
]]
end

-- Rules of the same meaning for each NIC, one after the other, as filters for each NIC are written.
local function rules_for_each(n)
  local lines = { "table bridge each {", "chain in {",
    "type filter hook prerouting priority -300; policy accept;" }
  for i = 1, n do
    local name = i == n and "tap0" or "vnet" .. i
    local mac = i == n and "52:54:00:00:00:05" or
      ("52:54:01:00:%02x:%02x"):format(i >> 8, i & 255)
    local ip = i == n and "10.0.0.5" or ("10.1.%d.%d"):format(i >> 8, i & 255)
    for _, rule in ipairs { "ether saddr != " .. mac, "arp saddr ip != " .. ip,
      "ip saddr != " .. ip } do
      lines[#lines + 1] = ('iifname "%s" %s drop'):format(name, rule)
    end
  end
  lines[#lines + 1] = "}\n}\n"
  nft(table.concat(lines, "\n"))
end

local function frames_per_second()
  local rates = {}
  for round = 1, growth_runs do
    local f <close> = assert(io.popen(("python3 %s/frames.py tap0.far out.far 1"):format(here)))
    rates[round] = tonumber(f:read "a")
  end
  return { wall = 1 / measure.median(rates), rate = measure.median(rates) }
end

-- The far ends in namespaces of their own, as guests are: their traffic goes through the bridge.
-- Return: the processes that keep them.
local function part_ends()
  local keepers = {}
  for i, end_ in ipairs {
    { "tap0.far", "52:54:00:00:00:05", "10.0.0.5" }, { "out.far", "02:00:00:00:00:01", "10.0.0.1" },
  } do
    local dev, mac, ip = table.unpack(end_)
    local f <close> = assert(io.popen(([[unshare -n sleep 600 >/dev/null 2>&1 & pid=$!
      until [ "$(readlink /proc/$pid/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do :; done
      ip link set %s address %s netns $pid
      nsenter -t $pid -n sh -c 'ip link set lo up; ip addr add %s/24 dev %s; ip link set %s up'
      echo $pid]]):format(dev, mac, ip, dev, dev)))
    keepers[i] = f:read "l"
  end
  return keepers
end

local function bytes_per_second(keepers)
  local rates = {}
  for round = 1, growth_runs do
    local f <close> = assert(io.popen(([[
      nsenter -t %s -n python3 %s/stream.py send 10.0.0.1 1 &
      nsenter -t %s -n python3 %s/stream.py receive 10.0.0.1; wait]])
      :format(keepers[1], here, keepers[2], here)))
    rates[round] = tonumber(f:read "a")
  end
  return { wall = 1e9 / measure.median(rates), rate = measure.median(rates) }
end

function cases.stream()
  measure.section("a TCP connection through a bridge: time for 1 GB; median of " .. growth_runs)
  host_with_ports()
  local keepers = part_ends()
  local none = bytes_per_second(keepers)
  load_table()
  guard_own()
  local own = bytes_per_second(keepers)
  guard_others(1000)
  local many = bytes_per_second(keepers)
  sh "nft delete table bridge moontap"
  rules_for_each(1000)
  local each = bytes_per_second(keepers)
  for _, keeper in ipairs(keepers) do sh("kill %s", keeper) end
  row("no guard", none)
  row("a guarded port: of no guard", own, own.rate / none.rate)
  row("a guarded port, and 1,000 others: of no guard", many, many.rate / none.rate)
  row("rules for each of 1,000 NICs: with a guard more by", each, many.rate / each.rate)
end

function cases.guard()
  measure.section("frames of 64 bytes through a bridge; median of " .. growth_runs)
  host_with_ports()
  local none = frames_per_second()
  load_table()
  guard_own()
  local own = frames_per_second()
  guard_others(1000)
  local many = frames_per_second()
  sh "nft delete table bridge moontap"
  rules_for_each(1)
  local one_each = frames_per_second()
  sh "nft delete table bridge each"
  rules_for_each(1000)
  local each = frames_per_second()
  row("no guard", none)
  row("a guarded port: of no guard", own, own.rate / none.rate)
  row("a guarded port, and 1,000 others: of no guard", many, many.rate / none.rate)
  row("rules for the NIC: of no guard", one_each, one_each.rate / none.rate)
  row("rules for each of 1,000 NICs: with a guard more by", each, many.rate / each.rate,
    { least = 3 })
end

-- What a guarded NIC costs when it is connected, beside as many that are there.
function cases.guarded()
  measure.section("a guarded NIC is connected; median of " .. runs)
  local first
  for _, others in ipairs { 0, 1000, 4000 } do
    host_with_bridge()
    load_table()
    guard_others(others)
    local took = measure.in_turn({ command(moontap, "guard.lua", "up",
      here .. "/policy/guard.xml") }, {
      runs = runs,
      after = function() sh("%s --state %s down web >/dev/null", moontap, state "guard.lua") end,
    })[1]
    first = first or took
    row(("up, beside %d guarded NICs: times beside none"):format(others), took,
      took.wall / first.wall, others > 0 and { most = 1.2 } or nil)
  end
end

-- Ports that are there already, each with its tap.
local function ports_of_others(n)
  local taps, ports = {}, {}
  for i = 1, n do
    taps[i] = ("tuntap add dev other%d mode tap"):format(i)
    ports[i] = ("-- add-port br-ovs other%d tag=20"):format(i)
  end
  if n == 0 then return end
  measure.write(folder .. "/taps", table.concat(taps, "\n") .. "\n")
  sh("ip -batch %s/taps && ovs-vsctl %s", folder, table.concat(ports, " "))
end

-- A port of Open vSwitch: each but ovs-vsctl --no-wait waits until Open vSwitch has the tap; up
-- makes the tap, too.
local function ovs_port(served)
  local function vsctl(...) return { "/usr/bin/ovs-vsctl", ... } end
  local with = script("bench/service", "qemu-ifup", served.socket) "tap0"
  local by_service, by_up, no_wait, wait = table.unpack(measure.in_turn({
    with, command(moontap, "ovs.lua", "up", here .. "/policy/guard.xml"),
    vsctl("--no-wait", "add-port", "br-ovs", "tap0", "tag=10"),
    vsctl("add-port", "br-ovs", "tap0", "tag=10"),
  }, {
    runs = runs,
    before = function(i)
      if i ~= 2 then make_tap "tap0" end
      sh "sleep 0.02"
    end,
    after = function(i)
      if i == 1 then
        measure.run(script("bench/service", "qemu-ifdown", served.socket) "tap0")
        remove_tap "tap0"
      elseif i == 2 then
        sh("%s --state %s down web >/dev/null", moontap, state "ovs.lua")
      else
        sh "ovs-vsctl del-port tap0; ip link del tap0"
      end
    end,
  }))
  row("qemu-ifup with the service", wall(by_service))
  row("moontap up, with a tap", by_up)
  row("ovs-vsctl --no-wait add-port: times qemu-ifup", no_wait, no_wait.wall / by_service.wall)
  row("ovs-vsctl add-port: times qemu-ifup", wait, wait.wall / by_service.wall, { least = 4 })
end

function cases.ovs()
  if not os.execute "command -v ovs-vswitchd >/dev/null" then return end
  new_host()
  local samples = ("cd %s/../../samples; . ./ovs.sh; "):format(here)
  sh("%sovs_start; ovs-vsctl add-br br-ovs -- set bridge br-ovs datapath_type=netdev", samples)
  sh("cp %s/policy/ovs.lua /etc/moontap/policy.lua", here)
  do
    local served <close> = service.start(prefix, folder)
    for _, others in ipairs { 0, 200 } do
      ports_of_others(others)
      measure.section(("a port of Open vSwitch, beside %d; median of %d"):format(others, runs))
      ovs_port(served)
    end
  end
  sh("cp %s/policy/bridge.lua /etc/moontap/policy.lua", here)
  sh(samples .. "ovs_end")
end

-- ------------------------------------------------------------------------------------------------

local only = os.getenv "BENCH_ONLY" or ""
if only == "" then
  only = "ifup crowd rate offered prepare start users memory connected growth down facts " ..
    "together guard stream guarded ovs"
end
for name in only:gmatch "%a+" do cases[name]() end
measure.print()
