-- warm_callers_spec.lua - calls of users and of root's programs: the grants are known, and an
-- evaluator waits

local daemon = require "spec.service.daemon"
local helper = require "spec.helper"
local program = require "spec.program"
local varlink = require "spec.service.varlink"

local python = varlink.python

local granting = [[allow{ user = "65534", dev = "al-*" }
  function connect(nic) tap(nic, { alias = "one" }) end]]

local xml = [[<domain type='qemu'><name>web</name><devices>
  <interface type='ethernet'><mac address='52:54:00:00:00:01'/>
  <target dev='al-0' managed='no'/></interface></devices></domain>]]

local function alias(dev) return helper.run("ip link show " .. dev):match "alias (%g+)" end

-- traced(d, script) -> how many programs the acceptor and its children started during the script;
-- and what the script showed
local function traced(d, script)
  local acceptor = d:acceptor()
  local strace = program.run(("strace -f -qq -e trace=execve -o trace -p %d & echo $!")
    :format(acceptor)).out:match "%d+"
  daemon.wait_for("strace", function()
    return helper.run(("cat /proc/%d/status"):format(acceptor)):find "TracerPid:%s+[1-9]"
  end)
  local shown = table.pack(python(script))
  daemon.wait_for("the end", function() return #d:serving() == 0 end)
  helper.run("kill " .. strace)
  daemon.wait_for("the trace", function()
    return program.run("kill -0 " .. strace).status ~= 0
  end)
  local _, started = program.read "trace":gsub("execve%(", "")
  return started, table.unpack(shown, 1, shown.n)
end

describe("a call of io.moontap", function()
  before_each(function()
    program.write("policy.lua", granting)
    program.write("web.xml", xml)
  end)

  it("is refused to a user without a grant before an evaluator is touched", function()
    local d <close> = daemon.start()
    local spares = d:ahead()
    python "become(1001)\ncall(service(), 'Status')" -- the grants are read
    d:ahead()
    program.write("policy.lua", "function connect(nic) tap(nic) end")
    python "become(1001)\ncall(service(), 'Status')"
    assert.not_same(spares, d:ahead())
    spares = d:ahead()
    local started, up = traced(d, "become(65534)\ncall(service(), 'Up', xml=xml)")
    assert.equal("io.moontap.NotAllowed", up.error)
    assert.equal(0, started)
    assert.same(spares, d:ahead())
  end)

  for who, become in pairs { root = "", ["a user"] = "become(65534)\n" } do
    it(("of %s is planned by a spare"):format(who), function()
      local d <close> = daemon.start()
      d:ahead()
      python(become .. "call(service(), 'Status')")
      local spares = d:ahead()
      local started, up = traced(d, become .. "call(service(), 'Up', xml=xml)")
      assert.equal("al-0", up.nics[1].dev)
      assert.equal(0, started)
      d:other_ahead(spares)
      assert.equal("one", alias "al-0")
    end)
  end

  it("is granted and refused by the policy as it is, and by the host", function()
    local _ <close> = daemon.start()
    local function status(uid)
      return (python(("become(%d)\ncall(service(), 'Status')"):format(uid))).error
    end
    local NO = "io.moontap.NotAllowed"
    assert.same({ nil, NO }, { status(65534), status(1001) })
    program.write("policy.lua", (granting:gsub("65534", "1001")))
    assert.same({ NO, nil }, { status(65534), status(1001) })
    program.write("policy.lua", [[if host.link "br7" then allow{ user = "1001" } end]])
    assert.equal(NO, status(1001))
    helper.run "ip link add br7 type bridge"
    assert.is_nil(status(1001))
    helper.run "ip link del br7"
    assert.equal(NO, status(1001))
    program.write("policy.lua", "allow{")
    assert.equal("io.moontap.Failed", status(1001))
    program.write("policy.lua", granting)
    assert.same({ nil, NO }, { status(65534), status(1001) })
  end)

  it("sees a policy that changes between two calls of a connection", function()
    local d <close> = daemon.start()
    d:ahead()
    local before, after, planned = python [[
r, w = os.pipe()
pid = os.fork()
if not pid:
    become(65534)
    s = service()
    call(s, "Status")
    os.read(r, 1)
    call(s, "Status")
    os._exit(0)
time.sleep(0.3)
with open("policy.lua", "w") as f: f.write("function connect(nic) tap(nic, { alias = 'two' }) end")
os.write(w, b" ")
os.waitpid(pid, 0)
call(service(), "Up", xml=xml)]]
    assert.same({}, before.nics)
    assert.equal("io.moontap.NotAllowed", after.error)
    assert.equal("al-0", planned.nics[1].dev)
    assert.equal("two", alias "al-0")
  end)

  it("goes on when its spare is killed, and no other spare is used for a while", function()
    local d <close> = daemon.start()
    helper.run("kill -9 " .. table.concat(d:ahead(), " "))
    local up, again = python [[
call(service(), "Up", xml=xml)
call(service(), "Plan", xml=xml)]]
    assert.same({ "al-0", "al-0" }, { up.nics[1].dev, again.nics[1].dev })
    daemon.wait_for("a warning", function() return d:log():find "not made ahead for 1 s" end)
    d:ahead()
  end)

  it("ends its connection when its spare dies in the midst of it", function()
    program.write("policy.lua", granting .. "\nfunction decide(nic) while true do end end")
    local d <close> = daemon.start()
    d:ahead()
    local up, closed = python(([[
def children(pid): return open(f"/proc/{pid}/task/{pid}/children").read().split()
before = {p for c in children(%d) for p in children(c)}
s = service()
s.socket.sendall(json.dumps({"method": "io.moontap.Up", "parameters": {"xml": xml}}).encode() +
    b"\0")
def busy(pid): return open(f"/proc/{pid}/stat").read().split()[2] == "R"
while not (found := [p for p in before if busy(p)]): time.sleep(0.01)
os.kill(int(found[0]), 9)
answer(s)
answer(s)]]):format(d:acceptor()))
    assert.same({ "io.moontap.Failed", 4 }, { up.error, up.exit })
    assert.equal("closed", closed)
    daemon.wait_for("a warning", function() return d:log():find "not made ahead for 1 s" end)
  end)
end)
