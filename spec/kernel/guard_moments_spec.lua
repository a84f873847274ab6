-- guard_moments_spec.lua - a guarded guest that lies gets nothing through at any moment of up and
-- down: it sends all the time
local guests = require "spec.guests"
local helper = require "spec.helper"
local moments = require "spec.moments"
local program = require "spec.program"

-- The guest's side of web0 sends a frame of its own and one of another's MAC in turn; both are
-- counted where they arrive, at up1.
local SCRIPT = [==[
def frame(mac, kind): return b"\xff" * 6 + mac + kind + b"\0" * 46
own = frame(b"\x52\x54\0\0\0\1", own_type)
other = frame(b"\x52\x54\0\0\0\x99", other_type)
wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)); wire.bind(("up1", 0))
wire.setblocking(False)
def send(tap):
    if tap is None: return False
    try: os.write(tap, other); os.write(tap, own)
    except OSError: return False # it is down
    return True
def read(tap): count(wire.recv)
]==]

describe("a guarded guest that lies all the time gets nothing through #nft,", function()
  before_each(function()
    guests.setup()
    helper.run [[ip link add up0 type veth peer name up1; ip link set up1 up
      ip link set up0 master br0 up
      until bridge link show dev up0 | grep -q 'state forwarding'; do sleep 0.01; done]]
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
      moments.start(who, SCRIPT)
      if managed == "yes" then helper.run "ip link set web0 address fe:54:00:00:00:01 up" end
      for _ = 1, 3 do
        local r = program.moontap "up -p p.lua web.xml"
        assert.same({ 0, "" }, { r.status, r.err })
        helper.run "sleep 0.3"
        assert.equal(0, program.moontap "down --force web".status)
      end
      local sent, other, own = moments.stop()
      assert.is_true(sent > 100)
      assert.is_true(own > 10) -- what is counted does arrive
      assert.equal(0, other)
    end)
  end
end)
