-- torture.lua - the program with one of its calls failing, and what host and state are like then
--
-- Whoever tries asks for more and more calls until there is no n-th: so every call fails once.
-- `make check` tries a sample of them, `make torture` all.

local assert = require "luassert"
local forks = require "spec.torture.forks"
local helper = require "spec.helper"
local look_at_links = require "internals.look".look
local program = require "spec.program"
local snapshot = require "spec.snapshot"
local tree = require "internals.tree"

local M = {}

local build = program.path:match "(.*)/"
M.all = os.getenv "MOONTAP_TORTURE" == "all"

local ruleset = true -- whether there may be any: reading it takes longer than all else
local ports = false -- the same of Open vSwitch's

-- Elements of a set are in any order.
local function rules()
  local words = {}
  for word in helper.run("nft list ruleset"):gsub("packets %d+ bytes %d+", ""):gmatch "[^,\n]+" do
    words[#words + 1] = word:match "^%s*(.-)%s*$"
  end
  table.sort(words)
  return table.concat(words, "\n")
end

-- What somebody declares in Open vSwitch's database, once ovs-vswitchd has done all of it.
local function rows_of_ports()
  local lines = {}
  for line in helper.run([[ovs-vsctl -t 60 -f csv --no-headings set open_vswitch . \
      external_ids:looked-at=$$ -- list-ports br-a -- list-ports br-b -- \
      --columns=name,tag,trunks,vlan_mode,cvlans,protected,other_config,external_ids list port -- \
      --columns=name,mtu_request,ofport_request,ingress_policing_rate,external_ids,error \
      list interface]]):gmatch "%C+" do
    lines[#lines + 1] = line
  end
  return table.concat(lines, "\n")
end

-- glance() -> a string, equal while the kernel's objects are
function M.glance()
  local links = look_at_links()
  table.sort(links)
  return table.concat(links)
end

-- What the host is like: equal while it is.
local function look()
  local rows = ports and rows_of_ports() or "" -- what ovs-vswitchd does to devices is done then
  return M.glance() .. tree("/run/moontap-dhcp", "") .. (ruleset and rules() or "") .. rows
end

-- How many faults were tried, by what was done where, and what came of it.
local tried = {}

-- count(way, scene, fault, outcome): one more
function M.count(way, scene, fault, outcome)
  local name = table.concat({ way, scene, fault, outcome }, "\t")
  tried[name] = (tried[name] or 0) + 1
end

-- summary(): append what was counted to build/torture.txt, for spec/torture/summary.lua
function M.summary()
  local f <close> = assert(io.open(build .. "/torture.txt", "a"))
  local total, last = 0, ""
  for name, n in pairs(tried) do
    f:write(("%s\t%d\n"):format(name, n))
    total, last = total + n, name
  end
  if M.all and total > 0 then
    local way, scene = last:match "(.-)\t(.-)\t"
    io.stderr:write(("%s  %-20s %6d  %s\n"):format(os.date "%T", way, total, scene))
  end
  tried = {}
end

M.errno = {
  EPERM = 1, EINTR = 4, EIO = 5, ENOMEM = 12, EBUSY = 16, ENODEV = 19, ENOSPC = 28,
  ECONNRESET = 104, ENOBUFS = 105,
}

local preload = build .. "/spec/torture/preload.so"

local function fault_of(how)
  local fault = M.errno[how.fault] or how.fault
  assert.is_nil(tostring(fault):match "^E", "an error without its number would fail nothing")
  return ("%s %s %s %d %s"):format(helper.folder() .. "/report", how.who or "parent", how.what,
    how.n, fault)
end

-- environment(how) -> what sh gives a program before its name; how: see moontap()
function M.environment(how)
  return ("TORTURE='%s' LD_PRELOAD='%s'"):format(fault_of(how), preload)
end

-- command(words, how) -> what sh runs, in the test's folder
function M.command(words, how)
  return ("%s '%s' --state state %s"):format(M.environment(how), program.path, words)
end

-- report() -> counts, whether the n-th was reached, which call it was: of the run that was last
function M.report()
  local f <close> = assert(io.open(helper.folder() .. "/report", "rb"))
  local counts = { ("<I4I4I4I4I4I4I4I4I4z"):unpack(f:read "a") }
  return counts, counts[9] ~= 0, counts[10]
end

-- moontap(words, how) -> as program.moontap(), and counts =, fired =, where =
-- how: { who =, what =, n =, fault =, input = }; see preload.c
function M.moontap(words, how)
  os.remove(helper.folder() .. "/report")
  local r = forks.here() and forks.run(fault_of(how), "--state state " .. words)
    or program.run(M.command(words, how), how.input)
  r.counts, r.fired, r.where = M.report()
  return r
end

-- state() -> the state directory as one text, but for its records of runs, its leases, whose it
-- is, and a folder that stays once there was something in it
function M.state()
  return (tree(helper.folder() .. "/state", "log")
    :gsub("%./namespace\t?[^\n]*\n", ""):gsub("%./lookup/tap\n", "")
    :gsub("%./lease[^\n]*\n", ""))
end

-- A device that was taken away and put back has another ifindex, a row another uuid, and it stands
-- elsewhere in a file.
local function in_order(state)
  local lines = {}
  for name in state:gmatch "[^\n]+" do
    local file, line = name:match "^(.-)\t(.*)$"
    line = (line or ""):gsub("since=%d+", "since"):gsub("ifindex=%d+", "ifindex")
      :gsub("^made %g+", "made"):gsub("^([-+~]) %g+", "%1")
      :gsub("^nic dev=%g+ (format=%d+ netns)", "nic %1") -- of what is shared: who came first
      :gsub("(|.*)address=[%x:]+", "%1address") -- what a bridge had before is random
    lines[#lines + 1] = (file or name) .. " " .. line
  end
  table.sort(lines)
  return table.concat(lines, "\n")
end

-- moment() -> what host and state are like now, to be compared with later
function M.moment()
  return { look = look(), lines = snapshot.take(), state = M.state() }
end

-- without_numbers(lines) -> a port that left its bridge and came back may have another number there
function M.without_numbers(lines)
  local out = {}
  for _, line in ipairs(lines) do
    if not line:find "info_slave_data%.no=" and not line:find "info_slave_data%.id="
      and not line:find "info_slave_data%.designated_port=" then
      out[#out + 1] = line
    end
  end
  return out
end

-- host_since(moment) -> what of the host is not as it was then; "" when all is
function M.host_since(moment)
  local what = ""
  if look() ~= moment.look then
    what = snapshot.difference(M.without_numbers(moment.lines),
      M.without_numbers(snapshot.take()))
  end
  return #what < 1000 and what or what:sub(1, 1000) .. " ..."
end

-- since(moment) -> what of host and state is not as it was then; "" when all is
function M.since(moment)
  local now, what = M.state(), M.host_since(moment)
  if now ~= moment.state and in_order(now) ~= in_order(moment.state) then
    what = ("%s\nstate was:\n%sand is:\n%s"):format(what, moment.state, now)
  end
  return what
end

--- scenes, and the way through them ---------------------------------------------------------------

-- begin(scene, bare): its host and files; the state directory is there, empty but for what is near;
-- bare: each run loads libxml2 by itself
function M.begin(scene, bare)
  local plain = scene.policy and "up -p policy.lua guest.xml" or "up guest.xml"
  M.words = {
    up = plain, again = plain, changed = "up -p changed.lua guest.xml",
    down = "down guest.xml", reconcile = "reconcile",
  }
  M.expected = { up = scene.status, again = scene.status }
  local policy = scene.policy or ""
  ruleset = policy:find "guard" or policy:find "nat" or policy:find "firewall"
  ports = scene.ovs
  helper.run("set -e\n" .. scene.host)
  program.write("guest.xml", scene.xml)
  program.write("near.xml", scene.near or "")
  program.write("policy.lua", scene.policy or "")
  program.write("changed.lua", scene.changed or "")
  helper.run(([[mkdir -p '%s/state'; cd '%s/state'; chmod 700 .
    mkdir -p nic run shared domain lookup/guest lookup/tap; ln -s yes lookup/complete]])
    :format(helper.folder(), helper.folder()))
  forks.begin(preload, not bare and "libxml2.so.2")
  if scene.near then
    assert.equal(0, program.moontap("up -p policy.lua near.xml").status)
  end
end

-- must(name): up, again, changed, down or reconcile: without any fault it works
function M.must(name)
  local r = forks.run("", "--state state " .. M.words[name])
  if r.status ~= (M.expected[name] or 0) then
    error(("%s: %d: %s"):format(name, r.status, r.err), 2)
  end
end

-- runs(scene) -> what fails in it, from where to where; of a sample, less
function M.runs(scene)
  local runs = {
    { name = "up", from = "down", to = "up" }, { name = "down", from = "up", to = "down" },
    { name = "changed", from = "up", to = "changed" }, { name = "again", from = "up", to = "up" },
  }
  if not scene.changed then
    table.remove(runs, 3)
  end
  if scene.sample then
    runs[4], runs[3] = nil, nil
  end
  return runs
end

-- moments(scene, bare) -> what it is like down, up and changed; it stays down; bare: see begin()
function M.moments(scene, bare)
  local m = {}
  M.begin(scene, bare)
  for _, name in ipairs { "down", "up", scene.changed and "changed" or "up", "down" } do
    M.must(name)
    m[name] = m[name] or M.moment()
  end
  assert.equal("", M.since(m.down))
  return m
end

-- Of enum what in preload.c; which of them each word means.
local counted = {
  request = { 1, 2 }, change = { 2 }, state = { 3, 4 }, write = { 3 }, memory = { 5 },
  database = { 6, 7 }, message = { 6 }, crossing = { 1, 2, 3, 4, 6, 7 },
}

-- How many calls of a kind a run makes; `down` it is before and after.
local function count_calls(run, how)
  M.must(run.from)
  local counts, n = M.moontap(M.words[run.name], { who = how.who, what = how.what, n = 0,
    fault = how.fault }).counts, 0
  M.must "down"
  for _, i in ipairs(counted[how.what]) do
    n = n + counts[i]
  end
  return n
end

-- each(run, how, try): try(n) for every n until it returns false; of a sample, for one of them
function M.each(run, how, try)
  local n = 0
  if not M.all then
    local total = count_calls(run, how)
    return total > 0 and try(M.pick(total))
  end
  repeat
    n = n + 1
  until not try(n)
end

-- kill_until(decided) -> what decided() said: `up` of guest.xml, the guest web, is killed before
-- each change of the state directory in turn, until it says something
function M.kill_until(decided)
  for n = 1, 500 do
    local r = M.moontap("-p policy.lua up guest.xml", { what = "state", fault = "before", n = n })
    local what = decided()
    if what then return what end
    assert.is_true(r.fired)
    assert.equal(0, program.moontap("down --if-known web").status)
  end
end

-- pick(n) -> 1 to n: the same ones each time that all specs run, and others in each place
local picked = 0
function M.pick(n)
  picked = picked + 1
  return picked * 7919 % n + 1
end

-- some(list, n) -> all of them, or, in a sample, so many
function M.some(list, n)
  local some = {}
  for i = 1, M.all and 0 or math.min(n, #list) do
    some[i] = list[M.pick(#list)]
  end
  return M.all and list or some
end

return M
