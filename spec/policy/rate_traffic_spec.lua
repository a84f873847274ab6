-- rate_traffic_spec.lua - a guest gets and sends about what its rates allow, by frames of a tap;
-- coarse, since the machine may be busy
local helper = require "spec.helper"
local guests = require "spec.guests"
local program = require "spec.program"

if not helper.kernel_has "rate" then return end

-- Sends for 3 s far more than the limit, from the guest's side of the tap or to it, and prints how
-- many bytes/s arrived after the first half second. Ethernet type for experiments: IEEE 802.
local SCRIPT = [==[
import fcntl, os, socket, struct, sys, time
frame = b"\xff" * 6 + b"\x02\0\0\0\0\x99" + b"\x88\xb5" + b"\0" * 986
tap = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
fcntl.ioctl(tap, 0x400454ca, struct.pack("16sH22x", b"web0", 0x0002 | 0x1000)) # TUNSETIFF
net = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x88b5))
net.bind(("up1", 0x88b5)); net.setblocking(False)
def from_net():
    got, where = net.recvfrom(2048)
    return got if where[2] != socket.PACKET_OUTGOING else b""
outbound = sys.argv[1] == "outbound"
put = (lambda: os.write(tap, frame)) if outbound else (lambda: net.send(frame))
take = from_net if outbound else (lambda: os.read(tap, 2048))
start = time.monotonic(); sent = got = 0; first = last = None
while (now := time.monotonic()) < start + 3:
    while sent < (now - start) * 3e6:
        sent += len(frame)
        try: put()
        except OSError: pass
    try:
        while True:
            frame_got = take()
            if frame_got[12:14] == b"\x88\xb5" and now > start + 0.5:
                first = first or now; last = now; got += len(frame_got)
    except OSError: pass
    time.sleep(0.001)
print(int(got / (last - first)) if first and last > first else 0)
]==]

describe("a NIC's rate #rate", function()
  before_each(function()
    guests.setup()
    helper.run [[ip link add up0 type veth peer name up1; ip link set up1 up
      ip link set up0 master br0 up]]
    program.write("policy.lua", [[
      local lan = hook "bridge" { bridge = "br0" }
      local slow = hook "rate" { inbound = "4mbit", outbound = 500 }
      function connect(nic) slow(nic) lan(nic) end]])
    program.write("traffic.py", SCRIPT)
  end)

  for _, side in ipairs { "inbound", "outbound" } do
    it("limits what is " .. side, function()
      assert.equal(0, guests.moontap "up web.xml".status)
      helper.run "tc qdisc add dev web0 root handle 0: noqueue || :" -- as libvirt does
      local got = tonumber(helper.run(("cd %s && python3 traffic.py %s")
        :format(helper.folder(), side)))
      assert.is_true(got > 0.5 * 500000 and got < 1.3 * 500000, side .. ": " .. got .. " bytes/s")
    end)
  end
end)
