-- torture.lua - the program with one of its calls failing, and scenes to try it in
--
-- Whoever tries asks for more and more calls until there is no n-th: so every call fails once.
-- `make check` tries a sample of them, `make torture` all.

local helper = require "spec.helper"
local look = require "internals.look"
local program = require "spec.program"
local snapshot = require "spec.snapshot"

local M = {}

local build = program.path:match "(.*)/"
M.all = os.getenv "MOONTAP_TORTURE" == "all"
M.stride = M.all and 1 or 11

-- How many faults were tried, by what was done to the program: for the summary of `make torture`.
local tried = {}

-- count(what, outcome): one more
function M.count(what, outcome)
  tried[what] = tried[what] or {}
  tried[what][outcome] = (tried[what][outcome] or 0) + 1
end

-- summary(): append what was counted to build/torture.txt
function M.summary()
  local f <close> = assert(io.open(build .. "/torture.txt", "a"))
  for what, outcomes in pairs(tried) do
    for outcome, n in pairs(outcomes) do
      f:write(("%s\t%s\t%d\n"):format(what, outcome, n))
    end
  end
  tried = {}
end

M.errno = { EPERM = 1, EINTR = 4, EIO = 5, ENOMEM = 12, EBUSY = 16, ENODEV = 19, ENOSPC = 28, ENOBUFS = 105 }

-- moontap(words, how) -> as program.moontap(), and count =, fired =, where =
-- how: { who =, what =, n =, fault =, input = }; see preload.c
function M.moontap(words, how)
  local report = helper.folder() .. "/report"
  os.remove(report)
  local r = program.run(("TORTURE='%s %s %s %d %s' LD_PRELOAD='%s' '%s' --state state %s"):format(
    report, how.who or "parent", how.what, how.n, M.errno[how.fault] or how.fault,
    build .. "/spec/torture/preload.so", program.path, words), how.input)
  local f <close> = assert(io.open(report, "rb"))
  local fired
  r.count, fired, r.where = ("<I4I4z"):unpack(f:read "a")
  r.fired = fired ~= 0
  return r
end

-- state() -> the state directory as one text, folders included
function M.state()
  return program.run [[cd state 2>/dev/null && { find . -mindepth 1 -type d -not -path './log*' | sort
    find . -type f -not -path './log*' | sort | while read -r f; do echo "$f:"; cat "$f"; done; }]].out
end

-- A device that was taken away and put back has another ifindex, and stands elsewhere in a file.
local function in_order(state)
  local lines, file = {}, ""
  for line in state:gmatch "%C+" do
    file = line:match "^%./.*:$" or file
    line = line:gsub("since=%d+", "since"):gsub("ifindex=%d+", "ifindex")
      :gsub("^made %d+", "made"):gsub("^([-+~]) %d+", "%1")
      :gsub("^nic dev=%g+ netns", "nic netns") -- of what is shared: who came first
      :gsub("| address=[%x:]+", "|") -- what a bridge had before is random
    lines[#lines + 1] = file .. " " .. line
  end
  table.sort(lines)
  return table.concat(lines, "\n")
end

-- moment() -> what host and state are like now, to be compared with later
function M.moment()
  return { look = look(), lines = snapshot.take(), state = M.state() }
end

-- A port that left its bridge and came back may have another number there.
local function without_numbers(lines)
  local out = {}
  for _, line in ipairs(lines) do
    if not line:find "info_slave_data%.no=" and not line:find "info_slave_data%.id="
      and not line:find "info_slave_data%.designated_port=" then
      out[#out + 1] = line
    end
  end
  return out
end

-- since(moment) -> what is not as it was then; "" when all is
function M.since(moment)
  local now, what = M.state(), ""
  if look() ~= moment.look then
    what = snapshot.difference(without_numbers(moment.lines), without_numbers(snapshot.take()))
  end
  if #what > 1000 then
    what = what:sub(1, 1000) .. " ..."
  end
  if now ~= moment.state and in_order(now) ~= in_order(moment.state) then
    what = ("%s\nstate was:\n%sand is:\n%s"):format(what, moment.state, now)
  end
  return what
end

--- scenes -----------------------------------------------------------------------------------------

local function xml(name, nics)
  local out = {}
  for i, dev in ipairs(nics) do
    out[i] = ([[<interface type='ethernet'><mac address='52:54:00:00:00:%02x'/>
      <target dev='%s' managed='%s'/></interface>]]):format(i, dev:match "%w+",
      dev:find "managed" and "yes" or "no")
  end
  return ("<domain type='qemu'><name>%s</name><uuid>4dea22b3-1d52-d8f3-2516-782e98ab3fa%d</uuid>" ..
    "<devices>%s</devices></domain>"):format(name, #name % 10, table.concat(out))
end

M.xml = xml

-- What a scene begins with; MAC and MTU of the bridge are pinned, so that they stay.
local bridge = [[
  ip link add br0 address 02:00:00:00:00:01 type bridge
  ip link set br0 mtu 1499
  ip link set br0 mtu 1500 up
]]

-- As libvirt leaves a tap of NIC 1, before it runs a script or the guest.
local managed = [[
  ip tuntap add dev m0 mode tap
  ip link set m0 address fe:54:00:00:00:01 up
]]

local uplink = [[
  ip link add eth0 address 02:00:00:00:00:02 type veth peer name eth1 address 02:00:00:00:00:03
  ip link set eth1 up
  ip link set eth0 up
]]

-- Each: the host, the domain, the policy, and another that it is changed to.
M.scenes = {
  {
    name = "a tap in a bridge",
    host = bridge,
    xml = xml("web", { "u0" }),
    policy = [[
      local lan = hook "bridge" { bridge = "br0", isolated = true, mtu = 1400, user = 0 }
      function connect(nic) lan(nic) end]],
    changed = [[
      local lan = hook "bridge" { bridge = "br0", isolated = true, learning = false }
      function connect(nic) lan(nic) link{ name = nic.dev, txqueuelen = 77 } end]],
  },
  {
    name = "a tap of libvirt's",
    host = bridge .. managed,
    xml = xml("db", { "m0 managed" }),
    policy = [[
      local lan = hook "bridge" { bridge = "br0", isolated = true, mtu = 1400 }
      function connect(nic) lan(nic) end]],
    changed = [[
      function connect(nic) tap(nic, { txqueuelen = 77, up = true }) end]],
  },
  {
    name = "a routed tap",
    host = uplink .. [[
      ip addr add 192.0.2.1/24 dev eth0
      echo 1 >/proc/sys/net/ipv4/ip_forward
      echo 1 >/proc/sys/net/ipv6/conf/all/forwarding]],
    xml = xml("gate", { "r0" }),
    policy = [[
      local public = hook "routed" {
        addresses = { gate = { "192.0.2.10", "2001:db8::10" } }, uplink = "eth0" }
      function connect(nic) public(nic) end]],
    changed = [[
      local public = hook "routed" {
        addresses = { gate = { "192.0.2.11", "2001:db8::10" } }, mtu = 1400 }
      function connect(nic) public(nic) end]],
  },
  {
    name = "a bridge of moontap's own",
    host = uplink,
    xml = xml("lab", { "s0" }),
    policy = [[
      allow{ link = "eth0", prefix = "198.51.100.0/24" }
      function connect(nic)
        bridge{ name = "lan0" }
        link{ name = "lan0", mtu = 1500, up = true }
        addr{ dev = "lan0", address = "198.51.100.1/25" }
        veth{ name = "way0", peer = "way1" }
        link{ name = "way1", up = true }
        link{ name = "way0", master = "lan0", up = true }
        neigh{ dev = "eth0", dst = "198.51.100.9", proxy = true }
        link{ name = "eth0", txqueuelen = 77 }
        tap(nic, { master = "lan0", mtu = 1500, up = true })
      end]],
    changed = [[
      allow{ link = "eth0", prefix = "198.51.100.0/24" }
      function connect(nic)
        bridge{ name = "lan0" }
        link{ name = "lan0", mtu = 1500, up = true }
        addr{ dev = "lan0", address = "198.51.100.129/25" }
        route{ dst = "198.51.100.0/26", dev = "lan0" }
        tap(nic, { master = "lan0", mtu = 1500, up = true })
        port{ dev = nic.dev, isolated = true }
      end]],
  },
  {
    name = "a tap that is no longer wanted",
    host = bridge,
    xml = xml("old", { "o0" }),
    policy = "function connect(nic) tap(nic, { up = true, mtu = 1400 }) end",
    changed = "function connect(nic) end",
  },
  {
    name = "two NICs",
    host = bridge .. managed,
    xml = xml("two", { "m0 managed", "u1" }),
    policy = [[
      allow{ link = "br0" }
      function connect(nic)
        bridge{ name = "lan0" }
        link{ name = "lan0", mtu = 1500, up = true }
        tap(nic, { master = "lan0", mtu = 1500, up = true })
      end]],
    changed = [[
      allow{ link = "br0" }
      function connect(nic)
        tap(nic, { master = "br0", mtu = 1500, txqueuelen = 77, up = true })
      end]],
  },
}

-- begin(scene): its host and files; the state directory is there, empty
function M.begin(scene)
  helper.run("set -e\n" .. scene.host)
  program.write("guest.xml", scene.xml)
  program.write("policy.lua", scene.policy)
  program.write("changed.lua", scene.changed)
  helper.run(("mkdir -p '%s/state'; cd '%s/state'; mkdir -p nic run shared domain; chmod 700 .")
    :format(helper.folder(), helper.folder()))
end

M.up = "up -p policy.lua guest.xml"
M.change = "up -p changed.lua guest.xml"
M.down = "down guest.xml"

-- must(words): without any fault it works
function M.must(words)
  local r = program.moontap(words)
  if r.status ~= 0 then
    error(("%s: %d: %s"):format(words, r.status, r.err), 2)
  end
end

return M
