-- meanwhile_spec.lua - an event that waited for a NIC's lock acted on what it had seen before
--
-- QEMU's script made an unknown guest's of a tap that a person's `up` was just connecting, and a
-- reconcile connected again what `down` was just disconnecting.

local helper = require "spec.helper"
local program = require "spec.program"
local scenes = require "spec.torture.scenes"
local torture = require "spec.torture.torture"

-- meanwhile(slow, other): other starts when slow has the lock; -> other's exit status
local function meanwhile(slow, other)
  local r = program.run(([[
    %s >slow.out 2>&1 & slow=$!
    i=0
    while [ $((i += 1)) -lt 500 ]; do
      [ -s state/nic/m0 ] || [ -e state/run/m0 ] && ! flock -n state/nic/m0 true && break
      sleep 0.01
    done
    %s; code=$?
    wait $slow || cat slow.out; exit $code]]):format(slow, other))
  assert.equal("", r.out)
  return r.status
end

describe("an event #bare that waits for another's lock", function()
  local before

  before_each(function()
    torture.begin { xml = scenes.xml("web", { "m0 managed" }),
      host = "ip tuntap add dev m0 mode tap; ip link set m0 address fe:54:00:00:00:01 up",
      policy = "function connect(nic) tap(nic, { mtu = 1400, txqueuelen = 77, up = true }) end" }
    helper.run(("ln -s '%s' '%s/qemu-ifup'"):format(program.script_path, helper.folder()))
    before = torture.moment()
  end)

  local slow = { what = "request", n = 0, fault = "slow-50" }

  it("leaves a NIC to the guest that it is known to be of", function()
    assert.equal(0, meanwhile(torture.command(torture.words.up, slow),
      "./qemu-ifup -p policy.lua --state state m0"))
    assert.equal("web", program.state()["nic/m0"]:match "domain=(%g+)")
  end)

  it("does not connect again what is no longer connected", function()
    torture.must "up"
    helper.run "ip link set m0 mtu 1300"
    assert.equal(0, meanwhile(torture.command("down web", slow),
      ("'%s' --state state reconcile >/dev/null"):format(program.path)))
    helper.run "ip link set m0 mtu 1500"
    assert.equal("", torture.since(before))
  end)
end)
