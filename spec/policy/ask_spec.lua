-- ask_spec.lua - which functions of a policy are asked, in what order, and what they may answer
local helper = require "spec.policy.helper"

local function nics(...)
  local list = {}
  for i, fields in ipairs { ... } do list[i] = helper.nic(fields) end
  return list
end

local managed_and_not = nics({ target = { dev = "vnet0" } },
  { target = { dev = "mytap0", managed = false } })

describe("a policy", function()
  it("may be empty: then its NICs are only counted", function()
    assert.same({ "nic index=1 dev=mytap0 mac=52:54:00:aa:bb:01" }, helper.run("").lines)
  end)

  it("decides for every NIC before it connects the first", function()
    local got = helper.run([[
      function decide(nic)
        log("decide", nic.index)
        if nic.index == 1 then return "unmanaged", "web0" end
      end
      function connect(nic)
        log("connect", nic.index, nic.domain.nics[1].unmanaged, nic.unmanaged)
      end
    ]], { nics = managed_and_not, wanted = { 2, 1 } })
    assert.same({
      "log text=decide 1", "log text=decide 2",
      "nic index=1 decision=unmanaged dev=web0 mac=52:54:00:aa:bb:01",
      "log text=connect 1 true true",
      "nic index=2 dev=mytap0 mac=52:54:00:aa:bb:01",
      "log text=connect 2 true true",
    }, got.lines)
  end)

  it("connects those that are wanted", function()
    local got = helper.run("function connect(nic) log(nic.index) end",
      { nics = nics({}, {}, {}), wanted = { 2 } })
    assert.same("log text=2", got.lines[3])
    assert.equal(4, #got.lines)
  end)

  it("is asked about ethernet; others have a function of their own", function()
    local got = helper.run([[
      function decide(nic) log("decide", nic.type) end
      function connect(nic) log("connect", nic.type) end
      function connect_other(nic) log("other", nic.type) end
    ]], { nics = nics({ type = "bridge", target = false }, {}), wanted = { 1, 2 } })
    assert.same({
      "log text=decide ethernet",
      "nic index=2 dev=mytap0 mac=52:54:00:aa:bb:01", "log text=connect ethernet",
      "nic index=1 mac=52:54:00:aa:bb:01", "log text=other bridge",
    }, got.lines)
  end)

  it("sees what the XML says until it decides", function()
    local got = helper.run("function decide(nic) log(nic.unmanaged) return 'managed' end",
      { nics = managed_and_not })
    assert.same({ "log text=false", "log text=true" }, { got.lines[1], got.lines[2] })
    assert.equal("nic index=2 decision=managed dev=mytap0 mac=52:54:00:aa:bb:01", got.lines[4])
  end)

  it("names the device of an unmanaged NIC: itself, as the XML says, or from uuid and MAC",
    function()
    local function name(what, list)
      local line = helper.run("function decide() return " .. what .. " end",
        { nics = list }).lines[1]
      return line:match "dev=(%S+)"
    end
    local unnamed = { helper.nic { target = false } }
    assert.equal("web0", name("'unmanaged', 'web0'", unnamed))
    assert.equal("web0", name("'unmanaged', 'web0'", { helper.nic() }))
    assert.equal("mytap0", name("'unmanaged'", { helper.nic() }))
    assert.is_nil(name("'managed', 'web0'", unnamed))
    local derived = name("'unmanaged'", unnamed)
    assert.is_truthy(derived:find "^mt%w+$")
    assert.equal(derived, name("'unmanaged'", { helper.nic { target = { dev = "vnet3" } } }))
    assert.equal(derived, name("'unmanaged'", { helper.nic { target = false, dev = "$DEV" } }))
  end)

  for answer, why in pairs {
    ["'maybe'"] = 'decide() returned maybe, not "managed", "unmanaged" or nil',
    ["true"] = 'decide() returned true, not "managed", "unmanaged" or nil',
    ["{}"] = 'decide() returned table, not "managed", "unmanaged" or nil',
    ["'unmanaged', 'a/b'"] = "decide() returned a bad name: 'a/b' is no name for a device",
    ["'unmanaged', 7"] = "decide() returned a number as the name of a device",
  } do
    it("may not decide " .. answer, function()
      assert.same({ "error code=3 at=policy.lua:2 text=" .. why },
        helper.run("\nfunction decide(nic)\n return " .. answer .. " end").lines)
    end)
  end

  it("has functions, or nothing, by these names", function()
    assert.same({ "error code=3 at=policy.lua text=connect is a table, not a function" },
      helper.run("connect = {}").lines)
  end)

  it("has nothing to do for a domain without NICs", function()
    assert.same({}, helper.run("function connect() error 'no' end", { nics = {} }).lines)
  end)

  it("gives the same answer every time, byte for byte", function()
    local text = [[
      local t = {}
      for i = 1, 200 do t["k" .. (i * 7919) % 211] = i; t[(i * 31) % 17 + 0.5] = i end
      function connect(nic)
        for k, v in pairs(t) do log(k, v) end
        for k, v in pairs(_G) do log(k, v) end
        for k, v in pairs(nic) do log(k, v) end
        log({}, print, connect, string.format("%s %s", {}, print))
      end]]
    local first = helper.run(text).said
    assert.is_truthy(first:find "tostring" and #first > 4000)
    for _ = 1, 20 do assert.equal(first, helper.run(text).said) end
  end)
end)

describe("nic", function()
  local metadata = { { name = "port", attributes = { proto = "tcp" }, children = {} } }
  local more = {
    nics = nics { vlan = { trunk = true, tags = { { id = 5 }, { id = 7, native = "tagged" } } } },
    domain = { name = "web", uuid = "u", metadata = metadata, known = true },
  }
  local function text(body)
    return helper.connect(body, more)[1]
  end

  for body, line in pairs {
    ["log(nic.index, nic.dev, nic.mac, nic.type, nic.unmanaged)"]
      = "1 mytap0 52:54:00:aa:bb:01 ethernet false",
    ["log(nic.vlan.trunk, #nic.vlan.tags, nic.vlan.tags[2].id, nic.vlan.tags[3])"] = "true 2 7 nil",
    ["local s = '' for i, tag in ipairs(nic.vlan.tags) do s = s .. i .. tag.id end log(s)"]
      = "1527",
    ["local s = '' for k in pairs(nic) do s = s .. k .. ' ' end log(s)"]
      = "dev domain index mac model target type unmanaged vlan ",
    ["log(nic.domain.name, nic.domain.known, nic.domain.metadata[1].attributes.proto)"]
      = "web true tcp",
    ["log(nic.domain.nics[1] == nic, nic.source, nic.domain.incoming)"] = "true nil nil",
    ["log(type(nic), rawlen(nic), rawget(nic, 'mac'))"] = "table 0 nil",
    ["local t = {} t[nic] = 1 log(t[nic.domain.nics[1]])"] = "1",
    ["log(nic, getmetatable(nic))"] = "table false",
  } do
    it("can be read: " .. body, function()
      assert.equal("log text=" .. line, text(body))
    end)
  end

  local readonly = "cannot be set: what a policy is told is read-only"
  for body, why in pairs {
    ["nic.dev = 'eth0'"] = "'dev' " .. readonly,
    ["nic.new = 1"] = "'new' " .. readonly,
    ["nic.domain.name = 'db'"] = "'name' " .. readonly,
    ["nic.vlan.tags[1] = nil"] = "'1' " .. readonly,
    ["nic.vlan.tags[1].id = 6"] = "'id' " .. readonly,
    ["table.insert(nic.vlan.tags, {})"] = "'3' " .. readonly,
    ["table.sort(nic.vlan.tags, function() end)"] = "'1' " .. readonly,
    ["rawset(nic, 'dev', 'eth0')"] = "rawset: this table is protected",
    ["setmetatable(nic, {})"] = "setmetatable: this metatable is protected",
  } do
    it("cannot be changed: " .. body, function()
      assert.equal("error code=3 at=policy.lua:1 text=" .. why, text(body))
    end)
  end
end)
