-- nat_spec.lua - forwards, hairpins and masquerading, by what arrives in other namespaces
local guests = require "spec.guests"
local helper = require "spec.helper"
local program = require "spec.program"
local snapshot = require "spec.snapshot"

-- Answers on each port, TCP and UDP, with its name, the port, and whom it answers.
local SERVER = [==[
import select, socket, sys
name, socks = sys.argv[1], []
for family, any in (socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::"):
    for port in map(int, sys.argv[2:]):
        for kind in socket.SOCK_STREAM, socket.SOCK_DGRAM:
            s = socket.socket(family, kind)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6: s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            s.bind((any, port))
            if kind == socket.SOCK_STREAM: s.listen()
            socks.append(s)
print("ready", flush=True)
while True:
    for s in select.select(socks, [], [])[0]:
        port = s.getsockname()[1]
        if s.type == socket.SOCK_STREAM:
            c, peer = s.accept()
            c.sendall(("%s %d from %s" % (name, port, peer[0])).encode()); c.close()
        else:
            peer = s.recvfrom(100)[1]
            s.sendto(("%s %d from %s" % (name, port, peer[0])).encode(), peer)
]==]

local CLIENT = [==[
import socket, sys
proto, to, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
s = socket.socket(socket.AF_INET6 if ":" in to else socket.AF_INET,
                  socket.SOCK_STREAM if proto == "tcp" else socket.SOCK_DGRAM)
s.settimeout(float(sys.argv[5]) if len(sys.argv) > 5 else 5)
if len(sys.argv) > 4 and sys.argv[4] != "0": s.bind(("", int(sys.argv[4])))
try:
    s.connect((to, port))
    if proto == "udp": s.send(b"hello")
    print(s.recv(100).decode(), end="")
except OSError as e: print("no answer", end="")
]==]

local XML = [[<domain type='qemu'><name>%s</name><uuid>4dea22b3-1d52-d8f3-2516-782e98ab3f0%d</uuid>
  <devices><interface type='ethernet'><mac address='52:54:00:00:00:0%d'/>
  <target dev='%s0' managed='no'/></interface></devices></domain>]]

local POLICY = [[local lan = hook "bridge" { bridge = "br0" }
  local open = hook "nat" {
    subnet = { "10.0.0.0/24", "fd00::/64" }, out = "ext",
    public = { "192.0.2.1", "2001:db8::1" },
    addresses = { web = { "10.0.0.5", "fd00::5" }, mail = { "10.0.0.6", "fd00::6" } },
    forwards = { web = { "tcp 8080 -> 80", "tcp 9000-9100", "udp 53" }%s },
  }
  function connect(nic) lan(nic) open(nic) end]]

-- run(word, name, number, policy) -> as program.moontap()
local function run(word, name, number, policy)
  if policy then program.write("p.lua", policy) end
  return program.moontap(word == "down" and "down " .. name or word .. " -p p.lua -",
    number and XML:format(name, number, number, name))
end

local spaces -- by name: the id of a process in that network namespace

-- A namespace with one device, whose other end is the host's.
local function space(name, device, addresses, gateways)
  local start = "unshare -n sleep 600 >%s.log 2>&1 & echo $!"
  local pid = program.run(start:format(name)).out:match "%d+"
  spaces[name] = pid
  local lines = { ([[own=$(readlink /proc/self/ns/net)
    for i in $(seq 100); do
      [ "$(readlink /proc/%s/ns/net)" != "$own" ] && break; sleep 0.05
    done
    ip link add %s type veth peer name eth0 netns %s; ip link set %s up
    nsenter -t %s -n ip link set lo up; nsenter -t %s -n ip link set eth0 up]])
    :format(pid, device, pid, device, pid, pid) }
  for _, address in ipairs(addresses) do
    lines[#lines + 1] = ("nsenter -t %s -n ip addr add %s dev eth0 %s"):format(pid, address,
      address:find ":" and "nodad" or "")
  end
  for _, gateway in ipairs(gateways) do
    lines[#lines + 1] = ("nsenter -t %s -n ip route add default via %s"):format(pid, gateway)
  end
  helper.run(table.concat(lines, "\n"))
end

local function serve(name, ...)
  local out = name .. ".ports"
  program.run(("nsenter -t %s -n python3 server.py %s %s >%s 2>&1 & echo $! >%s.pid"):format(
    spaces[name], name, table.concat({ ... }, " "), out, name))
  helper.run(("for i in $(seq 200); do grep -q ready %s/%s && break; sleep 0.05; done"):format(
    helper.folder(), out))
end

-- ask(name, "tcp", address, port): what is answered in the namespace; nil: on the host itself
local function ask(name, ...)
  local enter = name and ("nsenter -t %s -n "):format(spaces[name]) or ""
  return program.run(enter .. "python3 client.py " .. table.concat({ ... }, " ")).out
end

describe("what hook nat declares #nat:", function()
  local before

  before_each(function()
    spaces = {}
    program.write("server.py", SERVER)
    program.write("client.py", CLIENT)
    helper.run [[ip link set lo up
      ip link add br0 address 02:00:00:00:00:01 type bridge; ip link set br0 up
      ip addr add 10.0.0.1/24 dev br0; ip addr add fd00::1/64 dev br0 nodad
      sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
      sysctl -qw net.bridge.bridge-nf-call-iptables=0 net.bridge.bridge-nf-call-ip6tables=0 ||
        true]]
    space("A", "va", { "10.0.0.5/24", "fd00::5/64" }, { "10.0.0.1", "fd00::1" })
    space("B", "vb", { "10.0.0.6/24", "fd00::6/64" }, { "10.0.0.1", "fd00::1" })
    space("O", "ext", { "192.0.2.2/24", "2001:db8::2/64" }, {})
    helper.run [[ip link set va master br0; ip link set vb master br0
      ip addr add 192.0.2.1/24 dev ext; ip addr add 2001:db8::1/64 dev ext nodad
      for port in va vb; do
        until bridge link show dev $port | grep -q 'state forwarding'; do sleep 0.01; done
      done]]
    serve("A", 80, 9042, 53)
    serve("B", 80, 53)
    serve("O", 7)
    before = snapshot.take()
  end)

  after_each(function()
    for name, pid in pairs(spaces) do
      helper.run(("kill $(cat %s/%s.pid) %s"):format(helper.folder(), name, pid))
    end
  end)

  it("ports are open from outside, from another guest and from the host, until the guest goes",
    function()
      assert.equal("no answer", ask("O", "tcp", "192.0.2.1", 8080))
      local r = run("up", "web", 5, POLICY:format "")
      assert.same({ 0, "" }, { r.status, r.err })
      assert.equal("A 80 from 192.0.2.2", ask("O", "tcp", "192.0.2.1", 8080))
      assert.equal("A 9042 from 192.0.2.2", ask("O", "tcp", "192.0.2.1", 9042))
      assert.equal("A 53 from 192.0.2.2", ask("O", "udp", "192.0.2.1", 53))
      assert.equal("A 80 from 2001:db8::2", ask("O", "tcp", "2001:db8::1", 8080))
      assert.equal("A 80 from 192.0.2.1", ask(nil, "tcp", "192.0.2.1", 8080))
      assert.equal("O 7 from 192.0.2.1", ask("A", "tcp", "192.0.2.2", 7)) -- masqueraded
      assert.equal("O 7 from 2001:db8::1", ask("A", "tcp", "2001:db8::2", 7))
      r = run("down", "web")
      assert.same({ 0, "" }, { r.status, r.err })
      assert.equal("no answer", ask("O", "tcp", "192.0.2.1", 8080, 0, 1))
      assert.equal("", snapshot.difference(before, snapshot.take()))
      assert.equal("", helper.run "nft list ruleset")
    end)

  it("a guest reaches its neighbour by the public address, and itself", function()
    local policy = POLICY:format [[, mail = { "tcp 25" }]]
    assert.equal(0, run("up", "web", 5, policy).status)
    assert.equal(0, run("up", "mail", 6).status)
    assert.equal("A 80 from 10.0.0.1", ask("B", "tcp", "192.0.2.1", 8080))
    assert.equal("A 80 from 10.0.0.1", ask("A", "tcp", "192.0.2.1", 8080))
    assert.equal("A 80 from fd00::1", ask("B", "tcp", "2001:db8::1", 8080))
    assert.equal(0, run("down", "mail").status)
    -- what web needs, too, is still there
    assert.equal("A 80 from 192.0.2.2", ask("O", "tcp", "192.0.2.1", 8080))
  end)

  it("a flow that goes on follows a forward that moves", function()
    assert.equal(0, run("up", "web", 5, POLICY:format "").status)
    assert.equal("A 53 from 192.0.2.2", ask("O", "udp", "192.0.2.1", 53, 5555))
    assert.equal(0, run("down", "web").status)
    assert.equal(0, run("up", "mail", 6, (POLICY:gsub("forwards = { web", "forwards = { mail"))
      :format "").status)
    assert.equal("B 53 from 192.0.2.2", ask("O", "udp", "192.0.2.1", 53, 5555))
  end)

  it("two guests cannot have one port: the second is refused, and told whose it is", function()
    local policy = POLICY:format [[, mail = { "tcp 8080" }]]
    assert.equal(0, run("up", "web", 5, policy).status)
    local r = run("plan", "mail", 6)
    assert.matches("forward 192.0.2.1 tcp 8080: web0 holds it with to 10.0.0.5, and 10.0.0.6 is " ..
      "wanted", r.err, 1, true)
    policy = POLICY:format [[, mail = { "tcp 9050-9200" }]]
    r = run("up", "mail", 6, policy)
    assert.matches("9000-9100 there are forwarded to 10.0.0.5 already", r.err, 1, true)
    assert.is_true(r.status ~= 0)
    -- one port of another guest's range, and a range with another guest's port in it
    local others = { ["9050"] = "9000-9100 there are", ["8000-8090"] = "8080 there is" }
    for ports, whose in pairs(others) do
      r = run("plan", "mail", 6, POLICY:format(', mail = { "tcp ' .. ports .. '" }'))
      assert.matches(whose .. " forwarded to 10.0.0.5 already", r.err, 1, true)
    end
  end)

  it("one of a guest's own range may go elsewhere", function()
    assert.equal(0, run("up", "web", 5, POLICY:format "").status)
    local r = run("plan", "web", 5, (POLICY:gsub("udp 53", "tcp 9050 -> 22")):format "")
    assert.same({ 0, "" }, { r.status, r.err })
    assert.matches("9050 : 10.0.0.5 . 22", r.out, 1, true)
  end)
end)

describe("hook nat", function()
  local function refused(options)
    program.write("p.lua", ("hook 'nat' { %s }\nfunction connect(nic) end"):format(options))
    return program.bare("check p.lua").err
  end

  -- plan("<range …/>", options, address): of a guest whose metadata asks for it
  local function plan(range, options, address)
    helper.run [[sysctl -qw net.ipv4.ip_forward=1]]
    program.write("p.lua", ([[local open = hook "nat" { public = "192.0.2.1",
      addresses = { web = { "10.0.0.5" } }, %s }
      function connect(nic) tap(nic) open(nic) end]]):format(options or "allow = '8000-8099'"))
    local metadata = [[<metadata><m:interface xmlns:m='urn:moontap'>
      <portForward proto='tcp' %s>%s</portForward></m:interface></metadata>]]
    return program.moontap("plan -p p.lua -", guests.xml("web", 5, metadata:format(
      address and ("address='%s'"):format(address) or "", range)))
  end

  it("grants a guest the ports that it asks for, and no others", function()
    local r = plan "<range start='8080' to='80'/><range start='8090' end='8099'/>"
    assert.same({ 0, "" }, { r.status, r.err })
    assert.matches("forward4 { 192.0.2.1 . tcp . 8080 : 10.0.0.5 . 80 }", r.out, 1, true)
    assert.matches("range4 { 192.0.2.1 . tcp . 8090-8099 : 10.0.0.5 }", r.out, 1, true)
    assert.matches("hairpin4", r.out)
    assert.equal(0, plan("<range start='2222'/>", "allow = { 2222, '80' }", "192.0.2.1").status)
    for range, options in pairs {
      ["<range start='22'/>"] = "allow = '8000-8099'",
      ["<range start='8090' end='8100'/>"] = "allow = '8000-8099'",
      ["<range start='8080'/>"] = "forwards = { mail = { 'tcp 8080' } }",
    } do
      r = plan(range, options)
      assert.equal(1, r.status)
      assert.matches(": refused: its metadata asks for tcp ", r.err, 1, true)
      assert.matches(options:find "allow" and "among the ports 8000-8099" or "give the hook allow",
        r.err, 1, true)
      assert.equal(1, select(2, r.err:gsub("\n", "")))
    end
    r = plan("<range start='8080'/>", nil, "192.0.2.9")
    assert.matches("a port of 192.0.2.9, and the policy has 192.0.2.1", r.err, 1, true)
  end)

  it("lets the guest's port send back what it sends where bridges call the firewall", function()
    local policy = [[local lan = hook "bridge" { bridge = "br0" }
      local open = hook "nat" { public = "192.0.2.1", addresses = { web = { "10.0.0.5" } },
        forwards = { web = { "tcp 80" } } %s }
      function connect(nic) %s end]]
    local function has_hairpin(body, options)
      local r = run("plan", "web", 5, policy:format(options or "", body))
      assert.same({ 0, "" }, { r.status, r.err })
      return r.out:find("bridge link set dev web0 hairpin on", 1, true) ~= nil
    end
    helper.run [[sysctl -qw net.ipv4.ip_forward=1; ip link add br0 type bridge
      sysctl -qw net.bridge.bridge-nf-call-iptables=0 || true]]
    assert.is_false(has_hairpin "lan(nic) open(nic)")
    helper.run "ip link set br0 type bridge nf_call_iptables 1"
    assert.is_true(has_hairpin "lan(nic) open(nic)")
    assert.is_true(has_hairpin "open(nic) lan(nic)")
    assert.is_false(has_hairpin "lan(nic) open(nic) port{ dev = nic.dev, hairpin = false }")
    assert.is_false(has_hairpin("lan(nic) open(nic)", ", hairpin = false"))
    assert.is_false(has_hairpin "tap(nic) open(nic)")
  end)

  it("says which option is missing or wrong", function()
    assert.matches("the option 'out' is missing", refused "subnet = '10.0.0.0/24'", 1, true)
    assert.matches("forwards need 'public'", refused "forwards = { web = { 'tcp 80' } }", 1, true)
    assert.matches("one of the options 'subnet', 'forwards' and 'allow' is", refused "", 1, true)
    assert.matches([["http 80 to 8080": "tcp 8080 -> 80", "tcp 8080" or "tcp 9000-9100" expected]],
      refused [[public = "192.0.2.1", addresses = { web = { "10.0.0.5" } },
        forwards = { web = { "http 80 to 8080" } }]], 1, true)
    assert.matches([[allow: "80-": "8000-8099" or "8080" expected]],
      refused [[public = "192.0.2.1", addresses = {}, allow = "80-"]], 1, true)
  end)

  it("refuses where the host does not forward, and says how to change that", function()
    helper.run "sysctl -qw net.ipv4.ip_forward=0; ip link add ext type veth peer name x1"
    local r = run("plan", "web", 5, [[
      local open = hook "nat" { subnet = "10.0.0.0/24", out = "ext" }
      function connect(nic) tap(nic) open(nic) end]])
    assert.matches("the host does not forward: sysctl -w net.ipv4.ip_forward=1", r.err, 1, true)
  end)
end)
