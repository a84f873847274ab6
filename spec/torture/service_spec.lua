-- service_spec.lua - kill -9 of each process of moontapd, at every crossing into kernel and state;
-- and no memory for a user's process
--
-- Whoever dies, what was asked for is done once, by the service or by its client; or it is said
-- that it was not, nothing has changed, and asking again does it. After `down` nothing is left.

local daemon = require "spec.service.daemon"
local helper = require "spec.helper"
local program = require "spec.program"
local torture = require "spec.torture.torture"

local function write(path, text)
  local f <close> = assert(io.open(path, "w"))
  f:write(text)
end

local function log() return program.read "moontapd.log" or "" end

local function left()
  return helper.run [[cd /run/moontap
    find nic run shared lookup domain user -type f 2>/dev/null || true]]
end

-- start(how) -> a service of which a process dies, or kills another, at its n-th crossing; /run and
-- /etc/moontap are the tests' own (spec/machine.lua)
local function start(how)
  helper.run("rm -f '" .. helper.folder() .. "/report'")
  return daemon.start_by("", torture.environment(how))
end

-- by_client(words) -> as program.run(): by whichever of the service and its client lives
local function by_client(words)
  return program.run(("MOONTAP_EVENT_SOCKET=$PWD/sock/event '%s/'%s"):format(
    program.path:match "(.*)/", words))
end

local USER = "setpriv --reuid=65534 --regid=65534 --clear-groups"

local function by_user(words)
  return program.run(("MOONTAP_EVENT_SOCKET=$PWD/sock/event %s '%s' %s"):format(USER, program.path,
    words))
end

-- once_more(how, run, words, unchanged) -> what came of it: done, or it was said that it was not,
-- and it is when it is asked for again
local function once_more(how, run, words, unchanged)
  local r = run(words)
  if r.status == 0 then
    assert.equal("", r.err)
    return "done"
  end
  assert.matches("^[%w-]+: [^\n]+\n$", r.err)
  if r.status == 6 then -- without memory: something is left, and the next run finishes it
    assert.equal("memory", how.what)
  else
    assert.equal(4, r.status)
    unchanged()
  end
  daemon.wait_for("a service: " .. r.err, function() return run(words).status == 0 end)
  return "said, and done when asked again"
end

local function is_up(dev)
  assert.equal("one", helper.run("ip link show " .. dev):match "alias (%g+)")
  local line = program.bare "status".out:match "\n([^\n]+) connected\n$"
  assert.is_truthy(line and line:find(" " .. dev .. " ", 1, true))
end

local function is_down()
  assert.is_nil(helper.run "ip link show":match "alias")
  assert.matches("^nothing is connected[;\n]", program.bare "status".out) -- or a run failed, too
  assert.equal("", left())
end

-- Each: who dies; at whose crossing; how; and an event that it is in the midst of.
local events = {
  { "a worker", who = "child", faults = { "before", "after" } },
  { "the first process", who = "moontapd", faults = { "kill-parent" } },
  { "a zygote", who = "moontapd", faults = { "kill-zygote" } },
  { "spares", who = "moontapd", faults = { "kill-spares" } },
}

function events.run(how)
  helper.run "ip tuntap add dev tap0 mode tap; ip link set tap0 address 02:00:00:00:00:07"
  local _ <close> = start(how)
  local outcome = once_more(how, by_client, "qemu-ifup tap0", is_down)
  is_up "tap0"
  local later = once_more(how, by_client, "qemu-ifdown tap0", function() is_up "tap0" end)
  is_down()
  helper.run "ip link del tap0"
  return outcome == "done" and later or outcome
end

local calls = {
  { "a user's process", who = "moontapd-caller", faults = { "before", "after" } },
  { "the acceptor", who = "moontapd-caller", faults = { "kill-parent" } },
  { "the acceptor's spares", who = "moontapd-caller", faults = { "kill-ahead" } },
  { "a user's process", who = "moontapd-caller", what = "memory", faults = { "ENOMEM" } },
}

function calls.run(how)
  helper.run(("chmod 755 '%s'"):format(helper.folder()))
  local _ <close> = start(how)
  local outcome = once_more(how, by_user, "up web.xml", function() end)
  is_up "u65534-web"
  local later = once_more(how, by_user, "down --if-known web", function() end)
  is_down()
  return outcome == "done" and later or outcome
end

local drifts = {
  { "the watcher", who = "moontapd-watch", faults = { "before", "after" } },
}

function drifts.run(how)
  local bridge = "ip link add br7 type bridge; ip link set br7 up"
  helper.run(bridge)
  write("/etc/moontap/policy.lua", [[allow{ link = "br7" }
    function connect(nic) tap(nic, { master = "br7", up = true, alias = "one" }) end]])
  local d <close> = start(how)
  d:watcher()
  assert.equal(0, program.bare "up web.xml".status)
  helper.run("ip link del br7; " .. bridge)
  local said = daemon.wait_for("the repair", function()
    return program.bare "status".out:find " connected\n" and "repaired"
      or log():find ": moontap reconcile web\n"
        and "said, and reconciled"
  end)
  if said ~= "repaired" then assert.equal(0, program.bare "reconcile web".status) end
  assert.matches("master br7", helper.run "ip link show u65534-web")
  assert.equal(0, program.bare "down web.xml".status)
  is_down()
  helper.run "ip link del br7"
  return said
end

local ways = { crossing = "kill -9, service", memory = "no memory, service" }

-- try(scene, how): with a service of which somebody dies -> whether somebody did
local function try(scene, how)
  local ok, outcome = pcall(scene.run, how)
  if not ok then
    error(("%s, %s, number %d: %s\n%s"):format(how.who, how.fault, how.n, outcome,
      log()), 0)
  end
  local _, fired = torture.report()
  if fired then torture.count(ways[how.what], how.name, how.fault, outcome) end
  return fired
end

describe("a fault #bare in the service, of #torture", function()
  before_each(function()
    helper.run "mkdir -p /etc/moontap; rm -rf /run/moontap"
    write("/etc/moontap/policy.lua", [[allow{ user = "65534" }
      function connect(nic)
        if nic.dev == "tap0" then bridge{ name = "br7" } end
        tap(nic, { master = nic.dev == "tap0" and "br7" or nil, up = true, alias = "one" })
      end]])
    program.write("web.xml", [[<domain type='qemu'><name>web</name>
      <uuid>4dea22b3-1d52-d8f3-2516-782e98ab3fa0</uuid>
      <devices><interface type='ethernet'><mac address='52:54:00:00:00:01'/>
      <target dev='u65534-web' managed='no'/></interface></devices></domain>]])
  end)

  after_each(function() helper.run "rm -rf /etc/moontap/policy.lua /run/moontap" end)

  for _, scene in ipairs { events, calls, drifts } do
    for _, case in ipairs(scene) do
      for _, fault in ipairs(case.faults) do
        it(("%s: %s"):format(case[1], fault), function()
          local how = { name = case[1], who = case.who, what = case.what or "crossing",
            fault = fault }
          how.n = torture.all and 1 or torture.pick(case.what and 250 or 20)
          assert.is_true(try(scene, how))
          repeat
            how.n = how.n + 1
          until not (torture.all and try(scene, how))
          torture.summary()
        end)
      end
    end
  end
end)
