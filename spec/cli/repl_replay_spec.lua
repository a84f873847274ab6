-- repl_replay_spec.lua - moontap repl --replay: the guest of an earlier run, looked at later
local helper = require "spec.helper"
local program = require "spec.program"
local snapshot = require "spec.snapshot"
local tmux = require "spec.tmux"

local xml = [[
<domain type='kvm'>
  <name>%s</name>
  <devices>
    <interface type='ethernet'>
      <mac address='52:54:00:10:00:01'/>
      <target dev='web0' managed='no'/>
      <mtu size='%d'/>
    </interface>
    <interface type='ethernet'><mac address='52:54:00:10:00:02'/></interface>
  </devices>
</domain>
]]

local refusing = "function connect(nic) refuse 'not tonight' end"
local mended = "function connect(nic) tap(nic, { mtu = nic.mtu }) end"

local function prepare(mtu)
  return program.moontap("-p policy.lua hook qemu web prepare begin -", xml:format("web", mtu))
end

local function replay(words)
  return program.moontap("-p policy.lua repl --replay " .. words)
end

local function fine(words)
  local r = replay(words)
  assert.same({ 0, "" }, { r.status, r.err })
  return r.out
end

describe("moontap repl --replay", function()
  before_each(function()
    program.write("policy.lua", refusing)
    assert.equal(1, prepare(1300).status)
    assert.equal(1, prepare(1400).status)
  end)

  it("has the guest as the policy was told of it: of the last run, or of the one that -N names",
    function()
      assert.equal('"web0"\n', fine "web -e nic.dev")
      assert.equal("1400\n", fine "web -1 -e nic.mtu")
      assert.equal("1300\n", fine "web -2 -e nic.mtu")
      assert.equal("1300\n", fine "--run 2 web -e 'facts().nics[1].mtu'")
      assert.equal("2\n", fine "web -e '#nics'")
    end)

  it("plans with the policy as it is now, for the NICs that the event asked for", function()
    assert.matches("refused: not tonight", replay("web -e 'plan()'").err)
    program.write("policy.lua", mended)
    local before = snapshot.take()
    local out = fine "web -2 -e 'return #plan().nics[1].steps'"
    assert.matches("^web NIC 1 .*\n  %+ ip tuntap add dev web0 .* mtu 1300 .*\n%d\n$", out)
    assert.is_nil(out:find "NIC 2")
    assert.matches("NIC 2", fine "web --event start -e 'plan()'")
    assert.matches("^web NIC 2 ", fine "web --event start -e 'plan(nics[2])'")
    assert.equal("", snapshot.difference(before, snapshot.take()))
  end)

  it("has the tap of a guest that nobody knew, by its name", function()
    program.write("policy.lua", "function connect(nic) tap(nic, { mtu = 1234 }) end")
    helper.run "ip tuntap add dev tap7 mode tap"
    program.run(("ln -s '%s' qemu-ifup"):format(program.script_path))
    assert.equal(0, program.run("./qemu-ifup --state state -p policy.lua tap7").status)
    assert.equal('"tap7"\n', fine "tap7 -e nic.dev")
    assert.equal("false\n", fine "tap7 -e nic.domain.known")
    assert.matches("tap7 mtu 1234", fine "tap7 -e 'plan()'")
  end)

  it("stays with its run when others follow", function()
    program.write("policy.lua", mended)
    program.write("more.xml", xml:format("web", 1290))
    local chunk = ("os.execute(\"%s --state state -p policy.lua up more.xml 1 >up 2>&1\"); plan()")
      :format(program.path)
    assert.matches("mtu 1400", fine("web -e '" .. chunk .. "'"))
    assert.matches("mtu 1290", program.read "up")
  end)

  it("changes nothing", function()
    program.write("policy.lua", mended)
    local before = snapshot.take()
    for _, chunk in ipairs{ "up()", "up(nic)", "down()" } do
      local r = replay("web -e '" .. chunk .. "'")
      assert.same({ 3, "a replay changes nothing; what connects the guest is: moontap up\n" },
        { r.status, r.err })
    end
    assert.equal("", snapshot.difference(before, snapshot.take()))
  end)

  it("says what it cannot replay", function()
    for words, says in pairs{
      ["web -3 -e 1"] = "^replay web: there is no such run on record: moontap log web\n$",
      ["db -e 1"] = "^replay db: there is no such run on record: moontap log db\n$",
    } do
      local r = replay(words)
      assert.equal(3, r.status)
      assert.matches(says, r.err)
    end
    program.write("policy.lua", mended)
    assert.equal(0, prepare(1400).status)
    program.moontap "down web"
    assert.matches("^replay down: what the policy saw was not kept", replay("web -1 -e 1").err)
  end)

  it("wants a guest, and -N wants it", function()
    for words, says in pairs{
      ["repl --replay"] = "of which guest? moontap repl --replay GUEST -1; try: moontap help",
      ["repl web.xml -1"] = "-1 is a run for --replay; try: moontap help",
    } do
      local r = program.moontap(words)
      assert.same({ 2, "moontap: " .. says .. "\n" }, { r.status, r.err })
    end
  end)

  it("greets with the run that it is of", function()
    tmux.start(("XDG_STATE_HOME=$PWD/home NO_COLOR=1 '%s' --state state -p policy.lua repl " ..
      "--replay web"):format(program.path))
    tmux.wait "web: 2 NICs, a replay of prepare, %d+%-%d+%-%d+ %d+:%d+:%d+\n"
    program.write("policy.lua", mended)
    tmux.enter("plan()", "policy.lua has changed: loaded again\nweb NIC 1 .* mtu 1400")
    tmux.keys "C-d"
    tmux.wait "ended 0"
    tmux.stop()
  end)
end)

it("moontap repl says that it may not change the host, before it tries", function()
  program.run "chmod 755 ."
  program.write("web.xml", xml:format("web", 1500))
  for _, chunk in ipairs{ "up()", "down()" } do
    local r = program.run(("setpriv --bounding-set=-all --inh-caps=-all '%s' repl web.xml -e '%s'")
      :format(program.path, chunk))
    assert.same({ 3, "this changes the host: it needs root, or CAP_NET_ADMIN\n" },
      { r.status, r.err })
  end
end)
