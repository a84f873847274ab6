-- plans_spec.lua - plans of an evaluator that was taken over: nothing outside its rights is changed
--
-- A generator, seeded by a number, writes answers in the evaluator's place: of every kind and
-- field, well formed and not, about devices of its own, of the policy's, of other guests and of the
-- host. The host is compared before, while it is connected, and after; what an answer may change is
-- computed here anew, from what its policy allowed before it was read.

local helper = require "spec.helper"
local kernel = require "internals.kernel"
local moontap = require "moontap"
local snapshot = require "spec.snapshot"
local standin = require "spec.standin"
local torture = require "spec.torture.torture"

local plans = torture.all and 250 or 50 -- in one namespace
local worlds = torture.all and 40 or 8
local part, parts = (os.getenv "MOONTAP_SCENES" or "1/1"):match "(%d+)/(%d+)"
local seed = tonumber(os.getenv "MOONTAP_SEED" or 20)

--- the host ---------------------------------------------------------------------------------------

-- br0 may be allowed, br1 and eth0 may be, too; two taps of others are in use, one is idle.
local host = [[
  for family in all default; do echo 0 >/proc/sys/net/ipv6/conf/$family/accept_dad; done
  ip link add eth0 address 02:00:00:00:00:02 type veth peer name eth1 address 02:00:00:00:00:03
  ip link add br0 address 02:00:00:00:00:10 mtu 1500 type bridge
  ip link add br1 address 02:00:00:00:00:11 mtu 1500 type bridge
  ip link set br0 mtu 1499; ip link set br0 mtu 1500
  ip link set br1 mtu 1499; ip link set br1 mtu 1500
  ip link add p0 address 02:00:00:00:00:20 type veth peer name p1 address 02:00:00:00:00:21
  ip link set p0 master br0; ip link set p1 master br1
  for dev in eth0 eth1 br0 br1 p0 p1; do ip link set $dev up; done
  ip addr add 10.0.0.1/24 dev br0
  ip addr add 192.0.2.1/24 dev eth0
  ip addr add 2001:db8::1/64 dev eth0 nodad
  ip addr add 172.16.0.1/24 dev br1
  ip route add default via 192.0.2.254 dev eth0
  ip route add 10.0.9.0/24 via 10.0.0.9 dev br0
  ip route add 198.51.100.0/24 dev br1 table 100
  ip -6 route add 2001:db8:1::/48 via 2001:db8::2 dev eth0
  ip rule add from 198.51.100.0/24 table 100
  ip neigh add 192.0.2.254 lladdr 02:00:00:00:00:99 dev eth0 nud permanent
  ip neigh add proxy 192.0.2.77 dev eth0
  ip tuntap add dev vnet7 mode tap; ip link set vnet7 address 02:00:00:00:07:07 master br1 up
  ip tuntap add dev vnet8 mode tap; ip link set vnet8 address fe:54:00:00:00:08 master br1 up
  ip tuntap add dev idle0 mode tap; ip link set idle0 address 02:00:00:00:00:30
  ip link add lab0 type veth peer name lab1
  for dev in idle0 lab0 lab1; do ip link set $dev up; ip link set $dev down; done # their qdiscs
]]

-- Another guest, with a bridge that moontap made for it.
local other = standin.answer("allow link=br0\nallow prefix=10.1.0.0/16\n", standin.guest("other", {
  { dev = "o0", mac = "52:54:00:00:0b:01", records = "tap name=o0\nbridge name=lan0\n" ..
    "link name=lan0 mtu=1500 up=true\nlink name=o0 master=lan0 mtu=1500 up=true\n" ..
    "addr dev=lan0 address=10.1.0.1/24\nroute dst=10.1.7.0/24 dev=lan0\n" },
  { dev = "o1", mac = "52:54:00:00:0b:02",
    records = "tap name=o1\nlink name=o1 master=br0 up=true\nport dev=o1 isolated=true\n" },
}, "00000000-0000-0000-0000-00000000000b"))

--- the generator ----------------------------------------------------------------------------------

local function one_of(list)
  return list[math.random(#list)]
end

local function chance(percent)
  return math.random(100) <= percent
end

local there = { "eth0", "eth1", "br0", "br1", "p0", "p1", "vnet7", "vnet8", "idle0", "lab0", "lo",
  "o0", "o1", "lan0" }
local new = { "n0", "n1", "n2", "n3", "e0", "e1" }
local strange = { "all", "default", "$DEV", "..", "a/b", "tap%25d", "a%0ab", "", "none", "%6eone",
  "0123456789abcdef", "%ff", "%", "%zz", "-x", "if12", "eth0%00", "lo:1" }

local addresses = { "10.0.0.9", "10.0.0.1", "10.9.0.1", "10.1.0.1", "192.0.2.1", "192.0.2.254",
  "192.0.2.77", "8.8.8.8", "0.0.0.0", "255.255.255.255", "127.0.0.1", "224.0.0.1", "169.254.0.1",
  "2001:db8::1", "2001:db8:9::1", "fe80::1", "::", "::1", "ff02::1", "::ffff:10.0.0.1" }
local lengths = { "", "/32", "/24", "/16", "/8", "/0", "/128", "/64", "/48", "/33", "/129", "/-1" }
local numbers = { "0", "1", "2", "10", "68", "100", "253", "254", "255", "1280", "1400", "1500",
  "9000", "65535", "65536", "2147483647", "4294967295", "4294967296", "18446744073709551615",
  "18446744073709551616", "99999999999999999999999", "-1", "0x10", "1e3", "1.5" }

local function name()
  return chance(50) and one_of(new) or chance(80) and one_of(there) or one_of(strange)
end

local function text()
  return chance(70) and ("word%d"):format(math.random(9))
    or one_of { "", "none", ("x"):rep(255), ("x"):rep(256), ("%ff"):rep(200),
      "a%20b%0alink%20name=eth0", "%1b[2J", "$(reboot)", "%27;reboot%27", ("y"):rep(5000) }
end

-- By what a field says that it takes.
local values = {
  { "^a device name", name },
  { "^true or false", function() return one_of { "true", "false", "1", "yes", "none" } end },
  { "^a MAC", function()
    return one_of { "02:00:00:00:00:aa", "fe:54:00:00:00:01", "ff:ff:ff:ff:ff:ff",
      "00:00:00:00:00:00", "01:00:5e:00:00:01", "02:00:00:00:00:0", "02:00:00:00:00:02" } end },
  { "prefix length", function() return one_of(addresses) .. one_of(lengths) end },
  { "^an IPv4", function() return one_of(addresses) end },
  { "^a user", function() return one_of { "0", "root", "nobody", "65534", "4294967295", "x" } end },
  { "^a group", function() return one_of { "0", "root", "65534", "x" } end },
  { "^a text", text },
  { "^%d+%.%.", function() return one_of(numbers) end },
}

local function value(field)
  for _, row in ipairs(values) do
    if chance(93) and field.expects:find(row[1]) then
      return row[2]()
    end
  end
  local words = {}
  for word in field.expects:gmatch "[%w_]+" do
    words[#words + 1] = word
  end
  return chance(85) and one_of(words) or chance(50) and "none" or text()
end

local kinds = kernel.kinds()

local function record(own)
  local kind = one_of(kinds)
  local words = { chance(98) and kind.name or one_of { "nic", "domain", "allow", "geneve", "nft" } }
  for i, field in ipairs(kind.fields) do
    local is_key = i <= kind.nkeys
    if chance(is_key and 85 or 18) then
      local mine = i == 1 and field.expects:find "device" and chance(55)
      words[#words + 1] = field.name .. "=" .. (mine and own or value(field))
    end
  end
  if chance(3) then
    words[#words + 1] = one_of { "x=1", "name=twice", "=", "name", ("w=1 "):rep(60) }
  end
  return table.concat(words, " ") .. "\n"
end

-- What is likely to be carried out, so that what stands beside it is, too.
local function sound(own, links)
  local dev = chance(60) and own or one_of(links)
  local inside = ("10.9.%d.%d"):format(math.random(0, 9), math.random(254))
  return one_of {
    ("bridge name=%s\n"):format(one_of(new)),
    ("veth name=%s peer=%s\n"):format(one_of(new), one_of(new)),
    ("link name=%s up=true\n"):format(dev),
    ("link name=%s mtu=%d\n"):format(own, math.random(1280, 1500)),
    ("link name=%s txqueuelen=%d\n"):format(dev, math.random(999)),
    ("link name=%s master=%s\n"):format(own, one_of(links)),
    ("port dev=%s isolated=true learning=false cost=%d\n"):format(own, math.random(99)),
    ("addr dev=%s address=%s/32\n"):format(dev, inside),
    ("route dst=%s/32 dev=%s\n"):format(inside, dev),
    ("route dst=%s/32 dev=%s table=100\n"):format(inside, dev),
    ("rule priority=2000 table=100 from=%s/32 iif=%s\n"):format(inside, dev),
    ("offload dev=%s gro=%s\n"):format(dev, chance(50)),
    ("neigh dev=%s dst=%s lladdr=02:00:00:00:00:bb\n"):format(dev, inside),
    ("neigh dev=%s dst=%s proxy=true\n"):format(dev, inside),
    ("guard dev=%s mac=52:54:00:00:00:0%d level=%s\n"):format(dev, math.random(9),
      one_of { "mac", "all" }),
    ("guard_ip dev=%s address=%s/32\n"):format(dev, inside),
    ("forward address=%s proto=%s port=%d to=%s\n"):format(inside, one_of { "tcp", "udp" },
      math.random(8000, 8120), inside),
    ("hairpin address=%s\n"):format(inside),
    ("firewall dev=%s outbound=%s\n"):format(dev, one_of { "deny", "accept" }),
    ("%s dev=%s proto=%s port=%d peer=%s/32\n"):format(one_of { "allow_in", "allow_out" }, dev,
      one_of { "tcp", "udp" }, math.random(100), inside),
    ("%s dev=%s proto=tcp port=%d nth=%d group=g%d\n"):format(
      one_of { "allow_in_group", "allow_out_group" }, dev, math.random(100), math.random(4),
      math.random(2)),
    ("firewall_member dev=%s group=g%d address=%s\n"):format(dev, math.random(2), inside),
    ("masquerade src=10.9.%d.0/24 out=%s\n"):format(math.random(0, 9), dev),
    ("conf dev=%s family=ipv4 forwarding=true\n"):format(dev),
    ("conf dev=%s family=ipv6 accept_ra=0\n"):format(dev),
  }
end

-- Half of the plans are sound but for one record, so that it meets no error before its own.
local function records(own, may)
  local tame, links = chance(50), {}
  for dev in pairs(may.link) do
    links[#links + 1] = dev
  end
  table.sort(links)
  links = #links > 0 and links or { own }
  local lines = { chance(tame and 95 or 70) and ("tap name=%s\nlink name=%s up=true\n")
    :format(own, own) or "" }
  local n = math.random(0, chance(10) and 40 or 5)
  for i = 1, n do
    local wild = tame and i == n and chance(60) or not tame and chance(40)
    lines[#lines + 1] = wild and record(own) or sound(own, tame and links or there)
    if chance(tame and 1 or 4) then
      lines[#lines + 1] = one_of { "allow link=eth0\n", "allow prefix=0.0.0.0/0\n", "loaded\n",
        "policy checksum=0\n", "at place=x%0ay\n", "\n", "refuse text=no\n", "end\n",
        "log text=a%0ab%1b[2J\n",
        "interface index=1 type=ethernet mac=52:54:00:00:0b:01 dev=o0 unmanaged=true\n",
        "nic index=7\n", "nic index=1 decision=managed\n", "facts bytes=9999999\n",
        "facts bytes=-1\n", "xml bytes=3\nabc", "domain name=other\n", ("z"):rep(9000) .. "\n",
        "error code=5 at=x text=y\n", "nic index=-1\n", "\0\n", "link\0name=eth0\n" }
    end
  end
  return table.concat(lines)
end

-- An answer, and what it may: { link = set, prefix = set, table = set, own = set, event = }
local function generate()
  local may = { link = {}, prefix = {}, table = {}, priority = {}, ports = {}, group = {}, own = {},
    event = one_of { "up", "up", "up", "prepare", "start" } }
  local allowed = {}
  local function allow(what, this, percent)
    if chance(percent) then
      may[what][this] = true
      allowed[#allowed + 1] = ("allow %s=%s\n"):format(what, this)
    end
  end
  allow("link", "br0", 60)
  allow("link", "br1", 10)
  allow("link", "eth0", 15)
  allow("prefix", "10.9.0.0/16", 80)
  allow("prefix", "2001:db8:9::/48", 30)
  allow("table", "100", 20)
  allow("priority", "2000", 50)
  allow("ports", "8000-8099", 50)
  allow("group", "g1", 50)

  local nics = {}
  for i = 1, chance(70) and 1 or math.random(0, 4) do
    nics[i] = { dev = chance(75) and "e" .. i or name(), unmanaged = chance(80) or nil,
      mac = one_of { "52:54:00:00:00:01", "52:54:00:00:00:08", "52:54:00:00:0b:01", "", "x" } }
    if not nics[i].unmanaged then
      nics[i].unmanaged = false
    end
    nics[i].records = records(nics[i].dev, may)
    may.own[nics[i].dev] = nics[i]
  end
  local is_other = chance(10)
  local uuid = chance(15) and "00000000-0000-0000-0000-00000000000b" or nil
  may.is_other = is_other and uuid ~= nil
  may.claims_other = is_other
  local answer = standin.answer(table.concat(allowed),
    standin.guest(is_other and "other" or "evil", nics, uuid))
  if chance(4) then -- somebody cut it, or wrote over it
    local at = math.random(#answer)
    answer = chance(50) and answer:sub(1, at) .. "\nend\n"
      or answer:sub(1, at - 1) .. string.char(math.random(0, 255)) .. answer:sub(at + 1)
    may.torn = at <= #table.concat(allowed) + 40
  end
  return answer, may
end

--- the judge --------------------------------------------------------------------------------------

local function bits(address)
  local n, out = 0, {}
  if not address:find ":" then
    for byte in address:gmatch "%d+" do
      out[#out + 1], n = ("%02x"):format(byte), n + 1
    end
    return table.concat(out), 4
  end
  local left, right = address:match "^(.-)::(.*)$"
  local function groups(digits)
    local list = {}
    for group in digits:gmatch "%x+" do list[#list + 1] = ("%04x"):format(tonumber(group, 16)) end
    return list
  end
  local a, b = groups(left or address), groups(right or "")
  return table.concat(a) .. ("0000"):rep(8 - #a - #b) .. table.concat(b), 6
end

-- Of these prefixes all lengths are whole bytes.
local function inside(may, address)
  local hex, family = bits(address:match "^[^/]+")
  local length = tonumber(address:match "/(%d+)") or 128
  for prefix in pairs(may.prefix) do
    local to, its = bits(prefix:match "^[^/]+")
    local n = tonumber(prefix:match "/(%d+)")
    if its == family and length >= n and hex:sub(1, n // 4) == to:sub(1, n // 4) then
      return true
    end
  end
  return false
end

local function word(line, key)
  return line:match(" " .. key .. "=(%S+)")
end

-- Is this device, as it was before, one that the answer may do with as it likes?
local function its_own(may, dev, was)
  local nic = may.own[dev]
  if not nic or not was[dev] then
    return not was[dev] -- what was not there moontap made
  end
  if dev == "idle0" or dev:find "^vnet" and nic.unmanaged and may.event == "start" then
    return true -- a tap that is in nobody's journal; at start its guest has it open
  end
  if dev:find "^o%d" and may.is_other and may.event == "up" then
    return true -- of `up` with a document, who the guest is only the document says
  end
  return dev == "vnet8" and not nic.unmanaged and nic.mac == "52:54:00:00:00:08"
end

local function free(may, dev, was)
  return may.link[dev] or its_own(may, dev, was)
end

-- How a line of a snapshot may come or go.
local rules = {
  link = function(may, line, was) return free(may, line:match "^link (%S+)", was) end,
  port = function(may, line, was) return free(may, line:match "^port (%S+)", was) end,
  addr = function(may, line, was)
    local dev = word(line, "dev")
    return not was[dev] or free(may, dev, was) and inside(may, word(line, "local"))
  end,
  neigh = function(may, line, was)
    return free(may, word(line, "dev"), was) and inside(may, word(line, "dst"))
  end,
  route = function(may, line, was)
    local dev, dst = word(line, "dev"), word(line, "dst")
    if dst:find "^fe80:" or dst:find "^ff00:" or word(line, "type") == "multicast" then
      return free(may, dev, was)
    end
    return inside(may, dst) and (not dev or dev == "lo" or free(may, dev, was))
  end,
  rule = function(may, line, was)
    local src, dst, iif, oif = word(line, "src"), word(line, "dst"), word(line, "iif"),
      word(line, "oif")
    local function within(address, length)
      return not address or address == "all" or inside(may, address ..
        "/" .. (length or address:find ":" and 128 or 32))
    end
    return may.priority[word(line, "priority")] and may.table[word(line, "table")]
      and within(src, word(line, "srclen")) and within(dst, word(line, "dstlen"))
      and (src ~= "all" or dst or iif or oif)
      and (not iif or free(may, iif, was)) and (not oif or free(may, oif, was))
  end,
  qdisc = function(may, line, was) return free(may, word(line, "dev"), was) end,
  -- Of moontap's tables, elements alone are about somebody: devices, addresses, ports, groups. Whom
  -- a guest's own firewall lets in is its own matter.
  nft = function(may, line, was)
    local of = word(line, "set.name") or word(line, "map.name") or ""
    local group = of:match "^group%d_(.*)$"
    if not (line .. " "):find "table=moontap[ _]" and not line:find "table%.name=moontap" or
        group and not may.group[group] then
      return false
    end
    for one in line:gmatch "%.elem%S*=(%S+)" do
      local mac = one:find "^%x%x:%x%x:%x%x:%x%x:%x%x:%x%x$"
      local address = not mac and (one:find "^%d+%.%d+%.%d+%.%d+$" or one:find "::")
      local port = of:find "^forward" and tonumber(one)
      local jump = one:match "^from_(.*)$" or one:match "^to_(.*)$"
      if was[one] and not free(may, one, was) or jump and not may.group[jump]
        or address and not of:find "^in" and not of:find "^out" and not inside(may, one)
        or port and (port < 8000 or port > 8099 or not next(may.ports)) then
        return false
      end
    end
    return true
  end,
  ipv4 = function(may, line, was) return free(may, line:match "^ipv4/conf/([^/]+)/", was) end,
  ipv6 = function(may, line, was) return free(may, line:match "^ipv6/conf/([^/]+)/", was) end,
}

local function devices(lines)
  local set = {}
  for _, line in ipairs(lines) do
    set[line:match "^link (%S+)" or ""] = true
  end
  return set
end

-- What a bridge does with its other ports when one of them comes, goes or is set.
local function by_itself(line)
  return line:find " promiscuity=" or line:find " PROMISC" or line:find "allmulti"
    or line:find "designated_" or line:find "%.no=" or line:find "%.id="
    or line:find "root_id" or line:find "bridge_id" or line:find "root_p"
end

local function trespass(before, after, may)
  local was, out = devices(before), {}
  for line in snapshot.difference(before, after):gmatch "[-+] ([^\n]+)" do
    local rule = rules[line:match "^%w+"]
    if not by_itself(line) and not (rule and rule(may, line, was)) then
      out[#out + 1] = line
    end
  end
  return table.concat(out, "\n")
end

--- the trials -------------------------------------------------------------------------------------

local function journals()
  local names = {}
  for file in helper.run(("ls '%s/state/nic'"):format(helper.folder())):gmatch "%S+" do
    names[#names + 1] = file
  end
  return names
end

local function try(session, before, answer, may, what)
  local function hold(so, why, more)
    if not so then
      error(("%s: %s\n%s\nafter the answer\n%s"):format(what, why, more or "", answer), 0)
    end
  end
  local done, err, outcome
  if may.event == "up" then
    done, err, outcome = session:up(answer)
  else
    done, err, outcome = session:hook(may.event, "evil", answer)
  end
  torture.count("a hostile plan", "the evaluator was taken over", may.event,
    done and (#done.nics > 0 and "carried out, within its rights" or "was about nothing")
    or "refused, nothing changed")
  for _, line in ipairs((done or outcome or { log = {} }).log or {}) do
    hold(not tostring(line.text or line):find "%c", "a control byte in the log")
  end
  if done then
    local changed = trespass(before.lines, snapshot.take(), may)
    hold(changed == "", "changed what is not its own", changed)
    for _, dev in ipairs(journals()) do
      if dev ~= "o0" and dev ~= "o1" then
        local down, why = session:down(dev)
        hold(down, "cannot be taken back", tostring(why))
      end
    end
  else
    hold(err.exit ~= 6, "could not be undone", tostring(err))
    hold(not tostring(err):find "%c", "a control byte in the message", tostring(err))
  end
  if may.event ~= "up" then
    hold(session:hook("release", "evil", ""), "cannot be released")
  elseif done and may.claims_other then
    assert(session:up(other)) -- its document is that guest's last word, and is remembered
  end
  local since = torture.since(before)
  hold(since == "", done and "left something after down" or "left something of a failure", since)
end

describe("whatever an evaluator says #torture", function()
  for world = tonumber(part), worlds, tonumber(parts) do
    it(("nothing outside its rights changes (%d plans from seed %d)"):format(plans, seed + world),
       function()
      helper.run("set -e\n" .. host)
      local opened = {}
      for i, dev in ipairs { "vnet7", "vnet8" } do -- as their guests have them
        opened[i] = assert(moontap.tap.open(dev, {}))
      end
      local session <close> = standin.open()
      assert(session:up(other))
      math.randomseed(seed + world)
      -- the kernel says it some time later that nobody has the taps open
      helper.run "until ip route show dev lan0 | grep -q linkdown; do sleep 0.05; done; sleep 0.2"
      local before = torture.moment()
      for i = 1, plans do
        local answer, may = generate()
        if not may.torn then
          try(session, before, answer, may, ("seed %d, plan %d"):format(seed + world, i))
        end
      end
      assert(session:down "other")
      for _, tap in ipairs(opened) do tap:close() end
    end)
  end

  teardown(torture.summary)
end)
