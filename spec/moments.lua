-- moments.lua - frames that are sent all the time, while web0 is connected and disconnected: those
-- that may come out somewhere, and those that may not

local helper = require "spec.helper"
local program = require "spec.program"

local M = {}

-- A script has send(tap) and read(tap), which are called in turn until stop(). seen[] counts frames
-- by their Ethernet types, those for experiments: IEEE 802. tap is None while it is not there, or
-- another process has it open.
local BEGIN = [==[
import fcntl, os, socket, struct, sys, time
own_type, other_type = b"\x88\xb5", b"\x88\xb6"
seen, sent = { own_type: 0, other_type: 0 }, 0
def open_tap():
    fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    try: fcntl.ioctl(fd, 0x400454ca, struct.pack("16sH22x", b"web0", 0x0002 | 0x1000)) # TUNSETIFF
    except OSError:
        os.close(fd); return None
    return fd
def is_there():
    try: socket.if_nametoindex("web0"); return True
    except OSError: return False
def count(receive):
    while True:
        try: got = receive(2048)
        except OSError: return
        if got[12:14] in seen: seen[got[12:14]] += 1
tap = open_tap() if sys.argv[1] == "libvirt" else None
]==]

local END = [==[
open("ready", "w").close()
while not os.path.exists("stop"):
    if tap is None and is_there(): tap = open_tap() # as soon as moontap lets go of it
    if send(tap): sent += 1
    read(tap)
    time.sleep(0.0005)
time.sleep(0.1)
read(tap)
open("counts.new", "w").write("%d %d %d\n" % (sent, seen[other_type], seen[own_type]))
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

-- start(who, script): who has the tap open: "libvirt" before, "moontap" lets go of it. script:
-- Python, send(tap) -> whether it sent, and read(tap)
function M.start(who, script)
  program.write("moments.py", BEGIN .. script .. END)
  program.run(("python3 moments.py %s >script.log 2>&1 & echo $!"):format(who))
  wait_for "ready"
end

-- stop() -> how often it sent; how many of the other's frames, and of its own, came out
function M.stop()
  program.write("stop", "")
  local sent, other, own = wait_for "counts":match "(%d+) (%d+) (%d+)"
  return tonumber(sent), tonumber(other), tonumber(own)
end

return M
