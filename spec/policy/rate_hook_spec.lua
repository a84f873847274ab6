-- rate_hook_spec.lua - the hook rate: what limits a guest, what libvirt does beside it, and drift
local guests = require "spec.guests"
local helper = require "spec.helper"
local program = require "spec.program"
local snapshot = require "spec.snapshot"

local function write(options, more)
  program.write("policy.lua", ([[
    local lan = hook "bridge" { bridge = "br0" }
    local slow = hook "rate" %s
    function connect(nic) %s end]]):format(options, more or "slow(nic) lan(nic)"))
end

describe("the hook rate", function()
  before_each(guests.setup)

  for options, why in pairs {
    ["{}"] = "rate: inbound or outbound is missing",
    ["{ inbound = 'fast' }"] = "rate: inbound: 'fast' is not a number of kB/s",
    ["{ inbound = 5, inbound_burst = 'x' }"] = "rate: inbound_burst: 'x' is not a number of KiB",
    ["{ inbound = 5, outbound_peak = 5 }"] = "rate: outbound_peak needs outbound",
    ["{ inbound = 5, floor = 5 }"] = "rate: floor: it takes a part of the bridge's uplink",
    ["{ inbound = 5, outbund = 5 }"] =
      "rate: there is no option 'outbund'; did you mean 'outbound'?",
  } do
    it("refuses " .. options, function()
      write(options)
      local r = guests.moontap "plan web.xml"
      assert.matches(":2: " .. why, r.err, 1, true)
      assert.equal(3, r.status)
    end)
  end

  it("is refused where the XML has <bandwidth>, and nothing is changed", function()
    write "{ inbound = '20mbit' }"
    local before = snapshot.take()
    local r = guests.moontap("up -", (guests.xml("web", 1):gsub("<target", [[<bandwidth>
      <inbound average='1000'/></bandwidth>%0]])))
    assert.equal(3, r.status)
    assert.matches("rate: libvirt's <bandwidth> is there, in the XML of this NIC", r.err, 1, true)
    assert.equal("", snapshot.difference(before, snapshot.take()))
  end)
end)

if not helper.kernel_has "rate" then return end

describe("a NIC with the hook rate #rate", function()
  local before

  before_each(function()
    guests.setup()
    before = snapshot.take()
    write "{ inbound = '20mbit', outbound = 2500, outbound_burst = '128k' }"
  end)

  local function drift(command)
    assert.equal(0, guests.moontap "up web.xml".status)
    helper.run(command)
    return program.moontap "status".out
  end

  local function repaired()
    assert.equal(0, guests.moontap "reconcile".status)
    local out = program.moontap "status".out
    assert.matches(" connected\n", out, 1, true)
    assert.equal(0, program.moontap "down web".status)
    assert.equal("", snapshot.difference(before, snapshot.take()))
  end

  for name, order in pairs { first = "slow(nic) lan(nic)", last = "lan(nic) slow(nic)" } do
    it("has all of it, and leaves nothing, when the hook is called " .. name, function()
      write("{ inbound = '20mbit', outbound = 2500, outbound_burst = '128k' }", order)
      local r = guests.moontap "up web.xml"
      assert.same({ 0, "" }, { r.status, r.err })
      assert.matches("tbf 6d: root refcnt 2 rate 20Mbit burst 64Kb lat 50ms",
        helper.run "tc qdisc show dev mi-web0", 1, true)
      assert.matches("rate 20Mbit burst 128Kb", helper.run "tc qdisc show dev mo-web0")
      assert.matches("to device mi-web0", helper.run "tc filter show dev web0 egress", 1, true)
      assert.matches("to device mo-web0", helper.run "tc filter show dev web0 ingress", 1, true)
      assert.is_nil(guests.moontap "plan web.xml".out:find "\n  [+~-] ")
      assert.equal(0, program.moontap "down web".status)
      assert.equal("", snapshot.difference(before, snapshot.take()))
    end)
  end

  it("keeps what libvirt's root qdisc does not touch, and is connected", function()
    local out = drift "tc qdisc add dev web0 root handle 0: noqueue"
    assert.matches(" connected\n", out, 1, true)
    assert.matches("to device mi-web0", helper.run "tc filter show dev web0 egress", 1, true)
  end)

  for what, command in pairs {
    ["redirect egress on web0: to is unset, moontap had put mi-web0"] = "ip link del mi-web0",
    ["clsact web0 is gone"] = "tc qdisc del dev web0 clsact",
    ["redirect ingress on web0 is gone"] = "tc filter del dev web0 ingress",
    ["tbf mo-web0 is gone"] = "tc qdisc del dev mo-web0 root",
    ["tbf mo-web0: rate is 125000, moontap had put 2500000"] =
      "tc qdisc replace dev mo-web0 root handle 6d: tbf rate 1mbit burst 128kb latency 50ms",
  } do
    it("is repaired where " .. what, function()
      assert.matches(what, drift(command), 1, true)
      repaired()
    end)
  end

  it("is disconnected where its devices are gone", function()
    drift "ip link del mi-web0; ip link del mo-web0"
    assert.equal(0, program.moontap "down web".status)
    assert.equal("", snapshot.difference(before, snapshot.take()))
  end)

  it("gets another rate, and one direction less, without losing the other", function()
    assert.equal(0, guests.moontap "up web.xml".status)
    write "{ inbound = '10mbit' }"
    local r = guests.moontap "up web.xml"
    assert.matches("~ tc qdisc replace dev mi-web0 root handle 6d: tbf rate 1250000bps", r.out, 1,
      true)
    assert.equal("", helper.run "ip -br link | grep mo-web0 || :")
    assert.equal("", helper.run "tc filter show dev web0 ingress")
    assert.equal(0, program.moontap "down web".status)
    assert.equal("", snapshot.difference(before, snapshot.take()))
  end)

  it("may have a clsact that is somebody else's, with a filter of theirs", function()
    helper.run [[ip tuntap add dev web0 mode tap; ip link set web0 address fe:54:00:00:00:01 up
      tc qdisc add dev web0 clsact
      tc filter add dev web0 egress prio 9 u32 match u32 0 0 flowid 1:1]]
    program.write("web.xml", (guests.xml("web", 1):gsub(" managed='no'", "")))
    before = snapshot.take()
    local filters = helper.run "tc filter show dev web0 egress"
    assert.equal(0, guests.moontap "up web.xml".status)
    assert.equal(0, program.moontap "down web".status)
    assert.equal("", snapshot.difference(before, snapshot.take()))
    assert.equal(filters, helper.run "tc filter show dev web0 egress")
  end)

  it("leaves its clsact to a filter that somebody has added", function()
    helper.run "ip tuntap add dev web0 mode tap; ip link set web0 address fe:54:00:00:00:01"
    program.write("web.xml", (guests.xml("web", 1):gsub(" managed='no'", "")))
    assert.equal(0, guests.moontap "up web.xml".status)
    helper.run "tc filter add dev web0 egress prio 9 u32 match u32 0 0 flowid 1:1"
    local r = program.moontap "down web"
    assert.matches("left as it is: clsact web0: a filter of the kind u32 is there", r.err, 1, true)
    assert.matches("pref 9", helper.run "tc filter show dev web0 egress")
  end)

  it("is refused where ingress is there, at plan time", function()
    helper.run [[ip tuntap add dev web0 mode tap; ip link set web0 address fe:54:00:00:00:01
      tc qdisc add dev web0 ingress]]
    program.write("web.xml", (guests.xml("web", 1):gsub(" managed='no'", "")))
    local r = guests.moontap "plan web.xml"
    assert.equal(4, r.status)
    assert.matches("clsact.list web0: the qdisc ingress ffff: is there already", r.err, 1, true)
  end)

  it("is refused where its frames would be larger than the burst", function()
    write("{ inbound = '20mbit', inbound_burst = 2 }", "slow(nic) tap(nic, { mtu = 9000 })")
    local r = guests.moontap "plan web.xml"
    assert.matches("redirect egress on web0: the MTU of web0 is 9000, and mi-web0 would drop",
      r.err, 1, true)
  end)

  it("puts back the fields of a queue that was there", function()
    helper.run [[ip link add mi-web0 type ifb
      tc qdisc add dev mi-web0 root handle 6d: tbf rate 1mbit burst 64kb latency 50ms]]
    before = snapshot.take()
    write("{ inbound = '20mbit' }", "slow(nic) lan(nic) end; allow{ link = 'mi-web0' }; do")
    assert.equal(0, guests.moontap "up web.xml".status)
    assert.matches("rate 20Mbit", helper.run "tc qdisc show dev mi-web0")
    assert.equal(0, program.moontap "down web".status)
    assert.equal("", snapshot.difference(before, snapshot.take()))
  end)
end)
