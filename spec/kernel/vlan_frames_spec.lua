-- vlan_frames_spec.lua - a guest gets no frame of a VLAN that it is not in, at no moment of up and
-- down; by broadcasts that are sent all the time
local helper = require "spec.helper"
local moments = require "spec.moments"
local program = require "spec.program"

if not helper.kernel_has "bridge_vlan" then return end

-- Sends two broadcasts in turn, without a tag and with that of VLAN 10, the guest's own, and counts
-- those that come out of the tap.
local SCRIPT = [==[
def frame(tag, kind):
    return b"\xff" * 6 + b"\x02\0\0\0\0\x99" + tag + kind + b"\0" * 46
untagged = frame(b"", other_type)
tagged = frame(b"\x81\0\0\x0a", own_type)
out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW); out.bind(("up1", 0))
def send(tap):
    out.send(untagged); out.send(tagged)
    return True
def read(tap):
    if tap is not None: count(lambda n: os.read(tap, n))
]==]

local XML = [[<domain type='qemu'><name>web</name><devices><interface type='ethernet'>
  <mac address='52:54:00:00:00:03'/><target dev='web0' managed='%s'/></interface></devices>
  </domain>]]

describe("broadcasts of a VLAN that a guest is not in #bridge_vlan", function()
  before_each(function()
    helper.run [[ip link add br0 address 02:00:00:00:00:01 type bridge vlan_filtering 1
      ip link set br0 up; ip link add up0 type veth peer name up1; ip link set up1 up
      ip link set up0 master br0 up; bridge vlan add dev up0 vid 10]]
    program.write("p.lua", [[allow{ vid = 10 } local lan = hook "bridge" { bridge = "br0" }
      function connect(nic) lan(nic) vlan{ dev = nic.dev, pvid = 10 } end]])
  end)

  for _, case in ipairs { { "libvirt", "yes", "whose tap is up before" },
      { "moontap", "no", "whose tap moontap makes" } } do
    local who, managed, title = table.unpack(case)
    it("never reach one " .. title, function()
      moments.start(who, SCRIPT)
      if managed == "yes" then helper.run "ip link set web0 address fe:54:00:00:00:03 up" end
      for _ = 1, 3 do
        local r = program.moontap("up -p p.lua -", XML:format(managed))
        assert.same({ 0, "" }, { r.status, r.err })
        helper.run "sleep 0.3"
        if managed == "yes" then assert.equal(0, program.moontap("down web").status) end
      end
      local sent, other, own = moments.stop()
      assert.is_true(sent > 100)
      assert.is_true(own > 10) -- what is counted does arrive
      assert.equal(0, other)
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
