-- service_spec.lua - kill -9 of a worker of moontapd at every crossing into kernel and state
--
-- The client sees that it is gone, and does the event itself: what was asked for is done once, and
-- nothing is left of the attempt.

local daemon = require "spec.service.daemon"
local helper = require "spec.helper"
local program = require "spec.program"
local torture = require "spec.torture.torture"

local function write(path, text)
  local f <close> = assert(io.open(path, "w"))
  f:write(text)
end

local function left()
  return helper.run "cd /run/moontap && find nic run shared lookup domain -type f"
end

-- environment(how) -> what makes the worker, a fork of the first process, die at its n-th crossing
local function environment(how)
  return (torture.command("", how):match "^(TORTURE='.-' LD_PRELOAD='.-') ")
end

-- try(how): one event by a service whose worker dies -> whether it died; /run and /etc/moontap are
-- the tests' own (spec/machine.lua)
local function try(how)
  local report = helper.folder() .. "/report"
  os.remove(report)
  helper.run "ip tuntap add dev tap0 mode tap; ip link set tap0 address 02:00:00:00:00:07"
  local d <close> = daemon.start_by("", environment(how))
  local r = d:call "qemu-ifup tap0"
  assert.same({ status = 0, out = "", err = "" }, r)
  local f <close> = assert(io.open(report, "rb"))
  local fired = select(7, ("<I4I4I4I4I4I4I4"):unpack(f:read "a")) ~= 0
  local alias = helper.run "ip link show tap0":match "alias (%g+)"
  assert.equal("one", alias)
  assert.matches("\n[^\n]+ tap0 [^\n]+ connected\n$", program.bare "status".out)
  assert.equal(0, d:call "qemu-ifdown tap0".status)
  assert.is_nil(helper.run "ip link show tap0":match "alias")
  assert.equal("nothing is connected\n", program.bare "status".out)
  assert.equal("", left())
  helper.run "ip link del tap0"
  if fired then
    torture.count("kill -9, worker", "a tap in a bridge", how.fault, "done, by the client")
  end
  return fired
end

describe("kill -9 of a worker #bare #torture", function()
  before_each(function()
    helper.run "mkdir -p /etc/moontap; rm -rf /run/moontap"
    write("/etc/moontap/policy.lua", [[function connect(nic)
      bridge{ name = "br7" } tap(nic, { master = "br7", up = true, alias = "one" }) end]])
  end)

  after_each(function() helper.run "rm -rf /etc/moontap/policy.lua /run/moontap" end)

  for _, fault in ipairs { "before", "after" } do
    it("leaves the event to the client: " .. fault, function()
      local how = { who = "child", what = "crossing", fault = fault }
      local total = torture.all and math.huge or 6
      local n, tried = torture.all and 0 or torture.pick(5), 0
      repeat
        n = n + (torture.all and 1 or 11)
        how.n = n
        tried = tried + 1
      until not try(how) or tried >= total
      assert.is_true(tried > 3)
      torture.summary()
    end)
  end
end)
