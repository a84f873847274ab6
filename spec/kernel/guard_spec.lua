-- guard_spec.lua - the life of guards: their table, what others do to it, and what no flush takes
local guests = require "spec.guests"
local helper = require "spec.helper"
local kernel = require "internals.kernel"
local program = require "spec.program"
local snapshot = require "spec.snapshot"
local tap = require "internals.tap"

local POLICY = [[local lan = hook "bridge" { bridge = "br0" }
  local guard = hook "guard" { addresses = { web = { "10.0.0.1" }, db = { "10.0.0.2" } }%s }
  function connect(nic) lan(nic) guard(nic) end]]

-- run(word, name, options of hook guard) -> as program.moontap()
local function run(word, name, options, policy)
  program.write("p.lua", (policy or POLICY):format(options or ""))
  return program.moontap(word == "down" and "down " .. name or
    ("%s -p p.lua %s.xml"):format(word, name))
end

local function up(name, options)
  local r = run("up", name, options)
  assert.same({ 0, "" }, { r.status, r.err })
end

local function down(name)
  local r = run("down", name)
  assert.same({ 0, "" }, { r.status, r.err })
end

local function rules()
  return helper.run "nft list ruleset"
end

-- A tap as libvirt makes it for the guest web.
local function start_managed()
  helper.run "ip tuntap add web0 mode tap; ip link set web0 address fe:54:00:00:00:01 up"
  program.write("web.xml", (guests.xml("web", 1):gsub("managed='no'", "managed='yes'")))
end

local before

before_each(function()
  guests.setup()
  before = snapshot.take()
end)

describe("a guard", function()
  it("has a table that the first guest makes and the last one takes along", function()
    up "web"
    local one = rules()
    assert.matches('"web0" counter packets 0 bytes 0 comment "moontap mac=52:54:00:00:00:01"', one,
      1, true)
    up "db"
    down "web"
    assert.is_nil(rules():find("web0", 1, true))
    assert.matches('"db0" . 52:54:00:00:00:02', rules(), 1, true)
    down "db"
    assert.equal("", rules())
    assert.equal("", snapshot.difference(before, snapshot.take()))
  end)

  it("goes also when its device went before, as libvirt's taps do", function()
    start_managed()
    up "web"
    helper.run "ip link del web0; ip tuntap add web0 mode tap" -- another guest's by now
    assert.matches("mac=52:54:00:00:00:01", rules(), 1, true)
    down "web"
    assert.equal("", rules())
    helper.run "ip link del web0"
  end)

  it("is another guest's once the name is", function()
    start_managed()
    up "web"
    helper.run "ip link del web0; ip tuntap add web0 mode tap"
    local map = helper.run "nft list map bridge moontap guard"
    assert.is_nil(map:find('"web0"', 1, true)) -- its number is nobody's
    down "web"
  end)

  it("changes in one step, without a moment in which nothing is guarded", function()
    up "web"
    up("web", ", router = true, vlans = '20-30'")
    assert.matches("elements = { \"web0\" . 20-30 }", rules(), 1, true)
    assert.matches("set router {\n\t\ttypeof iif\n\t\telements = { \"web0\" }", rules(), 1, true)
    up "web"
    assert.is_nil(rules():find("20-30", 1, true))
    down "web"
    assert.equal("", rules())
  end)

  it("goes when the policy no longer declares it, while the guest runs", function()
    up "web"
    local r = run("up", "web", "", [[local lan = hook "bridge" { bridge = "br0" }
      function connect(nic) lan(nic) end]])
    assert.same({ 0, "" }, { r.status, r.err })
    assert.equal("", rules())
    assert.equal(0, program.moontap "status --check".status)
    down "web"
  end)

  it("is not for a macvtap, whose frames nobody sees, but in mode passthru", function()
    helper.run "ip link add up0 type veth peer name up1"
    local policy = [[function connect(nic)
        tap(nic, { macvtap = "up0", mode = "%s", up = true })
        guard{ dev = nic.dev, mac = nic.mac, level = "mac" } end allow{ link = "up0" }]]
    local r = run("plan", "web", "bridge", policy)
    assert.matches("guard web0: it is a macvtap, whose frames leave by the device below it", r.err,
      1, true)
    assert.equal(0, run("plan", "web", "passthru", policy).status)
  end)

  it("is not for a port of Open vSwitch, and says what does it there", function()
    local r = run("plan", "web", "", [[allow{ link = "br-a", vid = 10 }
      function connect(nic)
        tap(nic, { up = true }) %s
        ovs_port{ dev = nic.dev, bridge = "br-a", tag = 10 }
        guard{ dev = nic.dev, mac = nic.mac, level = "mac" }
      end]])
    assert.equal(3, r.status)
    assert.matches("ovs_port web0: it cannot be had with guard", r.err, 1, true)
    assert.matches("there OVN's port security guards it, or flows of the bridge's", r.err, 1, true)
  end)

  it("needs nft(8), and says which package has it", function()
    local hidden = "mount --bind stdin $(readlink -f /usr/sbin/nft) && "
    program.write("p.lua", POLICY:format "")
    local r = program.run(("unshare -m sh -c '%s%s --state state plan -p p.lua web.xml'"):format(
      hidden, program.path))
    assert.matches("nft bridge: nft(8) is missing: install the package nftables", r.err, 1, true)
    assert.equal(4, r.status)
  end)

  for what, options in pairs {
    ["the option 'addresses' is missing"] = "",
    ["addresses: a list expected for web"] = [[addresses = { web = "10.0.0.1" }]],
    ["vlans: 'x' is"] = [[level = "mac", vlans = "x"]],
  } do
    it("says: " .. what, function()
      program.write("p.lua", ("hook 'guard' { %s }\nfunction connect(nic) end"):format(options))
      assert.matches(what, program.bare("check p.lua").err, 1, true)
    end)
  end

  it("refuses a guest whose addresses are not written down", function()
    program.write("db.xml", guests.xml("other", 2))
    local r = run("up", "db")
    assert.matches("guard: no address is written down for other", r.err, 1, true)
    assert.equal("", rules())
  end)

  it("has addresses that the policy allows, and no others", function()
    local r = run("plan", "web", "", [[local lan = hook "bridge" { bridge = "br0" }
      function connect(nic) lan(nic) guard_ip{ dev = nic.dev, address = "10.9.9.9" } end]])
    assert.matches("does not allow the prefix 10.9.9.9/32", r.err, 1, true)
  end)
end)

-- What others do, and what status then says.
local deeds = {
  ["nft flush ruleset"] = "nft bridge is gone",
  ["nft delete table bridge moontap"] = "nft bridge is gone",
  ["nft flush table bridge moontap"] = "nft bridge: intact is false, moontap had put true",
  ["nft flush chain bridge moontap guard_arp"] = "nft bridge: intact is false",
  ["nft flush chain bridge moontap loaded"] = "nft bridge: intact is false",
  ["nft insert rule bridge moontap prerouting accept"] = "nft bridge: intact is false",
  [ [[nft delete rule bridge moontap loaded handle $(nft -a list chain bridge moontap loaded |
     sed -n 's/.*rules" # handle //p'); nft add rule bridge moontap loaded return comment \
     '"moontap 2: 29 rules"']] ] = "nft bridge: intact is false",
  [ [[nft replace rule bridge moontap guard_mac handle \
     $(nft -a list chain bridge moontap guard_mac | sed -n 's/.*tagged.*# handle //p') \
     accept]] ] = "nft bridge: intact is false",
  ["nft delete element bridge moontap guard '{ web0 }'"] = "guard web0 is gone",
  ["nft delete element bridge moontap host4 '{ web0 . 10.0.0.1 }'"] =
    "guard_ip 10.0.0.1/32 on web0 is gone",
  ["nft delete element bridge moontap mac '{ web0 . 52:54:00:00:00:01 }'"] = "guard web0: mac is",
}

describe("somebody's", function()
  for deed, says in pairs(deeds) do
    it(deed:match "nft [^\n|]*" .. " is seen by status, and repaired by reconcile", function()
      up "web"
      up "db"
      local was = rules()
      helper.run(deed)
      local r = program.moontap "status"
      assert.matches(says, r.out, 1, true)
      assert.is_true(program.moontap "status --check".status ~= 0)
      r = program.moontap "reconcile"
      assert.same({ 0, "" }, { r.status, r.err })
      assert.equal(was, rules())
      assert.equal(0, program.moontap "status --check".status)
      down "web"
      down "db"
      assert.equal("", rules())
    end)
  end

  it("element in the table keeps it, when the last guest goes", function()
    up "web"
    helper.run "nft add element bridge moontap mac '{ lo . 52:54:00:00:00:77 }'"
    local r = run("down", "web")
    assert.matches("left as it is: nft bridge: its set mac still has elements", r.err, 1, true)
    assert.matches("52:54:00:00:00:77", rules(), 1, true)
    up "web"
    assert.matches("mac=52:54:00:00:00:01", rules(), 1, true)
    down "web"
  end)
end)

describe("status of a guest that is guarded #nft", function()
  it("says how many frames it sent, and how many of them were dropped", function()
    program.write("web.xml",
      (guests.xml("web", 1):gsub("<target", "<model type='virtio'/><target")))
    up "web"
    local guest <close> = assert(tap.open "web0")
    helper.run [[until bridge link show dev web0 | grep -q 'state forwarding'; do sleep 0.01; done]]
    local function sent()
      local out = program.moontap "status web".out
      local all, dropped = out:match "guard web0.-(%d+) sent, (%d+) of them dropped"
      return tonumber(all), tonumber(dropped)
    end
    local all, dropped = sent()
    for _ = 1, 3 do
      assert(guest:send(("\xff"):rep(6) .. "\x52\x54\0\0\0\x99\x08\0" .. ("x"):rep(50)))
    end
    local now, lost = sent()
    assert.same({ 3, 3 }, { now - all, lost - dropped })
    local json = helper.json(("%s --state %s/state status --json web"):format(program.path,
      helper.folder()))
    local said
    for _, o in ipairs(json[1].objects) do said = o.kind == "guard" and o.counted or said end
    assert.matches("^%d+ sent, %d+ of them dropped$", said)
  end)
end)

describe("a guard with lock #nft", function()
  it("lets no other MAC pass while the ruleset is flushed", function()
    helper.run "ip tuntap add dev other mode tap vnet_hdr; ip link set other master br0 up"
    local other <close> = assert(tap.open "other")
    program.write("web.xml",
      (guests.xml("web", 1):gsub("<target", "<model type='virtio'/><target")))
    up("web", ", lock = true")
    local guest <close> = assert(tap.open "web0")
    helper.run [[for port in web0 other; do
      until bridge link show dev $port | grep -q 'state forwarding'; do sleep 0.01; done; done
      nft flush ruleset]]
    local function send(mac, mark)
      assert(guest:send(("\xff"):rep(6) .. mac .. "\x88\xb5" .. mark:rep(50)))
    end
    send("\x52\x54\0\0\0\x99", "x")
    send("\x52\x54\0\0\0\x01", "y")
    local got
    repeat got = assert(other:receive()) until got:sub(13, 14) == "\x88\xb5"
    assert.equal("y", got:sub(15, 15))
  end)
end)

describe("the texts of the tables", function()
  local host

  before_each(function() host = assert(kernel.open()) end)
  after_each(function() host:close() end)

  for text, name in pairs {
    bridge = "bridge moontap", inet = "inet moontap",
    bridge_firewall = helper.kernel_has "firewall" and "bridge moontap_firewall" or nil,
    inet_firewall = "inet moontap_firewall",
  } do
    it("say how many rules they have: " .. text .. " #firewall", function()
      helper.run(([[nft 'create table %s; include "%s/src/nft/%s.nft"']]):format(name,
        helper.run "pwd":match "%C+", text))
      assert.equal(("nft table=%s intact=true"):format(text), host:get("nft table=" .. text).text)
    end)
  end
end)
