-- firewall_spec.lua - doctor saw only chains whose policy drops: not those that end in a drop or a
-- reject, nor iptables-legacy's tables

local helper = require "spec.helper"
local json = require "dkjson"
local program = require "spec.program"

local function doctor()
  local list = json.decode(program.bare "doctor --root root --json".out)
  local found, todo = {}, {}
  for _, f in ipairs(list) do
    assert.equal("firewall drops bridged traffic", f.check)
    found[#found + 1], todo[#todo + 1] = f.found, f.todo
  end
  table.sort(found)
  return found, todo
end

local function nft(rules)
  program.write("rules.nft", rules)
  helper.run(("nft -f '%s/rules.nft'"):format(helper.folder()))
end

-- legacy(commands): which make the tables, if this kernel has them
local function legacy(commands)
  local r = program.run("command -v iptables-legacy && iptables-legacy -n -L && " ..
    "ip6tables-legacy -n -L && { " .. commands .. "\n}; r=$?\n" .. [[
mkdir -p root/proc/net; for t in ip ip6; do
cat /proc/net/${t}_tables_names >root/proc/net/${t}_tables_names; done; exit $r]])
  return r.status == 0
end

local cases = {
  { "by a drop at the end", [[
table inet own { chain fw { type filter hook forward priority 0; policy accept;
  ct state established accept
  ip daddr 192.0.2.1 counter accept
  counter drop; }
}]], "chain fw of table inet own drops" },
  { "by a reject at the end", [[
table inet own { chain fw { type filter hook forward priority 0; policy accept;
  iifname "lo" accept
  log prefix "no: " counter reject with icmpx type admin-prohibited; }
}]],
    "chain fw of table inet own drops" },
  { "by a chain that it goes to", [[
table ip own { chain last { reject; }
  chain more { tcp dport 22 accept; jump last; }
  chain fw { type filter hook forward priority 0; policy accept; jump more; }
}]],
    "chain fw of table ip own drops" },
  { "by a verdict before the end", [[
table ip own { chain fw { type filter hook forward priority 0; policy accept;
  drop
  ip daddr 192.0.2.1 accept; }
}]], "chain fw of table ip own drops" },
  { "in a bridge's own table", [[
table bridge own { chain fw { type filter hook forward priority 0; policy accept;
  ether type arp accept
  drop; }
}]], "chain fw of table bridge own drops" },
  { "never, with a condition", [[
table inet own { chain fw { type filter hook forward priority 0; policy accept;
  ip daddr 192.0.2.1 drop
  ct state invalid drop
  limit rate over 10/second reject
  iifname "eth7" drop; }
}]] },
  { "never, when the chain that it goes to returns, or nothing goes to it", [[
table inet own { chain other { drop; }
  chain back { return; drop; }
  chain fw { type filter hook forward priority 0; policy accept; jump back; }
}]] },
  { "never, when all is accepted in the end", [[
table inet own { chain fw { type filter hook forward priority 0; policy drop;
  ip daddr 192.0.2.1 drop
  accept; }
}]] },
  { "never, when the bridge is accepted before", [[
table inet own { chain fw { type filter hook forward priority 0; policy accept;
  iifname "br0" oifname "br0" accept
  reject; }
}]] },
  { "never, for what comes to the host itself", [[
table inet own { chain in { type filter hook input priority 0; policy accept; drop; }
}]] },
}

describe("a firewall", function()
  before_each(function()
    helper.run(([[ip link add br0 address 02:00:00:00:00:01 type bridge; ip link set br0 up
cd '%s'; mkdir -p root/etc/moontap root/dev/net root/proc/sys/net/bridge
mknod root/dev/net/tun c 10 200; chmod 666 root/dev/net/tun
for t in iptables ip6tables; do echo 1 >root/proc/sys/net/bridge/bridge-nf-call-$t; done]])
      :format(helper.folder()))
    program.write("root/etc/moontap/policy.lua", [[
local lan = hook "bridge" { bridge = "br0", user = 0 }
function connect(nic) lan(nic) end]])
  end)

  for _, case in ipairs(cases) do
    it("of nftables drops " .. case[1], function()
      nft(case[2])
      local found, todo = doctor()
      assert.same({ case[3] and case[3] .. " what br0 forwards" }, found)
      if case[3] and not case[3]:find "bridge" then
        helper.run(todo[1])
        assert.same({}, (doctor()))
      end
    end)
  end

  for _, tables in ipairs { "iptables", "ip6tables" } do
    local family = tables == "iptables" and "ip" or "ip6"
    local drops = { ("chain FORWARD of table %s filter (iptables-legacy) drops what br0 forwards")
      :format(family) }

    for name, rules in pairs {
      ["by its policy"] = "$t -P FORWARD DROP; $t -A FORWARD -i eth7 -j ACCEPT",
      ["by a reject at the end"] = "$t -A FORWARD -p tcp -j ACCEPT; $t -A FORWARD -j REJECT",
      ["by a chain that it goes to"] = [[
$t -N last; $t -A last -p udp -j RETURN; $t -A last -m comment --comment 'no more' -j DROP
$t -A FORWARD -j LOG; $t -A FORWARD -g last]],
    } do
      it(("of %s-legacy drops %s"):format(tables, name), function()
        if not legacy(("t=%s-legacy\n"):format(tables) .. rules) then
          return helper.missing(pending, "no iptables-legacy")
        end
        local found, todo = doctor()
        assert.same(drops, found)
        helper.run(todo[1])
        assert.same({}, (doctor()))
        assert.truthy(todo[1]:find(("^%s%%-legacy"):format(tables)))
      end)
    end

    it(("of %s-legacy drops nothing otherwise"):format(tables), function()
      if not legacy(("t=%s-legacy\n"):format(tables) .. [[
$t -P INPUT DROP; $t -A INPUT -j DROP; $t -N back; $t -A back -j RETURN; $t -A back -j DROP
$t -A FORWARD -j back; $t -A FORWARD -p tcp -j DROP; $t -A FORWARD -o eth7 -j REJECT]]) then
        return helper.missing(pending, "no iptables-legacy")
      end
      assert.same({}, (doctor()))
      for _, rule in ipairs { "! -i br0 -j ACCEPT", "-i br1 -j ACCEPT", "-i br0 -j LOG" } do
        helper.run(("%s-legacy -P FORWARD DROP; %s-legacy -I FORWARD %s"):format(tables, tables,
          rule))
        assert.same(drops, (doctor()))
      end
      for _, rule in ipairs { "-o br+ -j ACCEPT", "-m physdev --physdev-is-bridged -j ACCEPT" } do
        helper.run(("%s-legacy -I FORWARD %s"):format(tables, rule))
        assert.same({}, (doctor()))
        helper.run(("%s-legacy -D FORWARD 1"):format(tables))
      end
    end)
  end
end)
