-- guest_word_spec.lua - a word means one guest: a name that is another guest's uuid, an empty one

local guests = require "spec.guests"
local helper = require "spec.helper"
local program = require "spec.program"

local moontap = program.moontap
local uuid = "4dea22b3-1d52-d8f3-2516-782e98ab3fa0"

local function hook(name, operation, dev, id)
  return moontap(("-p policy.lua hook qemu %s %s begin -"):format(name, operation), ([[
<domain type='qemu'><name>%s</name><uuid>%s</uuid><devices><interface type='ethernet'>
<mac address='52:54:00:00:00:01'/><target dev='%s' managed='no'/></interface></devices></domain>
]]):format(name, id, dev))
end

local function ifup(dev)
  helper.run(("cd %s && ip tuntap add dev %s mode tap && ln -sf '%s' qemu-ifup")
    :format(helper.folder(), dev, program.script_path))
  assert.equal(0, program.run("./qemu-ifup --state state -p policy.lua " .. dev).status)
end

local function taps() return table.concat(helper.devices "ip -j link show type tun", " ") end

before_each(function()
  program.write("policy.lua", "function connect(nic) tap(nic, { up = true }) end")
end)

describe("a guest whose name is another guest's uuid", function()

  before_each(function()
    for _, operation in ipairs { "prepare", "start" } do hook("web", operation, "web0", uuid) end
    hook(uuid, "prepare", "eve0", uuid:gsub("^4", "5"))
    assert.equal("eve0 web0", taps())
  end)

  it("takes nobody else with it when it stops", function()
    assert.equal(0, hook(uuid, "stopped", "eve0", uuid:gsub("^4", "5")).status)
    assert.equal(0, hook(uuid, "release", "eve0", uuid:gsub("^4", "5")).status)
    assert.equal("web0", taps())
  end)

  for _, command in ipairs { "down", "status", "log", "plan", "up", "replay", "reconcile", "graph",
    "facts", "doctor", "repl --replay -e 1" } do
    it("is to be told apart in " .. command, function()
      local r = moontap(command .. " " .. uuid)
      local status = (command:find "repl " or command == "doctor") and 3 or 2
      assert.same({ status, "" }, { r.status, r.out })
      assert.truthy(r.err:find("--name " .. uuid, 1, true), r.err)
      assert.truthy(r.err:find("--uuid " .. uuid, 1, true), r.err)
      assert.equal("eve0 web0", taps())
    end)
  end

  it("is taken down by saying which", function()
    assert.equal(0, moontap("down --uuid " .. uuid:upper():gsub("-", "")).status)
    assert.equal("eve0", taps())
    assert.equal(0, moontap("down --name " .. uuid).status)
    assert.equal("", taps())
  end)
end)

describe("a guest's name where XML is needed", function()
  local facts_only = "moontap: moontap keeps facts of a guest, not its XML"

  it("is refused with what to do, whether the guest is known or not", function()
    hook("web", "prepare", "web0", uuid)
    program.write("web", guests.xml("web", 1))
    for _, name in ipairs { "web", "nosuch", "'a b'" } do
      local r = program.bare("xml " .. name)
      assert.same({ 3, "", facts_only .. (": virsh dumpxml %s | moontap xml -; " ..
        "for the file: moontap xml ./%s\n"):format(name, name) }, { r.status, r.out, r.err })
      r = moontap("repl " .. name .. " -e 1")
      assert.same({ 3, "", facts_only .. (", and repl needs that; its last run: moontap repl " ..
        "--replay %s; for the file: moontap repl ./%s\n"):format(name, name) },
        { r.status, r.out, r.err })
    end
  end)

  it("is no obstacle to what the advice says", function()
    hook("web", "prepare", "web0", uuid)
    program.write("web", guests.xml("web", 1))
    assert.equal(0, program.bare "xml ./web".status)
    assert.equal("1\n", moontap("-p policy.lua repl ./web -e 1").out)
    assert.equal('"web"\n', moontap("-p policy.lua repl --replay web -e domain.name").out)
  end)
end)

describe("graph", function()
  it("takes the options that tell guests apart", function()
    hook("web", "prepare", "web0", uuid)
    hook(uuid, "prepare", "eve0", uuid:gsub("^4", "5"))
    for words, wanted in pairs { ["--name " .. uuid] = "eve0", ["--uuid " .. uuid] = "web0",
      ["--name " .. uuid .. " web"] = "eve0 web0" } do
      local r = moontap("graph " .. words)
      assert.same({ 0, "" }, { r.status, r.err })
      for _, tap in ipairs { "eve0", "web0" } do
        assert.equal(wanted:find(tap) ~= nil, r.out:find(tap) ~= nil, words .. ": " .. tap)
      end
    end
  end)
end)

describe("down of a NIC that its guest has not", function()
  before_each(function()
    program.write("web.xml", guests.xml("web", 2))
    assert.same({ 0, "" }, { moontap "-p policy.lua up web.xml".status, moontap "log".err })
  end)

  for _, words in ipairs { "web 7", "web bogus", "web 1 7", "web.xml 7", "--name web 1 bogus" } do
    it("is wrong usage, and changes nothing: " .. words, function()
      local before, state = taps(), program.state()
      local r = moontap("down " .. words)
      local word = words:match "%S+$"
      assert.same({ 2, "", ("moontap: web: there is no NIC '%s'\n"):format(word) },
        { r.status, r.out, r.err })
      assert.same({ before, state }, { taps(), program.state() })
    end)
  end

  it("is wrong usage in Lua, too", function()
    local s <close> = assert(require "moontap".open { state = helper.folder() .. "/state" })
    local ok, err = s:down("web", { 7 })
    assert.same({ false, 2 }, { ok or false, err.exit })
    assert.truthy(s:down("web", { 1 }))
  end)

  it("is no error when the NIC is down already, or all of the guest is", function()
    program.write("web.xml", guests.xml("web", 2):gsub("</devices>", [[
<interface type='ethernet'><target dev='web1' managed='no'/></interface></devices>]]))
    assert.equal(0, moontap "-p policy.lua up web.xml".status)
    assert.equal(0, moontap "down web 1".status)
    local r = moontap "down web 1"
    assert.same({ 0, "none of these NICs of 'web' is connected\n" }, { r.status, r.out })
    assert.equal(0, moontap "down web 2".status)
    assert.equal(0, moontap "down web 2".status)
  end)
end)

describe("an empty word", function()
  before_each(function()
    ifup "tap7"
    assert.truthy(moontap "status".out:find "tap7")
  end)

  for _, words in ipairs { "down ''", "down '' 1", "down tap7 ''", "down --name ''",
    "down --uuid=", "status ''", "log ''", "plan ''", "up ''", "doctor ''", "graph ''",
    "reconcile ''", "replay ''", "facts ''", "xml ''", "check ''", "repl '' -e 1",
    "hook qemu '' release end -" } do
    it("is wrong usage: " .. words, function()
      local r = moontap(words)
      assert.same({ words:find "^doctor" and 3 or 2, "" }, { r.status, r.out }) -- 3: unknown
      assert.truthy(moontap "status".out:find "tap7")
    end)
  end

  it("is wrong usage in Lua, too", function()
    local s <close> = assert(require "moontap".open { state = helper.folder() .. "/state" })
    for _, call in ipairs { function() return s:down "" end, function() return s:status "" end,
      function() return s:down("tap7", { "" }) end,
      function() return s:hook("release", "", "<domain/>") end } do
      local ok, err = call()
      assert.same({ false, 2 }, { ok or false, err.exit })
    end
    assert.truthy(moontap "status".out:find "tap7")
  end)
end)

describe("a name that nobody knows", function()
  for _, command in ipairs { "down", "status", "log", "replay", "reconcile", "graph" } do
    it("is bad input for " .. command, function()
      local r = moontap(command .. " nosuch")
      assert.same({ 3, "", "moontap: no guest nosuch is connected, remembered or in the log\n" },
        { r.status, r.out, r.err })
      assert.same({}, program.state())
    end)
  end

  for _, command in ipairs { "plan", "up", "facts", "doctor" } do
    it("is bad input for " .. command .. ", though a file is called so", function()
      program.write("nosuch", guests.xml("web", 1))
      local r = moontap(command .. " nosuch")
      assert.same({ 3, "", "moontap: no guest nosuch is remembered; for the file: ./nosuch\n" },
        { r.status, r.out, r.err })
    end)
  end

  it("is fine with down --if-known, and once it was known", function()
    assert.same({ 0, "" }, { moontap "down --if-known nosuch".status, moontap "log".err })
    hook("web", "prepare", "web0", uuid)
    for _ = 1, 2 do assert.equal(0, moontap "down web".status) end
    hook("web", "release", "web0", uuid)
    for _, command in ipairs { "down", "status", "log" } do
      assert.equal(0, moontap(command .. " web").status)
    end
  end)
end)

describe("a tap of an unknown guest and a guest of its name", function()
  it("have a log each", function()
    ifup "web"
    hook("web", "prepare", "web0", uuid)
    assert.equal(2, moontap "log web".status)
    local named, tap = moontap "log --name web".out, moontap "log --dev web".out
    assert.truthy(named:find "prepare" and not named:find "ifup")
    assert.truthy(tap:find "ifup" and not tap:find "prepare")
    assert.equal(2, select(2, moontap "log".out:gsub("\n%g+ +%-1 ", "")))
  end)
end)

describe("a hook's driver", function()
  it("is one that libvirt has a hook for", function()
    local r = hook("web", "prepare", "web0", uuid) and moontap "hook qmeu web release end -"
    assert.same({ 2, "moontap: there is no driver 'qmeu'; did you mean 'qemu'?\n" },
      { r.status, r.err })
    for _, driver in ipairs { "network", "ch", "daemon", "x" } do
      assert.equal(2, moontap("hook " .. driver .. " web release end -").status)
    end
    assert.equal("web0", taps())
  end)

  it("is qemu for a link of any name, and no guest's for libvirt's other hooks", function()
    helper.run(("cd %s && mkdir network.d && ln -s '%s' 10-any && ln -s '%s' network.d/any")
      :format(helper.folder(), program.path, program.path))
    assert.same({ status = 0, out = "", err = "" },
      program.run "./network.d/any --state state default start begin -")
    assert.same({}, program.state())
    hook("web", "prepare", "web0", uuid)
    program.run "./10-any --state state web release end -"
    assert.equal("", taps())
  end)
end)
