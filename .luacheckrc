-- Lua 5.4; specs run under busted, policies and hooks in moontap's sandbox.
std = "lua54"
max_line_length = 100
files["spec/"] = { std = "lua54+busted" }
stds.policy = {
  globals = { "decide", "connect", "connect_other" },
  read_globals = {
    "hook", "allow", "default", "refuse", "log", "host", "tap",
    "bridge", "veth", "link", "port", "vlan", "vlan_member", "conf", "addr", "route", "neigh",
    "rule", "vrf", "vxlan", "vlan_dev", "macvlan", "macvtap", "tap_node", "fdb", "altname", "rate",
    "ovs_port",
    "firewall", "firewall_group", "firewall_member", "allow_in", "allow_out", "allow_in_group",
    "allow_out_group", "offload", "nft", "guard", "guard_ip", "forward", "masquerade",
    "hairpin",
    "dhcp_host", "lease", "pool",
    "ifb", "tbf", "clsact", "redirect", "ovs_port",
    "hairpin", "dhcp_host", "lease", "pool",
    "ifb", "tbf", "clsact", "redirect",
  },
}
stds.repl = { globals = {
  "moontap", "domain", "nic", "nics", "policy", "reload", "plan", "up", "down", "facts", "kinds",
  "help", "try",
} }
files["lua/moontap/repl/"] = { std = "lua54+repl" }
files["doc/tools/"] = { std = "lua54+repl" }
files["hooks/"] = { std = "lua54+policy" }
files["samples/"] = { std = "lua54+policy" }
files["spec/regress/journal-1/"] = { std = "lua54+policy" }
files["spec/bench/policy/"] = { std = "lua54+policy" }
