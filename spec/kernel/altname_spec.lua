-- altname_spec.lua - further names of devices: which the kernel has each once

local helper = require "spec.helper"
local kernel = require "internals.kernel"
local program = require "spec.program"
local snapshot = require "spec.snapshot"

describe("a further name of a device", function()
  local host

  before_each(function()
    helper.run [[ip link add v0 type veth peer name v1
      ip link property add dev v0 altname lan altname lan-of-v0]]
    host = assert(kernel.open())
  end)
  after_each(function() host:close() end)

  it("is one of several", function()
    local seen = {}
    for i, r in ipairs(host:list "altname") do seen[i] = r.text end
    table.sort(seen)
    assert.same({ "altname dev=v0 name=lan", "altname dev=v0 name=lan-of-v0" }, seen)
    assert(host:put("delete", "altname dev=v0 name=lan"))
    assert.is_nil(host:get "altname dev=v0 name=lan")
    assert.truthy(host:get "altname dev=v0 name=lan-of-v0")
  end)

  for name, of in pairs { ["lan-of-v0"] = "v0", lan = "v0", v0 = "v0", v1 = "v1" } do
    it("that is taken is a clash, which names the device: " .. name, function()
      local _, err = host:get("altname dev=v1 name=" .. name)
      assert.equal("EEXIST", err.code)
      assert.matches("it is a name of " .. of .. " already", err.line, 1, true)
    end)
  end

  for name, why in pairs { ["a%20b"] = "without blanks", ["a/b"] = "without blanks",
    [("x"):rep(128)] = "1..127 bytes" } do
    it("is none that ip(8) does not take: " .. name:sub(1, 20), function()
      local _, err = host:put("add", "altname dev=v1 name=" .. name)
      assert.equal("EINVAL", err.code)
      assert.matches(why, err.line, 1, true)
    end)
  end

  it("may have 127 bytes", function()
    local long = "altname dev=v1 name=" .. ("x"):rep(127)
    assert(host:put("add", long))
    assert.equal(long, host:get(long).text)
  end)

  it("is a NIC's as long as it is connected", function()
    local function run(word, name)
      program.write("p.lua", ("function connect(nic) tap(nic) " ..
        "altname{ dev = nic.dev, name = '%s' } end"):format(name))
      return program.moontap(word .. " -p p.lua -", [[<domain type='qemu'><name>web</name>
        <uuid>4dea22b3-1d52-d8f3-2516-782e98ab3fa0</uuid><devices><interface type='ethernet'>
        <mac address='52:54:00:00:00:03'/><target dev='web0' managed='no'/></interface></devices>
        </domain>]])
    end
    local before = snapshot.take()
    local r = run("up", "lan")
    assert.equal(4, r.status)
    assert.matches("it is a name of v0 already", r.err, 1, true)
    r = run("up", "web-lan")
    assert.equal(0, r.status)
    assert.matches("+ ip link property add dev web0 altname web-lan\n", r.out, 1, true)
    assert.matches("web0", helper.run "ip link show web-lan")
    assert.equal(0, run("up", "web-wan").status)
    assert.is_nil(host:get "altname dev=web0 name=web-lan")
    assert.equal(0, program.moontap("down web").status)
    assert.equal("", snapshot.difference(before, snapshot.take()))
  end)
end)
