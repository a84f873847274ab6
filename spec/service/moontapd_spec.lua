-- moontapd_spec.lua - the service with its client: who does an event, and what becomes of it

local daemon = require "spec.service.daemon"
local helper = require "spec.helper"
local program = require "spec.program"

local policy = [[function connect(nic) tap(nic, { up = true, alias = "%s" }) end]]

local xml = [[<domain type='qemu'><name>web</name><uuid>4dea22b3-1d52-d8f3-2516-782e98ab3fa0</uuid>
  <devices><interface type='ethernet'><mac address='52:54:00:00:00:01'/>
  <target dev='web0' managed='no'/></interface></devices></domain>]]

local function alias(dev) return helper.run("ip link show " .. dev):match "alias (%g+)" end

local function tap(name) helper.run("ip tuntap add dev " .. name .. " mode tap") end

local function gone(pid) return program.run("kill -0 " .. pid).status ~= 0 end

describe("moontapd", function()
  before_each(function() program.write("policy.lua", policy:format "one") end)

  it("does what the scripts are for, by a spare", function()
    local d <close> = daemon.start()
    local _, _, spares = d:ready()
    tap "tap0"
    assert.same({ status = 0, out = "", err = "" }, d:call "qemu-ifup tap0")
    assert.equal("one", alias "tap0")
    local function used()
      local n = 0
      for _, pid in ipairs(spares) do n = n + (gone(pid) and 1 or 0) end
      return n
    end
    daemon.wait_for("the end of one", function() return used() > 0 end) -- after the reply
    assert.equal(1, used())
    assert.matches("tap0", program.moontap "status".out)
    assert.same({ status = 0, out = "", err = "" }, d:call "qemu-ifdown tap0")
    assert.is_nil(alias "tap0")
    assert.equal("nothing is connected\n", program.moontap "status".out)
  end)

  it("has a spare forked for an event that finds none", function()
    program.write("policy.lua", [[function connect(nic)
      for _ = 1, 2e8 do end
      tap(nic, { up = true, alias = "slow" })
    end]])
    local d <close> = daemon.start "--spares 1"
    local worker, zygote, spares = d:ready(1)
    tap "tap0"
    tap "tap1"
    local socket = "MOONTAP_EVENT_SOCKET=$PWD/sock/event '%s/qemu-ifup' tap%d & "
    local dir = program.path:match "(.*)/"
    program.run("{ " .. socket:format(dir, 0) .. socket:format(dir, 1) .. "} >/dev/null 2>&1")
    local function done() return (alias "tap0" and 1 or 0) + (alias "tap1" and 1 or 0) end
    local second
    daemon.wait_for("a second evaluation", function()
      second = done() == 1 and d:children(zygote)[1]
      return second and second ~= spares[1] or done() == 2
    end)
    assert.is_truthy(second)
    assert.not_equal(spares[1], second)
    assert.same({ zygote }, d:children(worker)) -- a cold one would be the worker's own child
    daemon.wait_for("the end of both", function() return done() == 2 end)
  end)

  it("awaits a libvirtd that is not there, and serves meanwhile", function()
    local d <close> = daemon.start "--libvirt 'qemu+unix:///system?socket=/nowhere'"
    d:ready()
    daemon.wait_for("words of it", function()
      return d:log():find "socket=/nowhere: [^\n]*/nowhere[^\n]*; it is awaited\n"
    end)
    tap "tap0"
    assert.same({ status = 0, out = "", err = "" }, d:call "qemu-ifup tap0")
    assert.equal(1, #d:named "moontapd-virt")
  end)

  it("does what libvirt's hook script is for, from prepare to release", function()
    local d <close> = daemon.start()
    for _, operation in ipairs { "prepare", "start", "started" } do
      local r = d:call("qemu web " .. operation .. " begin -", xml)
      assert.same({ status = 0, out = "", err = "" }, r)
      assert.equal("one", alias "web0")
    end
    assert.matches("prepare +.*done", program.moontap "log web".out)
    for _, operation in ipairs { "stopped", "release" } do
      assert.equal(0, d:call("qemu web " .. operation .. " end -", xml).status)
    end
    assert.equal("", helper.run "ip -o link show type tun")
  end)

  it("prints what libvirt goes on with", function()
    program.write("policy.lua", [[function decide(nic) return "unmanaged", "named0" end
      function connect(nic) tap(nic, {}) end]])
    local document = xml:gsub("<target[^>]*/>", "")
    local expected = program.moontap("-p policy.lua hook qemu web migrate begin -", document)
    assert.matches("named0", expected.out)
    local d <close> = daemon.start()
    local r = d:call("qemu web migrate begin -", document)
    assert.same({ 0, expected.out, "" }, { r.status, r.out, r.err })
  end)

  it("says what moontap says, with its exit status", function()
    program.write("policy.lua", [[function connect(nic) refuse "not today" end]])
    local d <close> = daemon.start()
    tap "tap0"
    local r = d:call "qemu-ifup tap0"
    assert.equal(1, r.status)
    assert.matches("^qemu%-ifup: [^\n]*not today\n$", r.err)
    local other = program.run(("ln -sf '%s' qemu-ifup\n./qemu-ifup -p policy.lua --state state " ..
      "tap0"):format(program.path))
    assert.same(other, r)
  end)

  it("takes a changed policy at once, and a changed hook", function()
    local d <close> = daemon.start()
    d:ready()
    program.write("policy.lua", policy:format "two")
    tap "tap0"
    assert.equal(0, d:call "qemu-ifup tap0".status)
    assert.equal("two", alias "tap0")
    program.write("policy.lua", "function connect(nic) tap(nic, { alias = }) end")
    tap "tap1"
    for _ = 1, 2 do
      local r = d:call "qemu-ifup tap1"
      assert.equal(3, r.status)
      assert.matches("policy.lua:1", r.err, 1, true)
      d:ready()
    end
    program.write("policy.lua", policy:format "three")
    assert.equal(0, d:call "qemu-ifup tap1".status)
    assert.equal("three", alias "tap1")
  end)

  it("shows a policy's top level the host as it is at the event", function()
    program.write("policy.lua", [[local br = host.link "br7"
      function connect(nic) tap(nic, { alias = br and "there" or "absent" }) end]])
    local d <close> = daemon.start()
    d:ready()
    tap "tap0"
    assert.equal(0, d:call "qemu-ifup tap0".status)
    assert.equal("absent", alias "tap0")
    d:ready()
    helper.run "ip link add br7 type bridge"
    tap "tap1"
    assert.equal(0, d:call "qemu-ifup tap1".status)
    assert.equal("there", alias "tap1")
  end)

  it("ends a policy at its deadline, with its line", function()
    program.write("policy.lua", "function connect(nic)\n  while true do end\nend")
    local d <close> = daemon.start "--deadline 1"
    d:ready()
    tap "tap0"
    local r = d:call "qemu-ifup tap0"
    assert.equal(5, r.status)
    assert.matches("policy.lua:2", r.err, 1, true)
  end)

  it("gives each guest a process of its own", function()
    program.write("policy.lua", [[local n = 0
      function connect(nic) n = n + 1 tap(nic, { alias = "n" .. n }) end]])
    local d <close> = daemon.start()
    for i = 0, 3 do
      tap("tap" .. i)
      assert.equal(0, d:call("qemu-ifup tap" .. i).status)
      assert.equal("n1", alias("tap" .. i))
    end
  end)

  it("goes on when its spares are killed, and its zygote", function()
    local d <close> = daemon.start()
    local _, zygote, spares = d:ready()
    tap "tap0"
    helper.run("kill -9 " .. table.concat(spares, " "))
    assert.equal(0, d:call "qemu-ifup tap0".status)
    assert.equal("one", alias "tap0")
    daemon.wait_for("a warning", function() return d:log():find "not made ahead for 1 s" end)
    assert.is_true(gone(zygote))
    tap "tap1"
    assert.equal(0, d:call "qemu-ifup tap1".status)
    assert.equal("one", alias "tap1")
    d:ready()
  end)

  it("keeps each worker and its evaluators to a processor, of those that it may run on", function()
    local function processors(pid)
      return helper.run(("cat /proc/%s/status"):format(pid)):match "Cpus_allowed_list:%s*(%g+)"
    end
    local d <close> = daemon.start "--workers 2"
    local seen, n = {}, 0
    for _, worker in ipairs(d:named "moontapd") do
      local own = processors(worker)
      assert.matches("^%d+$", own)
      n = n + (seen[own] and 0 or 1)
      seen[own] = true
      daemon.wait_for("its zygote", function() return d:children(worker)[1] end)
      assert.equal(own, processors(d:children(worker)[1]))
    end
    assert.equal(math.min(tonumber(helper.run "nproc"), 2), n)
    d:stop()
    local last = processors "self":match "%d+$"
    local restricted <close> = daemon.start("", "taskset -c " .. last)
    assert.equal(last, processors(restricted:named "moontapd"[1]))
  end)

  it("has another worker when one is killed", function()
    local d <close> = daemon.start()
    local worker = d:ready()
    helper.run("kill -9 " .. worker)
    daemon.wait_for("another worker", function()
      local now = d:tree()
      return now and now ~= worker
    end)
    d:ready()
    tap "tap0"
    assert.equal(0, d:call "qemu-ifup tap0".status)
    assert.equal("one", alias "tap0")
  end)

  it("finishes what was begun when it is stopped", function()
    program.write("policy.lua", [[function connect(nic)
      for _ = 1, 30000000 do end
      tap(nic, { alias = "slow" }) end]])
    local d <close> = daemon.start()
    d:ready()
    tap "tap0"
    local r = program.run(([[
      MOONTAP_EVENT_SOCKET=$PWD/sock/event '%s/qemu-ifup' tap0 & client=$!
      sleep 0.1; kill %s
      wait $client]]):format(program.path:match "(.*)/", d.pid))
    assert.same({ status = 0, out = "", err = "" }, r)
    assert.equal("slow", alias "tap0")
    daemon.wait_for("the end", function() return not d:lives() end)
    assert.equal("", helper.run("ls " .. helper.folder() .. "/sock"))
  end)

  it("leaves no process when it is killed", function()
    local d <close> = daemon.start()
    local worker, zygote, spares = d:ready()
    d:stop "KILL"
    for _, pid in ipairs { worker, zygote, table.unpack(spares) } do
      daemon.wait_for("the end of " .. pid, function() return gone(pid) end)
    end
  end)

  it("leaves another network namespace's events to the client", function()
    local d <close> = daemon.start()
    local r = program.run(([[MOONTAP_EVENT_SOCKET=$PWD/sock/event unshare -n \
      sh -c 'ip tuntap add dev tap0 mode tap; "%s/qemu-ifup" tap0; ip link show tap0']])
      :format(program.path:match "(.*)/"))
    assert.equal(0, r.status, r.err)
    assert.is_falsy(r.out:find "alias")
    assert.equal("nothing is connected\n", program.moontap "status".out)
    assert.is_true(d:lives())
  end)

  it("is not there for another user", function()
    local d <close> = daemon.start()
    assert.matches("^srw%-%-%-%-%-%-%- ", helper.run("ls -l " .. helper.folder() .. "/sock/event"))
    assert.is_true(d:lives())
  end)

  it("serves a path alone", function()
    local d <close> = daemon.start()
    local r = program.run(("'%sd' --socket sock/event"):format(program.path))
    assert.equal(4, r.status)
    assert.matches("another moontapd serves it", r.err, 1, true)
    assert.is_true(d:lives())
  end)

  it("disconnects a tap that QEMU has left open for the script", function()
    local d <close> = daemon.start()
    local r = program.run(([[python3 -c '
import fcntl, os, struct, subprocess
os.environ["MOONTAP_EVENT_SOCKET"] = os.getcwd() + "/sock/event"
tap = os.open("/dev/net/tun", os.O_RDWR)
fcntl.ioctl(tap, 0x400454ca, struct.pack("16sH22x", b"tap0", 0x1002))
os.set_inheritable(tap, True)
for name in "qemu-ifup", "qemu-ifdown":
    subprocess.run(["%s/" + name, "tap0"], close_fds=False, check=True)
    print(subprocess.run("ip link show tap0 | grep -o alias.*", shell=True,
        capture_output=True, text=True).stdout, end="")
']]):format(program.path:match "(.*)/"))
    assert.same({ status = 0, out = "alias one\n", err = "" }, r)
    assert.is_true(d:lives())
  end)

  it("does many events at once, all or nothing of each", function()
    local d <close> = daemon.start "--workers 4"
    local r = program.run(([[
      export MOONTAP_EVENT_SOCKET=$PWD/sock/event
      for i in $(seq 40); do ip tuntap add dev tap$i mode tap; done
      for i in $(seq 40); do '%s/qemu-ifup' tap$i & done; wait
      ip link show | grep -c "alias one"
      for i in $(seq 40); do '%s/qemu-ifdown' tap$i & done; wait
      ip link show | grep -c "alias one"
      true]]):format(program.path:match "(.*)/", program.path:match "(.*)/"))
    assert.same({ status = 0, out = "40\n0\n", err = "" }, r)
    assert.equal("nothing is connected\n", program.moontap "status".out)
    assert.is_true(d:lives())
  end)

  it("looks at its state directory anew for each event", function()
    local d <close> = daemon.start()
    tap "tap0"
    assert.equal(0, d:call "qemu-ifup tap0".status)
    assert.equal(0, d:call "qemu-ifdown tap0".status)
    program.run "rm -rf state"
    assert.equal(0, d:call "qemu-ifup tap0".status)
    assert.matches("tap0", program.moontap "status".out)
  end)

  it("has evaluators that nobody else's power is left to", function()
    local d <close> = daemon.start()
    local _, zygote, spares = d:ready()
    for _, pid in ipairs { zygote, spares[1] } do
      local status = helper.run(("cat /proc/%d/status"):format(pid))
      assert.matches("CapEff:%s+0+\n", status)
      assert.matches("CapPrm:%s+0+\n", status)
      assert.matches("NoNewPrivs:%s+1\n", status)
      assert.matches("Seccomp:%s+2\n", status)
      assert.is_falsy(status:find "Uid:%s+0")
    end
  end)

  it("tells systemd that it is ready, lives, and ends", function()
    program.write("listen.py", [[
import os, socket, subprocess, sys, time
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind("notify"); s.settimeout(20)
l = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET); l.bind("event"); l.listen(5)
def pass_on(): os.dup2(l.fileno(), 3)
d = subprocess.Popen(["sh", "-c", 'LISTEN_PID=$$ exec "$@"', "sh"] + sys.argv[1:], pass_fds=(3,),
    preexec_fn=pass_on, env=dict(os.environ,
    NOTIFY_SOCKET=os.getcwd() + "/notify", WATCHDOG_USEC="200000", LISTEN_FDS="1"))
seen = []
while "WATCHDOG=1" not in seen or "READY=1" not in seen:
    seen.append(s.recv(100).decode())
d.terminate()
while "STOPPING=1" not in seen: seen.append(s.recv(100).decode())
print(sorted(set(seen)), d.wait())
]])
    local r = program.run(("python3 listen.py '%sd' --foreground -p policy.lua --workers 1")
      :format(program.path))
    assert.equal("['READY=1', 'STOPPING=1', 'WATCHDOG=1'] 0\n", r.out, r.err)
    assert.equal(1, program.run("test -e /run/moontap.sock").status)
  end)

  it("tells the sockets that systemd passes by their types, in any order", function()
    program.write("listen.py", [[
import os, socket, subprocess, sys
sys.path.insert(0, sys.argv.pop(1))
from varlink import Service
def listen(name, type):
    s = socket.socket(socket.AF_UNIX, type); s.bind(name); s.listen(5); return s
def start(*sockets):
    def pass_on():
        copies = [os.dup(s.fileno()) for s in sockets]
        for i, fd in enumerate(copies): os.dup2(fd, 3 + i)
    return subprocess.Popen(["sh", "-c", 'LISTEN_PID=$$ exec "$@"', "sh"] + sys.argv[1:],
        close_fds=False, preexec_fn=pass_on, env=dict(os.environ, LISTEN_FDS=str(len(sockets))))
events, io = listen("event", socket.SOCK_SEQPACKET), listen("io.moontap", socket.SOCK_STREAM)
for sockets in (events, io), (io, events):
    d = start(*sockets)
    print(Service("io.moontap").call("org.varlink.service.GetInfo")["product"])
    e = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET); e.connect("event"); e.send(b"x")
    print(e.recv(100)[:1])
    d.terminate(); print(d.wait())
print(start(io).wait())
]])
    local r = program.run(("python3 listen.py '%s/samples/embed' '%sd' --foreground " ..
      "-p policy.lua --workers 1"):format(helper.run "pwd":match "%C+", program.path))
    assert.equal(("moontap\nb'E'\n0\n"):rep(2) .. "4\n", r.out, r.err)
    assert.matches("systemd passed no socket of type SOCK_SEQPACKET", r.err)
  end)

  it("says what is wrong with its options", function()
    for _, words in ipairs { "--workers 0", "--spares x", "--nosuch", "word", "--deadline 0" } do
      local r = program.run(("'%sd' %s"):format(program.path, words))
      assert.equal(2, r.status, words)
      assert.not_equal("", r.err)
    end
    assert.matches("^moontapd %d", program.run(("'%sd' --version"):format(program.path)).out)
    assert.matches("^usage: moontapd", program.run(("'%sd' --help"):format(program.path)).out)
  end)
end)
