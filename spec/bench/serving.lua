-- SPDX-License-Identifier: LGPL-2.1-or-later
-- serving.lua - what the bench measures of the service: many events, libvirt's, users', memory
local bed = require "bed"
local measure = require "measure"
local service = require "service"

local prefix, folder, runs, growth_runs = bed.prefix, bed.folder, bed.runs, bed.growth_runs
local script, sh, row = bed.script, measure.sh, measure.row

local ifup_without, ifup_by_sh, wall = bed.ifup_without, bed.ifup_by_sh, bed.wall
local ifdown_without = script("libexec/moontap", "qemu-ifdown", bed.nowhere)

local cases = {}

-- --- events a second ----------------------------------------------------------------------------

-- The median of how many events end in a second, each client's of a tap of its own.
local function events(clients, ifup_by, ifdown_by)
  local lanes, rates = {}, {}
  for i = 1, clients do lanes[i] = { ifup_by("tap" .. i), ifdown_by("tap" .. i) } end
  for round = 0, growth_runs do -- the first warms caches up, and is not counted
    local rate = measure.rate(lanes, math.max(5 * runs // clients, 1))
    if round > 0 then rates[round] = rate end
  end
  return { rate = measure.median(rates) }
end

function cases.rate()
  bed.host_with_bridge()
  local served <close> = service.start(prefix, folder)
  measure.section(("qemu-ifup and qemu-ifdown in turn; median of %d rounds of %d")
    :format(growth_runs, 10 * runs))
  for i = 1, 8 do bed.make_tap("tap" .. i) end
  local with, without = {}, {}
  for _, clients in ipairs { 1, 8 } do
    with[clients] = events(clients, script("bench/service", "qemu-ifup", served.socket),
      script("bench/service", "qemu-ifdown", served.socket))
    without[clients] = events(clients, ifup_without, ifdown_without)
  end
  row("events without the service, 1 client", without[1])
  row("events with it, 1 client: more by", with[1], with[1].rate / without[1].rate)
  row("events without the service, 8 clients at once", without[8])
  row("events with it, 8 clients at once: more by", with[8], with[8].rate / without[8].rate)
end

-- --- many at once -------------------------------------------------------------------------------

local function in_turn(guests)
  local seconds = 0
  for _, words in ipairs(guests) do seconds = seconds + measure.run(words).wall end
  return seconds
end

-- The median of what it takes to connect n taps, that all are there before.
local function connect_all(n, ifup_by, work)
  local guests, walls = {}, {}
  for i = 1, n do guests[i] = ifup_by("tap" .. i) end
  for round = 1, growth_runs do
    for i = 1, n do bed.make_tap("tap" .. i) end
    walls[round] = work(guests)
    for i = 1, n do bed.remove_tap("tap" .. i) end
  end
  return { wall = measure.median(walls) }
end

function cases.together()
  bed.host_with_bridge()
  measure.section("100 guests; median of " .. growth_runs)
  local served <close> = service.start(prefix, folder)
  local with = connect_all(100, script("bench/service", "qemu-ifup", served.socket),
    measure.together)
  local without = connect_all(100, ifup_without, measure.together)
  local by_sh = connect_all(100, ifup_by_sh, in_turn)
  row("qemu-ifup with the service, all at once", with)
  row("qemu-ifup without it, all at once", without)
  row("sh, one after the other: with the service faster by", by_sh, by_sh.wall / with.wall)
end

-- --- events that do not wait for each other -----------------------------------------------------

-- How long half, and 99 of 100, of so many events a second took, in seconds.
local function offer(socket, rate)
  local command = ("%s/bench/offered %s %d %d"):format(prefix, socket, rate, 2 * growth_runs)
  local pipe <close> = assert(io.popen(command))
  local half, most = pipe:read("n", "n")
  assert(half and pipe:close(), "failed: " .. command)
  return half / 1e6, most / 1e6
end

function cases.offered()
  bed.host_with_bridge()
  local served <close> = service.start(prefix, folder)
  measure.section(("events offered, whether earlier ones are done or not; for %d s")
    :format(2 * growth_runs))
  for i = 1, 32 do bed.make_tap("tap" .. i) end
  local passes
  for _, rate in ipairs { 200, 300, 400, 500, 750, 1000, 1500, 1800 } do
    local half, most = offer(served.socket, rate)
    row(("%d a second: half of them"):format(rate), { wall = half, rate = rate })
    row("  99 of 100: ms", { wall = most }, most * 1e3, rate == 1000 and { most = 5 } or nil)
    if most > 0.02 and not passes then passes = rate end
    if passes and rate >= 1000 then break end -- later ones tell nothing more
  end
  row("99 of 100 take over 20 ms from this rate on", {}, passes or 1801, { least = 1800 })
end

-- --- libvirt, users -----------------------------------------------------------------------------

-- A guest's XML, of so many NICs of one shape -> its path
local function guest_of(n, nic)
  local path, t = folder .. "/guest.xml", {}
  for i = 1, n do t[i] = nic:gsub("%$i", ("%02x"):format(i)) end
  measure.write(path, "<domain type='kvm'><name>bench</name><devices>\n" .. table.concat(t) ..
    "</devices></domain>\n")
  return path
end

local function unmanaged(dev)
  return ([[
<interface type='ethernet'><mac address='52:54:00:00:00:01'/>
<target dev='%s' managed='no'/></interface>
]]):format(dev)
end

function cases.prepare()
  bed.host_with_bridge()
  local served <close> = service.start(prefix, folder)
  measure.section("libvirt's prepare of a guest of 40 NICs; median of " .. runs)
  local xml = guest_of(40, [[
<interface type='ethernet'>
  <mac address='52:54:00:00:00:$i'/>
  <target dev='vnet$i'/>
  <model type='virtio'/>
  <driver name='vhost' queues='4'/>
</interface>
]])
  local hook, lint = table.unpack(measure.in_turn({
    { prefix .. "/bench/service/qemu", "bench", "prepare", "begin", "-", input = xml,
      socket = served.socket },
    { "/usr/bin/xmllint", "--noout", xml },
  }, { runs = runs, before = function() sh "sleep 0.02" end }))
  row("xmllint --noout of its XML", lint)
  row("the hook, with the service: times xmllint", wall(hook), hook.wall / lint.wall,
    { most = 1 })
end

-- The seconds of a program's events when libvirt starts a guest; that it stops is not counted.
local function start_of(program, xml, socket)
  local seconds = 0
  for _, operation in ipairs { "prepare", "start", "started", "stopped", "release" } do
    sh "sleep 0.02"
    local ends = operation == "stopped" or operation == "release"
    local took = measure.run { program, "bench", operation, ends and "end" or "begin", "-",
      input = xml, socket = socket }
    seconds = seconds + (ends and 0 or took.wall)
  end
  return seconds
end

function cases.start()
  bed.host_with_bridge()
  local served <close> = service.start(prefix, folder)
  measure.section("libvirt's three events at a guest's start; median of " .. runs)
  for _, case in ipairs {
    { n = 0, what = "without a NIC, /bin/true", most = 2 },
    { n = 1, what = "with one unmanaged NIC, /bin/true", most = 6 },
  } do
    local xml = guest_of(case.n, unmanaged "ready0")
    measure.added(case.what, runs, function() return start_of("/bin/true", xml) end,
      function() return start_of(prefix .. "/bench/service/qemu", xml, served.socket) end,
      case.most)
  end
end

function cases.users()
  bed.host_with_bridge()
  local served <close> = service.start(prefix, folder)
  measure.section("moontap up and down of a guest of one NIC; median of " .. runs)
  local xml = guest_of(1, unmanaged "u65534-0")
  local user = { "/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups" }
  local root = { "/usr/bin/setpriv", "--clear-groups" }
  local function command(who, ...)
    local words = table.pack(table.unpack(who))
    for _, word in ipairs { bed.moontap, ... } do words[#words + 1] = word end
    words.socket = who == user and served.socket or bed.nowhere
    return words
  end
  local commands = {}
  for i, who in ipairs { user, root } do
    commands[2 * i - 1] = command(who, "up", xml)
    commands[2 * i] = command(who, "down", "bench")
  end
  local user_up, user_down, up, down = table.unpack(measure.in_turn(commands, {
    runs = runs,
    before = function(i)
      if i % 2 == 0 then measure.run(commands[i - 1]) end
      sh "sleep 0.05"
    end,
    after = function(i)
      if i % 2 == 1 then measure.run(commands[i + 1]) end
    end,
  }))
  row("root's up, alone", up)
  row("a user's up, by the service: times that", wall(user_up), user_up.wall / up.wall)
  row("root's down, alone", down)
  row("a user's down, by the service: times that", wall(user_down),
    user_down.wall / down.wall)
end

-- --- memory -------------------------------------------------------------------------------------

-- The children of these processes, and theirs.
local function with_children(pids)
  for _, pid in ipairs(pids) do
    local f <close> = assert(io.open(("/proc/%d/task/%d/children"):format(pid, pid)))
    for child in f:read "a":gmatch "%d+" do pids[#pids + 1] = tonumber(child) end
  end
  return pids
end

function cases.memory()
  bed.host_with_bridge()
  local served <close> = service.start(prefix, folder, "--workers", "2")
  measure.section "memory of the service's processes, shared pages counted in parts (PSS)"
  local pids, sum = with_children { served.pid }, 0
  for _, pid in ipairs(pids) do
    local f <close> = assert(io.open(("/proc/%d/smaps_rollup"):format(pid)))
    sum = sum + f:read "a":match "Pss: +(%d+)" * 1024
  end
  row(("2 workers, 8 spares and the rest, %d processes: MiB"):format(#pids), { peak = sum },
    sum / (1 << 20), { most = 40 })
end

return cases
