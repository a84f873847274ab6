-- soak_spec.lua - ten thousand events by the service, and nothing of it grows: memory, descriptors,
-- files; with MOONTAP_TORTURE=all a million
--
-- What lives long is looked at when a tenth of the events has passed, and at the end: by then a
-- leak of a few bytes an event would show. A worker lives for all of them.

local daemon = require "spec.service.daemon"
local helper = require "spec.helper"
local program = require "spec.program"

local here = helper.run "pwd":match "%C+"

local EVENTS = os.getenv "MOONTAP_TORTURE" == "all" and 1000000 or 10000

local guest = [[<domain type='qemu'><name>web</name>
  <uuid>4dea22b3-1d52-d8f3-2516-782e98ab3fa0</uuid>
  <devices><interface type='ethernet'><mac address='52:54:00:00:00:01'/>
  <target dev='web0' managed='no'/></interface></devices></domain>]]

local EACH = 45 -- events of a round of events.py

local function live(events)
  local r = program.run(("python3 '%s/spec/service/events.py' sock/event %s %d guest.xml"):format(
    here, program.bare "--version".out:match "%d[%d.]+", events // EACH))
  assert.same({ status = 0, out = "", err = "" }, r)
end

-- What each process that lives long has in memory that is no file, in KiB, and its descriptors.
local function sizes(d)
  local worker, zygote = d:ready()
  local all = {}
  for name, pid in pairs { supervisor = d.pid, worker = worker, zygote = zygote,
    watcher = d:watcher() } do
    local own = 0
    for kib in helper.run(("cat /proc/%d/smaps_rollup"):format(pid))
        :gmatch "Anonymous: +(%d+)" do
      own = own + kib
    end
    all[name] = { pid = tonumber(pid), own = own,
      descriptors = tonumber(helper.run(("ls /proc/%d/fd | wc -l"):format(pid))) }
  end
  return all
end

local function files()
  return helper.run(("find '%s/state' -type f | wc -l"):format(helper.folder()))
end

describe("the service, event after event #soak", function()
  it("does not grow", function()
    program.write("guest.xml", guest)
    program.write("policy.lua", [[allow{ link = "br0" }
      function connect(nic)
        if nic.dev == "web0" then bridge{ name = "br7" } end
        tap(nic, { master = nic.dev == "web0" and "br7" or "br0", up = true })
      end]])
    helper.run [[
      ip tuntap add dev tap0 mode tap; ip link set tap0 address 02:00:00:00:00:07
      ip link add br0 type bridge; ip link set br0 up]]
    local d <close> = daemon.start()
    live(EVENTS // 10)
    local before, files_before = sizes(d), files()
    live(EVENTS - EVENTS // 10 - 1000) -- a worker is replaced after 10,000
    local after = sizes(d)
    for name, was in pairs(before) do
      local is = after[name]
      io.stderr:write(("%s: %d KiB, then %d; %d descriptors, then %d\n"):format(name, was.own,
        is.own, was.descriptors, is.descriptors))
      assert.equal(was.descriptors, is.descriptors, name)
      assert(is.pid ~= was.pid or is.own < was.own + 256, name)
    end
    assert.equal(files_before, files())
    assert.equal("nothing is connected\n", program.moontap "status".out)
  end)
end)
