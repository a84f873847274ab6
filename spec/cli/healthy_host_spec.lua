-- healthy_host_spec.lua - a host of forty guests that start and stop: nobody cries wolf
--
-- Each guest's tap is held open as QEMU does it, and libvirt's hook is called as libvirt calls it,
-- several guests at a time, while a monitoring system asks and asks.

local guests = require "spec.guests"
local helper = require "spec.helper"
local program = require "spec.program"

-- One guest's days: prepared, started, stopped; its tap is libvirt's own (managed) in every second
-- one. `hold` opens the tap as a guest does, and waits until it is told to end.
local life = [[
moontap() { '%s' --state state -p policy.lua "$@" >>said 2>&1 || echo "$* failed" >>failed; }
one() {
  xml=$1.xml; dev=$1_0
  for day in 1 2; do
    moontap hook qemu $1 prepare begin - <$xml
    : >up.$1
    python3 hold.py $dev up.$1 $2 & held=$!
    until grep -q here up.$1 || ! kill -0 $held; do sleep 0.05; done
    moontap hook qemu $1 start begin - <$xml
    moontap hook qemu $1 started begin - <$xml
    sleep 0.$((RANDOM %% 9))
    kill $held; wait $held 2>/dev/null
    moontap hook qemu $1 stopped end - <$xml
    moontap hook qemu $1 release end - <$xml
  done
}
for row in 0 1 2 3 4 5 6 7; do
  for column in 0 1 2 3 4; do
    n=$((row * 5 + column + 1))
    one g$n $(printf 'fe:54:00:00:00:%%02x' $n) &
  done
  wait
done
echo over >over
]]

local hold = [[
import fcntl, struct, subprocess, sys, time
dev, file, mac = sys.argv[1:4]
tap = open("/dev/net/tun", "r+b", buffering=0)
fcntl.ioctl(tap, 0x400454ca, struct.pack("16sH22x", dev.encode(), 0x1002))
subprocess.run(["ip", "link", "set", dev, "address", mac, "up"])
open(file, "w").write("here")
time.sleep(600)
]]

local function guest(n)
  local managed = n % 2 == 0
  local xml = guests.xml("g" .. n, n)
  return (xml:gsub("<target[^>]*/>", ("<target dev='g%d_0'%s/>"):format(n,
    managed and "" or " managed='no'")))
end

describe("a healthy host", function()
  before_each(function()
    guests.setup()
    program.write("policy.lua", [[
local lan = hook "bridge" { bridge = "br0", isolated = true }
function connect(nic) lan(nic) end]])
    for n = 1, 40 do program.write(("g%d.xml"):format(n), guest(n)) end
    program.write("hold.py", hold)
    program.write("life", life:format(program.path))
    helper.run(("cd %s && mkdir -p root/dev/net && mknod root/dev/net/tun c 10 200 && " ..
      "chmod 666 root/dev/net/tun"):format(helper.folder()))
  end)

  it("stays well while forty guests start and stop", function()
    local r = program.run(([[
bash life & life=$!
asked=0
until [ -e over ]; do
  '%s' --state state status --check >>checked || cat checked >>wolf
  '%s' --state state -p policy.lua doctor --root root >looked || cat looked >>wolf
  asked=$((asked + 1))
done
wait $life
echo $asked]]):format(program.path, program.path))
    assert.same({ nil, nil }, { program.read "failed", program.read "wolf" })
    assert.truthy(tonumber(r.out) > 2, r.out .. r.err)
    local checked = program.moontap "status --check"
    assert.same({ 0, "ok: 0 NICs connected\n" }, { checked.status, checked.out })
    assert.equal(0, program.bare("--state state -p policy.lua doctor --root root").status)
  end)
end)
