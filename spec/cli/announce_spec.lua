-- announce_spec.lua - moontap announce: the frames that arrive where a host's uplink ends, and that
-- nothing of the host changes

local guests = require "spec.guests"
local helper = require "spec.helper"
local json = require "dkjson"
local program = require "spec.program"
local snapshot = require "spec.snapshot"

-- Runs a command, and prints each frame that up1 gets meanwhile, if it can announce something, as
-- "TO FROM TYPE BODY". All is on one processor, so that what is sent later arrives later: then the
-- last frame, of a type for experiments, is sent by up0 itself.
local SNIFFER = [==[
import os, socket, struct, subprocess, sys
os.sched_setaffinity(0, { min(os.sched_getaffinity(0)) })
def listen():
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    s.bind(("up1", 3)); s.settimeout(10)
    s.setsockopt(263, 8, 1) # SOL_PACKET, PACKET_AUXDATA: the kernel keeps a tag apart
    return s
def frames(s):
    while True:
        frame, extra, _, at = s.recvmsg(2048, 64)
        if at[2] == 4: continue # PACKET_OUTGOING
        for _, _, aux in extra:
            status, _, _, _, _, tci, tpid = struct.unpack("IIIHHHH", aux)
            if status & 16: frame = frame[:12] + struct.pack("!HH", tpid, tci) + frame[12:]
        if frame[12:14] == b"\x88\xb5": return
        # the kernel sends IGMP by itself, for a bridge (net/bridge/br_multicast.c
        # br_ip4_multicast_join_snoopers()), and of IPv6 all but neighbour advertisements
        if frame[12:14] == b"\x08\0" and frame[23] == 2: continue
        if frame[12:14] != b"\x86\xdd" or (frame[20] == 58 and frame[54] == 136): yield frame
s = listen()
status = subprocess.call(sys.argv[1], shell = True)
last = socket.socket(socket.AF_PACKET, socket.SOCK_RAW); last.bind(("up0", 0))
last.send(b"\xff" * 6 + b"\x02\0\0\0\0\x99" + b"\x88\xb5" + b"\0" * 46)
with open("frames", "w") as out:
    for f in frames(s): print(f[:6].hex(), f[6:12].hex(), f[12:14].hex(), f[14:].hex(), file = out)
sys.exit(status)
]==]

-- sniff(command) -> as program.run(), with frames = the lines
local function sniff(command)
  program.write("sniff.py", SNIFFER)
  local r = program.run(("python3 sniff.py \"$(cat <<'END'\n%s\nEND\n)\""):format(command))
  r.frames = {}
  for line in program.read "frames":gmatch "%C+" do r.frames[#r.frames + 1] = line end
  return r
end

local function moontap(words)
  return ("'%s' --state state %s"):format(program.path, words)
end

-- The same of the program that may not send frames.
local function no_raw(words)
  return "setpriv --inh-caps=-net_raw --bounding-set=-net_raw " .. moontap(words)
end

local MAC = "525400000001" -- of guests.xml("web", 1)
local RARP = ("%s %s %%s8035 00010800060400 03 %s 00000000 %s 00000000 %s"):format(("f"):rep(12),
  MAC, MAC, MAC, ("0"):rep(36)):gsub("400 03 (%w+) (%w+) (%w+) (%w+) ", "40003%1%2%3%4")

-- rarp(tag) -> the line of the RARP request; tag: 8 digits, or none
local function rarp(tag)
  if not tag then return (RARP:format "") end
  local to, from, kind, body = RARP:format(""):match "(%w+) (%w+) (%w+) (%w+)"
  return ("%s %s %s %s%s%s"):format(to, from, tag:sub(1, 4), tag:sub(5), kind, body)
end

local function up(document)
  local r = program.moontap("up -p policy.lua " .. (document or "web.xml"))
  assert.same({ 0, "" }, { r.status, r.err })
end

-- A bridge whose uplink is up0; what leaves it arrives at up1.
local function bridge(options)
  helper.run(([[ip link add br0 address 02:00:00:00:00:01 type bridge %s; ip link set br0 up
    ip link set up0 master br0]]):format(options or ""))
  program.write("policy.lua", [[local lan = hook "bridge" { bridge = "br0" }
    function connect(nic) lan(nic) end]])
end

local function routed()
  helper.run "sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1"
  program.write("policy.lua", [[local public = hook "routed" {
      addresses = { web = { "10.0.0.5", "fd00::5" } }, uplink = "up0" }
    function connect(nic) public(nic) end]])
end

before_each(function()
  helper.run [[ip link add up0 address 02:00:00:00:00:02 type veth peer name up1 address \
    02:00:00:00:00:03; ip link set up0 up; ip link set up1 up]]
  program.write("web.xml", guests.xml("web", 1))
end)

-- Nothing of the host, and nothing of moontap's state, is another after the command.
local function changes_nothing(f)
  local host, state = snapshot.take(), program.state()
  local r = f()
  assert.equal("", snapshot.difference(host, snapshot.take()))
  assert.same(state, program.state())
  return r
end

describe("moontap announce", function()
  it("sends the MAC address of a bridge's guest out of the bridge's other ports", function()
    bridge()
    up()
    local r = changes_nothing(function() return sniff(moontap "announce web") end)
    assert.same({ 0, "" }, { r.status, r.err })
    assert.same({ rarp() }, r.frames)
    assert.equal("GUEST  NIC  DEVICE  ON   FRAME  ADDRESS\n" ..
      "web      1  web0    br0  RARP   52:54:00:00:00:01\n", r.out)
  end)

  it("tells a switch, and leaves the bridge's own table as it is", function()
    bridge()
    helper.run "ip link add br1 type bridge; ip link set br1 up; ip link set up1 master br1"
    up()
    assert.equal(0, sniff(moontap "announce web").status)
    assert.matches("52:54:00:00:00:01 dev up1 ", helper.run "bridge fdb show br br1")
    assert.is_nil(helper.run "bridge fdb show br br0":find "52:54:00:00:00:01")
  end)

  it("sends the IP addresses that this host answers for on the uplink", function()
    routed()
    up()
    local r = changes_nothing(function() return sniff(moontap "announce web") end)
    assert.same({ 0, "" }, { r.status, r.err })
    local address = "fd00" .. ("0"):rep(27) .. "5"
    local all_nodes = "ff02" .. ("0"):rep(27) .. "1"
    table.sort(r.frames)
    assert.same({
      "333300000001 020000000002 86dd 6000000000203aff" .. address .. all_nodes ..
        "8800" .. "5a92" .. "20000000" .. address .. "0201020000000002",
      "ffffffffffff 020000000002 0806 0001080006040001" .. "020000000002" .. "0a000005" ..
        "000000000000" .. "0a000005" .. ("0"):rep(36),
    }, r.frames)
    assert.matches("web +1 +web0 +up0 +ARP +10%.0%.0%.5\n", r.out)
    assert.matches("web +1 +web0 +up0 +NA +fd00::5\n", r.out)
  end)

  it("is believed by the kernel of a neighbour that knows another host", function()
    routed()
    up()
    local pid = helper.run("unshare -n sleep 60 >/dev/null 2>&1 & echo $!"):match "%d+"
    local function there(command)
      return helper.run(("nsenter -n -t %s sh -c '%s'"):format(pid, command))
    end
    helper.run(([[for i in $(seq 100); do ip link set up1 netns %s && break; sleep 0.1; done]])
      :format(pid))
    there [[ip link set up1 up; ip addr add 10.0.0.9/24 dev up1
      ip addr add fd00::9/64 dev up1 nodad
      for a in 10.0.0.5 fd00::5; do
        ip neigh replace $a lladdr 02:00:00:00:00:77 dev up1 nud stale; done]]
    assert.equal(0, program.moontap "announce web".status)
    for _, address in ipairs { "10.0.0.5", "fd00::5" } do
      there(([[for i in $(seq 100); do
        ip neigh show %s | grep -q "lladdr 02:00:00:00:00:02" && exit; sleep 0.1; done
        ip neigh; exit 1]]):format(address))
    end
    helper.run("kill " .. pid)
  end)

  it("says of a NIC that has nothing to announce why", function()
    program.write("policy.lua", "function connect(nic) tap(nic, {}) end")
    up()
    local r = sniff(moontap "announce web")
    assert.same({ 0, "", {} }, { r.status, r.err, r.frames })
    assert.matches("web0 +nothing to announce: web0 is in no bridge\n", r.out)
    helper.run "ip link del web0"
    r = sniff(moontap "announce web")
    assert.same({ 0, "", {} }, { r.status, r.err, r.frames })
    assert.matches("nothing to announce: its device is gone\n", r.out)
  end)

  it("prints JSON", function()
    routed()
    up()
    local rows = json.decode(program.moontap "announce --json web".out)
    table.sort(rows, function(a, b) return a.frame < b.frame end)
    assert.equal(2, #rows)
    assert.same({ domain = "web", index = 1, dev = "web0", on = "up0", frame = "ARP",
      address = "10.0.0.5" }, rows[1])
  end)

  it("knows which guest and which NIC is meant", function()
    bridge()
    up()
    local r = program.moontap "announce nobody"
    assert.same({ status = 3, out = "",
      err = "moontap: no guest nobody is connected, remembered or in the log\n" }, r)
    r = sniff(moontap "announce web web1")
    assert.same({ 2, "", "moontap: web: no NIC 'web1' of it is connected\n", {} },
      { r.status, r.out, r.err, r.frames })
    assert.same({ rarp() }, sniff(moontap "announce web 1").frames)
    assert.same({ rarp() }, sniff(moontap "announce --dev web0").frames)
    program.moontap "down web"
    r = sniff(moontap "announce web")
    assert.same({ 0, "none of its NICs is connected\n", "", {} },
      { r.status, r.out, r.err, r.frames })
  end)

  it("fails without CAP_NET_RAW", function()
    bridge()
    up()
    local r = changes_nothing(function() return sniff(no_raw "announce web") end)
    assert.same({ 4, "", "moontap: web: announce: it needs root, or CAP_NET_RAW\n", {} },
      { r.status, r.out, r.err, r.frames })
  end)

  it("sends the other frames when one cannot be sent", function()
    routed()
    helper.run "ip link add br0 type bridge"
    program.write("policy.lua", [[allow{ link = "br0" } allow{ prefix = "10.0.0.5" }
      allow{ link = "up0" }
      function connect(nic) tap(nic, { up = true }) link{ name = nic.dev, master = "br0" }
        neigh{ dev = "up0", dst = "10.0.0.5", proxy = true } end]])
    up()
    local r = sniff(moontap "announce web")
    assert.equal(4, r.status)
    assert.equal("moontap: web: NIC 1 (web0): announce br0: Network is down\n", r.err)
    assert.equal(1, #r.frames)
    assert.matches("web0 +up0 +ARP +10.0.0.5\n", r.out)
    local rows = json.decode(program.moontap "announce --json web".out)
    assert.same({ on = "up0", address = "10.0.0.5" }, { on = rows[1].on, error = rows[1].error,
      address = rows[1].address })
    assert.same({ on = "br0", error = "announce br0: Network is down" },
      { on = rows[2].on, error = rows[2].error })
  end)
end)

describe("moontap up, of a guest that has arrived by migration,", function()
  local function arrive()
    assert.equal(0, program.moontap("hook -p policy.lua qemu web migrate begin -",
      guests.xml("web", 1)).status)
  end
  local function event(operation)
    return sniff(moontap("hook -p policy.lua qemu web %s begin - <web.xml"):format(operation))
  end

  it("announces it, once; no event does", function()
    bridge()
    arrive()
    for _, operation in ipairs { "prepare", "start", "started" } do
      local r = event(operation)
      assert.same({ 0, "", {} }, { r.status, r.err, r.frames })
    end
    local r = sniff(moontap "up -p policy.lua web")
    assert.same({ 0, "", { rarp() } }, { r.status, r.err, r.frames })
    assert.same({}, sniff(moontap "up -p policy.lua web").frames)
  end)

  it("announces what it has connected now", function()
    routed()
    arrive()
    assert.same({}, event "prepare".frames)
    assert.same({}, sniff(moontap "announce web").frames)
    assert.equal(2, #sniff(moontap "up -p policy.lua web").frames)
  end)

  it("announces nothing when it fails, or only plans", function()
    bridge()
    arrive()
    event "prepare"
    assert.same({}, sniff(moontap "plan -p policy.lua web").frames)
    program.write("policy.lua", "function connect() refuse 'no' end")
    local r = sniff(moontap "up -p policy.lua web")
    assert.same({ 1, {} }, { r.status, r.frames })
  end)

  it("succeeds also when it cannot announce it", function()
    bridge()
    arrive()
    event "prepare"
    local r = sniff(no_raw "up -p policy.lua web")
    assert.same({ 0, "moontap: web: announce: it needs root, or CAP_NET_RAW\n", {} },
      { r.status, r.err, r.frames })
  end)

  it("succeeds also when the bridge is down", function()
    bridge()
    arrive()
    event "prepare"
    helper.run "ip link set br0 down"
    local r = sniff(moontap "up -p policy.lua web")
    assert.same({ 0, "moontap: web: NIC 1 (web0): announce br0: Network is down\n", {} },
      { r.status, r.err, r.frames })
  end)
end)

if not helper.kernel_has "bridge_vlan" then return end

describe("a port's VLAN #bridge_vlan", function()
  local function port(fields)
    program.write("policy.lua", ([[local lan = hook "bridge" { bridge = "br0" }
      allow{ vid = "10-20" }
      function connect(nic) lan(nic) vlan{ dev = nic.dev, %s } end]]):format(fields))
    up()
  end

  it("is the tag of the frame", function()
    bridge "vlan_filtering 1"
    helper.run "bridge vlan add dev br0 vid 10 self; bridge vlan add dev up0 vid 10"
    port "pvid = 10"
    local r = changes_nothing(function() return sniff(moontap "announce web") end)
    assert.same({ 0, "", { rarp "8100000a" } }, { r.status, r.err, r.frames })
    assert.matches("web0 +br0 +RARP +10 +52:54:00:00:00:01\n", r.out)
  end)

  it("is a tag of the bridge's protocol", function()
    bridge "vlan_filtering 1 vlan_protocol 802.1ad"
    helper.run "bridge vlan add dev br0 vid 10 self; bridge vlan add dev up0 vid 10"
    port "pvid = 10"
    assert.same({ rarp "88a8000a" }, sniff(moontap "announce web").frames)
  end)

  it("is no tag where the uplink has none", function()
    bridge "vlan_filtering 1"
    port "pvid = 10"
    helper.run [[bridge vlan add dev br0 vid 10 self
      bridge vlan add dev up0 vid 10 pvid untagged]]
    assert.same({ rarp() }, sniff(moontap "announce web").frames)
  end)

  it("is missing where the bridge itself is not in it", function()
    bridge "vlan_filtering 1"
    helper.run "bridge vlan add dev up0 vid 10"
    port "pvid = 10"
    local r = sniff(moontap "announce web")
    assert.same({ 4, {} }, { r.status, r.frames })
    assert.equal("moontap: web: NIC 1 (web0): announce br0: web0 is in VLAN 10 and the bridge " ..
      "itself is not, so nothing can be sent there: bridge vlan add dev br0 vid 10 self\n", r.err)
  end)

  it("is the guest's own matter where the port has no PVID", function()
    bridge "vlan_filtering 1"
    port "tagged = '10-20'"
    local r = sniff(moontap "announce web")
    assert.same({ 0, "", {} }, { r.status, r.err, r.frames })
    assert.matches("nothing to announce: br0 looks at VLANs and web0 has no PVID", r.out)
  end)
end)
