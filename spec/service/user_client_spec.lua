-- user_client_spec.lua - moontap as a user who may not change the network: what the service does
-- for it is printed as the program prints it

local daemon = require "spec.service.daemon"
local helper = require "spec.helper"
local json = require "dkjson"
local program = require "spec.program"

local policy = [[function connect(nic) tap(nic, { up = true, alias = "one" }) end]]

local function xml(target)
  return ([[<domain type='qemu'><name>web</name><uuid>4dea22b3-1d52-d8f3-2516-782e98ab3fa0</uuid>
  <devices><interface type='ethernet'><mac address='52:54:00:00:00:01'/>
  %s</interface></devices></domain>]]):format(target or "<target dev='web0' managed='no'/>")
end

-- Who asks: root's uid with no capability to change the network, or another user.
local ROOT = "setpriv --inh-caps=-net_admin --bounding-set=-net_admin"
local USER = "setpriv --reuid=65534 --regid=65534 --clear-groups"

local function as(who, words, input)
  helper.run(("chmod 755 '%s'"):format(helper.folder()))
  return program.run(("MOONTAP_EVENT_SOCKET=$PWD/sock/event %s '%s' %s"):format(who, program.path,
    words), input)
end

local function here(words, input)
  return program.moontap((words:gsub("^(%w+)", { plan = "plan -p policy.lua",
    up = "up -p policy.lua" })), input)
end

local function taps() return helper.run "ip -o link show type tun" end

-- Times differ.
local function same(expected, r)
  local function still(s) return (s:gsub("%d+%-%d+%-%d+ [%d:]+", "TIME")) end
  assert.same({ expected.status, still(expected.out), expected.err },
    { r.status, still(r.out), r.err })
end

describe("a user without CAP_NET_ADMIN", function()
  before_each(function()
    program.write("policy.lua", policy)
    program.write("web.xml", xml())
  end)

  it("gets from the service what the program does and prints", function()
    local expected = {}
    local calls = { "plan web.xml", "plan --sh web.xml", "up web.xml", "up web.xml", "status",
      "status --no-header", "up web", "up web.xml 1", "down web.xml", "up -", "down --name web 1",
      "status" }
    for i, words in ipairs(calls) do expected[i] = here(words, xml()) end
    assert.equal("", taps())
    program.run "rm -r state"
    local d <close> = daemon.start()
    for i, words in ipairs(calls) do same(expected[i], as(ROOT, words, xml())) end
    assert.equal("", taps())
    assert.is_true(d:lives())
  end)

  it("gets the service's reply with --json", function()
    local d <close> = daemon.start()
    local up = json.decode(as(ROOT, "up --json web.xml").out)
    assert.same({ "web", "qemu", "web0" }, { up.guest, up.driver, up.nics[1].dev })
    assert.equal("connected", json.decode(as(ROOT, "status --json").out).nics[1].state)
    local refused = as(USER, "up --json web.xml")
    assert.equal(1, refused.status)
    assert.matches("^the policy does not allow", json.decode(refused.out).why)
    assert.is_true(d:lives())
  end)

  it("sees what has drifted", function()
    local d <close> = daemon.start()
    as(ROOT, "up web.xml")
    helper.run "ip link set web0 alias other"
    local r = as(ROOT, "status web")
    assert.matches("drifted", r.out)
    assert.matches("alias", r.out)
    helper.run "ip link del web0"
    assert.matches("gone, nothing left", as(ROOT, "status").out)
    assert.equal("nothing is connected\n", as(ROOT, "status").out)
    assert.is_true(d:lives())
  end)

  it("sees errors, and exits, as of the program", function()
    program.write("no.xml", "<domain>")
    program.write("latin.xml", (xml():gsub("<name>", "<!-- \xe4 --><name>")))
    program.write("refusing.lua", "function connect(nic)\n  refuse 'not today'\nend")
    local expected = here "up web.xml -p refusing.lua"
    local broken = here "up no.xml"
    local d <close> = daemon.start "-p refusing.lua"
    local r = as(ROOT, "up web.xml")
    assert.equal(1, r.status)
    assert.equal(expected.err, (r.err:gsub("^moontap: ", "moontap: web: ")))
    assert.equal(broken.status, as(ROOT, "up no.xml").status)
    assert.equal(3, as(ROOT, "up db").status)
    assert.equal(2, as(ROOT, "up web.xml 7").status)
    assert.equal(3, as(ROOT, "up none.xml").status)
    r = as(ROOT, "up web.xml web0")
    assert.equal(2, r.status)
    assert.matches("^moontap: moontapd takes NICs by their number: not 'web0'; ", r.err)
    r = as(ROOT, "up latin.xml")
    assert.same({ 4, "moontap: moontapd: the guest's name or its XML is no UTF-8\n" },
      { r.status, r.err })
    r = as(ROOT, "down db")
    assert.same({ 3, "moontap: no guest db of yours is connected\n" }, { r.status, r.err })
    assert.equal(0, as(ROOT, "down --if-known db").status)
    assert.is_true(d:lives())
  end)

  it("is refused where the policy does not name the user, with the words that would", function()
    local d <close> = daemon.start()
    local user = helper.run "getent passwd 65534":match "^[^:]+"
    for _, words in ipairs { "plan web.xml", "up web.xml", "down web", "status" } do
      local r = as(USER, words)
      assert.equal(1, r.status, words)
      assert.equal("", r.out)
      assert.matches(('refused: the policy does not allow %s (allow{ user = "%s" })\n'):format(user,
        user), r.err, 1, true)
    end
    assert.equal("", taps())
    assert.is_true(d:lives())
  end)

  it("does it alone with options that are the program's", function()
    local d <close> = daemon.start()
    for _, words in ipairs { "up -p policy.lua", "up --state other", "up --keep" } do
      local r = as(USER, words .. " web.xml")
      assert.equal(4, r.status, words)
      assert.not_matches("does not allow", r.err)
      assert.not_matches("systemctl", r.err)
    end
    assert.equal("", taps())
    assert.is_true(d:lives())
  end)

  it("is told of the service where there is none", function()
    local r = as(USER, "up web.xml")
    assert.equal(4, r.status)
    assert.matches("; or: systemctl enable --now moontap.socket\n", r.err, 1, true)
    assert.is_falsy(here("up none.xml").err:find "systemctl")
  end)
end)

local GRANT = [[allow{ user = "65534", dev = "al-*" }
]]

local theirs = xml "<target dev='al-0' managed='no'/>"

describe("a user whom the policy grants devices", function()
  it("connects, sees and disconnects a guest", function()
    program.write("policy.lua", GRANT .. policy)
    program.write("web.xml", theirs)
    local d <close> = daemon.start()
    local plan = as(USER, "plan web.xml")
    assert.same({ 0, "" }, { plan.status, plan.err })
    assert.matches("^web NIC 1 %(52:54:00:00:00:01%): al%-0, unmanaged\n  %+ ip tuntap add dev " ..
      "al%-0 mode tap user 65534\n", plan.out)
    assert.same(plan, as(USER, "up web.xml"))
    assert.matches("\nweb +1 +al%-0 ", as(USER, "status").out)
    assert.matches("\nweb +1 +al%-0 ", as(USER, "status al-0").out)
    assert.same({ status = 0, err = "",
      out = "web NIC 1 (52:54:00:00:00:01): al-0, unmanaged\n  - ip link del dev al-0\n" },
      as(USER, "down al-0"))
    assert.equal("nothing is connected\n", as(USER, "status").out)
    assert.equal("", taps())
    assert.is_true(d:lives())
  end)
end)

describe("the hook of a session's libvirt", function()
  local function hook(who, operation, document)
    return as(who, ("hook qemu web %s begin -"):format(operation), document or xml())
  end

  local done = { status = 0, out = "", err = "" }

  before_each(function() program.write("policy.lua", policy) end)

  it("has the service make the tap at prepare, and delete it at release", function()
    local d <close> = daemon.start()
    for _, operation in ipairs { "prepare", "start", "started" } do
      assert.same(done, hook(ROOT, operation))
      assert.matches("alias one", taps())
    end
    assert.same(done, hook(ROOT, "stopped"))
    assert.matches("web0", taps())
    assert.same(done, hook(ROOT, "release"))
    assert.equal("", taps())
    assert.same(done, hook(ROOT, "release"))
    assert.is_true(d:lives())
  end)

  it("has it make one for a user", function()
    program.write("policy.lua", GRANT .. policy)
    local d <close> = daemon.start()
    for _, operation in ipairs { "prepare", "started", "stopped" } do
      assert.same(done, hook(USER, operation, theirs))
    end
    assert.matches("al%-0.*alias one", taps())
    assert.same(done, hook(USER, "release", theirs))
    assert.equal("", taps())
    local r = hook(USER, "prepare")
    assert.equal(1, r.status)
    assert.matches("no device of this name, but al-*", r.err, 1, true)
    assert.is_true(d:lives())
  end)

  it("says why a user is refused", function()
    local d <close> = daemon.start()
    for _, operation in ipairs { "prepare", "release" } do
      local r = hook(USER, operation)
      assert.same({ 1, "" }, { r.status, r.out })
      assert.matches("^moontap: web: refused: the policy does not allow ", r.err)
    end
    assert.equal("", taps())
    assert.is_true(d:lives())
  end)

  it("asks nothing for other operations, and for a guest without such a NIC", function()
    local d <close> = daemon.start()
    for _, target in ipairs { "", "<target dev='vnet0'/>" } do
      for _, operation in ipairs { "prepare", "start", "started", "stopped", "release",
          "reconnect" } do
        assert.same(done, hook(USER, operation, xml(target)))
      end
    end
    for _, operation in ipairs { "started", "stopped", "reconnect" } do
      assert.same(done, hook(USER, operation))
    end
    assert.is_falsy(d:log():find "uid 65534")
  end)

  it("asks nothing where the tap is there, and may be opened", function()
    helper.run "ip tuntap add dev web0 mode tap user 0"
    local d <close> = daemon.start()
    assert.same(done, hook(ROOT, "prepare"))
    assert.is_falsy(taps():find "alias")
    assert.is_true(d:lives())
  end)

  it("says as ever what is missing where there is no service, and who could help", function()
    local r = hook(USER, "prepare")
    assert.equal(4, r.status)
    assert.equal("moontap: web: NIC 1 (web0): there is no such device; run: moontap up " ..
      "GUEST.xml, as root; or: systemctl enable --now moontap.socket\n", r.err)
    assert.same(done, hook(USER, "release"))
  end)

  it("comes through libvirt's hook script", function()
    local d <close> = daemon.start()
    local folder = program.path:match "(.*)/"
    local function script(operation)
      return program.run(("MOONTAP_EVENT_SOCKET=$PWD/sock/event %s '%s/qemu' web %s begin -")
        :format(USER, folder, operation), xml())
    end
    helper.run(("chmod 755 '%s'"):format(helper.folder()))
    local r = script "prepare"
    assert.equal(1, r.status)
    assert.matches("^qemu: web: refused: the policy does not allow ", r.err)
    assert.same(done, script "stopped")
    assert.is_true(d:lives())
  end)
end)
