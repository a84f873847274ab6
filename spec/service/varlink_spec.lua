-- varlink_spec.lua - the service's socket for users and orchestrators: framing, methods, errors,
-- limits, and who may ask

local daemon = require "spec.service.daemon"
local helper = require "spec.helper"
local json = require "dkjson"
local program = require "spec.program"
local varlink = require "spec.service.varlink"

local python = varlink.python

local policy = [[function connect(nic) tap(nic, { up = true, alias = "one" }) end]]

local xml = [[<domain type='qemu'><name>web</name><uuid>4dea22b3-1d52-d8f3-2516-782e98ab3fa0</uuid>
  <devices><interface type='ethernet'><mac address='52:54:00:00:00:01'/>
  <target dev='web0' managed='no'/></interface></devices></domain>]]

local function taps() return helper.run "ip -o link show type tun" end

local function alias(dev) return helper.run("ip link show " .. dev):match "alias (%g+)" end

-- described(text) -> { methods = { Up = { takes = { xml = "?string" }, gives = {} } }, types = {} }
local function described(text)
  local function fields(list)
    local found = {}
    for name, type in list:gmatch "(%w+): ([%w%?%[%]]+)" do found[name] = type end
    return found
  end
  local is = { method = {}, type = {}, error = {} }
  for what, name, takes, gives in text:gmatch "\n(%l+) (%u%w*) ?(%b())([^\n]*)" do
    is[what][name] = { takes = fields(takes), gives = fields(gives) }
  end
  return is
end

local function names(t)
  local list = {}
  for name in pairs(t) do list[#list + 1] = name end
  table.sort(list)
  return list
end

describe("io.moontap", function()
  before_each(function()
    program.write("policy.lua", policy)
    program.write("web.xml", xml)
  end)

  it("plans, connects, shows and disconnects a guest", function()
    local d <close> = daemon.start()
    local plan, up, status, again, down, nothing = python [[
s = service()
call(s, "Plan", xml=xml)
call(s, "Up", xml=xml)
call(s, "Status")
call(s, "Up", name="web", xml=xml, nics=[1])
call(s, "Down", guest="web")
call(s, "Status", guest="web")]]
    assert.same({ "web", "qemu", "web0", "add" },
      { plan.guest, plan.driver, plan.nics[1].dev, plan.nics[1].steps[1].op })
    assert.same(plan, up)
    local nic = status.nics[1]
    assert.same({ "web", "web0", "connected", "idle", "up" },
      { nic.guest, nic.dev, nic.state, nic.link, nic.by })
    assert.equal("same", again.nics[1].steps[1].op)
    assert.equal("ip link del dev web0", down.nics[1].undone[1].command)
    assert.same({}, nothing.nics)
    assert.equal("", taps())
    assert.matches("up .*done.*down .*done", program.moontap "log web".out)
    assert.is_true(d:lives())
  end)

  it("says the status again after each change, until the caller has heard enough", function()
    local d <close> = daemon.start()
    local first, up, drifted, down, ended = python [[
s = service()
s.socket.settimeout(20)
s.socket.sendall(b'{"method": "io.moontap.Status", "more": true}\0')
show(s.reply())
def until(wanted):
    while True:
        nics = s.reply()["nics"]
        if [n["state"] for n in nics] == wanted: return show(nics)
other = service()
other.call("io.moontap.Up", xml=xml)
until(["connected"])
os.system("ip link set web0 alias other")
until(["drifted"])
other.call("io.moontap.Down", guest="web")
until([])
s.socket.shutdown(socket.SHUT_WR)
try: s.reply()
except EOFError: show("closed")]]
    assert.same({ nics = {} }, first)
    assert.same({ "web0", {} }, { up[1].dev, up[1].drift })
    assert.equal(1, #drifted[1].drift)
    assert.same({ {}, "closed" }, { down, ended })
    local raw = python [[
s = service()
s.socket.sendall(b'{"method": "io.moontap.Status", "more": true}\0')
show(s.socket.recv(999).decode().rstrip("\0"))]]
    assert.same({ parameters = { nics = {} }, continues = true }, (json.decode(raw)))
    daemon.wait_for("the end of the processes that served it", function()
      return #d:serving() == 0
    end)
    assert.is_true(d:lives())
  end)

  it("connects a guest again whose XML it had", function()
    local d <close> = daemon.start()
    local _, up, none = python [[
s = service()
call(s, "Up", xml=xml)
os.system("ip link set web0 alias other")
call(s, "Up", name="web")
call(s, "Up", name="db")]]
    assert.equal("web", up.guest)
    assert.equal("one", alias "web0")
    assert.same({ "io.moontap.Failed", 3, "no guest db is remembered: its XML is needed" },
      { none.error, none.exit, none.why })
    assert.is_true(d:lives())
  end)

  it("says what the policy and the kernel say, and where", function()
    program.write("policy.lua", "function connect(nic)\n  refuse 'not today'\nend")
    local d <close> = daemon.start()
    local refused, broken, unknown = python [[
s = service()
call(s, "Up", xml=xml)
call(s, "Up", xml="<domain>")
call(s, "Up", xml=xml, nics=[7])]]
    assert.same({ error = "io.moontap.Failed", what = "refused", on = "", why = "not today",
      where = "NIC 1 (web0), policy.lua:2", exit = 1 }, refused)
    assert.equal(3, broken.exit)
    assert.same({ 2, "there is no NIC '7'" }, { unknown.exit, unknown.why })
    assert.equal("", taps())
    assert.matches("uid 0, pid %d+: NIC 1 %(web0%), policy.lua:2: refused: not today", d:log())
  end)

  it("describes itself, as it is", function()
    local d <close> = daemon.start()
    local info, ours, service, none, plan, status, failed = python [[
s = service()
def describe(name):
    try: show(s.call("org.varlink.service.GetInterfaceDescription", interface=name))
    except Refused as e: show({"error": e.args[0], **e.args[1]})
show(s.call("org.varlink.service.GetInfo"))
for name in "io.moontap", "org.varlink.service", "org.nobody": describe(name)
call(s, "Up", xml=xml)
call(s, "Status")
call(s, "Up", xml="")]]
    assert.same({ "org.varlink.service", "io.moontap" }, info.interfaces)
    assert.same({ error = "org.varlink.service.InterfaceNotFound", interface = "org.nobody" }, none)
    local is, theirs = described(ours.description), described(service.description)
    assert.same({ "Down", "OpenTap", "Plan", "Status", "Up" }, names(is.method))
    assert.same({ "GetInfo", "GetInterfaceDescription" }, names(theirs.method))
    assert.same(names(theirs.method.GetInfo.gives), names(info))
    assert.same(names(is.method.Up.gives), names(plan))
    assert.same(names(is.type.NicStatus.takes), names(status.nics[1]))
    assert.same(names(is.type.Step.takes), names(plan.nics[1].steps[1], { place = true }))
    failed.error = nil
    assert.same(names(is.error.Failed.takes), names(failed))
    assert.is_true(d:lives())
  end)

  -- systemd's, from 257 on: `make check-trixie` has it.
  if os.execute "command -v varlinkctl >/dev/null" then
    it("is what varlinkctl can read, list and call", function()
      local d <close> = daemon.start()
      local function varlinkctl(verb, words)
        return program.run(('varlinkctl --json=short %s "$PWD/sock/io.moontap" %s')
          :format(verb, words))
      end
      assert.same({ "org.varlink.service", "io.moontap" },
        (json.decode(varlinkctl("list-interfaces", "").out)))
      assert.matches("method Up", varlinkctl("introspect", "io.moontap").out)
      assert.same({ nics = {} }, (json.decode(varlinkctl("call", "io.moontap.Status '{}'").out)))
      program.write("call.json", json.encode { xml = xml })
      local up = json.decode(varlinkctl("call", 'io.moontap.Up "$(cat call.json)"').out)
      assert.same({ "web", "web0", "add" }, { up.guest, up.nics[1].dev, up.nics[1].steps[1].op })
      local refused = varlinkctl("call", [[io.moontap.Up '{"name": "db"}']])
      assert.not_equal(0, refused.status)
      assert.matches("io%.moontap%.Failed", refused.err)
      assert.is_true(d:lives())
    end)
  end

  it("refuses what its description does not have", function()
    local d <close> = daemon.start()
    local E = "org.varlink.service."
    local expected = {
      { error = E .. "MethodNotFound", method = "io.moontap.Sideways" },
      { error = E .. "MethodNotFound", method = "Up" },
      { error = E .. "InterfaceNotFound", interface = "io.other" },
      { error = E .. "InvalidParameter", parameter = "policy" },
      { error = E .. "InvalidParameter", parameter = "xml" },
      { error = E .. "InvalidParameter", parameter = "nics" },
      { error = E .. "InvalidParameter", parameter = "nics" },
      { error = E .. "InvalidParameter", parameter = "xml" },
      { error = E .. "InvalidParameter", parameter = "name" },
      { error = E .. "InvalidParameter", parameter = "guest" },
      { error = E .. "InvalidParameter", parameter = "guest" },
      { error = E .. "InvalidParameter", parameter = "parameters" },
    }
    assert.same(expected, { python [[
s = service()
def raw(method, parameters):
    s.socket.sendall(json.dumps({"method": method, "parameters": parameters}).encode() + b"\0")
    answer(s)
raw("io.moontap.Sideways", {})
raw("Up", {})
raw("io.other.Up", {})
raw("io.moontap.Up", {"xml": xml, "policy": "/tmp/p.lua"})
raw("io.moontap.Up", {"xml": 1})
raw("io.moontap.Up", {"xml": xml, "nics": 1})
raw("io.moontap.Up", {"xml": xml, "nics": ["web0"]})
raw("io.moontap.Up", {})
raw("io.moontap.Up", {"name": ""})
raw("io.moontap.Down", {})
raw("io.moontap.Down", {"guest": ""})
raw("io.moontap.Down", ["web"])]] })
    assert.equal("", taps())
    assert.is_true(d:lives())
  end)

  it("answers what is no call once, and closes the connection", function()
    local d <close> = daemon.start()
    local answers = { python [[
def no_call(text, end=False):
    s = send(text)
    if end: s.socket.shutdown(socket.SHUT_WR)
    answer(s); answer(s)
no_call(b"{]\0")
no_call(b"[]\0")
no_call(b"\0")
no_call(b'{"method": 3}\0')
no_call(b'{"method": "io.moontap.Status", "method": "io.moontap.Status"}\0')
no_call(b'{"method": "io.moontap.Status", "parameters": ' + b"[" * 30000 + b"\0")
no_call(b'{"method": "io.mo', True)
no_call(b"x" * (8 << 20) + b"xx")]] }
    local whys = { "'}' expected near ']'", "it is no JSON object", "'[' or '{' expected",
      "it names no method", "duplicate object key", "it has too many values",
      "its end is missing", "it has more than 8 MiB" }
    for i, why in ipairs(whys) do
      local said = answers[2 * i - 1]
      assert.same({ "io.moontap.Failed", "call", 2 }, { said.error, said.what, said.exit })
      assert(said.why:find(why, 1, true), said.why .. "\nhas not\n" .. why)
      assert.equal("closed", answers[2 * i])
    end
    assert.is_true(d:lives())
  end)

  it("waits 5 s for the rest of a call, and as long as it takes for the first byte", function()
    local d <close> = daemon.start()
    local late, idle = python [[
idle = service()
s = send(b'{"method"')
answer(s)
call(idle, "Status")]]
    assert.same({ "call", "it was not complete within 5 s" }, { late.what, late.why })
    assert.same({}, idle.nics)
    assert.is_true(d:lives())
  end)

  it("takes a call byte by byte, and several at once", function()
    local d <close> = daemon.start()
    local one, two, three = python [[
text = b'{"method": "io.moontap.Status"}\0'
s = service()
for i in range(len(text)): s.socket.sendall(text[i:i+1])
answer(s)
s.socket.sendall(b'{"method": "io.moontap.Status", "oneway": true}\0' + 2 * text)
answer(s); answer(s)
s.socket.settimeout(0.2)
try: s.socket.recv(1)
except TimeoutError: pass
else: show("more")]]
    assert.same({ nics = {} }, one)
    assert.same({ one, one }, { two, three })
    assert.is_true(d:lives())
  end)

  it("takes XML of any size that libvirt writes", function()
    local d <close> = daemon.start()
    local up = python [[
call(service(), "Up", xml=xml.replace("</name>", "</name><!--" + "x" * (7 << 20) + "-->"))]]
    assert.is_nil(up.error, up.why)
    assert.equal("web0", up.nics[1].dev)
    assert.equal("one", alias "web0")
    assert.is_true(d:lives())
  end)

  it("refuses another user, with what the policy would have to say", function()
    local d <close> = daemon.start()
    local answers = { python [[
become(65534)
s = service()
call(s, "Up", xml=xml)
call(s, "Plan", xml=xml)
call(s, "Down", guest="web")
call(s, "Status")
show(s.call("org.varlink.service.GetInfo"))]] }
    local user = helper.run "getent passwd 65534":match "^[^:]+"
    for i = 1, 4 do
      assert.same({ error = "io.moontap.NotAllowed", why = ("the policy does not allow %s " ..
        '(allow{ user = "%s" })'):format(user, user) }, answers[i])
    end
    assert.equal("moontap", answers[5].product)
    assert.matches("uid 65534, pid %d+: refused: the policy does not allow", d:log())
    assert.equal("", taps())
  end)

  it("gives a user what the policy grants, apart from root's and from others'", function()
    program.write("policy.lua", [[allow{ user = "65534", dev = "al-*" }
allow{ user = "1001", dev = "bo-*" }
]] .. policy)
    local d <close> = daemon.start()
    local root, up, status, foreign, mine, others, theirs, down, after, none = python [[
def nic(dev, mac): return xml.replace("web0", dev).replace("00:01", mac)
root = service()
call(root, "Up", xml=xml)
def as_user(uid, *calls):
    r, w = os.pipe()
    pid = os.fork()
    if not pid:
        become(uid); s = service()
        for method, parameters in calls: call(s, method, **parameters)
        os._exit(0)
    os.waitpid(pid, 0)
as_user(65534, ("Up", {"xml": nic("al-0", "00:02")}), ("Status", {}),
    ("Up", {"xml": nic("wg0", "00:03")}), ("Status", {"guest": "al-0"}),
    ("Status", {"guest": "web0"}))
as_user(1001, ("Down", {"guest": "al-0"}))
as_user(65534, ("Down", {"guest": "web"}), ("Status", {}))
call(root, "Down", guest="db")]]
    assert.equal("qemu", root.driver)
    assert.same({ "web", "qemu@65534", "al-0" }, { up.guest, up.driver, up.nics[1].dev })
    assert.matches("user 65534", up.nics[1].steps[1].command)
    assert.same({ 1, "al-0" }, { #status.nics, status.nics[1].dev })
    assert.same({ "io.moontap.Failed", 1, "NIC 1 (wg0)" },
      { foreign.error, foreign.exit, foreign.where })
    assert.matches("allows %S+ no device of this name, but al%-%*", foreign.why)
    assert.equal("al-0", mine.nics[1].dev)
    assert.same({ {}, {} }, { others.nics, theirs.nics })
    assert.equal("al-0", down.nics[1].dev)
    assert.same({ {}, {} }, { after.nics, none.nics })
    assert.matches("web0", taps())
    assert.is_falsy(taps():find "al%-0")
    local log = program.moontap "log".out
    assert.matches("web", log)
    assert.is_true(d:lives())
  end)

  it("serves eight connections of a user at once, 32 of all users, and of root any", function()
    local d <close> = daemon.start()
    local most, ninth, later, others, too_many, root = python [[
def info(s):
    try: return s.call("org.varlink.service.GetInfo")["product"]
    except Refused as e: return e.args[0]
def of(uid, n): # connections of a process of another user, held until the pipe is closed
    r, w = os.pipe(); r2, w2 = os.pipe()
    if not os.fork():
        os.close(w2); become(uid)
        all = [service() for _ in range(n)]
        os.write(w, json.dumps([info(s) for s in all]).encode()); os.close(w)
        os.read(r2, 1); os._exit(0)
    os.close(w); os.close(r2)
    return json.loads(os.read(r, 4096)), w2
first, hold = of(1001, 9)
show(first[:8]); show(first[8])
os.close(hold)
while True: # the processes of those that went are counted until they have ended
    held = of(1001, 8)
    if held[0] == ["moontap"] * 8: break
    os.close(held[1])
show(held[0])
show([of(uid, 8)[0] == ["moontap"] * 8 for uid in (1002, 1003, 1004)])
show(of(1005, 1)[0])
all = [service() for _ in range(40)]
show([info(s) == "moontap" for s in all].count(True))]]
    assert.same({ "moontap", "moontap", "moontap", "moontap", "moontap", "moontap", "moontap",
      "moontap" }, most)
    assert.equal("io.moontap.Busy", ninth)
    assert.same(most, later)
    assert.same({ true, true, true }, others)
    assert.same({ "io.moontap.Busy" }, too_many)
    assert.equal(40, root)
    assert.matches("uid 1001, pid %d+: too many connections", d:log())
  end)

  it("lets calls of a user wait that come too fast, over all connections", function()
    local _ <close> = daemon.start()
    local took, root = python [[
def times(uid, n): # how long n calls take, half of them on another connection
    r, w = os.pipe()
    if not os.fork():
        become(uid); a, b = service(), service(); begin = time.monotonic()
        for i in range(n): (a, b)[i % 2].call("org.varlink.service.GetInfo")
        os.write(w, json.dumps(time.monotonic() - begin).encode()); os._exit(0)
    os.close(w)
    return json.loads(os.read(r, 4096))
show(times(1001, 50))
s = service()
show([s.call("org.varlink.service.GetInfo")["product"] for _ in range(200)].count("moontap"))]]
    assert.is_true(took >= 1.5) -- 20 at once, and 20 a second
    assert.equal(200, root)
  end)

  it("goes on when a process that serves a call is killed", function()
    program.write("policy.lua", [[function connect(nic)
      while nic.domain.name == "slow" do end
      tap(nic, { alias = "one" }) end]])
    local d <close> = daemon.start()
    local closed, up = python(([[
s = service()
s.socket.sendall(json.dumps({"method": "io.moontap.Up", "parameters":
    {"xml": xml.replace("web", "slow")}}).encode() + b"\0")
def named(name, pid):
    children = open(f"/proc/{pid}/task/{pid}/children").read().split()
    return [p for p in children if open(f"/proc/{p}/comm").read() == name + "\n"]
while not (serving := named("moontapd-caller", named("moontapd-io", %s)[0])):
    time.sleep(0.01)
os.kill(int(serving[0]), 9)
answer(s)
call(service(), "Up", xml=xml)]]):format(d.pid))
    assert.equal("closed", closed)
    assert.equal("web0", up.nics[1].dev)
    daemon.wait_for("a line", function()
      return d:log():find "a process that serves uid 0 was ended by signal 9"
    end)
  end)

  it("goes on when the process that accepts is killed", function()
    local d <close> = daemon.start()
    local acceptor = d:acceptor()
    python [[call(service(), "Status")]]
    helper.run("kill -9 " .. acceptor)
    assert.same({ nics = {} }, (python [[call(service(), "Status")]]))
    assert.not_equal(acceptor, d:acceptor())
  end)

  it("finishes a call that was begun when the service is stopped", function()
    program.write("policy.lua", [[function connect(nic)
      for _ = 1, 30000000 do end
      tap(nic, { alias = "slow" }) end]])
    local d <close> = daemon.start()
    local up, closed = python(([[
idle, s = service(), service()
s.socket.sendall(json.dumps({"method": "io.moontap.Up", "parameters":
    {"xml": xml}}).encode() + b"\0")
time.sleep(0.1)
os.kill(%s, 15)
answer(s); answer(idle)]]):format(d.pid))
    assert.equal("web0", up.nics[1].dev)
    assert.equal("closed", closed)
    assert.equal("slow", alias "web0")
    daemon.wait_for("the end", function() return not d:lives() end)
    assert.equal("", helper.run("ls " .. helper.folder() .. "/sock"))
  end)

  it("is not for another network namespace", function()
    local d <close> = daemon.start()
    local answer = python [[
import ctypes; ctypes.CDLL(None).unshare(0x40000000)
call(service(), "Up", xml=xml)]]
    assert.same({ error = "io.moontap.Elsewhere" }, answer)
    assert.is_true(d:lives())
  end)

  it("is a socket for all, in a folder for all", function()
    local d <close> = daemon.start()
    assert.matches("^srw%-rw%-rw%- ",
      helper.run("ls -l " .. helper.folder() .. "/sock/io.moontap"))
    assert.matches("^drwxr%-xr%-x ", helper.run("ls -ld " .. helper.folder() .. "/sock"))
    assert.is_true(d:lives())
  end)
end)

describe("samples/embed/varlink.py", function()
  it("connects and disconnects, and shows what was done", function()
    program.write("policy.lua", policy)
    local d <close> = daemon.start()
    local function run(what)
      return program.run(("MOONTAP=sock/io.moontap python3 %s/varlink.py %s")
        :format(varlink.SAMPLES, what), xml)
    end
    local plan = run "plan"
    assert.matches("^NIC 1 web0: ethernet\n  add tap web0: ip tuntap add dev web0 mode tap",
      plan.out)
    assert.same(plan, run "up")
    assert.same({ status = 0, err = "",
      out = "NIC 1 web0: ethernet\n  delete tap web0: ip link del dev web0\n" }, run "down")
    program.write("policy.lua", "function connect(nic) refuse 'not today' end")
    assert.same({ status = 1, err = "",
      out = "io.moontap.Failed: NIC 1 (web0), policy.lua:1: not today\n" }, run "up")
    assert.equal("", taps())
    assert.is_true(d:lives())
  end)
end)
