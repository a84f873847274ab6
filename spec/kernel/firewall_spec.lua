-- firewall_spec.lua - who reaches a guest that has a firewall, by connections between namespaces
--
-- The guests are containers, so that their other ends are in namespaces of their own. What nobody
-- answers within a moment counts as dropped: a busy machine cannot make a spec fail by that, and
-- the counters say that the firewall dropped it.
local helper = require "spec.helper"
local program = require "spec.program"
local snapshot = require "spec.snapshot"

-- Answers on each port with its name; and with what it got, as long as the other side goes on.
local SERVER = [==[
import select, socket, sys
name, socks, open_ones = sys.argv[1], [], []
for port in map(int, sys.argv[2:]):
    for kind in socket.SOCK_STREAM, socket.SOCK_DGRAM:
        s = socket.socket(socket.AF_INET6, kind)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind(("::", port))
        if kind == socket.SOCK_STREAM: s.listen()
        socks.append(s)
print("ready", flush=True)
while True:
    for s in select.select(socks + open_ones, [], [])[0]:
        if s in open_ones:
            got = s.recv(100)
            if got: s.sendall(got)
            else: open_ones.remove(s)
        elif s.type == socket.SOCK_STREAM:
            c = s.accept()[0]; c.sendall(name.encode()); open_ones.append(c)
        else:
            peer = s.recvfrom(100)[1]; s.sendto(name.encode(), peer)
]==]

-- Each word is "tcp ADDRESS PORT" or "udp ADDRESS PORT FROM-PORT"; before "--" those that will be
-- answered, which are waited for, then those that may be. Prints those that were.
local CLIENT = [==[
import select, socket, sys, time
must, socks, i = [], {}, sys.argv.index("--")
for n, word in enumerate(sys.argv[1:i] + sys.argv[i + 1:]):
    proto, to, port, *sport = word.split()
    s = socket.socket(socket.AF_INET6 if ":" in to else socket.AF_INET,
                      socket.SOCK_STREAM if proto == "tcp" else socket.SOCK_DGRAM)
    s.setblocking(False)
    if sport: s.bind(("", int(sport[0])))
    if s.connect_ex((to, int(port))) in (0, 115): socks[s] = word
    try: proto == "udp" and s.send(b"hello")
    except PermissionError: del socks[s] # the host's own, dropped
    if n < i - 1: must.append(s)
answered, begin = [], time.monotonic()
while time.monotonic() - begin < (20 if [s for s in must if s in socks] else 0.6):
    for s in select.select(list(socks), [], [], 0.1)[0]:
        try: answered.append(socks[s] + " " + s.recv(100).decode())
        except OSError: pass
        del socks[s]
print("\n".join(sorted(answered)))
]==]

-- Says something again and again, and writes down how often it was answered.
local TALK = [==[
import os, socket, sys, time
s = socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=20)
s.recv(100); s.settimeout(0.05); n = 0
while True:
    try:
        s.send(b"x"); n += len(s.recv(100))
    except OSError: pass
    with open("talk.new", "w") as f: f.write(str(n))
    os.rename("talk.new", "talk"); time.sleep(0.01)
]==]

local XML = [[<domain type='lxc'><name>%s</name><uuid>4dea22b3-1d52-d8f3-2516-782e98ab3f0%d</uuid>
  <devices><interface type='ethernet'><mac address='52:54:00:00:00:0%d'/><target dev='%s0'/>
  <guest dev='eth0'/></interface></devices></domain>]]

local numbers = { web = 5, db = 6 }

local GROUPS = [[local firewall = hook "firewall" {
  groups = {
    web = { allow_in = { "tcp 80", "tcp 443 from 192.0.2.2", "tcp 443 from 2001:db8::2", "ping" } },
    db = { allow_in = { "tcp 5432 from group:web", "udp 53" }, allow_out = {} },
    none = {},
  },
  guests = { web = { "%s" }, db = { "db" } },
  addresses = { web = { "10.0.0.5", "fd00::5" } },
}]]

local spaces, children

local function on(name, command)
  return (name and ("nsenter -t %s -n "):format(spaces[name]) or "") .. command
end

local function start(command)
  children[#children + 1] = program.run(command .. " & echo $!").out:match "%d+"
  return children[#children]
end

local function space(name)
  spaces[name] = start(("unshare -n sleep 600 >%s.log 2>&1"):format(name))
  helper.run(([[own=$(readlink /proc/self/ns/net)
    for i in $(seq 200); do
      [ "$(readlink /proc/%s/ns/net)" != "$own" ] && break; sleep 0.05
    done
    nsenter -t %s -n sh -c 'ip link set lo up
      echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad']])
    :format(spaces[name], spaces[name]))
end

-- A device whose other end is eth0 in a namespace, where commands are run.
local function pair(name, device, commands)
  helper.run(([[ip link add %s type veth peer name eth0 netns %s; ip link set %s up
    nsenter -t %s -n sh -ec 'ip link set eth0 up
    %s']]):format(device, spaces[name], device, spaces[name], commands))
end

local function serve(name, ...)
  start(on(spaces[name] and name, ("python3 server.py %s %s >%s.ports 2>&1"):format(name,
    table.concat({ ... }, " "), name)))
  helper.run(("for i in $(seq 400); do grep -q ready %s/%s.ports && break; sleep 0.05; done")
    :format(helper.folder(), name))
end

-- ask(name, answered, not answered): lists of what is asked there; nil: on the host. Checks both.
local function ask(name, yes, no)
  local function quoted(list) return #list > 0 and "'" .. table.concat(list, "' '") .. "'" or "" end
  local wanted = {}
  for i, word in ipairs(yes) do wanted[i] = word end
  table.sort(wanted)
  local words = quoted(yes) .. " -- " .. quoted(no or {})
  local r = program.run(on(name, "python3 client.py " .. words))
  assert.equal("", r.err)
  local got = {}
  for line in r.out:gmatch "[^\n]+" do got[#got + 1] = line:match "^(.*) %l+$" end
  assert.same(wanted, got)
end

local function pings(name, to)
  return program.run(on(name, "busybox ping -c 1 -W 20 " .. to)).status == 0
end

-- The rest of these specs, for guests in a bridge or behind the host: lan is the hook's line.
local function specs(lan, family, prepare)
  local before

  local function run(word, name, group)
    program.write("p.lua", lan .. "\n" .. GROUPS:format(group or "web") ..
      "\nfunction connect(nic) firewall(nic) lan(nic) end")
    local r = program.moontap(word == "down" and "down " .. name or word .. " -p p.lua -",
      XML:format(name, numbers[name], numbers[name], name))
    assert.same({ 0, "" }, { r.status, r.err })
  end

  local function dropped(set, device)
    local out = helper.run(("nft list set %s moontap_firewall %s"):format(family, set))
    return tonumber(out:match('"' .. device .. '" counter packets (%d+)') or 0)
  end

  before_each(function()
    spaces, children = {}, {}
    program.write("server.py", SERVER)
    program.write("client.py", CLIENT)
    program.write("talk.py", TALK)
    helper.run [[ip link set lo up; sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
      echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad
      sysctl -qw net.bridge.bridge-nf-call-iptables=0 net.bridge.bridge-nf-call-ip6tables=0 ||
        true]]
    for _, name in ipairs { "web", "db", "out" } do space(name) end
    prepare()
    before = snapshot.take()
  end)

  after_each(function()
    helper.run("kill " .. table.concat(children, " "))
  end)

  local function up_both()
    run("up", "web")
    run("up", "db")
    serve("web", 80, 81, 443, 68)
    serve("db", 5432, 53)
    serve("out", 7)
    serve("host", 8)
  end

  it("lets in what is allowed, and its answers out, by IPv4 and IPv6", function()
    up_both()
    ask("out", { "tcp 10.0.0.5 80", "tcp fd00::5 80", "tcp 10.0.0.5 443", "tcp fd00::5 443",
      "udp 10.0.0.6 53", "udp fd00::6 53" },
      { "tcp 10.0.0.5 81", "tcp fd00::5 81", "udp 10.0.0.5 80", "tcp 10.0.0.6 5432",
        "tcp fd00::6 5432" })
    assert.is_true(dropped("dropped_in", "web0") >= 3)
    assert.is_true(dropped("dropped_in", "db0") >= 2)
    -- web speaks to whom it will, db to nobody
    ask("web", { "tcp 10.0.0.6 5432", "tcp fd00::6 5432", "tcp 192.0.2.2 7", "tcp 2001:db8::2 7",
      "udp 10.0.0.6 53", "tcp 10.0.0.1 8", "tcp fd00::1 8" })
    ask("db", {}, { "tcp 10.0.0.5 80", "tcp fd00::5 80", "tcp 192.0.2.2 7", "tcp 10.0.0.1 8" })
    assert.is_true(dropped("dropped_out", "db0") >= 4)
    -- the host is among the others; a DHCP server is not
    ask(nil, { "tcp 10.0.0.5 80", "udp 10.0.0.5 68 67" }, { "tcp 10.0.0.5 81",
      "tcp 10.0.0.6 5432", "udp 10.0.0.5 68 1000" })
    assert.is_true(pings("out", "10.0.0.5") and pings("out", "fd00::5"))
    local counted = program.moontap "status web".out
    assert.matches("firewall web0.-%d+ to it, [1-9]%d* of them dropped; [1-9]%d* from it, 0 of",
      counted)
  end)

  it("lets members of a group in as they come and go, and cuts their connections", function()
    up_both()
    start(on("web", "python3 talk.py 10.0.0.6 5432 >talk.log 2>&1"))
    local function said() return tonumber(program.read "talk" or 0) end
    helper.run(("until [ -s %s/talk ] && [ $(cat %s/talk) -gt 3 ]; do sleep 0.05; done"):format(
      helper.folder(), helper.folder()))
    run("up", "web", "none")
    helper.run "sleep 0.2"
    local then_said = said()
    ask("web", {}, { "tcp 10.0.0.6 5432", "tcp fd00::6 5432" })
    assert.equal(then_said, said())
    run("up", "web")
    ask("web", { "tcp 10.0.0.6 5432", "tcp fd00::6 5432" })
  end)

  it("leaves nothing, whoever goes first", function()
    for _, order in ipairs { { "web", "db" }, { "db", "web" } } do
      run("up", "web")
      run("up", "db")
      run("down", order[1])
      assert.is_nil(helper.run "nft list ruleset":find('"' .. order[1] .. "0", 1, true))
      run("down", order[2])
      assert.equal("", helper.run "nft list ruleset")
      assert.equal("", snapshot.difference(before, snapshot.take()))
    end
  end)
end

describe("the firewall of guests that the host routes for:", function()
  specs([[local lan = hook "routed" { addresses = { web = { "10.0.0.5", "fd00::5" },
    db = { "10.0.0.6", "fd00::6" } } }]], "inet", function()
    helper.run "ip addr add 10.0.0.1/32 dev lo; ip addr add fd00::1/128 dev lo"
    for name, number in pairs(numbers) do
      pair(name, name .. "0", ([[ip addr add 10.0.0.%d/32 dev eth0
        ip addr add fd00::%d/128 dev eth0
        ip route add default via 169.254.0.1 dev eth0 onlink
        ip route add default via fe80::1 dev eth0 onlink]]):format(number, number))
    end
    pair("out", "ext", [[ip addr add 192.0.2.2/24 dev eth0; ip addr add 2001:db8::2/64 dev eth0
      ip route add default via 192.0.2.1; ip route add default via 2001:db8::1 dev eth0 onlink]])
    helper.run "ip addr add 192.0.2.1/24 dev ext; ip addr add 2001:db8::1/64 dev ext nodad"
  end)
end)

local function make_bridge(options)
  helper.run(([[ip link add br0 address 02:00:00:00:00:01 type bridge mcast_snooping 0 %s
    ip link set br0 up; ip addr add 10.0.0.1/24 dev br0; ip addr add fd00::1/64 dev br0
    ip addr add 192.0.2.1/24 dev br0; ip addr add 2001:db8::1/64 dev br0 nodad]]):format(options))
  for name, number in pairs(numbers) do
    pair(name, name .. "0", ([[ip addr add 10.0.0.%d/24 dev eth0; ip addr add fd00::%d/64 dev eth0
      ip route add 192.0.2.0/24 dev eth0; ip route add 2001:db8::/64 dev eth0]]):format(number,
      number))
  end
  pair("out", "ext", [[ip addr add 192.0.2.2/24 dev eth0; ip addr add 2001:db8::2/64 dev eth0
    ip route add 10.0.0.0/24 dev eth0; ip route add fd00::/64 dev eth0]])
  helper.run [[ip link set ext master br0
    until bridge link show dev ext | grep -q 'state forwarding'; do sleep 0.01; done]]
end

if helper.kernel_has "firewall" then
  describe("the firewall of guests in a bridge #firewall:", function()
    specs([[local lan = hook "bridge" { bridge = "br0" }]], "bridge", function()
      make_bridge ""
    end)
  end)

  describe("the firewall of guests in VLANs of a bridge #firewall:", function()
    specs([[local port = hook "bridge" { bridge = "br0" }
      local vlans = hook "vlan" { bridge = "br0", default = 1, allow = "1" }
      local function lan(nic) port(nic) vlans(nic) end]], "bridge", function()
        make_bridge "vlan_filtering 1"
      end)
  end)
else
  describe("a firewall, where the kernel follows no connections in a bridge,", function()
    local function run(word, body)
      program.write("p.lua", [[local lan = hook "bridge" { bridge = "br0" }
        local guard = hook "guard" { addresses = { web = { "10.0.0.5" } } }
        local firewall = hook "firewall" { groups = { web = {} }, default = { "web" } }
        function connect(nic) lan(nic) guard(nic) ]] .. body .. " end")
      return program.moontap(word, XML:format("web", 5, 5, "web"))
    end

    it("is refused in one line, and a guard is not", function()
      helper.run [[ip link add br0 type bridge; ip link set br0 up
        ip link add web0 type veth peer name w1]]
      for _, word in ipairs { "plan", "up" } do
        local r = run(word .. " -p p.lua -", "firewall(nic)")
        assert.equal(4, r.status)
        assert.matches("^moontap: [^\n]+: firewall bridge: this kernel cannot follow the " ..
          "connections of a bridge's ports %(CONFIG_NF_CONNTRACK_BRIDGE is missing%): use one " ..
          "that can, or let the host route for the guest\n$", r.err)
        assert.equal("", helper.run "nft list ruleset")
      end
      assert.equal(0, run("up -p p.lua -", "").status)
      assert.equal(0, program.moontap "down web".status)
    end)
  end)
end
