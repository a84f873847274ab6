-- SPDX-License-Identifier: LGPL-2.1-or-later
-- firewall.lua - security groups: who may begin to speak with a guest, and whom it may speak to
--
--   local lan = hook "bridge" { bridge = "br0" }
--   local firewall = hook "firewall" {
--     groups = {
--       web = { allow_in = { "tcp 80,443", "tcp 22 from 10.0.0.0/8", "ping" } },
--       db = { allow_in = { "tcp 5432 from group:web" }, allow_out = { "udp 53 to 10.0.0.1" } },
--     },
--     guests = { shop = { "web" }, store = { "db" } },
--     addresses = { shop = { "10.0.0.5", "2001:db8::5" } },
--   }
--
--   function connect(nic)
--     lan(nic)
--     firewall(nic)
--   end
--
-- options
--   groups        what each group allows: allow_in, what others may begin with its guests, and
--                 allow_out, what these may begin. Each is a list of "PROTOCOL PORTS from PEER"; in
--                 allow_out, of "PROTOCOL PORTS to PEER". Needed
--   guests        by the guest's name, or by the NIC's MAC: a list of the groups that it is in, all
--                 of whose lists count; or a function of nic that returns such a list
--   default       a list of the groups of a guest that guests does not name; without it such a
--                 guest is refused
--   addresses     as for hook guard, but no prefixes: of guests in groups that are a PEER
--   unknown, macs   as for hook bridge
--
-- PROTOCOL is tcp, udp, sctp, dccp, udplite, icmp, icmpv6, gre, esp, ah, "any", or "ping": the echo
-- requests of both ICMPs. PORTS are "80", "80,443" or "8000-8099", of ICMP the types; without them
-- all. PEER is an address, a prefix, or "group:NAME": the guests of this host that are in that
-- group, as they come and go; without it everybody.
-- What others begin with the guest, the host too, and nobody allows, is dropped. What the guest
-- begins passes, unless one of its groups has allow_out, be it an empty list. Answers pass, and so
-- do ARP, neighbour discovery, multicast listeners, and what a DHCP client needs. What is neither
-- IP nor ARP does not pass where it would have to be allowed.
-- When a guest leaves a group, or a list gets shorter, that holds at once: also of a connection
-- that stands, nothing passes any longer from the side that began it.

local takes = {
  "groups", -- needed
  groups = "table", guests = "lists|function", default = "table", addresses = "lists|function",
  unknown = 'boolean|"qemu"', macs = "table",
}

local ways = {
  allow_in = { word = "from", peer = allow_in, group = allow_in_group },
  allow_out = { word = "to", peer = allow_out, group = allow_out_group },
}

local GROUPS_AT_PORT = 4 -- as the verbs have them

local with_ports = { tcp = true, udp = true, sctp = true, dccp = true, udplite = true }
local icmp_of = { icmp = "ipv4", icmpv6 = "ipv6" }
local without_ports = { gre = true, esp = true, ah = true, any = true }
local everybody = { ipv4 = "0.0.0.0/0", ipv6 = "::/0" }

-- --- lists ---------------------------------------------------------------------------------------

-- The protocols of a word, each with its ports unless they are given: "ping" is two.
local function protocols_of(word)
  if word == "ping" then return { { "icmp", "8" }, { "icmpv6", "128" } } end
  if with_ports[word] or without_ports[word] or icmp_of[word] then return { { word } } end
end

local function ports_of(proto, text)
  local most = icmp_of[proto] and 255 or 65535
  if not text then return { { first = 0, last = most } } end
  if without_ports[proto] then return end
  local all = {}
  for part in (text .. ","):gmatch "([^,]*)," do
    local first, last = part:match "^(%d+)%-?(%d*)$"
    first, last = math.tointeger(first), math.tointeger(last ~= "" and last or first)
    if not first or first > last or last > most then return end
    all[#all + 1] = { first = first, last = last }
  end
  return all
end

-- "tcp 80,443 from 10.0.0.0/8" -> a list of { proto =, ports =, peer =, group = }; nil: it is none
local function parse(text, word)
  local head, peer = text:match("^(.-) +" .. word .. " +(%g+)$")
  local name, ports = (head or text):match "^(%l[%l%d]*) +(%g+)$"
  name = name or (head or text):match "^%l[%l%d]*$"
  local protocols = protocols_of(name)
  if not protocols or (ports and name == "ping") then return end
  local group = peer and peer:match "^group:(.+)$"
  local all = {}
  for i, p in ipairs(protocols) do
    local proto, types = p[1], p[2] or ports
    local of = ports_of(proto, types)
    if not of then return end
    if group and icmp_of[proto] then -- its chain looks at no types
      if types then return end
      of = { { first = 0, last = 65535 } }
    end
    all[i] = { proto = proto, ports = of, peer = not group and peer or nil, group = group }
  end
  return all
end

local function expected(name, text, word)
  return ('groups: %s: "%s": "tcp 80", "udp 5000-5100 %s 10.0.0.0/8", "ping", or "tcp 22 %s ' ..
    'group:NAME" expected; of ICMP a group gets all types, "icmp"'):format(name, tostring(text),
    word, word)
end

local function read_list(name, way, list)
  local all, word = {}, ways[way] and ways[way].word
  if not word then
    return nil, ("groups: %s: %s: allow_in or allow_out expected"):format(name, tostring(way))
  elseif type(list) ~= "table" then
    return nil, ("groups: %s: %s: a list expected"):format(name, way)
  end
  for _, text in ipairs(list) do
    local rules = parse(tostring(text), word)
    if not rules then return nil, expected(name, text, word) end
    for _, rule in ipairs(rules) do all[#all + 1] = rule end
  end
  return all
end

-- What each group allows, by the way, and which groups are let in; or nil and why.
local function read_groups(groups)
  local read, named = {}, {}
  for name, group in pairs(groups) do
    if type(group) ~= "table" then
      return nil, ("groups: %s: a table with allow_in or allow_out expected"):format(name)
    end
    read[name] = {}
    for way, list in pairs(group) do
      local all, why = read_list(name, way, list)
      if not all then return nil, why end
      read[name][way] = all
      for _, rule in ipairs(all) do if rule.group then named[rule.group] = name end end
    end
  end
  for name, by in pairs(named) do
    if not groups[name] then
      return nil, ("groups: %s: there is no group %s"):format(by, name)
    end
  end
  return read, named
end

-- --- what overlaps: an element must not be inside of another one ---------------------------------

-- Sorted, and joined where they touch.
local function union(ranges)
  local all = {}
  table.sort(ranges, function(a, b)
    if a.first ~= b.first then return a.first < b.first end
    return a.last < b.last
  end)
  for _, r in ipairs(ranges) do
    local end_of = all[#all]
    if end_of and r.first <= end_of.last + 1 then
      end_of.last = math.max(end_of.last, r.last)
    else
      all[#all + 1] = { first = r.first, last = r.last }
    end
  end
  return all
end

local function without(ranges, taken)
  for _, t in ipairs(taken) do
    local left = {}
    for _, r in ipairs(ranges) do
      if r.first < t.first then
        left[#left + 1] = { first = r.first, last = math.min(r.last, t.first - 1) }
      end
      if r.last > t.last then
        left[#left + 1] = { first = math.max(r.first, t.last + 1), last = r.last }
      end
    end
    ranges = left
  end
  return ranges
end

local function binary(number, digits)
  local text = ""
  for bit = digits - 1, 0, -1 do text = text .. (number >> bit & 1) end
  return text
end

-- The bits of an IPv6 address; nil: it is none.
local function bits6(address)
  local head, tail = address:match "^(.-)::(.*)$"
  local function groups(text)
    local bits = ""
    for group in text:gmatch "%x+" do bits = bits .. binary(tonumber(group, 16), 16) end
    return bits
  end
  head, tail = groups(head or address), groups(tail or "")
  if #head + #tail > 128 then return end
  return head .. ("0"):rep(128 - #head - #tail) .. tail
end

-- "4" or "6" and the bits of a prefix, so that a larger prefix is what another one begins with.
local function bits_of(peer)
  local address, length = peer:match "^([%x.:]+)/?(%d*)$"
  local bits = address and (address:find ":" and bits6(address) or
    address:gsub("(%d+)%.?", function(byte) return binary(tonumber(byte), 8) end))
  if not bits then return peer end -- the verb says what is wrong with it
  return (address:find ":" and "6" or "4") .. bits:sub(1, tonumber(length) or #bits)
end

local function is_inside(bits, of)
  return #of < #bits and bits:sub(1, #of) == of
end

local function add_ranges(all, key, entry, ranges)
  all[key] = all[key] or entry
  for _, r in ipairs(ranges) do table.insert(all[key].ranges, r) end
end

local function peers_of(rule)
  local family = icmp_of[rule.proto]
  if rule.group then return {} end
  if rule.peer then return { rule.peer } end
  return family and { everybody[family] } or { everybody.ipv4, everybody.ipv6 }
end

-- Declares what rules allow whose peers are addresses.
local function declare_peers(nic, verb, rules)
  local by = {}
  for _, rule in ipairs(rules) do
    for _, peer in ipairs(peers_of(rule)) do
      local bits = bits_of(peer)
      add_ranges(by, rule.proto .. " " .. bits,
        { proto = rule.proto, peer = peer, bits = bits, ranges = {} }, rule.ports)
    end
  end
  for _, entry in pairs(by) do
    local left = union(entry.ranges)
    for _, other in pairs(by) do
      if other.proto == entry.proto and is_inside(entry.bits, other.bits) then
        left = without(left, other.ranges)
      end
    end
    for _, r in ipairs(left) do
      verb{ dev = nic.dev, proto = entry.proto, port = r.first .. "-" .. r.last, peer = entry.peer }
    end
  end
end

local function overlap(a, b)
  return (a.proto == b.proto or a.proto == "any" or b.proto == "any") and a.first <= b.last and
    b.first <= a.last
end

-- The first number that none of what overlaps has.
local function free_number(entry, given)
  for nth = 1, GROUPS_AT_PORT do
    local free = true
    for _, other in ipairs(given) do
      free = free and not (other.nth == nth and overlap(entry, other))
    end
    if free then return nth end
  end
  refuse(("firewall: more than %d groups at one port: %s %d"):format(GROUPS_AT_PORT, entry.proto,
    entry.first))
end

-- Declares what rules allow whose peers are groups.
local function declare_groups(nic, verb, rules)
  local by, given = {}, {}
  for _, rule in ipairs(rules) do
    if rule.group then
      add_ranges(by, rule.group .. " " .. rule.proto,
        { proto = rule.proto, group = rule.group, ranges = {} }, rule.ports)
    end
  end
  for _, entry in pairs(by) do
    local ranges = union(entry.ranges)
    if entry.proto ~= "any" and by[entry.group .. " any"] then ranges = {} end
    for _, r in ipairs(ranges) do
      local one = { proto = entry.proto, first = r.first, last = r.last }
      one.nth = free_number(one, given)
      given[#given + 1] = one
      verb{ dev = nic.dev, proto = entry.proto, port = r.first .. "-" .. r.last, nth = one.nth,
        group = entry.group }
    end
  end
end

-- --- guests --------------------------------------------------------------------------------------

local function join(groups, guest, read)
  local rules = { allow_in = {} }
  for _, name in ipairs(groups) do
    if not read[name] then
      refuse(("firewall: %s is in the group %s, and there is none"):format(guest, name))
    end
    for way, list in pairs(read[name]) do
      rules[way] = rules[way] or {}
      for _, rule in ipairs(list) do table.insert(rules[way], rule) end
    end
  end
  return rules
end

local function declare_members(nic, guest, groups, named, list)
  for _, name in ipairs(groups) do
    if named[name] then
      for _, address in ipairs(list or refuse(
        ("firewall: no address is written down for %s, which is in the group %s"):format(guest,
          name))) do
        firewall_member{ dev = nic.dev, group = name, address = address }
      end
    end
  end
end

local function wrong(options)
  for _, name in ipairs(options.default or {}) do
    if not options.groups[name] then
      return ("default: there is no group %s"):format(tostring(name))
    end
  end
  if not options.guests and not options.default then
    return "one of the options 'guests' and 'default' is needed: which groups a guest is in"
  end
end

local function allow_all(groups, addresses)
  for name in pairs(groups) do allow{ group = name } end
  for _, list in pairs(type(addresses) == "table" and addresses or {}) do
    for _, address in ipairs(list) do allow{ prefix = address } end
  end
end

return function(options)
  local why = wrong(options)
  if why then return nil, why end
  local read, named = read_groups(options.groups)
  if not read then return nil, named end
  allow_all(options.groups, options.addresses)

  return function(nic, guest, given)
    local groups = given(options.guests) or options.default or
      refuse(("firewall: %s is in no group"):format(guest))
    local rules = join(groups, guest, read)
    declare_members(nic, guest, groups, named, given(options.addresses))
    for way, list in pairs(rules) do
      declare_peers(nic, ways[way].peer, list)
      declare_groups(nic, ways[way].group, list)
    end
    firewall{ dev = nic.dev, outbound = rules.allow_out and "deny" or "accept" }
  end
end, takes
