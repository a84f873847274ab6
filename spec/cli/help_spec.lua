-- help_spec.lua - each word of the policy language has help, and editors know it

local helper = require "spec.helper"
local json = require "dkjson"
local program = require "spec.program"

-- Prints each name that a policy has, and whether its value is Lua's own.
local list_words = [[
for name, value in pairs(policy) do
  local same = rawget(_G, name)
  if type(value) == "table" and name ~= "_G" then
    for inner, f in pairs(value) do print(name .. "." .. inner, rawequal(f, same[inner])) end
  else
    print(name, name == "_G" or rawequal(value, same))
  end
end
]]

-- Whether plain Lua has something of this name.
local function lua_has(name)
  local first, second = name:match "^([^.]+)%.?(.*)$"
  return _G[first] ~= nil and (second == "" or _G[first][second] ~= nil)
end

local function fine(r)
  assert.same({ 0, "" }, { r.status, r.err })
  return r.out
end

local function help(word)
  return program.run(("'%s' help %s"):format(program.path, word))
end

describe("moontap help", function()
  it("has something on each word of the policy language", function()
    program.write("policy.lua", "")
    local list, seen = fine(program.moontap("-p policy.lua repl", list_words)), {}
    for word, same in list:gmatch "(%S+)\t(%S+)" do
      if same == "false" or not lua_has(word) then
        seen[word] = true
        assert.equal(0, help(word).status, word)
      end
    end
    for _, word in ipairs { "tap", "hook", "host.link", "link", "pairs", "table.sort" } do
      assert.is_true(seen[word], word)
    end
    assert.is_nil(seen.assert)
    assert.is_nil(seen["string.rep"])
  end)

  it("has the functions of a policy, the host's, the Lua module's", function()
    for word, begins in pairs {
      decide = "decide%(nic%)", connect = "connect%(nic%)", nic = "nic\n",
      ["host.link"] = "host.link%(", ["host.links"] = "host.links%(", host = "host.KIND%(",
      ["moontap.addr.list"] = "moontap.addr.list%(", ["session:plan"] = "session:plan%(",
    } do
      assert.matches("^" .. begins, fine(help(word)))
    end
  end)

  it("has every right that a policy can give", function()
    local file <close> = assert(io.open "src/base/right.c")
    local meta <close> = assert(io.open "lua/moontap/meta/policy.lua")
    local annotated = meta:read "a":match "@param what (%b{})\nfunction allow"
    local text, n = fine(help "allow"), 0
    for name in file:read "a":gmatch '%.name = "([%l_]+)"' do
      assert.matches("\n  " .. name .. " ", text)
      assert.matches(" " .. name .. "?: ", annotated, 1, true)
      n = n + 1
    end
    assert.is_true(n > 9)
  end)

  it("has the names of the XML's facts", function()
    local facts = fine(help "nic")
    for _, name in ipairs { "source.bridge", "mtu", "driver.queues", "vlan.tags" } do
      assert.matches("\n  " .. name:gsub("%.", "%%.") .. " +%l+", facts)
    end
  end)

  it("leaves the REPL's words to the REPL", function()
    assert.equal(2, help "reload".status)
    assert.matches("^reload%(%)", fine(program.moontap "repl -e 'help \"reload\"'"))
  end)
end)

describe("the annotations for editors", function()
  it("are what `make meta` would write now", function()
    local folder = helper.folder()
    helper.run(("META='%s' TOPICS=\"$(MAKEFLAGS= make -s list-topics)\" '%s' repl " ..
      "-e 'dofile \"doc/tools/meta.lua\"'"):format(folder, program.path))
    local function text(path)
      local f <close> = assert(io.open(path))
      return f:read "a"
    end
    assert.equal(text(folder .. "/policy.lua"), text "lua/moontap/meta/policy.lua")
  end)

  it("have every word that a policy has and Lua has not", function()
    program.write("policy.lua", "")
    local meta <close> = assert(io.open "lua/moontap/meta/policy.lua")
    local text = meta:read "a"
    local n = 0
    local list = fine(program.moontap("-p policy.lua repl", list_words))
    for word in list:gmatch "(%S+)\t" do
      if not lua_has(word) then
        assert.truthy(text:find("\nfunction " .. word .. "(", 1, true), word)
        n = n + 1
      end
    end
    assert.is_true(n > 20)
  end)

  it("have every field of every kind, with its type, and every fact", function()
    local meta <close> = assert(io.open "lua/moontap/meta/policy.lua")
    local text = meta:read "a"
    local tables = json.decode(program.bare "help --json".out)
    for _, kind in ipairs(tables.kinds) do
      local class = text:match("%-%-%-@class moontap%." .. kind.name .. "%.fields\n(.-)\n\n")
      for _, field in ipairs(kind.fields) do
        assert.matches("%-%-%-@field " .. field.name .. "%? [%w_.|\"-]+ ", class)
      end
    end
    for _, name in ipairs{ "nic", "nic.domain" } do
      for row in help(name).out:gmatch "\n  ([%w_.]+) +%l" do
        assert.matches("@field " .. row:match "[^.]+$" .. "%?? ", text)
      end
    end
  end)

  it("are Lua", function()
    assert.is_function(loadfile "lua/moontap/meta/policy.lua")
  end)
end)
