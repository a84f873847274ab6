-- snapshot.lua - what the network namespace is like, and a folder of DHCP hosts, as lines that
-- can be compared
--
--   local before = snapshot.take()
--   ...
--   assert.equal("", snapshot.difference(before, snapshot.take()))
--
-- Left out is what differs between two equal hosts: ifindexes, link-local addresses, what duplicate
-- address detection and timers do, what follows a carrier some time after it, and counters.

local helper = require "spec.helper"
local json = require "dkjson"
local offloads = require "internals.look".offloads

local M = {}

-- Names of JSON members.
local left_out = {}
for name in ([[
  ifindex link_index link_netnsid tso_max_size tso_max_segs
  dadfailed tentative optimistic
  hello_timer tcn_timer topology_change_timer gc_timer
  message_age_timer forward_delay_timer hold_timer topology_change_ack
  state operstate
  fdb_n_learned mcast_n_groups
  handle packets bytes
]]):gmatch "%g+" do
  left_out[name] = true
end

-- Words in lists of flags.
local follows_carrier = { ["NO-CARRIER"] = true, LOWER_UP = true, linkdown = true, dead = true }

-- flatten({}, "", object) -> "name=value" words, sorted; of a member's members "name.name=value"
local function flatten(words, path, value)
  if type(value) ~= "table" then
    words[#words + 1] = ("%s=%s"):format(path, value)
  end
  for name, one in pairs(type(value) == "table" and value or {}) do
    local inner = type(name) == "string" and (path == "" and name or path .. "." .. name) or path
    if not left_out[name] and not follows_carrier[one] then
      flatten(words, inner, one)
    end
  end
  table.sort(words)
  return words
end

-- What is link-local or multicast comes and goes with a device's carrier.
local function by_itself(object)
  local address = object["local"] or object.dst or ""
  return address:find "^fe80:" or address:find "^ff00:" or object.type == "multicast"
end

-- A device is a line for each of its attributes, anything else is one line. The MAC address of an
-- ifb is random, and that of Open vSwitch's datapath without a kernel module.
local function devices(lines, what, object)
  if (object.linkinfo or {}).info_kind == "ifb" or object.ifname == "ovs-netdev" then
    object.address = nil
  end
  for _, word in ipairs(flatten({}, "", object)) do
    lines[#lines + 1] = ("%s %s %s"):format(what, object.ifname, word)
  end
  if what == "link" then
    lines[#lines + 1] = ("link %s offloads=%s"):format(object.ifname, offloads(object.ifname))
  end
end

-- The first VRF of a namespace makes a rule that stays: "from all lookup [l3mdev-table]".
local function of_vrfs(object)
  return object.priority == 1000 and not object.table
end

local function whole(lines, what, object)
  if not by_itself(object) and not of_vrfs(object) then
    lines[#lines + 1] = what .. " " .. table.concat(flatten({}, "", object), " ")
  end
end

-- What a device has several of is a line each.
local function each_of(key)
  return function(lines, what, object)
    for _, one in ipairs(object[key]) do
      one.dev = object.ifname
      whole(lines, what, one)
    end
  end
end

-- What was declared; a bridge learns others, and devices' own addresses are seen as links.
local function declared_entries(lines, what, object)
  if object.state == "static" or object.dst then whole(lines, what, object) end
end

-- Packets fill the set of those that were dropped.
local function ruleset(lines, what, object)
  if object.set and object.set.name == "dropped" then object.set.elem = nil end
  whole(lines, what, object)
end

-- The kernel adds those with the handle 0 by itself, by a device's kind.
local function added_qdiscs(lines, what, object)
  if object.handle ~= "0:" then whole(lines, what, object) end
end

-- The rows of Open vSwitch that somebody declares, where it runs, without what it reports in them.
local OVS = [[
  if [ -e /run/openvswitch/db.sock ]; then
    list() { ovs-vsctl -t 5 -f csv --no-headings --columns="$1" list "$2" | sed "s/^/$2 /"; }
    for bridge in $(ovs-vsctl -t 5 list-br); do
      ovs-vsctl -t 5 list-ports $bridge | sed "s/^/ovs $bridge /"
    done
    list name,tag,trunks,vlan_mode,cvlans,protected,other_config,external_ids port
    list name,type,mtu_request,ofport_request,ingress_policing_rate,ingress_policing_burst interface
    list name,external_ids interface | sed 's/, ovn-installed-ts=[^,}]*//'
  fi
]]

-- On whichever devices can have some, not what is in them: actions are numbered through, and count.
local FILTERS = [[
  tc qdisc show | sed -n 's/^qdisc clsact .* dev \([^ ]*\).*/\1/p' | while read -r dev; do
    for side in ingress egress; do
      tc filter show dev "$dev" $side | sed -n "s/^filter .*pref.*chain 0 *$/link $dev $side &/p"
    done
  done
]]

local parts = {
  { "link", "ip -j -d link show", devices },
  { "port", "bridge -j -d link show", devices },
  { "vlan", "bridge -j vlan show 2>/dev/null || :", each_of "vlans" },
  { "fdb", "bridge -j fdb show", declared_entries },
  { "addr", "ip -j -d addr show", each_of "addr_info" },
  { "route", "ip -j -d -4 route show table all", whole },
  { "route", "ip -j -d -6 route show table all", whole },
  { "rule", "ip -j -4 rule show", whole },
  { "rule", "ip -j -6 rule show", whole },
  { "neigh", "ip -j neigh show nud permanent", whole },
  { "neigh", "ip -j neigh show proxy", whole },
  { "nft", "nft -j list ruleset 2>/dev/null || :", ruleset },
  { "qdisc", "tc -j qdisc show", added_qdiscs },
}

-- take() -> sorted lines
function M.take()
  local lines, script = {}, {}
  for i, part in ipairs(parts) do
    script[i] = part[2] .. "; printf '\\f'"
  end
  script[#script + 1] = "cd /proc/sys/net; grep -rs . ipv4/conf ipv6/conf;" ..
    "grep -rs . /run/moontap-dhcp\n" .. FILTERS .. OVS .. "true"
  local at, objects, conf = 1, helper.run(table.concat(script, "\n")):match "(.*\f)(.*)"
  for text in objects:gmatch "([^\f]*)\f" do
    local found = text:match "%S" and json.decode(text) or {}
    for _, object in ipairs(found.nftables or found) do
      parts[at][3](lines, parts[at][1], object)
    end
    at = at + 1
  end
  for line in conf:gmatch "%C+" do
    lines[#lines + 1] = line
  end
  table.sort(lines)
  return lines
end

local function count(lines)
  local n = {}
  for _, line in ipairs(lines) do
    n[line] = (n[line] or 0) + 1
  end
  return n
end

-- difference(before, after) -> lines that are gone with a "-", new ones with a "+"; "" when equal
function M.difference(before, after)
  local n, m, out = count(before), count(after), {}
  for _, line in ipairs(before) do
    if (m[line] or 0) < n[line] then out[#out + 1] = "- " .. line end
  end
  for _, line in ipairs(after) do
    if (n[line] or 0) < m[line] then out[#out + 1] = "+ " .. line end
  end
  return table.concat(out, "\n")
end

return M
