-- hostile_spec.lua - policies, hooks and XML that mean harm, through the program: plan, up and hook
--
-- Each ends within its limits, by the exit status that its kind has, with one line on stderr, and
-- the host and the state directory as they were.

local helper = require "spec.helper"
local program = require "spec.program"
local snapshot = require "spec.snapshot"

local xml = [[<domain type='qemu'><name>web</name><uuid>4dea22b3-1d52-d8f3-2516-782e98ab3fa0</uuid>
  <devices><interface type='ethernet'><mac address='52:54:00:00:00:01'/>
  <target dev='web0' managed='no'/></interface></devices></domain>]]

local commands = {
  "plan %s guest.xml", "up %s guest.xml", "%s hook qemu web prepare begin - <guest.xml",
}

-- Whatever it is that they say, they end so.
local function ends(status, more)
  helper.run [[
    ip link add br0 address 02:00:00:00:00:01 type bridge
    ip link add eth0 address 02:00:00:00:00:02 type veth peer name eth1
    ip link set eth0 up; ip link set br0 up; ip addr add 192.0.2.1/24 dev eth0]]
  local before = snapshot.take()
  for _, command in ipairs(commands) do
    local began = os.time()
    local r = program.moontap(command:format("-p policy.lua --hooks hooks " .. (more or "")))
    assert.equal(status, r.status, command .. ": " .. r.err:sub(1, 300))
    local lines = select(2, r.err:gsub("\n", ""))
    assert.is_true(lines >= 1 and #r.err < 4096)
    assert.is_nil(r.err:find "[%c]" and r.err:gsub("\n", ""):find "%c")
    assert.is_true(os.time() - began <= 5)
    for name in pairs(program.state()) do
      assert.is_nil(name:find "^nic/" or name:find "^run/" or name:find "^shared/")
    end
  end
  assert.equal("", snapshot.difference(before, snapshot.take()))
end

local function connect(text)
  return "function connect(nic)\n" .. text .. "\nend"
end

local soon = "--deadline 0.3"

local function each(what, status, cases, more)
  describe(what, function()
    for name, text in pairs(cases) do
      it(("ends by %d: %s"):format(status, name), function()
        program.write("guest.xml", xml)
        program.write("policy.lua", type(text) == "table" and text[1] or text)
        helper.run("mkdir -p " .. helper.folder() .. "/hooks")
        program.write("hooks/h.lua", type(text) == "table" and text.hook or "")
        ends(status, more)
      end)
    end
  end)
end

each("a policy without an end", 5, {
  ["in connect"] = connect "while true do end",
  ["in decide"] = "function decide() repeat until false end",
  ["at the top level"] = "::again:: goto again",
  ["in a hook's file"] = { 'hook "h" {}', hook = "while true do end" },
  ["in a hook's function"] = {
    'local h = hook "h" {} ' .. connect "h(nic)",
    hook = "return function() return function() while true do end end end",
  },
  ["that pcall shall save"] = connect "while true do pcall(function() while true do end end) end",
  ["whose error has one"] = connect
    "error(setmetatable({}, { __tostring = function() while true do end end }))",
  ["in __close"] = connect
    "local x <close> = setmetatable({}, { __close = function() while true do end end })",
  ["in __close after __close"] = connect [[
    local function f() local x <close> = setmetatable({}, { __close = f }) while true do end end
    local m = { __close = function() while true do pcall(f) end end }
    while true do pcall(function() local x <close> = setmetatable({}, m) end) end]],
  ["in one call of C: a pattern"] = connect "('a'):rep(64):find(('a?'):rep(64) .. ('a'):rep(64))",
  ["in one call of C: a pattern that backtracks"] = connect "('x'):rep(3e5):find('.-.-.-.-.-.-b')",
  ["in one call of C: nothing is moved"] = connect "table.move({}, 1, math.maxinteger - 1, 2)",
  ["in one call of C that pcall shall save"] = connect
    "while true do pcall(table.move, {}, 1, math.maxinteger - 1, 2) end",
  ["in an order"] = connect [[table.sort(setmetatable({}, {
    __len = function() return 1 << 30 end, __index = function() return 1 end }))]],
  ["in an iterator of pairs"] = connect
    "for _ in pairs(setmetatable({}, { __pairs = function() while true do end end })) do end",
  ["of questions to the host"] = connect "while true do host.links{} end",
}, soon)

each("a policy that takes memory", 5, {
  ["by a string"] = connect "local s = ('x'):rep(1 << 30)",
  ["by doubling"] = connect "local s = 'x' while true do s = s .. s end",
  ["by tables"] = connect "local t = {} for i = 1, 1e9 do t[i] = { i } end",
  ["by calls"] = connect "local function f() return 1 + f() end f()",
  ["by closures"] = connect
    "local function f(g) return function() return g end end local x while true do x = f(x) end",
  ["by gsub"] = connect "local s = ('x'):rep(1e6) while true do s = s:gsub('x', 'xx') end",
  ["by format"] = connect "local s = ('x'):rep(1e7) while true do s = ('%s%s'):format(s, s) end",
  ["by an error of it, in pcall"] = connect
    "while true do pcall(error, ('x'):rep(1 << 25) .. 'y') pcall(string.rep, 'x', 1 << 29) end",
  ["by 10^6 records"] = connect "for i = 1, 1e6 do link{ name = 'a' .. i, up = true } end",
  ["by lines for the log"] = connect "while true do log(('\\n'):rep(1000)) end",
})

each("a policy that is no policy", 3, {
  ["bytecode"] = "\27Lua\x54\0\x19\x93\r\n\x1a\n\4\x08\x08xV\0\0\0",
  ["bytecode of a hook"] = { 'hook "h" {}', hook = "\27Lua\x54\0\x19\x93\r\n\x1a\n\4\x08\x08xV" },
  ["zeros"] = ("\0"):rep(100),
  ["parentheses"] = "return " .. ("("):rep(1e5),
  ["a name of a megabyte"] = "local " .. ("x"):rep(1e6) .. " = )",
  ["larger than a file may be"] = "-- " .. ("x"):rep(1 << 20),
})

each("a policy that goes too deep", 3, {
  ["by pcall"] = connect "local function f() pcall(f) error 'deep' end f()",
  ["by __index"] = connect [[
    local t = setmetatable({}, {})
    getmetatable(t).__index = function(s, k) return s[k] end
    log(t.x)]],
  ["by a pattern"] = connect "('('):rep(1e5):find(('('):rep(300))",
  ["by gsub"] = connect "local function f(s) return s:gsub('.', f) end f 'x'",
  ["by concatenation"] = connect [[
    local m = {} m.__concat = function(a, b) return a .. b end
    log(setmetatable({}, m) .. 'x')]],
})

each("a policy that looks for a way out", 3, {
  ["by load"] = "load 'x = 1'()",
  ["by require"] = "require 'io'",
  ["by string.dump"] = "string.dump(function() end)",
  ["by dofile"] = "dofile '/etc/passwd'",
  ["by io"] = "io.open '/etc/passwd'",
  ["by os"] = "os.execute 'true'",
  ["by debug"] = "debug.getregistry()",
  ["by xpcall's handler"] = "xpcall(error, function() while true do end end)",
  ["by a coroutine"] = "coroutine.wrap(function() while true do end end)()",
  ["by collectgarbage"] = "collectgarbage 'stop'",
  ["by the strings' metatable"] = "getmetatable('').__index = 1",
  ["by the metatable of the environment"] = "setmetatable(_G, {})",
  ["by rawset"] = "rawset(_G, 'connect', 1)",
  ["by a finalizer"] = "setmetatable({}, { __gc = function() end })",
  ["by _ENV"] = connect "local _ENV = {} link{ name = 'eth0' }",
  ["by a hook's name"] = 'hook "../../etc/passwd" {}',
  ["by a hook's absolute name"] = 'hook "/etc/passwd" {}',
  ["by a hook's name with a NUL"] = 'hook "h\\0/../x" {}',
  ["by changing the NIC"] = connect "nic.dev = 'eth0'",
  ["by changing the domain"] = connect "nic.domain.name = 'other'",
  ["by rawset of the NIC"] = connect "rawset(nic, 'dev', 'eth0')",
  ["by the NIC's metatable"] = connect "getmetatable(nic).__index = { dev = 'eth0' }",
  ["by a table that says it is the NIC"] = connect "tap({ dev = 'eth0' }, { up = true })",
  ["by changing host"] = connect "host.link('eth0').name = nil host.link = nil host.link 'x'",
  ["by allow, in connect"] = connect "allow{ link = 'eth0' }",
  ["by allow, in decide"] = "function decide() allow{ link = 'eth0' } end",
  ["by a link that is not allowed"] = connect "link{ name = 'eth0', up = true, mtu = 1400 }",
  ["by a route for all"] = connect
    "tap(nic, { up = true }) route{ dst = '0.0.0.0/0', dev = nic.dev }",
  ["by the whole host's switches"] = connect
    "conf{ dev = 'all', family = 'ipv4', forwarding = true }",
})

each("an error of any kind", 3, {
  ["a table"] = "error {}",
  ["nil"] = "error(nil)",
  ["a number"] = "error(42, 0)",
  ["a function"] = "error(print)",
  ["an object that raises again"]
    = "error(setmetatable({}, { __tostring = function() error 'again' end }))",
  ["an object whose text is none"]
    = "error(setmetatable({}, { __tostring = function() return {} end }))",
  ["an object that hides its metatable"] = "error(setmetatable({}, { __metatable = 'no' }))",
  ["a line that would be another"] = "error('x\\nmoontap: all is well\\27[2J\\0', 0)",
  ["a megabyte"] = "error(('x'):rep(1 << 20))",
  ["a string that is no text"] = "error('\\xff\\xfe\\x80', 0)",
})

each("a name that is none", 3, (function()
  local cases = {}
  for _, name in ipairs { "a/b", "..", ".", "tap%d", "a b", "a\\nlink name=eth0", "a\\0b", "",
    "sixteen-bytes-nm", "a:1" } do
    cases["'" .. name .. "'"] = connect(("link{ name = '%s', up = true }"):format(name))
    cases["a bridge '" .. name .. "'"] = connect(("bridge{ name = '%s' }"):format(name))
    cases["a master '" .. name .. "'"] = connect(("tap(nic, { master = '%s' })"):format(name))
  end
  return cases
end)())

each("a refusal of any kind", 1, {
  ["as it is"] = connect "refuse 'no'",
  ["with a line of its own"] = connect "refuse('no\\nmoontap: all is well\\27[2J\\0')",
  ["of a megabyte"] = connect "refuse(('x'):rep(1 << 20))",
  ["of nothing"] = connect "refuse ''",
  ["that pcall shall save"] = connect "pcall(refuse, 'no') tap(nic, { up = true })",
  ["after it has declared"] = connect "tap(nic, { up = true }) bridge{ name = 'n0' } refuse 'no'",
})

describe("XML that means harm", function()
  local function bad(text, status)
    program.write("guest.xml", text)
    program.write("policy.lua", connect "tap(nic, { up = true })")
    helper.run("mkdir -p " .. helper.folder() .. "/hooks")
    ends(status or 3)
  end

  it("is given no device that is another's", function() bad(xml:gsub("web0", "eth0"), 4) end)

  for what, text in pairs {
    ["entities of entities"] = [[<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa">]] ..
      [[<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]> ]] ..
      "<domain><name>&c;</name></domain>",
    ["an entity that is a file"]
      = [[<!DOCTYPE d [<!ENTITY a SYSTEM "/etc/passwd">]><domain><name>&a;</name></domain>]],
    ["elements in elements"] = ("<domain>"):rep(1000),
    ["no end"] = "<domain><name>" .. ("x"):rep(100000),
    ["nine megabytes"] = "<domain><!--" .. (" "):rep(9 << 20) .. "--></domain>",
    ["zeros"] = ("\0"):rep(1000),
    ["a zero in a name"] = xml:gsub("web0", "web\0x"),
    ["a name that is none"] = xml:gsub("web0", "../x"),
  } do
    it("ends by 3: " .. what, function() bad(text) end)
  end
end)
