-- words_spec.lua - hook, allow, refuse, log; and what is said when a policy fails
local helper = require "spec.policy.helper"

local function lines(text, more)
  return helper.run(text, more).lines
end

local function one(text, more)
  local got = lines(text, more)
  return got[#got]
end

describe("allow", function()
  it("says each thing that plans may use", function()
    local got = lines "allow{ link = 'br0' } allow{ prefix = '10.0.0.0/8', table = 100 } \
      allow{ table = '1000-1099' }"
    assert.same({ "allow link=br0", "allow prefix=10.0.0.0/8", "allow table=100",
      "allow table=1000-1099" }, { got[1], got[2], got[3], got[4] })
  end)

  for text, why in pairs {
    ["allow{ lnik = 'br0' }"] = "allow: unknown field 'lnik'; did you mean 'link'?",
    ["allow{ prefix = '10.0.0.0/33' }"] = "allow: prefix: '10.0.0.0/33' is not "
      .. "an address with its prefix length, such as 192.0.2.1/24",
    ["allow{ table = 0 }"] = "allow: table: '0' is not 1..4294967295, "
      .. "or a range of these: FIRST-LAST",
    ["allow{ table = '9-5' }"] = "allow: table: '9-5' is not 1..4294967295, "
      .. "or a range of these: FIRST-LAST",
    ["allow{ ovs = 'x' }"] =
      "allow: unknown field 'ovs'; moontap has nothing of the kind yet",
    ["allow{ vid = '5,4095' }"] = "allow: vid: '5,4095' is not VLAN IDs of 1..4094, "
      .. "such as 20,30-40, in at most 767 bytes",
    ["allow{ link = false }"] = "allow: link: it cannot be none, but "
      .. "a device name of 1..15 bytes without blanks, '/', ':' or '%'",
    ["allow 'br0'"] = "bad argument #1 to 'allow' (a table of fields expected)",
    ["function connect() allow{ link = 'eth0' } end"] = "allow: only at the top level of a policy",
  } do
    it("refuses " .. text, function()
      assert.equal("error code=3 at=policy.lua:1 text=" .. why, one(text))
    end)
  end
end)

describe("refuse", function()
  it("vetoes, with the line and the reason, and nothing follows", function()
    local got = helper.run "function connect(nic)\n refuse('no ' .. nic.dev)\n log 'not said' end"
    assert.same({
      "nic index=1 dev=mytap0 mac=52:54:00:aa:bb:01", "refuse at=policy.lua:2 text=no mytap0",
    }, got.lines)
    assert.equal("ECANCELED", got.code)
    assert.equal(1, got.status)
    assert.equal("policy policy.lua:2: no mytap0", got.line)
  end)

  it("cannot be caught", function()
    assert.equal("refuse at=policy.lua:1 text=no",
      one "function connect() pcall(pcall, refuse, 'no') log 'x' end")
    assert.equal("refuse at=policy.lua:1 text=no", one "while true do pcall(refuse, 'no') end")
  end)

  it("wants a reason", function()
    assert.equal("error code=3 at=policy.lua:1 text="
      .. "bad argument #1 to 'refuse' (a reason expected)", one "refuse()")
  end)
end)

describe("log", function()
  it("shows values as text, without addresses, in one line", function()
    assert.equal("log text=a 1 1.5 nil true table function x\ny",
      lines "log('a', 1, 1.5, nil, true, {}, print, 'x\\ny')"[1])
    assert.equal("log text=it",
      lines "print(setmetatable({}, { __tostring = function() return 'it' end }))"[1])
    assert.equal("log text=" .. ("x"):rep(1000), lines "log(('x'):rep(5000))"[1])
  end)
end)

describe("hook", function()
  local hooks = {
    plain = "return function(o) return function(nic) log(o.a, nic.dev) end end",
    counted = "log 'run' return function() return function() end end",
    globals = "x = 1 function decide() error 'never' end "
      .. "return function() return function() log(x) end end",
    strict = "return function(o) if not o.a then error('a is missing', 2) end "
      .. "return function() end end",
    nothing = "",
    broken = "return function( end",
    itself = "hook 'itself'",
    nested = "local inner = hook 'plain' return function(o) return inner(o) end",
    greedy = "allow{ link = 'deep' } "
      .. "return function(o) allow{ link = o.a } return function() end end",
    late = "return function() return function(nic) allow{ link = 'x' } end end",
  }
  local function with(text)
    return lines(text, { hooks = hooks })
  end
  local function last(text)
    local got = with(text)
    return got[#got]
  end

  it("gives a function of its options, which gives a function of the nic", function()
    assert.equal("log text=1 mytap0",
      last "local f = hook 'plain' { a = 1 } function connect(nic) f(nic) end")
    assert.equal("log text=nil mytap0",
      last "local f = hook 'plain' () function connect(nic) f(nic) end")
    assert.equal("log text=2 mytap0",
      last "local f = hook 'nested' { a = 2 } function connect(nic) f(nic) end")
  end)

  it("runs a hook's file once", function()
    assert.same({ "log text=run", "nic index=1 dev=mytap0 mac=52:54:00:aa:bb:01" },
      with "hook 'plain' hook 'counted' {} hook 'counted' {}")
  end)

  it("keeps each file's globals apart", function()
    assert.equal("log text=1",
      last "x = 2 local f = hook 'globals' {} function connect(nic) f(nic) end")
    assert.equal("error code=3 at=policy.lua:1 text=undefined global 'x'",
      last "hook 'globals' {} log(x)")
    assert.equal("log text=1 mytap0",
      last "tostring = nil local f = hook 'plain' { a = 1 } function connect(nic) f(nic) end")
  end)

  it("lets plans use the devices that its options name, at any depth, sorted", function()
    local got = with [[hook "plain" {
      uplink = "eth0", bridge = "br0", n = 4, ip = "10.0.0.0/8", more = { "eth1", "eth2" },
    }]]
    assert.same({ "allow link=br0 option=bridge", "allow link=eth1 option=more",
      "allow link=eth2 option=more", "allow link=eth0 option=uplink" },
      { got[1], got[2], got[3], got[4] })
    assert.equal(5, #got)
    got = with "local t = { a = 'br0' } t.t = t hook 'greedy' (t)"
    assert.same({ "allow link=deep", "allow link=br0 option=a" }, { got[1], got[2] })
  end)

  for text, why in pairs {
    ["hook 'missing' {}"] = "at=policy.lua:1 text=hook 'missing': there is no such hook",
    ["hook '../x' {}"] = "at=policy.lua:1 text=hook: a name of letters, digits, _ and - expected",
    ["hook 'a\\nb' {}"] = "at=policy.lua:1 text=hook: a name of letters, digits, _ and - expected",
    ["hook {}"] = "at=policy.lua:1 text=hook: a name of letters, digits, _ and - expected",
    ["hook 'nothing' {}"]
      = "at=policy.lua:1 text=hook 'nothing' returns no function of its options, but a nil",
    ["hook 'broken' {}"] = "at=broken:1 text=<name> or '...' expected near 'end'",
    ["pcall(hook, 'broken')"] = "at=broken:1 text=<name> or '...' expected near 'end'",
    ["hook 'itself' {}"] = "at=itself:1 text=hook 'itself' loads itself",
    ["\nhook 'strict' {}"] = "at=policy.lua:2 text=a is missing",
    ["function connect() hook 'plain' end"]
      = "at=policy.lua:1 text=hook: only at the top level of a policy",
    ["local h = hook 'plain' function connect() h {} end"]
      = "at=policy.lua:1 text=hook: only at the top level of a policy",
    ["local f = hook 'late' {} function connect(nic) f(nic) end"]
      = "at=late:1 text=allow: only at the top level of a policy",
  } do
    it("fails with its place: " .. text, function()
      assert.equal("error code=3 " .. why, last(text))
    end)
  end
end)

describe("an error", function()
  local long = "/etc/" .. ("long/"):rep(20) .. "policy.lua"

  for text, why in pairs {
    ["\n\nerror 'oops'"] = "at=policy.lua:3 text=oops",
    ["error('oops', 0)"] = "at=policy.lua:1 text=oops",
    ["local function f() error('oops', 2) end\nf()"] = "at=policy.lua:2 text=oops",
    ["error()"] = "at=policy.lua:1 text=the error object is a nil",
    ["error({})"] = "at=policy.lua:1 text=the error object is a table",
    ["error(print)"] = "at=policy.lua:1 text=the error object is a function",
    ["error(7)"] = "at=policy.lua:1 text=7",
    ["error(setmetatable({}, { __tostring = function() return 'mine' end }))"]
      = "at=policy.lua:1 text=mine",
    ["error(setmetatable({}, { __tostring = function() return {} end }))"]
      = "at=policy.lua:1 text=the error object cannot be shown",
    ["error(setmetatable({}, { __tostring = error }))"]
      = "at=policy.lua:1 text=the error object cannot be shown",
    ["error 'a\\nb %20 \\27[m'"] = "at=policy.lua:1 text=a\nb %20 \27[m",
    ["local x = nil + 1"] = "at=policy.lua:1 text=attempt to perform arithmetic on a nil value",
    ["\nlink.x.y = 1"] = "at=policy.lua:2 text=attempt to index a function value (global 'link')",
    ["("] = "at=policy.lua:1 text=unexpected symbol near <eof>",
    ["\nif x then\n"] = "at=policy.lua:3 text='end' expected (to close 'if' at line 2) near <eof>",
    ["('x'):rep(-1, 2):bad()"] = "at=policy.lua:1 text=attempt to call a nil value (method 'bad')",
    ["string.rep()"]
      = "at=policy.lua:1 text=bad argument #1 to 'rep' (string expected, got no value)",
    ["string.format('%d', 'x')"]
      = "at=policy.lua:1 text=bad argument #2 to 'string.format' (number expected, got string)",
    ["pairs()"] = "at=policy.lua:1 text=pairs: a table expected, not a nil",
    ["tostirng()"] = "at=policy.lua:1 text=undefined global 'tostirng'; did you mean 'tostring'?",
    ["lnik{}"] = "at=policy.lua:1 text=undefined global 'lnik'; did you mean 'link'?",
    ["zzzzzzzzzz()"] = "at=policy.lua:1 text=undefined global 'zzzzzzzzzz'",
  } do
    it("says where and why: " .. text, function()
      assert.equal("error code=3 " .. why, one(text))
    end)
  end

  it("is one line, whatever it holds", function()
    assert.equal(1, select(2, helper.run("error 'a\\nb\\r\\nc'").said:gsub("\n", "")))
  end)

  it("is cut when it is endless", function()
    assert.is_true(#helper.run("error(('x'):rep(1e6))").said < 1200)
  end)

  it("has the whole name of the file", function()
    assert.equal("error code=3 at=" .. long .. ":2 text=oops",
      one("\nerror 'oops'", { path = long }))
    assert.equal("error code=3 at=" .. long .. ":2 text=unexpected symbol near '='",
      one("\n=", { path = long }))
    assert.equal("error code=3 at=a:1: b.lua:2 text=unexpected symbol near '='",
      one("\n=", { path = "a:1: b.lua" }))
  end)

  it("of bytecode is that it is no text", function()
    assert.equal("error code=3 at=" .. long .. " text=attempt to load a binary chunk (mode is 't')",
      one(string.dump(function() end), { path = long }))
  end)
end)
