-- others_tap_spec.lua - XML without a MAC: a managed NIC of it could have the tap of another guest;
-- and a tap that somebody had made got a MAC that moontap derives, and moontap's text, until down

local helper = require "spec.helper"
local program = require "spec.program"
local snapshot = require "spec.snapshot"

local xml = [[<domain type='qemu'><name>web</name><devices><interface type='ethernet'>
  <target dev='web0' managed='no'/>
  </interface></devices></domain>]]

local function up()
  local r = program.moontap("-p policy.lua up -", xml)
  assert.equal(0, r.status, r.err)
  local link = helper.link "web0"
  return link.address, link.ifalias, r.out
end

it("XML without a MAC, or with what is none, gets no tap that libvirt made for another", function()
  helper.run "ip tuntap add web0 mode tap; ip link set web0 address fe:54:00:00:00:08 up"
  program.write("policy.lua", "function connect(nic) link { name = nic.dev, txqueuelen = 9 } end")
  local before = snapshot.take()
  local managed = xml:gsub(" managed='no'", "")
  for _, words in ipairs { "plan -", "up -" } do
    local r = program.moontap("-p policy.lua " .. words, managed)
    assert.equal(4, r.status, r.err)
    assert.matches("the XML has no MAC that could tell whether it is this guest's", r.err, 1, true)
  end
  assert.equal("", snapshot.difference(before, snapshot.take()))
end)

describe("a policy that calls tap()", function()
  before_each(function() program.write("policy.lua", "function connect(nic) tap(nic) end") end)

  it("leaves MAC and text to who made the tap before", function()
    helper.run "ip tuntap add web0 mode tap; ip link set web0 address 02:00:00:00:00:07 alias mine"
    local before = snapshot.take()
    for _ = 1, 2 do
      local address, alias = up()
      assert.equal("02:00:00:00:00:07", address)
      assert.equal("mine", alias)
    end
    assert.equal(0, program.moontap("down web").status)
    assert.equal("", snapshot.difference(before, snapshot.take()))
  end)

  it("gives a tap that moontap makes the same MAC and text each time", function()
    local address, alias = up()
    assert.equal("moontap web", alias)
    local again, still, said = up()
    assert.equal(address, again)
    assert.equal(alias, still)
    assert.is_nil(said:find "%+ ")
    assert.equal(0, program.moontap("down web").status)
    assert.same({}, helper.json "ip -j link show type tun")
    up()
    assert.equal(address, (up()))
  end)
end)
