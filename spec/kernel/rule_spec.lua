-- rule_spec.lua - policy rules, as policies declare them
local guests = require "spec.guests"
local helper = require "spec.helper"
local kernel = require "internals.kernel"
local program = require "spec.program"
local snapshot = require "spec.snapshot"

-- run(word, guest, body of connect) -> as program.moontap()
local function run(word, guest, body)
  program.write("p.lua", ([[
    allow{ link = "up0", prefix = "198.51.100.0/24", table = "100-199", priority = "2000-2999" }
    allow{ prefix = "2001:db8::/32" }
    function connect(nic) tap(nic, { up = true }) %s end]]):format(body or ""))
  return program.moontap((word == "down" and "down " or "-p p.lua " .. word .. " ") ..
    guest .. ".xml")
end

local function rules()
  return (helper.run "ip rule; ip -6 rule":gsub("%d+:\tfrom all lookup %l+ *\n", ""))
end

before_each(function()
  helper.run "ip link add up0 type veth peer name up1"
  program.write("web.xml", guests.xml("web", 1))
  program.write("mail.xml", guests.xml("mail", 2))
end)

describe("a rule", function()
  local body = "rule{ priority = 2000, table = 100, from = '198.51.100.0/25', iif = 'up0' }"

  it("is there as long as a NIC needs it", function()
    local before = snapshot.take()
    local r = run("up", "web", body)
    assert.same({ 0, "" }, { r.status, r.err })
    assert.matches("+ ip rule add priority 2000 from 198.51.100.0/25 iif up0 table 100 " ..
      "protocol 109\n", r.out, 1, true)
    assert.equal(0, run("up", "mail", body).status)
    assert.equal("2000:\tfrom 198.51.100.0/25 iif up0 lookup 100 proto 109\n", rules())
    assert.equal(0, run("down", "web").status)
    assert.equal("2000:\tfrom 198.51.100.0/25 iif up0 lookup 100 proto 109\n", rules())
    assert.equal(0, run("down", "mail").status)
    assert.equal("", snapshot.difference(before, snapshot.take()))
  end)

  it("goes, or comes, with the policy's line", function()
    run("up", "web", body)
    run("up", "web", body:gsub("2000", "2001"))
    assert.equal("2001:\tfrom 198.51.100.0/25 iif up0 lookup 100 proto 109\n", rules())
  end)

  it("of somebody else's that is equal stays, and is no reason to leave ours out", function()
    helper.run "ip rule add priority 2000 from 198.51.100.0/25 iif up0 table 100"
    local theirs = rules()
    assert.equal(0, run("up", "web", body).status)
    assert.equal(theirs .. "2000:\tfrom 198.51.100.0/25 iif up0 lookup 100 proto 109\n", rules())
    assert.equal(0, run("down", "web").status)
    assert.equal(theirs, rules())
  end)

  it("is deleted when its device is gone", function()
    run("up", "web", body)
    helper.run "ip link del up0"
    assert.matches("detached", rules())
    assert.equal(0, run("down", "web").status)
    assert.equal("", rules())
  end)

  it("that somebody deleted is reported, and no harm to down", function()
    run("up", "web", body)
    helper.run "ip rule del priority 2000"
    assert.matches("rule 2000", program.moontap "status web".out, 1, true)
    assert.equal(0, run("down", "web").status)
  end)

  it("is for traffic of the NIC's own device, under the name that libvirt gave it", function()
    assert.equal(0, run("up", "web",
      "rule{ priority = 2000, table = 100, family = 'ipv6', iif = nic.dev }").status)
    assert.equal("2000:\tfrom all iif web0 lookup 100 proto 109\n", rules())
  end)

  for what, why in pairs {
    ["table = 100, from = '198.51.100.1'"] = "'priority' is missing",
    ["priority = 2000, from = '198.51.100.1'"] = "'table' is missing",
    ["priority = 2000, table = 100"] =
      "2000: it would be for all packets: it needs 'from', 'to', 'iif' or 'oif'",
    ["priority = 2000, table = 100, fwmark = 5"] = "it would be for all packets",
    ["priority = 2000, table = 100, iif = 'up0'"] = "'family' is missing: ipv4 or ipv6",
    ["priority = 2000, table = 100, from = '0.0.0.0/0'"] =
      "'from': leave it out for all addresses",
    ["priority = 2000, table = 100, from = '198.51.100.1/24'"] =
      "'from' has bits beyond its prefix of 24",
    ["priority = 2000, table = 100, to = '2001:db8::1/48'"] =
      "'to' has bits beyond its prefix of 48",
    ["priority = 2000, table = 100, to = '2001:db8::/48', family = 'ipv4'"] =
      "'to' is not of the family",
    ["priority = 2000, table = 100, from = '198.51.100.1', to = '2001:db8::1'"] =
      "'from' and 'to' are not of one family",
    ["priority = 2000, table = 100, from = '198.51.100.1', fwmask = 1"] =
      "'fwmask' without 'fwmark'",
    ["priority = 2000, table = 100, from = '198.51.100.1', dport = '80-65535'"] =
      "'80-65535' is not 1..65534, or a range of these",
    ["priority = 2000, table = 100, iif = 'up9', family = 'ipv4'"] =
      "does not allow the link up9",
    ["priority = 2000, table = 100, oif = 'up1', family = 'ipv4'"] =
      "does not allow the link up1",
    ["priority = 2000, table = 100, from = '203.0.113.0/24'"] =
      'allow{ prefix = "203.0.113.0/24" }',
    ["priority = 2000, table = 100, to = '203.0.113.0/24'"] =
      'allow{ prefix = "203.0.113.0/24" }',
    ["priority = 2000, table = 254, from = '198.51.100.1'"] = "allow{ table = 254 }",
    ["priority = 1999, table = 100, from = '198.51.100.1'"] = "allow{ priority = 1999 }",
  } do
    it("is refused with " .. what, function()
      local r = run("plan", "web", "rule{ " .. what .. " }")
      assert.is_true(r.status ~= 0)
      assert.truthy(r.err:find(why, 1, true), r.err)
    end)
  end

  it("is refused of a device that is not there", function()
    helper.run "ip link del up0"
    assert.matches("iif: there is no device up0", run("plan", "web", body).err, 1, true)
  end)
end)

describe("the kernel's rules", function()
  local host

  before_each(function() host = assert(kernel.open()) end)
  after_each(function() host:close() end)

  it("are listed with who created them, but for those of which no field tells all", function()
    helper.run [[
      ip rule add priority 2000 from 198.51.100.1 table 100 tos 4
      ip rule add priority 2001 from 198.51.100.1 table 100 suppress_prefixlength 0
      ip rule add priority 2002 from 198.51.100.1 table 100 uidrange 5-6
      ip rule add priority 2003 not from 198.51.100.1 table 100
      ip rule add priority 2004 from 198.51.100.1 goto 2005
      ip rule add priority 2005 from 198.51.100.1 prohibit
      ip rule add priority 2006 from 198.51.100.1 table 100 protocol static]]
    local listed = {}
    for i, rule in ipairs(host:list "rule family=ipv4") do listed[i] = rule.text end
    assert.same({
      "rule priority=2006 table=100 family=ipv4 from=198.51.100.1/32 proto=4",
      "rule priority=32766 table=254 family=ipv4 proto=2",
      "rule priority=32767 table=253 family=ipv4 proto=2",
    }, { select(2, table.unpack(listed)) }) -- after the one of the table local, of priority 0
  end)

  it("are deleted one by one, whichever of those that are alike came first", function()
    for _, more in ipairs { "", " protocol static", " iif lo", " dport 80" } do
      helper.run("ip rule add priority 2000 from 198.51.100.1 table 100" .. more)
    end
    local before = rules()
    assert(host:put("add", "rule priority=2000 table=100 from=198.51.100.1/32"))
    assert(host:put("delete", "rule priority=2000 table=100 from=198.51.100.1/32"))
    assert.equal(before, rules())
    local _, err = host:put("delete", "rule priority=2000 table=100 from=198.51.100.1/32")
    assert.equal("ENOENT", err.code)
  end)

  it("have a mask when they have a mark", function()
    assert(host:put("add", "rule priority=2000 table=100 from=198.51.100.1/32 fwmark=5"))
    assert.matches("fwmark=5 fwmask=4294967295 ",
      host:get "rule priority=2000 table=100 from=198.51.100.1/32 fwmark=5".text, 1, true)
  end)
end)
