-- hostile_spec.lua - policies that mean harm: each ends within its limits, or with its process
--
-- An interrupted policy is stopped by the hook that mt_policy_interrupt() sets. What Lua cannot
-- stop (one endless call of a C function) is why the evaluator is a process that can be killed.
local helper = require "spec.policy.helper"
local kernel = require "internals.kernel"

local function last(text, more)
  local said = helper.bounded(helper.case(text, more), 20000)
  return said and (said:sub(-2000):match "([^\n]+)\n$" or "")
end

local late = "error code=5 at=policy.lua:%d text=ran%%20out%%20of%%20its%%20time"

describe("a policy that never ends", function()
  for what, case in pairs {
    ["a loop"] = { "while true do end", 1 },
    ["a goto"] = { "::again:: goto again", 1 },
    ["a recursion in the tail"] = { "local function f() return f() end\nf()", 1 },
    ["a loop in connect"] = { "\n\nfunction connect()\n for i = 1, math.huge do end\nend", 4 },
    ["a loop in decide"] = { "\nfunction decide()\n repeat until false\nend", 3 },
    ["pcall in a loop"]
      = { "local function f() while true do end end while true do pcall(f) end", 1 },
    ["pcall in pcall in a loop"]
      = { "local function f() while true do pcall(pcall, f) end end f()", 1 },
    ["a loop in __index"]
      = { "local t = setmetatable({}, { __index = function() while true do end end })\nlog(t.x)",
        1 },
    ["a loop in __tostring of an error"]
      = { "error(setmetatable({}, { __tostring = function() while true do end end }))", 1 },
    ["a loop in __tostring of a log"]
      = { "log(setmetatable({}, { __tostring = function() while true do end end }))", 1 },
    ["a loop in __close"] = { [[
      local m = { __close = function() while true do end end }
      local function f() local x <close> = setmetatable({}, m) end
      f()]], 1 },
    ["__close that opens another"] = { [[
      local f
      f = function() local x <close> = setmetatable({}, { __close = f }) while true do end end
      f()]], 2 },
    ["a loop in an iterator"] = { "for _ in function() while true do end end do end", 1 },
    ["a loop in an order"] = { "table.sort({ 3, 2, 1 }, function() while true do end end)", 1 },
    ["an endless array in an order"]
      = { "table.sort(setmetatable({}, { __len = function() return 1 << 31 end,"
      .. "__index = function() return 1 end }))", 1 },
    ["a loop in gsub"] = { "('x'):rep(10):gsub('.', function() while true do end end)", 1 },
    ["a loop in a hook"] = { "hook 'bad' {}", 1, "bad" },
  } do
    it("is stopped, and its line is told: " .. what, function()
      local path = case[3] or "policy.lua"
      assert.equal(late:format(case[2]):gsub("policy.lua", path), last(case[1], {
        interrupt_ms = 30, hooks = { bad = "while true do end" },
      }))
    end)
  end

  for what, text in pairs {
    ["one match of a pattern"] = "('a'):rep(30):find(('a?'):rep(30) .. ('a'):rep(30))",
    ["one move of nothing"] = "table.move({}, 1, math.maxinteger - 1, 2)",
  } do
    it("is left to whoever kills the process: " .. what, function()
      local said = helper.bounded(helper.case(text, { interrupt_ms = 30 }), 300)
      assert.is_true(said == nil or said:find "ran%%20out%%20of%%20its%%20time" ~= nil)
    end)
  end
end)

describe("a policy that takes memory", function()
  for what, text in pairs {
    ["a string"] = "local s = ('x'):rep(1 << 30)",
    ["strings that double"] = "local s = 'x' while true do s = s .. s end",
    ["a table"] = "local t = {} for i = 1, 1e9 do t[i] = {} end",
    ["a table that is made at once"]
      = "table.move({ 1 }, 1, 1, 1, {}) local t = table.pack(('x'):rep(1e7):byte(1, -1))",
    ["pcall around it"] = "while true do pcall(string.rep, 'x', 1 << 28) end",
    ["a concatenation"]
      = "local t = {} for i = 1, 1e5 do t[i] = ('x'):rep(1e3) end table.concat(t)",
    ["a log of it"] = "while true do log(('x'):rep(1 << 28)) end",
    ["closures"]
      = "local function f(g) return function() return g end end local x while true do x = f(x) end",
    ["an error of it"] = "error(('x'):rep(1 << 28))",
  } do
    it("meets the cap: " .. what, function()
      assert.is_truthy(last(text):find("^error code=[35] at=policy%.lua"))
    end)
  end

  it("is told so", function()
    assert.equal("error code=5 at=policy.lua text=out%20of%20memory",
      last "while true do pcall(string.rep, 'x', 1 << 28) end")
    assert.equal("error code=5 at=policy.lua text=out%20of%20memory",
      last("local t = {} for i = 1, 1e6 do t[i] = {} end", { memory = 1 << 20 }))
  end)

  it("may have it all", function()
    assert.equal("nic index=1 dev=mytap0 mac=52:54:00:aa:bb:01",
      last "local s = ('x'):rep(30 << 20)")
  end)
end)

describe("a policy that says too much", function()
  it("is cut at 16,384 records", function()
    assert.equal("error code=5 at=policy.lua:1 text=declared%20more%20than%2016384%20records",
      last "function connect(nic) for i = 1, 1e6 do link{ name = 'a' .. i } end end")
  end)

  it("is cut at 16 MiB", function()
    assert.equal("error code=5 at=policy.lua:1 text=said%20more%20than%2016%20MiB",
      last "while true do log(('\\n'):rep(1000)) end")
  end)

  it("says no line of its own making", function()
    for _, text in ipairs {
      "log 'x\\nlink name=eth0'", "refuse 'x\\nlink name=eth0'", "error 'x\\nlink name=eth0'",
      "function connect(nic) link{ name = 'a', alias = 'x\\nlink name=eth0 b' } end",
      "function connect(nic) link{ name = 'a\\nb' } end",
      "function decide() return 'unmanaged', 'a\\nb' end",
      "function connect(nic) link{ ['name\\nlink name'] = 'eth0' } end",
      "function connect(nic) tap(nic, { user = 'a\\nb' }) end",
      "allow{ link = 'a\\nlink name=eth0' }",
    } do
      for line in helper.run(text).said:gmatch "[^\n]+" do
        assert.is_nil(line:find "^link name=eth0")
        assert.is_nil(line:find "%c")
      end
    end
  end)
end)

describe("recursion", function()
  for what, text in pairs {
    ["of a function"] = "local function f() return 1 + f() end f()",
    ["of pcall"]
      = "local function f() return pcall(f) end while true do if not f() then error 'deep' end end",
    ["of __index"]
      = "local t = {} setmetatable(t, { __index = function(s, k) return s[k] end }) log(t.x)",
    ["of tables"] = "local t = {} for i = 1, 1e5 do t = { t } end hook 'none' (t)",
    ["of parentheses"] = "return " .. ("("):rep(1e5),
    ["of a pattern"] = "('x'):rep(1e6):find(('(.-)'):rep(32) .. '$')",
    ["of gsub"] = "local function f(s) return s:gsub('.', f) end f 'x'",
    ["of tostring"] = "local t = setmetatable({}, {}) getmetatable(t).__tostring = tostring log(t)",
  } do
    it("ends: " .. what, function()
      assert.is_truthy(last(text,
        { hooks = { none = "return function() return 1 end" }, interrupt_ms = 500 }))
    end)
  end
end)

describe("what a policy can reach", function()
  local function reaches(expression)
    local got = helper.run("log(" .. expression .. ")")
    return got.lines[1]
  end

  for _, name in ipairs {
    "io", "os", "debug", "package", "require", "load", "loadfile", "dofile", "loadstring", "next",
    "collectgarbage", "xpcall", "coroutine", "warn",
  } do
    it("is not " .. name, function()
      local line = helper.run("log(" .. name .. ")").lines[1]
      assert.is_truthy(line:find("undefined global '" .. name .. "'", 1, true))
      assert.equal("log text=nil", reaches("rawget(_G, '" .. name .. "')"))
    end)
  end

  -- Beside the kinds, and what `host` has of each.
  it("is this, and no more", function()
    local lines = helper.run([[
      for name, value in pairs(_G) do
        local words = {}
        for word in pairs(type(value) == "table" and name ~= "_G" and value or {}) do
          table.insert(words, word)
        end
        log(name, table.concat(words, " "))
      end]]).lines
    local kinds, names, libraries = {}, {}, {}
    for _, kind in ipairs(kernel.kinds()) do kinds[kind.name] = true end
    lines[#lines] = nil -- the NIC's
    for _, line in ipairs(lines) do
      local name, words = line:match "^log text=(%S+) ?(.*)$"
      if words ~= "" and name ~= "host" then libraries[name] = words end
      names[#names + 1] = not kinds[name] and name or nil
    end
    assert.equal("_G _VERSION allow assert default error getmetatable hook host ipairs log math "
      .. "pairs pcall pool print rate rawequal rawget rawlen rawset refuse select "
      .. "setmetatable string table "
      .. "tonumber tostring type utf8", table.concat(names, " "))
    assert.same({
      math = "abs acos asin atan ceil cos deg exp floor fmod huge log max maxinteger min "
        .. "mininteger modf pi rad sin sqrt tan tointeger type ult",
      string = "byte char find format gmatch gsub len lower match pack packsize rep reverse sub "
        .. "unpack upper",
      table = "concat insert move pack remove sort unpack",
      utf8 = "char charpattern codepoint codes len offset",
    }, libraries)
  end)

  for expression, answer in pairs {
    ["getmetatable('').__index"]
      = "error code=3 at=policy.lua:1 text=attempt to index a boolean value",
    ["getmetatable('')"] = "log text=false",
    ["getmetatable(_G)"] = "log text=false",
    ["('x').dump"] = "log text=nil",
    ["('x').rep == string.rep"] = "log text=true",
    ["setmetatable(_G, nil)"]
      = "error code=3 at=policy.lua:1 text=setmetatable: this metatable is protected",
    ["setmetatable({}, { __gc = function() end })"]
      = "error code=3 at=policy.lua:1 text=setmetatable: __gc is not there",
    ["setmetatable({}, { __gc = false })"]
      = "error code=3 at=policy.lua:1 text=setmetatable: __gc is not there",
    ["setmetatable({}, { __mode = 'k' })"]
      = "error code=3 at=policy.lua:1 text=setmetatable: __mode is not there",
    ["rawset(_G, 'x', 1)"] = "error code=3 at=policy.lua:1 text=rawset: this table is protected",
    ["('%p'):format({})"] = "error code=3 at=policy.lua:1 text=string.format: %p is not there",
    ["('%-20p'):format(1)"] = "error code=3 at=policy.lua:1 text=string.format: %p is not there",
    ["('\\0%5.3p'):format(1)"]
      = "error code=3 at=policy.lua:1 text=string.format: %p is not there",
    ["('%%p %s'):format({})"] = "log text=%p table",
    ["string.format('%q', {})"] = 'log text="table"',
    ["tostring(print):find '0x'"] = "log text=nil",
    ["select(2, pcall(error, setmetatable({}, { __metatable = 1 })))"] = "log text=table",
    ["pairs{ [{}] = 1 }"] = "error code=3 at=policy.lua:1 text=pairs: a table as key has no order",
    ["pairs{ [print] = 1 }"]
      = "error code=3 at=policy.lua:1 text=pairs: a function as key has no order",
  } do
    it("in " .. expression, function()
      local got = reaches(expression)
      assert.equal(answer, got:sub(1, #answer))
    end)
  end

  -- What a file gets when it first says its name is as if it had been there.
  it("is a library that stays the same one", function()
    assert.equal("log text=true true true true", reaches
      "math == math, rawequal(utf8, _G.utf8), rawget(_G, 'math') == math, string.sub == ('').sub")
  end)

  it("is what the file puts in the place of a word", function()
    local got = helper.run [[
      type = "mine"
      function math() return 1 end
      host = host.link
      log(type, math(), host == host) ]]
    assert.equal("log text=mine 1 true", got.lines[1])
  end)

  it("is not a finalizer that is added later", function()
    local got = helper.run [[
      local m = {}
      for i = 1, 100 do setmetatable({}, m) end
      m.__gc = function() log "finalized" end
      for i = 1, 1e5 do local t = {} end]]
    assert.equal(1, #got.lines)
  end)

  it("changes nothing for another file", function()
    local got = helper.run([[
      string.format, table.concat, math.floor, tostring, pairs, type = nil, nil, nil, nil, nil, nil
      host.link, link, _G.tap = nil, nil, nil
      local f = hook "h" {}
      function connect(nic) f(nic) end]], {
      hooks = { h = [[
        return function()
          return function()
            log(type(("%d"):format(1)), pairs ~= nil, host.link ~= nil, link ~= nil, tap ~= nil,
              table.concat{ "a" }, math.floor(1.5))
          end
        end]] },
    })
    assert.equal("log text=string true true true true a 1", got.lines[#got.lines])
  end)
end)
