-- repl_spec.lua - moontap repl: scripts by -e and standard input, and a person at a terminal

local helper = require "spec.helper"
local program = require "spec.program"
local tmux = require "spec.tmux"

local xml = [[
<domain type='qemu'>
  <name>web</name>
  <uuid>5d1f2f0c-4a3f-4f63-9e3c-0a6f2d6b1c01</uuid>
  <devices>
    <interface type='ethernet'>
      <mac address='52:54:00:10:00:01'/>
      <target dev='web-lan' managed='no'/>
      <model type='virtio'/>
    </interface>
    <interface type='ethernet'><mac address='52:54:00:10:00:02'/></interface>
  </devices>
</domain>
]]

local policy = [[
limits = { web = { rate = 10 }, db = { rate = 5 } }

local function mtu_of(nic)
  return nic.vlan.tags
end

function connect(nic)
  tap(nic, { mtu = 1400, up = true })
end

function broken(nic)
  local mtu = mtu_of(nic)
  return mtu
end
]]

local function files(text)
  program.write("web.xml", xml)
  program.write("policy.lua", text or policy)
end

-- What a chunk prints, of this guest and policy.
local function eval(chunk, words)
  return program.moontap(("-p policy.lua repl web.xml %s -e '%s'"):format(words or "", chunk))
end

local function fine(chunk, words)
  local r = eval(chunk, words)
  assert.same({ 0, "" }, { r.status, r.err })
  return r.out
end

local function wrong(chunk)
  local r = eval(chunk)
  assert.equal(3, r.status)
  return r.err
end

describe("moontap repl -e", function()
  before_each(function() files() end)

  it("prints an expression's value", function()
    assert.equal("2\n", fine "1 + 1")
    assert.equal('"52:54:00:10:00:01"\n', fine "nic.mac")
    assert.equal('1\n"two"\nnil\n', fine 'return 1, "two", nil')
  end)

  it("prints nil, and nothing for a statement or for what returns nothing", function()
    assert.equal("nil\n", fine "nil")
    assert.equal("nil\n", fine "nic.vlan")
    assert.equal('nil\n', fine 'host.link "nosuch"')
    assert.equal("", fine "local x = 1")
    assert.equal("", fine "(function() end)()")
  end)

  it("prints tables sorted, and as Lua that gives them again", function()
    local text = fine [[{ 3, 2, b = "x\ny", a = { true }, [10] = 1.5, ["a b"] = -1/0,
      ["end"] = 2.0 }]]
    assert.equal([[
{
  3,
  2,
  [10] = 1.5,
  a = { true },
  ["a b"] = -math.huge,
  b = "x\ny",
  ["end"] = 2.0,
}
]], text)
    assert.same({ 3, 2, [10] = 1.5, a = { true }, ["a b"] = -math.huge, b = "x\ny", ["end"] = 2.0 },
      load("return " .. text)())
    assert.equal("{ { 1 }, a = {} }\n", fine "{ a = {}, { 1 } }")
  end)

  it("prints what loads again of the guest, of records and of what has no text", function()
    for _, chunk in ipairs { "nic", "domain", 'moontap.link.get "lo"', 'host.links()', "policy",
      "{ print, coroutine.create(print) }", "_G" } do
      assert.table(assert(load("return " .. fine(chunk)))(), chunk)
    end
    assert.same({ name = "lo", up = false }, (function()
      local lo = load("return " .. fine 'moontap.link.get "lo"')()
      return { name = lo.name, up = lo.up }
    end)())
  end)

  it("shows of the policy what is its own", function()
    local shown = fine "return policy.math ~= nil, policy"
    assert.matches("^true\n", shown)
    assert.is_nil(shown:find("sqrt", 1, true))
  end)

  it("has the guest, as the policy sees it", function()
    assert.equal('"web"\n2\n"web-lan"\ntrue\n',
      fine "return domain.name, #nics, nic.dev, domain.known")
    assert.equal('"$DEV"\n', fine "nics[2].dev")
    assert.matches("read%-only", wrong "nic.mac = 1")
  end)

  it("has the policy, in its sandbox", function()
    assert.equal("{ db = { rate = 5 }, web = { rate = 10 } }\n", fine "policy.limits")
    assert.matches("undefined global 'io'", wrong "policy.io")
    assert.equal('"function"\n', fine "type(io.open)")
  end)

  it("shows what decide() makes of the guest", function()
    files 'function decide(nic) if not nic.target then return "unmanaged", "mine0" end end'
    assert.equal('false\n"mine0"\ntrue\n',
      fine "return nics[2].target or false, nics[2].dev, nics[2].unmanaged")
  end)

  it("shows what words declare, and changes nothing", function()
    assert.equal('declared link{ name = "lo", mtu = 9000, master = false }\n',
      fine 'link{ name = "lo", mtu = 9000, master = false }')
    assert.equal('declared link{ name = "lo", mtu = default(9000), master = default(false) }\n',
      fine 'link{ name = "lo", mtu = default(9000), master = default(false) }')
    assert.matches('declared tap{ name = "web%-lan", user = default%(0%), .*\n' ..
      'declared link{ name = "web%-lan", mtu = 1400, ', fine "policy.connect(nic)")
    assert.equal("log: a 1\n", fine 'log("a", 1)')
  end)

  it("plans, connects and disconnects through the applier", function()
    local plan = fine "plan(nic)"
    assert.matches("^web NIC 1 %(52:54:00:10:00:01%): web%-lan, unmanaged\n  %+ ip tuntap", plan)
    assert.not_matches("NIC 2", plan)
    assert.equal("add\n", fine 'local p = plan(nic) print(p.nics[1].steps[1].op)':match "add\n$")
    assert.same({}, helper.json "ip -j link show type tun")
    assert.equal(plan, fine "up(nic)")
    assert.equal("web-lan", helper.json("ip -j link show type tun")[1].ifname)
    assert.matches("\n  = ip tuntap add", fine "plan(nic)")
    assert.matches("\n  %- ip link del", fine "down(nic)")
    assert.same({}, helper.json "ip -j link show type tun")
    assert.equal("there is nothing to do\n", fine "down()")
    assert.matches("the guest has no NIC 7", wrong "plan(7)")
  end)

  local typed = "function connect(nic) tap(nic, { mtu = 1234 }) end "

  it("plans a connect() that was typed, until reload()", function()
    assert.matches("web%-lan mtu 1234 ", fine(typed .. "plan(nic)"))
    assert.matches("%$DEV mtu 1234", fine(typed .. "plan()"))
    assert.matches("web%-lan mtu 1400 ", fine(typed .. "reload() plan(nic)"))
    assert.matches("web%-lan mtu 1400 ", fine(typed .. "connect = nil plan(nic)"))
    assert.matches("^NIC 2 %(db0%): refused: the policy says unmanaged",
      wrong [[function decide(nic)
        if nic.index == 2 then return "unmanaged", "db0" end
      end plan(nics[2])]])
  end)

  it("does not connect by what stands in no file", function()
    assert.matches("^%-e:1: what was typed can be planned, and no more: save it in the policy",
      wrong(typed .. "up()"))
    assert.equal("", helper.run "ip -br link show type tun")
  end)

  it("tries a function in the place of connect()", function()
    assert.matches("web%-lan mtu 1300 ", fine "try(function(nic) tap(nic, { mtu = 1300 }) end)")
    assert.equal("web NIC 2", fine("try(function(nic) tap(nic, {}) end, 2)"):match "^web NIC %d")
    assert.matches("web%-lan mtu 1400 ",
      fine "try(function(nic) tap(nic, { mtu = 1300 }) end) print(string.rep(\"-\", 9)) plan(nic)"
        :match "%-%-%-.*")
    assert.matches("^%-e:1: refused: no\n", wrong "try(function() refuse \"no\" end)")
    assert.matches("^%-e:1: try%(connect %[, nic%]%): connect is a nil, not a function\n",
      wrong "local x = try(conect)")
  end)

  it("lets what is tried use what the policy or the prompt names, and nothing else", function()
    helper.run "ip link add br0 type bridge"
    local chunk = "try(function(nic) tap(nic, { master = \"br0\" }) end, 1)"
    assert.matches("does not allow the link br0", wrong(chunk))
    assert.matches("web%-lan master br0", fine("allow{ link = \"br0\" } " .. chunk))
    assert.matches("web%-lan master br0",
      fine("lan = hook \"bridge\" { bridge = \"br0\" } try(lan, 1)"))
    files(policy .. "allow{ link = 'br0' }")
    assert.not_matches("declared", fine(chunk))
  end)

  it("starts as a hook would be called", function()
    local out = fine("plan() return domain.incoming", "--event prepare")
    assert.matches("web NIC 1 ", out)
    assert.not_matches("web NIC 2 ", out)
    assert.matches("web NIC 2 ", fine("plan()", "--event start"))
    assert.equal("migrate: no NIC is asked for\ntrue\n",
      fine("plan() print(domain.incoming)", "--event migrate"))
    local r = eval("1", "--event prepar")
    assert.same({ 2, "" }, { r.status, r.out })
    assert.matches("did you mean 'prepare'", r.err)
  end)

  it("gives the facts as a table of one's own", function()
    assert.equal('"x"\n"web"\n',
      fine 'local f = facts(nic) f.mac = "x" return f.mac, facts().domain.name')
  end)

  it("helps with words, kinds, fields and functions", function()
    assert.matches("^tap%(nic %[, fields%]%)\n", fine "help(tap)":match "tap%(nic.*")
    assert.matches("^link{...}: ", fine 'help "link"')
    assert.matches("^link.mtu\n", fine 'help "mtu"')
    assert.matches("^moontap.link.get%(", fine "help(moontap.link.get)")
    assert.matches("^plan%(%[nic%]%)", fine "help(plan)")
    assert.matches("did you mean 'mtu'", wrong 'help "mtuu"' .. "did you mean 'mtu'")
    assert.matches("Ctrl%-D leaves", fine "help()")
    assert.matches('largest packet"\n', fine "tostring(kinds.link.mtu)")
  end)
end)

describe("an error in moontap repl", function()
  before_each(function() files() end)

  it("shows the policy's line, with a caret, and who called whom", function()
    assert.equal([[
policy.lua:4: attempt to index a nil value (field 'vlan')
  4 |   return nic.vlan.tags
    |              ^~~~
  in mtu_of, policy.lua:4
  in broken, policy.lua:12
  in the top level, -e:1
]], wrong "policy.broken(nic) return 1")
  end)

  it("shows the line of what the evaluator says", function()
    files "function connect(nic)\n\ttap(nic, { mastr = 'br0' })\nend"
    assert.equal([[
NIC 1 (web-lan), policy.lua:2: tap: unknown field 'mastr'; did you mean 'master'?
  2 |  tap(nic, { mastr = 'br0' })
    |             ^~~~~
]], wrong "plan(nic)")
  end)

  it("is a refusal, too, which comes as no object", function()
    files "function connect(nic) refuse('no ' .. nic.mac) end"
    assert.matches("^policy.lua:1: refused: no 52:54", wrong "policy.connect(nic) return 1")
    assert.equal("false\n1\n", fine "print((pcall(policy.connect, nic))) return 1")
  end)

  it("has a caret below bytes that are more than letters", function()
    assert.matches("\n    | " .. (" "):rep(17) .. "%^~~\n$", wrong 'local a = "\xc3\xa9" .. zzz')
  end)

  it("is a chunk's that cannot be compiled", function()
    assert.matches("^%-e:1: unexpected symbol near '='\n", wrong "x = = 1")
  end)

  for text, column in pairs{
    ["x = 1 + = 2"] = 9,
    ["1 + = 2"] = 5,
    ["f(a) b = = 3"] = 10,
    ["y = 2 2"] = 7,
    ["t = { a = 1 b = 2 }"] = 13,
    ["local f = (1 .. (2)"] = 20,
    ["h\xc3\xa4 = 1"] = 2,
    ["\tx = = 1"] = 6,
  } do
    it("has its caret under the word that cannot be there: " .. text, function()
      assert.matches("\n    | " .. (" "):rep(column - 1) .. "%^\n$", wrong(text))
    end)
  end

  it("is said of a policy, a guest or a file that is not good, with status 3", function()
    files "local x = hok 'bridge' {}"
    assert.matches("^policy.lua:1: undefined global 'hok'; did you mean 'hook'%?\n", wrong "1")
    program.write("web.xml", "<domain")
    assert.matches("^xml web.xml:1: ", wrong "1")
    assert.equal("none.xml: No such file or directory\n",
      program.moontap("repl none.xml -e 1").err)
    assert.matches("none.lua: No such file", program.moontap("-p none.lua repl -e 1").err)
  end)

  it("is said of a policy that others may write", function()
    program.run "chmod 666 policy.lua"
    assert.matches("writable by nobody else", wrong "1")
  end)
end)

describe("standard input of moontap repl", function()
  it("is a script when it is no terminal", function()
    files()
    local r = program.moontap("-p policy.lua repl web.xml", "#!/x\nlocal x = nic.mac\nprint(x)\n1")
    assert.equal(3, r.status)
    r = program.moontap("-p policy.lua repl web.xml", "#!/x\nlocal x = nic.mac\nprint(x)\n")
    assert.same({ status = 0, out = "52:54:00:10:00:01\n", err = "" }, r)
  end)

  it("fails with status 3 and the error on stderr", function()
    assert.same({ status = 3, out = "a\n",
      err = "stdin:2: no\n  2 | error 'no'\n    | ^~~~~~~~~~\n" },
      program.moontap("repl", "print 'a'\nerror 'no'"))
  end)

  it("may be the guest, when the chunk is not there", function()
    assert.equal('"web"\n', program.moontap("repl - -e domain.name", xml).out)
  end)
end)

-- --- a person at a terminal ---------------------------------------------------------------------

describe("moontap repl at a terminal", function()
  local prompt = "moontap>$"

  local function start(words, environment)
    tmux.start(("XDG_STATE_HOME=$PWD/home NO_COLOR=1 %s '%s' --state state -p policy.lua repl %s")
      :format(environment or "", program.path, words or "web.xml"))
    return tmux.wait(prompt)
  end

  before_each(function() files() end)
  after_each(tmux.stop)

  it("greets, shows values, and leaves with Ctrl-D", function()
    assert.matches("web: 2 NICs\npolicy policy.lua\nmoontap>$", start())
    tmux.enter("nic.mac", '\n"52:54:00:10:00:01"\nmoontap>$')
    tmux.keys "C-d"
    tmux.wait "\nended 0"
  end)

  it("edits a line", function()
    start()
    tmux.type "nt(1 + 1)"
    tmux.keys "C-a"
    tmux.type "pri"
    tmux.keys "C-e Enter"
    tmux.wait "print%(1 %+ 1%)\n2\n"
  end)

  it("reads on while a chunk is not complete", function()
    start()
    tmux.enter("for i = 1, 2 do", "\n      >>$")
    tmux.enter("print('line', i)", "\n      >>$")
    tmux.enter("end", "\nline\t?%s*1\nline%s*2\nmoontap>$")
  end)

  it("goes on after an error", function()
    start()
    tmux.enter("policy.broken(nic)", "\n    |              %^~~~\n")
    tmux.enter("'still ' .. 'here'", '\n"still here"\n')
  end)

  it("gives up a line, or an unfinished chunk, with Ctrl-C", function()
    start()
    tmux.type "half a li"
    tmux.keys "C-c"
    tmux.wait "half a li%^C\nmoontap>$"
    tmux.enter("x = [[", ">>$")
    tmux.keys "C-c"
    tmux.wait "%^C\nmoontap>$"
    tmux.enter("1 + 1", "\n2\n")
  end)

  for what, chunk in pairs {
    ["a loop"] = "while true do end",
    ["a loop that catches errors"] = "while true do pcall(function() while true do end end) end",
    ["a coroutine"] = "coroutine.wrap(function() while true do end end)()",
    ["a policy"] = "policy.endless()",
  } do
    it("stops " .. what .. " with Ctrl-C, and goes on", function()
      files(policy .. "function endless() while true do end end")
      start()
      tmux.type(chunk)
      tmux.keys "Enter"
      helper.run "sleep 0.1"
      tmux.keys "C-c"
      tmux.wait ": interrupted\n"
      tmux.enter("1 + 1", "\n2\n")
    end)
  end

  it("completes names, fields of tables, and lists them", function()
    start()
    tmux.type "nic.ma"
    tmux.keys "Tab"
    tmux.wait "moontap> nic.mac$"
    tmux.keys "C-u"
    tmux.type "policy.limits."
    tmux.keys "Tab"
    tmux.wait "\ndb +web\nmoontap> policy.limits.$"
    tmux.keys "C-u"
    tmux.type "moontap.link.g"
    tmux.keys "Tab"
    tmux.wait "moontap.link.get$"
    tmux.keys "C-u"
    tmux.type "relo"
    tmux.keys "Tab"
    tmux.wait "moontap> reload$"
  end)

  it("completes fields of a kind, their words, and links", function()
    helper.run "ip link add bridge77 type bridge"
    start()
    tmux.type "link{ na"
    tmux.keys "Tab"
    tmux.wait "link{ name =$"
    tmux.type '"bridge7'
    tmux.keys "Tab"
    tmux.wait 'name = "bridge77"$'
    tmux.type ", txq"
    tmux.keys "Tab"
    tmux.wait "txqueuelen =$"
    tmux.keys "C-u"
    tmux.type 'conf{ family = "ipv6'
    tmux.keys "Tab"
    tmux.wait 'family = "ipv6"$'
    tmux.keys "C-u"
    tmux.type "tap(nic, { multi"
    tmux.keys "Tab"
    tmux.wait "multi_queue =$"
    tmux.keys "C-u"
    tmux.type 'help "multi'
    tmux.keys "Tab"
    tmux.wait 'help "multi_queue"$'
  end)

  it("completes files in strings", function()
    start()
    tmux.type 'io.open "polic'
    tmux.keys "Tab"
    tmux.wait 'io.open "policy.lua"$'
  end)

  it("loads a changed policy again, and says what is wrong with it", function()
    start()
    program.write("policy.lua", "limits = 'others'")
    tmux.enter("policy.limits", 'policy.lua has changed: loaded again\n"others"\n')
    program.write("policy.lua", "limits = ")
    tmux.enter("'on'", 'policy.lua:1: unexpected symbol near <eof>\n.*"on"\n')
  end)

  it("keeps a history, that nobody else reads", function()
    start()
    tmux.enter("'first' .. 1", '"first1"')
    tmux.enter("do", ">>$")
    tmux.enter("print 'second'", ">>$")
    tmux.enter("end", "\nsecond\n")
    tmux.keys "C-d"
    tmux.wait "ended 0"
    assert.equal("'first' .. 1\ndo\\nprint 'second'\\nend\n", program.read "home/moontap/history")
    assert.equal("600 700\n", program.run(
      "echo $(stat -c %a home/moontap/history home/moontap)").out)
    start()
    tmux.keys "Up"
    tmux.wait "moontap> do\nprint 'second'\nend$"
    tmux.keys "Enter"
    tmux.wait "end\nsecond\nmoontap>$"
    tmux.keys "C-r"
    tmux.type "fir"
    tmux.wait "'first' %.%. 1"
    tmux.keys "Enter Enter"
    tmux.wait '"first1"'
  end)

  it("keeps no line that the search in the history cannot bear", function()
    start()
    tmux.enter("#'" .. ("a"):rep(1100) .. "'", "\n1100\n")
    tmux.enter("'short'", '"short"\n')
    tmux.keys "C-r"
    tmux.type "a"
    tmux.keys "C-r"
    tmux.keys "C-r"
    tmux.keys "C-c"
    tmux.enter("7 * 6", "\n42\n")
    assert.equal("'short'\n7 * 6\n", program.read "home/moontap/history")
    program.write("home/moontap/history", ("b"):rep(1100) .. "\n'kept'\n")
    start()
    tmux.keys "C-r"
    tmux.type "b"
    tmux.keys "C-r"
    tmux.keys "C-r"
    tmux.keys "C-c"
    tmux.enter("7 * 8", "\n56\n")
  end)

  for what, make in pairs{
    ["a FIFO"] = "mkfifo history",
    ["a link to another file"] = "echo secret >other; ln -s other history",
    ["a folder"] = "mkdir history",
    ["a device"] = "ln -s /dev/zero history",
  } do
    it("takes no history from " .. what .. ", and says so", function()
      program.run("mkdir -p home/moontap && cd home/moontap && " .. make)
      start()
      tmux.wait "no history is kept: [^\n]+: it is no regular file"
      tmux.enter("1 + 1", "\n2\n")
      tmux.keys "C-d"
      tmux.wait "ended 0"
      assert.equal("secret\n", program.read "home/moontap/other" or "secret\n")
    end)
  end

  it("outlives many a Ctrl-C", function()
    start()
    for _ = 1, 5 do
      tmux.type "while true do end"
      tmux.keys "Enter"
      for _ = 1, 10 do tmux.keys "C-c C-c C-c C-c" end
    end
    tmux.type "print(6 * 7)"
    tmux.keys "Enter"
    tmux.keys "Enter"
    tmux.wait "\n42\n"
    assert.not_matches("ended", tmux.screen())
  end)

  it("outlives signals that others send", function()
    start()
    tmux.enter("pid = io.open('/proc/self/stat'):read 'n'", prompt)
    program.write("storm.sh", "for i in $(seq 200); do kill -INT $1; done; echo over\n")
    tmux.enter("os.execute('sh storm.sh ' .. pid .. ' &')", "over") -- no prompt may follow it
    tmux.enter("6 * 7", "\n42\n")
    assert.not_matches("ended", tmux.screen())
  end)

  it("obeys no other's EDITRC and LUA_PATH", function()
    program.write("keys", "bind -s x yyy\n")
    program.write("other.lua", "return 'theirs'")
    start("", "EDITRC=$PWD/keys LUA_PATH=$PWD/?.lua LUA_CPATH=$PWD/?.so")
    tmux.enter("'axb'", '"axb"\n')
    tmux.enter("package.path:find('" .. helper.folder() .. "', 1, true)", "\nnil\n")
    tmux.enter("package.cpath:find('" .. helper.folder() .. "', 1, true)", "\nnil\n.*\nnil\n")
  end)

  it("gives up completing what has no end", function()
    start()
    tmux.enter("t = setmetatable({}, { __pairs = function() return function() return 'a', 1 end "
      .. "end })", prompt)
    tmux.type "t."
    tmux.keys "Tab"
    tmux.keys "C-c"
    tmux.enter("6 * 7", "\n42\n")
    tmux.enter("u = setmetatable({}, { __index = function() while true do end end })", prompt)
    tmux.type "u.x."
    tmux.keys "Tab"
    tmux.keys "C-c"
    tmux.enter("7 * 8", "\n56\n")
  end)

  it("says in its prompt that it may not change the network", function()
    program.run "chmod 755 . && mkdir -m 777 home"
    tmux.start(("XDG_STATE_HOME=$PWD/home setpriv --bounding-set=-all --inh-caps=-all '%s' repl")
      :format(program.path))
    tmux.wait "moontap %(read only%)>$"
    tmux.enter("1 +", "\n +>>$")
    tmux.enter("1", "\n2\nmoontap %(read only%)>$")
  end)

  it("is in colour, where NO_COLOR does not say otherwise", function()
    tmux.start(("env -u NO_COLOR XDG_STATE_HOME=$PWD/home '%s' -p policy.lua repl web.xml")
      :format(program.path))
    tmux.wait(prompt)
    tmux.enter("plan(nic)", "mtu 1400")
    assert.matches("\27%[32m  %+ ip tuntap", tmux.screen(true))
    assert.matches("1m[^\n]-moontap>", tmux.screen(true))
  end)
end)
