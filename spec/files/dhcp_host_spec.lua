-- dhcp_host_spec.lua - kind dhcp_host and hook dhcp, with a real dnsmasq
local dnsmasq = require "spec.dnsmasq"
local guests = require "spec.guests"
local helper = require "spec.helper"
local program = require "spec.program"
local snapshot = require "spec.snapshot"

local MAC = "52:54:00:00:00:01" -- of web
local FILE = "/run/hosts/" .. MAC
local OPTIONS = [[dir = "/run/hosts", pid = "/run/dnsmasq.pid"]]

-- run(word, options, guest, body of connect, top)
local function run(word, options, guest, body, top)
  program.write("policy.lua", ([[
    local lan = hook "bridge" { bridge = "br0" }
    %s
    local dhcp = hook "dhcp" { %s }
    function connect(nic) lan(nic) %s end]]):format(top or "", options, body or "dhcp(nic)"))
  return guests.moontap(("%s %s.xml"):format(word, guest or "web"))
end

local function up(...)
  local r = run("up", ...)
  assert.same({ 0, "" }, { r.status, r.err })
  return r
end

local function lines()
  return (helper.run("cat " .. FILE):gsub("^# moontap %x+%-[%x-]+", "# moontap BOOT"))
end

describe("hook dhcp", function()
  before_each(function()
    guests.setup()
    helper.run "rm -rf /run/hosts /run/dnsmasq.pid; mkdir /run/hosts"
  end)

  describe("with a dnsmasq", function()
    before_each(function()
      dnsmasq.start()
      dnsmasq.client("c0", MAC)
    end)
    after_each(dnsmasq.stop)

    it("gives the guest its address and name while it is connected", function()
      local before = snapshot.take()
      assert.is_nil(dnsmasq.ask "c0")
      up(OPTIONS .. [[, names = true, addresses = { web = { "10.0.0.5", "fd00::5" } }]])
      assert.equal("# moontap BOOT /run/dnsmasq.pid\n" .. MAC .. ",10.0.0.5,[fd00::5],web\n",
        lines())
      assert.same({ "10.0.0.5", "web" }, { dnsmasq.ask "c0" })
      assert.matches("dhcp_host +52:54:00:00:00:01 .*address +10.0.0.5",
        program.moontap "status web".out)
      assert.equal(0, program.moontap "down web".status)
      assert.is_nil(dnsmasq.ask "c0")
      assert.equal("", helper.run "ls -A /run/hosts")
      assert.equal("", snapshot.difference(before, snapshot.take()))
    end)

    it("gives it another one once the policy says so", function()
      up(OPTIONS .. [[, addresses = { web = "10.0.0.5" }]])
      assert.equal("10.0.0.5", dnsmasq.ask "c0")
      up(OPTIONS .. [[, addresses = { web = "10.0.0.9" }]])
      assert.equal("10.0.0.9", dnsmasq.ask "c0")
      assert.equal(0, program.moontap "down web".status)
      assert.is_nil(dnsmasq.ask "c0")
    end)

    it("takes the host away again when a later step fails", function()
      run("up", OPTIONS .. [[, addresses = { web = "10.0.0.5" }]], "web",
        "dhcp(nic) addr{ dev = nic.dev, address = '10.0.0.1/24' }")
      assert.equal("", helper.run "ls -A /run/hosts")
      assert.is_nil(dnsmasq.ask "c0")
    end)
  end)

  it("is by MAC, too, and for each guest one of its own", function()
    up(OPTIONS .. [[, addresses = { ["52:54:00:00:00:02"] = "10.0.0.6", web = "10.0.0.5" }]])
    up(OPTIONS .. [[, addresses = { ["52:54:00:00:00:02"] = "10.0.0.6", web = "10.0.0.5" }]], "db")
    assert.equal(MAC .. ",10.0.0.5\n52:54:00:00:00:02,10.0.0.6\n",
      helper.run "grep -hv '^#' /run/hosts/*")
    assert.equal(0, program.moontap "down web".status)
    assert.equal("52:54:00:00:00:02\n", helper.run "ls -A /run/hosts")
  end)

  it("signals nobody but a dnsmasq", function()
    program.run "sleep 30 & echo $! >/run/dnsmasq.pid"
    up(OPTIONS .. [[, addresses = { web = "10.0.0.5" }]])
    assert.equal(0, program.moontap "down web".status)
    helper.run "kill $(cat /run/dnsmasq.pid)" -- it lives: SIGHUP would have ended it
  end)

  it("neither replaces nor deletes a file that is not moontap's", function()
    for _, theirs in ipairs { MAC .. ",10.0.0.5", "", "# moontap x\n" .. MAC .. ",10.0.0.5,,",
      "# moontap x\n" .. MAC } do
      helper.run(("printf '%s' >%s"):format(theirs, FILE))
      local r = run("up", OPTIONS .. [[, addresses = { web = "10.0.0.5" }]])
      assert.equal(4, r.status)
      assert.matches("dhcp_host " .. FILE .. ": the file is there already, and not moontap's",
        r.err, 1, true)
      assert.equal(theirs, helper.run("cat " .. FILE))
    end
    helper.run("rm " .. FILE)
    up(OPTIONS .. [[, addresses = { web = "10.0.0.5" }]])
    helper.run(("printf 'mine' >%s"):format(FILE))
    assert.equal(0, program.moontap "down web".status)
    assert.equal("mine", helper.run("cat " .. FILE))
  end)

  it("follows no link", function()
    helper.run("touch /run/victim; ln -s /run/victim " .. FILE)
    assert.equal(4, run("up", OPTIONS .. [[, addresses = { web = "10.0.0.5" }]]).status)
    helper.run("rm " .. FILE .. "; rmdir /run/hosts; mkdir /run/other; ln -s other /run/hosts")
    local r = run("up", OPTIONS .. [[, addresses = { web = "10.0.0.5" }]])
    assert.equal(4, r.status)
    assert.equal("", helper.run "cat /run/victim; ls -A /run/other")
    helper.run "rm /run/hosts; rmdir /run/other"
  end)

  it("replaces what an earlier boot left", function()
    helper.run(("printf '# moontap 12345678-1234\\n%s,10.0.0.99\\n' >%s"):format(MAC, FILE))
    up(OPTIONS .. [[, addresses = { web = "10.0.0.5" }]])
    assert.matches(MAC .. ",10.0.0.5\n", lines(), 1, true)
    assert.equal(0, program.moontap "down web".status)
    assert.equal("", helper.run "ls -A /run/hosts")
  end)

  for options, why in pairs {
    [ [[pid = "/run/dnsmasq.pid"]] ] = "policy.lua:3: dhcp: the option 'dir' is missing",
    [ [[dir = "/run/nope"]] ] = "dhcp_host /run/nope: there is no such folder: create it, and " ..
      "start dnsmasq with --dhcp-hostsdir=/run/nope",
    [ [[dir = "/run/../etc"]] ] = "'dir': a path from / on expected, without blanks, . and ..",
    [ [[dir = "hosts"]] ] = "'dir': a path from / on expected",
    [OPTIONS .. [[, addresses = { db = "10.0.0.5" }]] ] =
      "refused: dhcp: no address is written down for web",
    [OPTIONS .. [[, addresses = { web = { "10.0.0.5", "10.0.0.6" } }]] ] =
      "refused: dhcp: a NIC gets one address of a family, not both 10.0.0.5 and 10.0.0.6",
    [OPTIONS .. [[, addresses = { web = "10.0.0" }]] ] =
      "policy.lua:3: dhcp: addresses: '10.0.0' is no address",
  } do
    it("refuses " .. options, function()
      local r = run("plan", options)
      assert.matches(why, r.err, 1, true)
      assert.is_true(r.status ~= 0)
    end)
  end

  for body, why in pairs {
    ["address = '10.0.0.7'"] = "does not allow the prefix 10.0.0.7",
    ["dir = '/run/hosts2'"] = "does not allow the path /run/hosts2",
    ["dir = '/run/hosts/.'"] = "'dir': a path from / on expected",
    ["pid = '/run/other.pid'"] = "does not allow the path /run/other.pid",
    ["address = 'fd00::1'"] = "'address' is for IPv4, 'address6' for IPv6",
    ["address6 = '10.0.0.1'"] = "'address' is for IPv4, 'address6' for IPv6",
    ["name = host.dhcp_host{ mac = nic.mac, dir = '/run/hosts' }"] = "files cannot be read here",
    ["name = '45m'"] = "'name': a host name expected",
    ["name = 'infinite'"] = "'name': a host name expected",
    ["name = 'a,b'"] = "'name': a host name expected",
    ["name = '10.0.0.9'"] = "'name': a host name expected",
    ["name = 'a..b'"] = "'name': a host name expected",
  } do
    it("kind dhcp_host refuses " .. body, function()
      local dir = body:find "^dir" and "" or "dir = '/run/hosts', "
      local r = run("plan", OPTIONS, "web", ("dhcp_host{ mac = nic.mac, %s%s }"):format(dir, body))
      assert.matches(why, r.err, 1, true)
      assert.is_true(r.status ~= 0)
    end)
  end

  it("leaves a guest's name out that can be no host name", function()
    for name, host in pairs { ["web-1"] = ",web-1", ["web_1"] = "", ["45m"] = "", ["7"] = "",
      ["web-"] = "", ["infinite"] = "" } do
      program.write("web.xml", guests.xml(name, 1):gsub("'" .. name .. "0'", "'web0'"))
      up(OPTIONS .. ", names = true")
      assert.matches(MAC .. host .. "\n", lines(), 1, true)
      assert.equal(0, program.moontap("down -- " .. name).status)
    end
  end)
end)
