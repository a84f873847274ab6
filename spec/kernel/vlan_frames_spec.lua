-- vlan_frames_spec.lua - a guest gets no frame of a VLAN that it is not in, at no moment of up and
-- down; by broadcasts that are sent all the time
local helper = require "spec.helper"
local program = require "spec.program"

if not helper.kernel_has "bridge_vlan" then return end

-- Sends two broadcasts in turn, without a tag and with that of VLAN 10, and counts those that come
-- out of the tap, until the file `stop` is there. Ethernet types for experiments: IEEE 802.
local SCRIPT = [==[
import fcntl, os, socket, struct, sys, time
def frame(tag, kind):
    return b"\xff" * 6 + b"\x02\0\0\0\0\x99" + tag + kind + b"\0" * 46
untagged = frame(b"", b"\x88\xb5")
tagged = frame(b"\x81\0\0\x0a", b"\x88\xb6")
def open_tap():
    fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    try: fcntl.ioctl(fd, 0x400454ca, struct.pack("16sH22x", b"web0", 0x0002 | 0x1000)) # TUNSETIFF
    except OSError:
        os.close(fd); return None
    return fd
def is_there():
    try: socket.if_nametoindex("web0"); return True
    except OSError: return False
out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW); out.bind(("up1", 0))
tap = open_tap() if sys.argv[1] == "libvirt" else None
sent, seen = 0, { b"\x88\xb5": 0, b"\x88\xb6": 0 }
open("ready", "w").close()
def read():
    while tap is not None:
        try: got = os.read(tap, 2048)
        except OSError: return
        if got[12:14] in seen: seen[got[12:14]] += 1
while not os.path.exists("stop"):
    if tap is None and is_there(): tap = open_tap() # as soon as moontap lets go of it
    out.send(untagged); out.send(tagged); sent += 1
    read()
    time.sleep(0.0005)
read()
open("counts.new", "w").write("%d %d %d\n" % (sent, seen[b"\x88\xb5"], seen[b"\x88\xb6"]))
os.rename("counts.new", "counts")
]==]

local XML = [[<domain type='qemu'><name>web</name><devices><interface type='ethernet'>
  <mac address='52:54:00:00:00:03'/><target dev='web0' managed='%s'/></interface></devices>
  </domain>]]

local function wait_for(name)
  for _ = 1, 600 do
    local text = program.read(name)
    if text then return text end
    helper.run "sleep 0.1"
  end
  error("there is no file " .. name)
end

describe("broadcasts of a VLAN that a guest is not in #bridge_vlan", function()
  before_each(function()
    helper.run [[ip link add br0 address 02:00:00:00:00:01 type bridge vlan_filtering 1
      ip link set br0 up; ip link add up0 type veth peer name up1; ip link set up1 up
      ip link set up0 master br0 up; bridge vlan add dev up0 vid 10]]
    program.write("frames.py", SCRIPT)
    program.write("p.lua", [[allow{ vid = 10 } local lan = hook "bridge" { bridge = "br0" }
      function connect(nic) lan(nic) vlan{ dev = nic.dev, pvid = 10 } end]])
  end)

  for _, case in ipairs { { "libvirt", "yes", "whose tap is up before" },
      { "moontap", "no", "whose tap moontap makes" } } do
    local who, managed, title = table.unpack(case)
    it("never reach one " .. title, function()
      program.run(("python3 frames.py %s >script.log 2>&1 & echo $!"):format(who))
      wait_for "ready"
      if managed == "yes" then helper.run "ip link set web0 address fe:54:00:00:00:03 up" end
      for _ = 1, 3 do
        local r = program.moontap("up -p p.lua -", XML:format(managed))
        assert.same({ 0, "" }, { r.status, r.err })
        helper.run "sleep 0.3"
        if managed == "yes" then assert.equal(0, program.moontap("down web").status) end
      end
      program.write("stop", "")
      local sent, other, own = wait_for "counts":match "(%d+) (%d+) (%d+)"
      assert.is_true(tonumber(sent) > 100)
      assert.is_true(tonumber(own) > 10) -- what is counted does arrive
      assert.equal("0", other)
      program.moontap "down --force web"
    end)
  end
end)

-- Sends a frame with a tag of the guest's own, and waits for it at the far end of the uplink.
local OUTER = [[
import fcntl, os, socket, struct
tap = os.open("/dev/net/tun", os.O_RDWR)
fcntl.ioctl(tap, 0x400454ca, struct.pack("16sH22x", b"web0", 0x0002 | 0x1000))
far = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)); far.bind(("up1", 0))
far.setsockopt(263, 8, 1) # SOL_PACKET, PACKET_AUXDATA: the kernel takes the outer tag off
far.settimeout(20)
os.write(tap, b"\xff" * 6 + b"\x52\x54\0\0\0\x03" + b"\x81\0\0\x1e" + b"\x88\xb5" + b"\0" * 46)
while True:
    got, aux, _, _ = far.recvmsg(2048, 200)
    if b"\x88\xb5" not in got[12:22]: continue
    _, _, _, _, _, vlan, protocol = struct.unpack("IIIHHHH", aux[0][2])
    print("outer %04x %d, inner %s" % (protocol, vlan & 4095, got[12:18].hex()))
    break
]]

it("a guest's own tag travels inside of the VLAN of a bridge for 802.1ad #bridge_vlan", function()
  helper.run [[ip link add br0 address 02:00:00:00:00:01 type bridge vlan_filtering 1 \
      vlan_protocol 802.1ad
    ip link set br0 up; ip link add up0 type veth peer name up1; ip link set up1 up
    ip link set up0 master br0 up]]
  program.write("outer.py", OUTER)
  program.write("p.lua", [[local lan = hook "bridge" { bridge = "br0" }
    local outer = hook "vlan" { bridge = "br0", id = 200, uplink = "up0" }
    function connect(nic) lan(nic) outer(nic) end]])
  local r = program.moontap("up -p p.lua -", XML:format "no")
  assert.same({ 0, "" }, { r.status, r.err })
  local seen = program.run "python3 outer.py"
  assert.same({ "outer 88a8 200, inner 8100001e88b5\n", "" }, { seen.out, seen.err })
end)
