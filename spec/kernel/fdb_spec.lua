-- fdb_spec.lua - static entries of bridges' ports and of VXLANs: whose they are, in which VLAN, and
-- when they are lost

local helper = require "spec.helper"
local kernel = require "internals.kernel"
local program = require "spec.program"
local snapshot = require "spec.snapshot"

local MAC = "52:54:00:00:00:03"

local XML = [[<domain type='qemu'><name>web</name><uuid>4dea22b3-1d52-d8f3-2516-782e98ab3fa0</uuid>
  <devices><interface type='ethernet'><mac address='52:54:00:00:00:03'/>
  <target dev='web0' managed='no'/></interface></devices></domain>]]

-- run("up", body of connect, top level) -> status, stdout, stderr
local function run(word, body, top)
  program.write("p.lua", ([[allow{ vid = "10-99" }
    allow{ prefix = "192.0.2.0/24", peer = "192.0.2.0/24" }
    allow{ link = "br0" } allow{ link = "br1" } allow{ link = "x0" } %s
    function connect(nic) %s end]]):format(top or "", body or ""))
  local r = program.moontap((word == "down" and "down -" or word .. " -p p.lua -"), XML)
  return r.status, r.out, r.err
end

local GUARDED = "tap(nic, { master = 'br0', up = true }) fdb{ dev = nic.dev, mac = nic.mac }"

-- The static entries, "52:… web0 br0 20", sorted.
local function entries()
  local seen = {}
  for _, e in ipairs(helper.json "bridge -j fdb show") do
    if e.state == "static" then
      seen[#seen + 1] = table.concat({ e.mac, e.ifname, e.dst or e.master, e.vlan }, " ")
    end
  end
  table.sort(seen)
  return seen
end

local HOST = [[ip -batch - <<'END'
link add br0 address 02:00:00:00:00:01 type bridge
link set br0 up
link add ta type veth peer name ta1
link set ta master br0 up
link set ta1 up
link add tb type veth peer name tb1
link set tb master br0 up
link set tb1 up
END
for port in ta tb; do
  until bridge link show dev $port | grep -q 'state forwarding'; do sleep 0.01; done
done]]

describe("an entry of a bridge", function()
  local host

  before_each(function() helper.run(HOST) host = assert(kernel.open()) end)
  after_each(function() host:close() end)

  it("that another port has is a clash, which names the port", function()
    helper.run("bridge fdb add " .. MAC .. " dev ta master static")
    for _, try in ipairs { function(r) return host:put("add", r) end,
      function(r) return host:get(r) end } do
      local done, err = try("fdb dev=tb mac=" .. MAC)
      assert.is_nil(done)
      assert.equal("EEXIST", err.code)
      assert.matches("it is on ta already", err.line, 1, true)
    end
    assert.same({ MAC .. " ta br0" }, entries())
  end)

  it("that is a port's own address is a clash", function()
    helper.run("ip link set ta address " .. MAC)
    for _, dev in ipairs { "ta", "tb" } do
      local _, err = host:put("add", "fdb dev=" .. dev .. " mac=" .. MAC)
      assert.equal("EEXIST", err.code)
      assert.matches("it is the own address of ta already", err.line, 1, true)
    end
  end)

  it("that the bridge has learned is replaced, on whichever port it was", function()
    for _, from in ipairs { "ta", "tb" } do
      helper.run(("bridge fdb replace %s dev %s master dynamic"):format(MAC, from))
      assert.is_nil(host:get("fdb dev=tb mac=" .. MAC))
      assert(host:put("add", "fdb dev=tb mac=" .. MAC))
      assert.same({ MAC .. " tb br0" }, entries())
      assert(host:put("delete", "fdb dev=tb mac=" .. MAC))
    end
  end)

  it("is none of a device in no bridge, and of one that is no VXLAN", function()
    for record, why in pairs {
      ["fdb dev=tb1 mac=" .. MAC] = "the device is in no bridge",
      ["fdb dev=tb1 mac=00:00:00:00:00:00 dst=192.0.2.7"] = "the device is no VXLAN",
    } do
      assert.is_nil(host:get(record))
      local done, err = host:put("add", record)
      assert.is_nil(done)
      assert.matches(why, err.line, 1, true)
    end
  end)

  for record, why in pairs {
    ["mac=01:00:5e:00:00:01"] = "a bridge has no port for it",
    ["mac=00:00:00:00:00:00"] = "a bridge has no port for it",
    ["mac=52:54:00:00:00:03 vni=5"] = "'vni' is for table = \"self\" only",
    ["mac=52:54:00:00:00:03 table=master dst=192.0.2.7"] = "'dst' is for table = \"self\" only",
    ["mac=52:54:00:00:00:03 table=self"] = "'dst' is missing",
    ["mac=52:54:00:00:00:03 dst=192.0.2.7 vlan=5"] = "are for table = \"master\" only",
    ["mac=52:54:00:00:00:03 dst=192.0.2.7 sticky=true"] = "are for table = \"master\" only",
  } do
    it("is no " .. record, function()
      local done, err = host:put("add", "fdb dev=tb " .. record)
      assert.is_nil(done)
      assert.equal("EINVAL", err.code)
      assert.matches(why, err.line, 1, true)
    end)
  end
end)

describe("an entry of a VXLAN", function()
  local host

  before_each(function()
    helper.run "ip link add x0 type vxlan id 5 dstport 4789 local 192.0.2.1"
    host = assert(kernel.open())
  end)
  after_each(function() host:close() end)

  it("of one address is at one place", function()
    helper.run "bridge fdb add 02:00:00:00:00:09 dev x0 self static dst 192.0.2.7"
    local _, err = host:put("add", "fdb dev=x0 mac=02:00:00:00:00:09 dst=192.0.2.8")
    assert.equal("EEXIST", err.code)
    assert.matches("it is behind 192.0.2.7 already", err.line, 1, true)
  end)

  it("of all unknown addresses is one of several, added once each", function()
    local flood = "fdb dev=x0 mac=00:00:00:00:00:00 dst=192.0.2."
    for _, last in ipairs { 7, 8 } do
      assert(host:put("add", flood .. last))
      local _, err = host:put("add", flood .. last)
      assert.equal("EEXIST", err.code)
    end
    assert.same({ "00:00:00:00:00:00 x0 192.0.2.7", "00:00:00:00:00:00 x0 192.0.2.8" }, entries())
    assert(host:put("delete", flood .. 7))
    assert.same({ "00:00:00:00:00:00 x0 192.0.2.8" }, entries())
  end)

  it("stays somebody else's, and goes with the last NIC that needs it", function()
    helper.run "bridge fdb append 00:00:00:00:00:00 dev x0 self static dst 192.0.2.7"
    local before = snapshot.take()
    local body = [[fdb{ dev = "x0", mac = "00:00:00:00:00:00", dst = "192.0.2.7" }
      fdb{ dev = "x0", mac = "00:00:00:00:00:00", dst = "192.0.2.8" } tap(nic)]]
    local status, out = run("up", body)
    assert.equal(0, status)
    assert.matches(
      "+ bridge fdb append 00:00:00:00:00:00 dev x0 self static dst 192.0.2.8\n", out, 1, true)
    assert.same({ "00:00:00:00:00:00 x0 192.0.2.7", "00:00:00:00:00:00 x0 192.0.2.8" }, entries())
    assert.equal(0, (run "down"))
    assert.equal("", snapshot.difference(before, snapshot.take()))
  end)

  it("is at a place that the policy allows", function()
    local status, _, err = run("plan",
      [[fdb{ dev = "x0", mac = "00:00:00:00:00:00", dst = "198.51.100.1" }]])
    assert.is_true(status ~= 0)
    assert.matches('name it in a hook\'s options, or by allow{ peer = "198.51.100.1" }', err, 1,
      true)
    _, _, err = run("plan",
      [[fdb{ dev = "x0", mac = "00:00:00:00:00:00", dst = "192.0.2.1", vni = 7 }]])
    assert.matches("by allow{ vni = 7 }", err, 1, true)
  end)
end)

describe("a NIC's entry", function()
  before_each(function()
    helper.run(HOST ..
      "\nip link add br1 address 02:00:00:00:00:02 type bridge; ip link set br1 up")
  end)

  it("is there while it is connected", function()
    local before = snapshot.take()
    local status, out = run("up", GUARDED)
    assert.equal(0, status)
    assert.matches("+ bridge fdb add " .. MAC .. " dev web0 master static\n", out, 1, true)
    assert.same({ MAC .. " web0 br0" }, entries())
    assert.matches("=", select(2, run("plan", GUARDED)), 1, true)
    assert.equal(0, (run "down"))
    assert.equal("", snapshot.difference(before, snapshot.take()))
  end)

  it("follows it into another bridge, and back when that fails", function()
    assert.equal(0, (run("up", GUARDED)))
    local moved = GUARDED:gsub("br0", "br1")
    local status, _, err = run("up", moved .. [[
      route{ dst = "192.0.2.0/24", via = "192.0.2.1", dev = nic.dev }]])
    assert.equal(4, status)
    assert.matches("Network is unreachable", err, 1, true)
    assert.same({ MAC .. " web0 br0" }, entries())
    assert.equal(0, (run("up", moved)))
    assert.same({ MAC .. " web0 br1" }, entries())
  end)

  it("is deleted from a port that stays, and that is no longer to have it", function()
    helper.run "ip tuntap add dev web0 mode tap; ip link set dev web0 master br0 up"
    local before = snapshot.take()
    local body = "fdb{ dev = nic.dev, mac = nic.mac }"
    assert.equal(0, (run("up", body)))
    assert.same({ MAC .. " web0 br0" }, entries())
    assert.equal(0, (run("up", "link{ name = nic.dev, txqueuelen = 77 }")))
    assert.same({}, entries())
    assert.equal(0, (run("up", body)))
    assert.equal(0, (run "down"))
    assert.equal("", snapshot.difference(before, snapshot.take()))
  end)

  it("that somebody moved to another port is reported, and stays there", function()
    assert.equal(0, (run("up", GUARDED)))
    helper.run("bridge fdb replace " .. MAC .. " dev tb master static")
    assert.matches("fdb " .. MAC .. " on web0", program.moontap("status web").out, 1, true)
    local _, _, err = run("up", GUARDED)
    assert.matches("it is on tb already", err, 1, true)
    assert.equal(0, (run "down"))
    assert.same({ MAC .. " tb br0" }, entries())
  end)

  it("needs a bridge, already at plan time", function()
    local status, _, err = run("plan", "tap(nic) fdb{ dev = nic.dev, mac = nic.mac }")
    assert.is_true(status ~= 0)
    assert.matches("fdb " .. MAC .. " on web0: the device is in no bridge", err, 1, true)
  end)

  it("has no VLAN in a bridge that does not look at them", function()
    local status, _, err = run("plan", "tap(nic, { master = 'br0' }) " ..
      "fdb{ dev = nic.dev, mac = nic.mac, vlan = 10 }")
    assert.is_true(status ~= 0)
    local why = helper.kernel_has "bridge_vlan" and "br0 does not look at VLANs" or
      "this kernel's bridges know no VLANs"
    assert.matches(why, err, 1, true)
  end)
end)

if not helper.kernel_has "bridge_vlan" then return end

describe("the VLAN of a NIC's entry #bridge_vlan", function()
  before_each(function()
    helper.run(HOST .. "\nip link set dev br0 type bridge vlan_filtering 1")
  end)

  local tap = "tap(nic, { master = 'br0', up = true }) "
  local entry = "fdb{ dev = nic.dev, mac = nic.mac } "

  for _, case in ipairs {
    { "the pvid that the policy declares", entry .. "vlan{ dev = nic.dev, pvid = 10 }", 10 },
    { "the one that the bridge gives to new ports", entry, 1 },
    { "one that the port has a tag for", "fdb{ dev = nic.dev, mac = nic.mac, vlan = 21 } " ..
      "vlan{ dev = nic.dev, pvid = 10, tagged = '20-22' }", 21 },
  } do
    it("is " .. case[1], function()
      local before = snapshot.take()
      for _ = 1, 2 do
        assert.equal(0, (run("up", tap .. case[2])))
        assert.same({ MAC .. " web0 br0 " .. case[3] }, entries())
      end
      assert.equal(0, (run "down"))
      assert.equal("", snapshot.difference(before, snapshot.take()))
    end)
  end

  it("is that of a port which is there", function()
    helper.run [[ip tuntap add dev web0 mode tap; ip link set dev web0 master br0 up
      bridge vlan del dev web0 vid 1; bridge vlan add dev web0 vid 30 pvid untagged]]
    assert.equal(0, (run("up", entry)))
    assert.same({ MAC .. " web0 br0 30" }, entries())
    assert.equal(0, (run "down"))
    assert.same({}, entries())
  end)

  it("is the bridge's default, of a bridge that the same plan makes", function()
    assert.equal(0, (run("up", [[bridge{ name = "br9", vlan_filtering = true }
      tap(nic, { master = "br9", up = true })]] .. entry)))
    assert.same({ MAC .. " web0 br9 1" }, entries())
  end)

  for _, case in ipairs {
    { "no pvid says which", entry .. "vlan{ dev = nic.dev, tagged = 20 }",
      "br0 looks at VLANs, and web0 has no pvid: name a VLAN of the port by 'vlan'" },
    { "the port is not in it", "fdb{ dev = nic.dev, mac = nic.mac, vlan = 11 } " ..
      "vlan{ dev = nic.dev, pvid = 10 }", "web0 is not in VLAN 11" },
    { "the policy does not allow it", "fdb{ dev = nic.dev, mac = nic.mac, vlan = 100 }",
      "allow{ vid = 100 }" },
  } do
    it("is refused where " .. case[1], function()
      local status, _, err = run("plan", tap .. case[2])
      assert.is_true(status ~= 0)
      assert.matches(case[3], err, 1, true)
    end)
  end
end)
