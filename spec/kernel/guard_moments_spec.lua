-- guard_moments_spec.lua - a guarded guest that lies gets nothing through at any moment of up and
-- down: it sends all the time
local guests = require "spec.guests"
local helper = require "spec.helper"
local program = require "spec.program"

-- The guest's side of web0 sends a frame of its own and one of another's MAC in turn, and counts
-- both where they arrive, at up1, until the file `stop` is there. Ethernet types for experiments:
-- IEEE 802.
local SCRIPT = [==[
import fcntl, os, socket, struct, sys, time
def frame(mac, kind): return b"\xff" * 6 + mac + kind + b"\0" * 46
own = frame(b"\x52\x54\0\0\0\1", b"\x88\xb5")
other = frame(b"\x52\x54\0\0\0\x99", b"\x88\xb6")
def open_tap():
    fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    try: fcntl.ioctl(fd, 0x400454ca, struct.pack("16sH22x", b"web0", 0x0002 | 0x1000)) # TUNSETIFF
    except OSError:
        os.close(fd); return None
    return fd
def is_there():
    try: socket.if_nametoindex("web0"); return True
    except OSError: return False
seen = { b"\x88\xb5": 0, b"\x88\xb6": 0 }
wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)); wire.bind(("up1", 0))
wire.setblocking(False)
tap = open_tap() if sys.argv[1] == "libvirt" else None
open("ready", "w").close()
def read():
    while True:
        try: got = wire.recv(2048)
        except OSError: return
        if got[12:14] in seen: seen[got[12:14]] += 1
sent = 0
while not os.path.exists("stop"):
    if tap is None and is_there(): tap = open_tap() # as soon as moontap lets go of it
    try:
        if tap is not None:
            os.write(tap, other); os.write(tap, own); sent += 1
    except OSError: pass # it is down
    read()
    time.sleep(0.0005)
time.sleep(0.1)
read()
open("counts.new", "w").write("%d %d %d\n" % (sent, seen[b"\x88\xb6"], seen[b"\x88\xb5"]))
os.rename("counts.new", "counts")
]==]

local function wait_for(name)
  for _ = 1, 600 do
    local text = program.read(name)
    if text then return text end
    helper.run "sleep 0.1"
  end
  error("there is no file " .. name)
end

describe("a guarded guest that lies all the time gets nothing through #nft,", function()
  before_each(function()
    guests.setup()
    helper.run [[ip link add up0 type veth peer name up1; ip link set up1 up
      ip link set up0 master br0 up
      until bridge link show dev up0 | grep -q 'state forwarding'; do sleep 0.01; done]]
    program.write("send.py", SCRIPT)
    program.write("p.lua", [[local lan = hook "bridge" { bridge = "br0" }
      local guard = hook "guard" { level = "mac" }
      function connect(nic) lan(nic) guard(nic) end]])
  end)

  for _, case in ipairs { { "libvirt", "yes", "whose tap is up before" },
      { "moontap", "no", "whose tap moontap makes" } } do
    local who, managed, title = table.unpack(case)
    it(title, function()
      program.write("web.xml",
        (guests.xml("web", 1):gsub("managed='no'", "managed='" .. managed .. "'")))
      program.run(("python3 send.py %s >script.log 2>&1 & echo $!"):format(who))
      wait_for "ready"
      if managed == "yes" then helper.run "ip link set web0 address fe:54:00:00:00:01 up" end
      for _ = 1, 3 do
        local r = program.moontap "up -p p.lua web.xml"
        assert.same({ 0, "" }, { r.status, r.err })
        helper.run "sleep 0.3"
        assert.equal(0, program.moontap "down --force web".status)
      end
      program.write("stop", "")
      local sent, other, own = wait_for "counts":match "(%d+) (%d+) (%d+)"
      assert.is_true(tonumber(sent) > 100)
      assert.is_true(tonumber(own) > 10) -- what is counted does arrive
      assert.equal("0", other)
    end)
  end
end)
