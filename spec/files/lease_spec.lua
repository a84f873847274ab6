-- lease_spec.lua - pools: a NIC's address is its own until it is given back
local dnsmasq = require "spec.dnsmasq"
local guests = require "spec.guests"
local helper = require "spec.helper"
local program = require "spec.program"

local function policy(range, body, top)
  program.write("policy.lua", ([[
    local lan = hook "bridge" { bridge = "br0" }
    local net = pool{ name = "lan", range = "%s" }
    %s
    function connect(nic) lan(nic) %s end]]):format(range or "10.0.0.10-10.0.0.12", top or "",
    body or "log(lease(net))"))
end

-- The guest's own, whose number is n.
local function run(word, name, n)
  return guests.moontap(word .. " -", guests.xml(name, n))
end

local function up(name, n)
  local r = run("up", name, n)
  assert.same({ 0, "" }, { r.status, r.err })
end

-- leases(pool) -> { [address] = owner }
local function leases(pool)
  local found = {}
  for address, owner in helper.run(("cd %s/state/lease/%s 2>/dev/null && grep -H . * || :"):format(
    helper.folder(), pool or "lan")):gmatch "(%g-):(%x%x%x%x%x%x%x%x%-%C+)\n" do
    found[address] = owner
  end
  return found
end

local function count(found)
  local n = 0
  for _ in pairs(found) do n = n + 1 end
  return n
end

local function owner(n)
  return ("5d1f2f0c-4a3f-4f63-9e3c-0a6f2d6b1c%02x 52:54:00:00:00:%02x"):format(n, n)
end

describe("lease()", function()
  before_each(guests.setup)

  it("keeps a NIC's address over stop, start, and a reboot of the host", function()
    policy()
    up("web", 1)
    local first = leases()
    assert.equal(owner(1), first[next(first)])
    assert.equal(0, program.moontap "down web".status)
    assert.same(first, leases())
    up("web", 1)
    assert.same(first, leases())
    helper.run(("cd %s/state && ls | grep -v lease | xargs rm -r; ip link del web0")
      :format(helper.folder()))
    up("web", 1)
    assert.same(first, leases())
    up("db", 2)
    up("mail", 3)
    assert.equal(3, count(leases()))
    assert.equal(owner(1), leases()[next(first)])
  end)

  it("refuses when all addresses are taken, until one is given back", function()
    policy()
    for n, name in ipairs { "web", "db", "mail" } do up(name, n) end
    local r = run("up", "more", 4)
    assert.equal(1, r.status)
    assert.matches("refused: all addresses of the pool lan (10.0.0.10-10.0.0.12) are taken: " ..
      "`moontap lease` lists them", r.err, 1, true)
    assert.equal(0, program.moontap "down db".status)
    local list = program.moontap "lease lan".out
    assert.matches("^POOL +ADDRESS +OWNER\n", list)
    local address = list:match("(%S+) +" .. owner(2):gsub("%-", "%%-"))
    assert.equal(0, program.moontap("lease --free lan " .. address).status)
    assert.equal(2, count(leases()))
    up("more", 4)
    assert.equal(owner(4), leases()[address])
    r = program.moontap "lease --free lan 10.0.0.99"
    assert.same({ 3, "moontap: lease 10.0.0.99: nobody has it, of the pool lan\n" },
      { r.status, r.err })
    assert.equal(2, program.moontap "lease --free lan".status)
    for a in pairs(leases()) do program.moontap("lease --free lan " .. a) end
    assert.equal("there are no leases\n", program.moontap "lease".out)
    assert.is_false(os.rename(helper.folder() .. "/state/lease/lan", "/run/x") or false)
  end)

  it("leaves none behind by a plan, or by a run that is rolled back", function()
    policy(nil, "lease(net) route{ dst = '10.0.0.11/32', dev = nic.dev, via = '10.0.0.12' }")
    local r = run("up", "web", 1)
    assert.equal(4, r.status, r.err)
    assert.same({}, leases())
    policy()
    assert.equal(0, run("plan", "web", 1).status)
    assert.same({}, leases())
  end)

  it("is planned as it is then made, and again as nothing to do", function()
    policy()
    local address = run("plan", "web", 1).out:match
      "mkdir %-p /var/lib/moontap/lease/lan\n.-lan/(%S+)%)"
    up("web", 1)
    assert.same({ [address] = owner(1) }, leases())
    assert.not_matches("\n  [+~-] ", run("plan", "web", 1).out)
  end)

  it("gives each NIC of a guest one, and one NIC the same each time", function()
    policy("10.0.0.10-10.0.0.11", "if lease(net) ~= lease(net, nic) then error 'two' end")
    local xml = guests.xml("web", 1):gsub("(<interface.-</interface>)", function(nic)
      return nic .. nic:gsub("00:01", "00:02"):gsub("web0", "web1")
    end)
    assert.equal(0, guests.moontap("up -", xml).status)
    assert.equal(2, count(leases()))
  end)

  it("has pools of IPv6, too, and pools do not meet", function()
    policy("fd00::ffff-fd00::1:0", "log(lease(net), lease(other))",
      "local other = pool{ name = 'lan.2', range = 'fd00::ffff-fd00::ffff' }")
    up("web", 1)
    assert.equal(owner(1), leases "lan.2"["fd00::ffff"])
    assert.equal(1, count(leases()))
  end)

  for range, addresses in pairs {
    ["fd00::ffff:ffff:ffff:ffff-fd00:0:0:1::"] = { "fd00::ffff:ffff:ffff:ffff", "fd00:0:0:1::" },
    ["255.255.255.254-255.255.255.255"] = { "255.255.255.254", "255.255.255.255" },
  } do
    it("gives every address of " .. range, function()
      policy(range)
      up("web", 1)
      up("db", 2)
      local found = leases()
      assert.equal(2, count(found))
      for _, address in ipairs(addresses) do assert.truthy(found[address]) end
    end)
  end

  for top, why in pairs {
    ["pool{ name = 'a/b', range = '10.0.0.1-10.0.0.2' }"] = "pool: name: letters",
    ["pool{ name = '..', range = '10.0.0.1-10.0.0.2' }"] = "pool: name: letters",
    ["pool{ name = 'a' }"] = "pool: range: two addresses expected",
    ["pool{ name = 'a', range = '10.0.0.1' }"] = "pool: range: two addresses expected",
    ["pool{ name = 'a', range = '10.0.0.2-10.0.0.1' }"] = "pool: range: two addresses expected",
    ["pool{ name = 'a', range = '10.0.0.2-fd00::1' }"] = "pool: range: two addresses expected",
    ["pool{ name = 'a', range = '10.0.0.0-10.0.16.0' }"] = "a pool has at most 4096 addresses",
    ["lease(net)"] = "lease: only while a NIC is being connected",
  } do
    it("refuses " .. top, function()
      policy(nil, nil, top)
      local r = run("plan", "web", 1)
      assert.equal(3, r.status)
      assert.matches(why, r.err, 1, true)
    end)
  end

  for body, why in pairs {
    ["lease 'lan'"] = "lease: a pool expected: what pool{} returned",
    ["pool{ name = 'a', range = '10.0.0.1-10.0.0.2' }"] = "pool: only at the top level",
    ["dhcp_host{ mac = nic.mac, dir = '/run', address = '10.0.0.13' }"] = "does not allow the",
  } do
    it("refuses " .. body .. " in connect()", function()
      policy(nil, body)
      local r = run("plan", "web", 1)
      assert.equal(3, r.status)
      assert.matches(why, r.err, 1, true)
    end)
  end

  it("gives 24 guests at once 24 addresses of 24", function()
    policy("10.0.0.1-10.0.0.24")
    for n = 1, 24 do program.write(("g%d.xml"):format(n), guests.xml("g" .. n, n)) end
    local r = program.run(([[for n in $(seq 24); do
      '%s' --state state -p policy.lua up g$n.xml >/dev/null & done; wait]]):format(program.path))
    assert.same("", r.err)
    assert.equal(24, count(leases()))
    for n = 1, 24 do assert.equal(0, program.moontap("down g" .. n).status) end
    assert.equal(24, count(leases()))
  end)

  it("is what a real dnsmasq gives the guest, before a reboot and after it", function()
    dnsmasq.start()
    dnsmasq.client("c0", "52:54:00:00:00:01")
    policy("10.0.0.100-10.0.0.150", "dhcp(nic)",
      "local dhcp = hook 'dhcp' { dir = '/run/hosts', pid = '/run/dnsmasq.pid', pool = net }")
    up("web", 1)
    local address = dnsmasq.ask "c0"
    assert.equal(owner(1), leases()[address])
    dnsmasq.stop() -- the host goes down; /run is empty when it is up again
    helper.run(("cd %s/state && ls | grep -v lease | xargs rm -r"):format(helper.folder()))
    helper.run "rm -r /run/hosts; ip link del web0; ip addr flush dev br0"
    dnsmasq.start()
    assert.is_nil((dnsmasq.ask "c0"))
    up("web", 1)
    assert.equal(address, (dnsmasq.ask "c0"))
    assert.equal(0, program.moontap "down web".status)
    assert.is_nil((dnsmasq.ask "c0"))
    dnsmasq.stop()
  end)
end)
