-- unknown_guest_spec.lua - a tap of a guest that nobody knows: its policy had neither name nor MAC
-- for it, though plain QEMU says both, and ready-made hooks let it in

local helper = require "spec.helper"
local program = require "spec.program"

-- A copy of a shell that is called like QEMU is all of QEMU that its scripts see.
local function qemu(arguments, tap, words)
  helper.run(("cd '%s'; cp -n /bin/dash qemu-system-x86_64; ln -sf '%s' qemu-ifup"):format(
    helper.folder(), program.script_path))
  program.write("net.sh", ("./qemu-ifup --state state -p policy.lua %s %s; exit $?\n"):format(
    words or "", tap))
  return program.run("./qemu-system-x86_64 net.sh " .. arguments)
end

local function script(tap)
  helper.run(("ln -sf '%s' '%s/qemu-ifup'"):format(program.script_path, helper.folder()))
  return program.run("./qemu-ifup --state state -p policy.lua " .. tap)
end

local function tap(name, address)
  helper.run(("ip tuntap add dev %s mode tap; ip link set %s address %s"):format(name, name,
    address or "fe:54:00:10:00:01"))
end

local function alias(dev) return helper.run("ip link show " .. dev):match "alias (%C+)" end

-- What the policy was told, as the tap's alias.
local tells = [[function connect(nic)
  local d = nic.domain
  tap(nic, { alias = ("%s %s %s %s"):format(d.known, d.name, d.uuid, nic.mac) })
end]]

local uuid = "4dea22b3-1d52-d8f3-2516-782e98ab3fa0"

describe("a tap of a guest that nobody knows", function()
  before_each(function() tap "tap0" end)

  it("has the MAC that follows from its own, and no name", function()
    program.write("policy.lua", tells)
    assert.equal(0, script "tap0".status)
    assert.equal("false  nil 52:54:00:10:00:01", alias "tap0")
  end)

  for arguments, told in pairs {
    ["-name web -uuid " .. uuid:upper()] = "qemu web " .. uuid .. " 52:54:00:10:00:01",
    ["--name guest=web,debug-threads=on"] = "qemu web nil 52:54:00:10:00:01",
    ["-name debug-threads=on,guest=a,,b"] = "qemu a,b nil 52:54:00:10:00:01",
    ["-name process=x -uuid " .. uuid] = "false  " .. uuid .. " 52:54:00:10:00:01",
    ["-uuid nonsense -name 'a\27[2J'"] = "false  nil 52:54:00:10:00:01",
    ["-name w -netdev tap,id=n0,ifname=tap0,script=/x -device virtio-net-pci,netdev=n0," ..
      "mac=52:54:00:AA:00:07"] = "qemu w nil 52:54:00:aa:00:07",
    ["-name w -device e1000,mac=52:54:00:aa:00:08,netdev=n1 -netdev tap,id=n0,ifname=tap1 " ..
      "-netdev user,id=u -netdev tap,id=n1 -netdev tap,id=n2,fd=3"] =
      "qemu w nil 52:54:00:aa:00:08",
    ["-name w -nic tap,ifname=tap0,mac=52:54:00:aa:00:09"] = "qemu w nil 52:54:00:aa:00:09",
    -- two that it may be; and one whose MAC QEMU makes up
    ["-name w -nic tap,mac=52:54:00:aa:00:01 -nic tap,mac=52:54:00:aa:00:02"] =
      "qemu w nil 52:54:00:10:00:01",
    ["-name w -netdev tap,id=n0 -device e1000,netdev=n0"] = "qemu w nil 52:54:00:10:00:01",
    [""] = "false  nil 52:54:00:10:00:01",
  } do
    it("is told of by its QEMU: " .. arguments:gsub("%c", "?"), function()
      program.write("policy.lua", tells)
      local r = qemu(arguments, "tap0")
      assert.same({ 0, "" }, { r.status, r.err }, r.err)
      assert.equal(told, alias "tap0")
    end)
  end

  it("is not told of by another program that calls the script", function()
    program.write("policy.lua", tells)
    program.write("net.sh", "./qemu-ifup --state state -p policy.lua tap0; exit $?\n")
    helper.run(("ln -sf '%s' '%s/qemu-ifup'"):format(program.script_path, helper.folder()))
    assert.equal(0, program.run("sh net.sh -name web").status)
    assert.equal("false  nil 52:54:00:10:00:01", alias "tap0")
  end)

  it("is of nobody to moontap, whatever its QEMU says", function()
    program.write("policy.lua", tells)
    assert.equal(0, qemu("-name web -uuid " .. uuid, "tap0").status)
    local journal = program.state()["nic/tap0"]
    assert.is_nil(journal:find "domain=")
    assert.is_nil(journal:find "uuid=")
    assert.equal(3, program.moontap "down web".status)
    assert.equal(3, program.moontap("down --uuid " .. uuid).status)
    assert.matches("qemu web", alias "tap0")
    assert.equal(0, program.moontap "down tap0".status)
    assert.is_nil(alias "tap0")
  end)

  it("can be tried again later with what its QEMU said", function()
    program.write("policy.lua", tells)
    assert.equal(0, qemu("-name web", "tap0").status)
    local r = program.moontap(
      "-p policy.lua repl --replay tap0 -e 'return nic.domain.known, nic.domain.name, nic.dev'")
    assert.equal('"qemu"\n"web"\n"tap0"\n', r.out)
    assert.matches("qemu web", program.moontap("-p policy.lua repl --replay tap0 -e 'plan()'").out)
  end)

  it("is planned with the others with what its QEMU said, as long as that is on record", function()
    local moontap = program.moontap
    program.write("policy.lua", tells)
    assert.equal(0, qemu("-name web", "tap0").status)
    local function says(words)
      helper.run "ip link set tap0 alias other"
      local r = moontap("-p policy.lua " .. words)
      return { r.status, r.err, r.out:match "alias '([^']+)'" }
    end
    assert.same({ 0, "", "qemu web nil 52:54:00:10:00:01" }, says "plan --all")
    assert.equal(0, moontap("-p policy.lua reconcile").status) -- a later run, which asks no policy
    for _, words in ipairs { "plan --all", "replay tap0" } do
      assert.same({ 0, "", "qemu web nil 52:54:00:10:00:01" }, says(words), words)
    end
    moontap "log --clear"
    assert.same({ 0, "moontap: tap0: there is no record of its QEMU's command line, so the " ..
      "policy gets no hints about its guest\n", "false  nil 52:54:00:10:00:01" }, says "plan --all")
    assert.matches("there is no record", moontap "-p policy.lua plan --all --json".out)
  end)

  it("does not take another guest's device for a name", function()
    program.write("policy.lua", tells)
    assert.equal(0, program.moontap("-p policy.lua hook qemu web prepare begin -",
      "<domain type='qemu'><name>web</name><devices><interface type='ethernet'>" ..
      "<mac address='52:54:00:00:00:01'/><target dev='web0' managed='no'/></interface>" ..
      "</devices></domain>").status)
    local before = program.state()["nic/web0"]
    assert.equal(0, qemu("-name web", "tap0").status)
    assert.equal(before, program.state()["nic/web0"])
    assert.matches("^qemu web", alias "tap0")
    assert.matches("^true web", alias "web0")
  end)
end)

describe("a ready-made hook and a tap of a guest that nobody knows", function()
  local function lan(more)
    program.write("policy.lua", ('local lan = hook "bridge" { bridge = "br0"%s } ' ..
      "function connect(nic) lan(nic) end"):format(more))
  end
  local function is_in() return helper.run "ip link show tap0":find "master br0" ~= nil end

  before_each(function()
    helper.run "ip link add br0 type bridge; ip link set br0 up"
    tap "tap0"
  end)

  for options, lets_in in pairs {
    [""] = {}, [", unknown = false"] = {},
    [", unknown = true"] = { unknown = true, qemu = true },
    [', unknown = "qemu"'] = { qemu = true },
    [', macs = { ["52:54:00:10:00:01"] = "web" }'] = { unknown = true, qemu = true },
    [', macs = { ["52:54:00:10:00:02"] = "web" }'] = {},
  } do
    it("bridge" .. options, function()
      lan(options)
      for who, r in pairs { unknown = script "tap0", qemu = qemu("-name web", "tap0") } do
        if lets_in[who] then
          assert.same({ 0, "" }, { r.status, r.err }, r.err)
        else
          assert.equal(1, r.status, r.err)
          assert.matches("knows whose tap tap0 is (MAC 52:54:00:10:00:01)", r.err, 1, true)
        end
      end
      assert.equal(next(lets_in) ~= nil, is_in())
    end)
  end

  it("refuses with what QEMU says", function()
    lan ""
    local r = qemu("-name web", "tap0")
    assert.matches("nobody but its QEMU, which says web, knows whose tap tap0 is", r.err, 1, true)
    assert.matches('unknown = "qemu" or true', r.err, 1, true)
  end)
end)

describe("an event that knows the guest", function()
  local function nic(i, more)
    return ("<interface type='ethernet'><mac address='52:54:00:00:00:%02x'/>%s</interface>")
      :format(i, more)
  end
  local function xml(...)
    return ("<domain type='qemu'><name>web</name><uuid>%s</uuid><devices>%s</devices></domain>")
      :format(uuid, table.concat { ... })
  end
  local whole = xml(nic(1, "<target dev='web0' managed='no'/>"), nic(2, "<target dev='vnet7'/>"))
  local function hook(operation)
    return program.moontap(("-p policy.lua hook qemu web %s begin -"):format(operation), whole)
  end

  for name, event in pairs {
    start = function() return hook "start" end,
    reconnect = function() return hook "reconnect" end,
    ["up FILE"] = function()
      program.write("web.xml", whole)
      return program.moontap "-p policy.lua up web.xml"
    end,
  } do
    it("asks the policy anew for the tap that was connected as unknown: " .. name, function()
      program.write("policy.lua", tells)
      tap("vnet7", "fe:54:00:00:00:02")
      assert.equal(0, script "vnet7".status)
      assert.matches("^false", alias "vnet7")
      helper.run "ip tuntap add dev web0 mode tap"
      local r = event()
      assert.equal(0, r.status, r.err)
      assert.equal("true web " .. uuid .. " 52:54:00:00:00:02", alias "vnet7")
      assert.matches("domain=web", program.state()["nic/vnet7"], 1, true)
    end)
  end
end)
