-- caller_spec.lua - users who are not root: what a policy grants, and what is kept apart

local caller = require "internals.caller"
local helper = require "spec.helper"
local program = require "spec.program"
local snapshot = require "spec.snapshot"
local standin = require "spec.standin"

local function xml(name, dev, mac, more)
  return ([[<domain type='kvm'><name>%s</name><devices><interface type='ethernet'>
    <mac address='%s'/><target dev='%s' managed='no'/>%s</interface></devices></domain>]])
    :format(name, mac or "52:54:00:00:00:01", dev, more or "")
end

local function who(fields)
  local folder = helper.folder() .. "/"
  local root = program.path:match "(.*)/"
  local w = { policy = folder .. "policy.lua", state = folder .. "state",
    evaluator = root .. "/libexec/moontap/evaluator", hooks = root .. "/share/moontap/hooks",
    uid = 61000, gid = 61000, user = "alice", groups = { "61000" } }
  for name, value in pairs(fields or {}) do w[name] = value end
  return w
end

local alice = who
local function bob()
  return who{ uid = 61001, gid = 61001, user = "bob", groups = { "61001" } }
end

local function taps() return table.concat(helper.devices "ip -j link show type tun", " ") end

describe("a user who is not root", function()
  local before

  before_each(function()
    helper.run [[
      ip link add br0 address 02:00:00:00:00:10 type bridge
      ip link add br1 address 02:00:00:00:00:11 type bridge
      ip link set br0 up]]
    before = snapshot.take()
  end)

  local function policy(text) program.write("policy.lua", text) end

  local function unchanged() assert.equal("", snapshot.difference(before, snapshot.take())) end

  local function refused(why, status, ...)
    local result, line, exit = ...
    assert.is_nil(result)
    assert.matches(why, line, 1, true)
    assert.equal(status, exit)
  end

  local lan = [[
    local lan = hook "bridge" { bridge = "br0", users = { "61000", "@61002" } }
    local other = hook "bridge" { bridge = "br1" }
    function connect(nic) if nic.domain.name == "far" then other(nic) else lan(nic) end end]]

  it("has nothing where the policy does not say so", function()
    policy 'local lan = hook "bridge" { bridge = "br0" } function connect(nic) lan(nic) end'
    refused('the policy does not allow alice (allow{ user = "alice" })', 1, caller.check(alice()))
    refused("the policy does not allow alice", 1, caller.up(alice(), xml("web", "u61000-0")))
    unchanged()
  end)

  it("gets a tap of its own by a hook's users, and takes it away again", function()
    policy(lan)
    assert.is_true(caller.check(alice()))
    local driver, dev = caller.up(alice(), xml("web", "u61000-0"))
    assert.equal("qemu@61000", driver)
    assert.equal("u61000-0", dev)
    local tap = helper.link "u61000-0"
    assert.equal("br0", tap.master)
    assert.equal("61000", tostring(tap.linkinfo.info_data.user))
    assert.equal(1, caller.down(alice(), "web"))
    unchanged()
  end)

  it("is known by a group, and by nothing else", function()
    policy [[
      local lan = hook "bridge" { bridge = "br0", users = { "@daemon", "nobody" } }
      function connect(nic) lan(nic) end]]
    refused("does not allow bob", 1, caller.check(bob()))
    assert.is_true(caller.check(who{ groups = { "61000", "daemon" } }))
    assert.is_true(caller.check(who{ groups = { "61000", "1" } })) -- daemon's number on Debian
    assert.is_true(caller.check(who{ gid = 1, groups = {} }))
    assert.is_true(caller.check(who{ uid = 65534, user = "nobody" }))
  end)

  it("uses no link that root's guests use, but those of the hook that names the user", function()
    policy(lan)
    refused('does not allow alice the link br1: name it in a hook\'s options with users = ' ..
      '{ "alice" }, or by allow{ user = "alice", link = "br1" }', 3,
      caller.up(alice(), xml("far", "u61000-0")))
    unchanged()
  end)

  it("uses what root's may by an allow{} that lists nothing", function()
    policy(lan .. '\nallow{ user = "61000", dev = "al-*" }')
    assert.equal("qemu@61000", (caller.up(alice(), xml("far", "al-0"))))
    assert.equal("br1", helper.link "al-0".master)
    refused("the policy allows alice no device of this name, but", 1,
      caller.up(alice(), xml("web", "wg0", "52:54:00:00:00:02")))
    assert.equal(1, caller.down(alice(), "far"))
    unchanged()
  end)

  it("uses what a hook allows whose users it is among, and no other hook's", function()
    helper.run "echo 1 >/proc/sys/net/ipv4/ip_forward"
    before = snapshot.take()
    policy [[
      local mine = hook "routed" { addresses = { web = { "192.0.2.10" } }, users = { "61000" } }
      local other = hook "routed" { addresses = { far = { "192.0.2.11" } } }
      function connect(nic) if nic.domain.name == "far" then other(nic) else mine(nic) end end]]
    assert.equal("qemu@61000", (caller.up(alice(), xml("web", "u61000-0"))))
    assert.equal(1, caller.down(alice(), "web"))
    refused("does not allow alice the prefix 192.0.2.11", 3,
      caller.up(alice(), xml("far", "u61000-0")))
    unchanged()
  end)

  it("has no further name for its device but one that the grant names", function()
    policy [[
      allow{ user = "61000", altname = "alice-*" }
      function connect(nic) tap(nic) altname{ dev = nic.dev, name = nic.domain.name } end]]
    refused('does not allow alice the altname web0', 3, caller.up(alice(), xml("web0", "u61000-0")))
    assert(caller.up(alice(), xml("alice-web0", "u61000-0")))
    assert.equal("alice-web0", helper.link "u61000-0".altnames[1])
    assert.equal(1, caller.down(alice(), "alice-web0"))
    unchanged()
  end)

  if helper.kernel_has "rate" then
    it("has a limit of its own, by devices that have its tap's name #rate", function()
      policy [[
        local lan = hook "bridge" { bridge = "br0", users = { "61000" } }
        local slow = hook "rate" { inbound = "20mbit", outbound = "10mbit" }
        function connect(nic) lan(nic) slow(nic) end]]
      assert(caller.up(alice(), xml("web", "u61000-0")))
      assert.matches("rate 10Mbit", helper.run "tc qdisc show dev mo-u61000-0", 1, true)
      assert.equal(1, caller.down(alice(), "web"))
      unchanged()
    end)
  end

  it("chooses no bridge by its XML, of those that root's guests choose among", function()
    policy [[
      local net = hook "libvirt" { bridge = "br0", bridges = { "br1" }, users = { "61000" } }
      function connect(nic) net(nic) end]]
    local asks = xml("web", "u61000-0"):gsub("<devices>",
      "<metadata><m:interface xmlns:m='urn:moontap' bridge='br1'/></metadata>%0")
    assert(caller.up(alice(), asks))
    assert.equal("br0", helper.link "u61000-0".master)
    assert.equal(1, caller.down(alice(), "web"))
    unchanged()
  end)

  it("names its devices as the grant says", function()
    policy(lan)
    for _, dev in ipairs { "web0", "u61001-0", "u610000-0", "vnet0" } do
      refused("the policy allows alice no device of this name, but u61000-*", 1,
        caller.up(alice(), xml("web", dev)))
    end
    unchanged()
  end)

  it("does not get a device that is there already", function()
    policy(lan)
    helper.run "ip tuntap add u61000-0 mode tap user 61000"
    before = snapshot.take()
    refused("a device of that name exists, and is not yours", 4,
      caller.up(alice(), xml("web", "u61000-0")))
    unchanged()
  end)

  it("has no owner of its tap but itself, whatever the policy says", function()
    policy [[
      local lan = hook "bridge" {
        bridge = "br0", users = { "61000" }, user = "root", group = "root" }
      function connect(nic) lan(nic) end]]
    assert(caller.up(alice(), xml("web", "u61000-0")))
    local data = helper.link "u61000-0".linkinfo.info_data
    assert.equal("61000", tostring(data.user))
    assert.is_nil(data.group)
    assert.equal(1, caller.down(alice(), "web"))
    unchanged()
  end)

  it("has no NIC that libvirt makes", function()
    policy(lan)
    local managed = xml("web", "u61000-0"):gsub(" managed='no'", "")
    assert(caller.up(alice(), managed))
    assert.equal("", taps())
    local bridge = [[<domain type='kvm'><name>web</name><devices><interface type='bridge'>
      <source bridge='br0'/><target dev='u61000-1'/></interface></devices></domain>]]
    policy(lan .. "\nfunction connect_other(nic) link{ name = 'br0', txqueuelen = 9 } end")
    assert(caller.up(alice(), bridge))
    unchanged()
  end)

  it("tells the policy who it is", function()
    policy [[
      allow{ user = "61000" }
      function connect(nic)
        local c = nic.caller
        assert(c.user == "alice" and c.uid == 61000 and c.gid == 61000 and c.groups[1] == "61000")
        tap(nic)
      end]]
    assert(caller.up(alice(), xml("web", "u61000-0")))
    policy "function connect(nic) assert(nic.caller == nil) tap(nic) end"
    local r = program.moontap("-p policy.lua plan -", xml("web", "r0", "52:54:00:00:00:07"))
    assert.equal(0, r.status, r.err)
    assert.equal(1, caller.down(alice(), "web"))
    unchanged()
  end)

  describe("and another", function()
    before_each(function()
      policy [[
        local lan = hook "bridge" { bridge = "br0", users = { "61000", "61001" } }
        function connect(nic) lan(nic) end]]
    end)

    local function root(words, text)
      return program.moontap((words:find "^down" and "" or "-p policy.lua ") .. words, text)
    end

    it("may have guests of one name and uuid, root one, too", function()
      local uuid = "<uuid>00000000-0000-0000-0000-00000000000b</uuid>"
      local function named(dev, mac) return (xml("web", dev, mac):gsub("</name>", "%0" .. uuid)) end
      assert.equal(0, root("up -", named("r0", "52:54:00:00:00:0a")).status)
      assert(caller.up(alice(), named("u61000-0", "52:54:00:00:00:0b")))
      assert(caller.up(bob(), named("u61001-0", "52:54:00:00:00:0c")))
      assert.equal("r0 u61000-0 u61001-0", taps())
      assert.equal(1, caller.down(alice(), "web"))
      assert.equal(0, caller.down(alice(), "web"))
      assert.equal(0, caller.down(alice(), "u61001-0"))
      assert.equal(0, caller.down(alice(), "r0"))
      assert.equal(0, caller.down(alice(), "00000000-0000-0000-0000-00000000000b"))
      assert.equal("r0 u61001-0", taps())
      local r = root "down web" -- root's word is root's guest
      assert.equal(0, r.status, r.err)
      assert.equal("u61001-0", taps())
      assert.equal(0, root("down u61001-0").status) -- and root may take away what is a user's
      unchanged()
    end)

    it("has nothing of it by libvirt's events for root's guests", function()
      assert(caller.up(alice(), xml("web", "u61000-0")))
      for _, operation in ipairs { "prepare begin -", "start begin -", "stopped end -",
        "release end -" } do
        assert.equal(0, root("hook qemu web " .. operation, xml("web", "r0",
          "52:54:00:00:00:0a")).status)
      end
      assert.equal("u61000-0", taps())
      assert.equal(1, caller.down(alice(), "web"))
      unchanged()
    end)

    it("does not have its MAC", function()
      assert(caller.up(alice(), xml("web", "u61000-0")))
      refused("another connected NIC has its MAC, 52:54:00:00:00:01", 4,
        caller.up(bob(), xml("db", "u61001-0")))
      assert.equal(1, caller.down(alice(), "web"))
      unchanged()
    end)
  end)

  describe("whose QEMU asks for a bridge", function()
    it("gets an open tap in it, which ends with QEMU, and its journal with it", function()
      policy(lan)
      local dev, fd = caller.open(alice(), "br0")
      assert.equal("u61000-0", dev)
      local tap = helper.link "u61000-0"
      assert.equal("br0", tap.master)
      assert.equal("UP", tap.operstate)
      assert.is_false(tap.linkinfo.info_data.persist)
      assert.is_true(tap.linkinfo.info_data.vnet_hdr)
      assert.matches("^fe:", tap.address)
      local other, second = caller.open(alice(), "br0")
      assert.equal("u61000-1", other)
      caller.close(fd)
      assert.equal("u61000-1", taps())
      caller.close(second)
      assert.equal(0, program.moontap("reconcile").status)
      assert.same({}, program.state())
      unchanged()
    end)

    it("gets no other bridge than the policy gives it", function()
      policy(lan)
      refused("QEMU asks for the bridge br1, and the policy gives alice br0", 1,
        caller.open(alice(), "br1"))
      refused("does not allow bob", 1, caller.open(bob(), "br0"))
      assert.same({}, program.state())
      unchanged()
    end)

    it("names its tap by the grant", function()
      policy [[
        allow{ user = "61000", dev = "al*q", link = "br1" }
        function connect(nic) tap(nic, { master = nic.caller.bridge }) end]]
      helper.run "ip tuntap add al0q mode tap"
      before = snapshot.take()
      local dev, fd = caller.open(alice(), "br1")
      assert.equal("al1q", dev)
      caller.close(fd)
      unchanged()
    end)
  end)

  describe("whose evaluator was taken over", function()
    local function answer(records, nic)
      local allowed = "allow link=br1\nallow link=br0 grant=g\nallow user=61000 grant=g\n"
      nic = nic or { dev = "u61000-0" }
      nic.records = "tap name=" .. nic.dev .. "\n" .. records
      return standin.answer(allowed, standin.guest("web", { nic }))
    end

    local function up(...)
      program.write("evaluator", "#!/bin/sh\nexec cat\n")
      helper.run("chmod 755 " .. helper.folder() .. "/evaluator")
      policy ""
      return caller.up(who{ evaluator = helper.folder() .. "/evaluator" }, answer(...))
    end

    it("uses what its grant lists", function()
      assert(up "link name=u61000-0 master=br0 up=true\n")
      assert.equal(1, caller.down(alice(), "web"))
      unchanged()
    end)

    it("uses, makes and takes nothing else", function()
      for what, why in pairs {
        ["link name=u61000-0 master=br1\n"] = "does not allow alice the link br1",
        ["veth name=wg0 peer=u61000-1\n"] = "does not allow alice the link",
        ["bridge name=u61000-1\n"] = "does not allow alice the link u61000-1",
        ["bridge name=mi-u61000-0\n"] = "does not allow alice the link mi-u61000-0",
        ["ifb name=mi-u61000-1\n"] = "does not allow alice the link mi-u61000-1",
        ["altname dev=u61000-0 name=web0\n"] = "does not allow alice the altname web0",
        ["addr dev=u61000-0 address=10.0.0.1/24\n"] = "does not allow alice the prefix",
        ["allow link=br1 grant=g\n"] = "'allow', which means",
        ["allow user=61000 all=true\n"] = "'allow', which means",
      } do
        local result, line = up(what)
        assert.is_nil(result, what)
        assert.matches(why, line, 1, true)
      end
      local result, line = up("", { dev = "wg0" })
      assert.is_nil(result)
      assert.matches("no device of this name, but u61000-*", line, 1, true)
      unchanged()
    end)
  end)

  -- many(n) -> a guest of n NICs
  local function many(n)
    local all = {}
    for i = 1, n do
      all[i] = ("<interface type='ethernet'><mac address='52:54:00:00:01:%02x'/>" ..
        "<target dev='u61000-%d' managed='no'/></interface>"):format(i, i)
    end
    return "<domain type='kvm'><name>many</name><devices>" .. table.concat(all) ..
      "</devices></domain>"
  end

  it("has at most 64 taps, also of one guest", function()
    policy 'allow{ user = "61000" } function connect(nic) tap(nic) end'
    refused("alice has 0 taps, and may have no more than 64", 4, caller.up(alice(), many(65)))
    unchanged()
    assert(caller.up(alice(), many(64)))
    assert(caller.up(alice(), many(64))) -- they are the same ones
    refused("alice has 64 taps, and may have no more", 4,
      caller.up(alice(), xml("more", "u61000-65", "52:54:00:00:02:01")))
    assert.equal(64, caller.down(alice(), "many"))
    unchanged()
  end)
end)
