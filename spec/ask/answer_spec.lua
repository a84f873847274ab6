-- answer_spec.lua - what is left to an evaluator that was taken over: it can, and it goes back

local helper = require "spec.helper"
local snapshot = require "spec.snapshot"
local standin = require "spec.standin"

local function plan(name, dev, records, uuid)
  return standin.answer("", standin.guest(name, { { dev = dev,
    records = ("tap name=%s\n%slink name=%s up=true\n"):format(dev, records, dev) } }, uuid))
end

describe("an evaluator that was taken over can", function()
  local theirs = "00000000-0000-0000-0000-00000000000b"
  local session, before

  before_each(function()
    session = standin.open()
    assert(session:up(plan("other", "o0", "bridge name=lan0\nlink name=o0 master=lan0\n", theirs)))
    helper.run "ip tuntap add dev idle0 mode tap; ip link set idle0 up; ip link set idle0 down"
    before = snapshot.take()
  end)

  after_each(function()
    assert.equal("", snapshot.difference(before, snapshot.take()))
    assert(session:down "other")
    session:close()
  end)

  it("use a bridge that moontap made for another guest", function()
    assert(session:up(plan("evil", "e0",
      "bridge name=lan0\nlink name=lan0 txqueuelen=77\nlink name=e0 master=lan0\n")))
    assert.matches("master lan0", helper.run "ip link show e0")
    assert(session:down "evil")
  end)

  it("take a tap that nobody's journal has, and that nobody has open", function()
    assert(session:up(plan("evil", "idle0", "link name=idle0 mtu=1400\n")))
    assert.matches("mtu 1400", helper.run "ip link show idle0")
    assert(session:down "evil")
  end)

  it("be another guest, when a document says who it is and nobody else does", function()
    assert(session:up(plan("other", "o0",
      "bridge name=lan0\nlink name=o0 master=lan0 mtu=1400\n", theirs)))
    assert.matches("mtu 1400", helper.run "ip link show o0")
    assert(session:up(plan("other", "o0", "bridge name=lan0\nlink name=o0 master=lan0\n", theirs)))
    local _, err = session:up(plan("evil", "o0", "link name=o0 mtu=1300\n", theirs))
    assert.matches("it is connected for the guest other", tostring(err), 1, true)
  end)
end)

describe("an answer", function()
  local head = "loaded\ndomain name=x uuid=y type=qemu\n"
  local nic = "interface index=1 type=ethernet mac=52:54:00:00:00:01 unmanaged=true\n"

  for said, why in pairs {
    [head .. "nic index=9\n"] = "'nic', which means nothing",
    [head .. "link name=x\n"] = "'link', which means nothing",
    [head .. "\n"] = "'', which means nothing",
    [head .. ("x "):rep(99) .. "\n"] = "'a line of too many words', which means nothing",
    ["allow link\nloaded\n"] = "'allow', which means nothing",
    ["allow link=%zz\nloaded\n"] = "'allow', which means nothing",
    [head .. nic .. "nic index=1 dev=a/b\n"] = "a/b: it is no name for a device",
    [head .. nic .. "nic index=1 dev=x0\nlink nome=x\n"] = "nome",
    [head .. "facts bytes=99\nabc\n"] = "its answer is cut short",
    [head .. nic .. "nic index=1 dev=x0\n" .. ("link name=x0\n"):rep(65537)]
      = "more than 65536 records",
    [head .. "interface index=1 type=ethernet dev=a/b mac=x unmanaged=true\nnic index=1\n"]
      = "a/b: it is no name for a device",
    [head .. "error code=5 op=x text=late\n"] = "late",
    [head .. nic .. "nic index=1 dev=x0\nrefuse at=p:1 text=no\n"] = "NIC 1 (x0), p:1: refused: no",
  } do
    it("is not believed: " .. why, function()
      local session <close> = standin.open()
      local _, err = session:up(said .. "end\n")
      assert.matches(why, tostring(err), 1, true)
      assert.same({}, session:status())
    end)
  end

  it("is none without its end", function()
    local session <close> = standin.open()
    for _, said in ipairs { "", "loaded\n", "loaded\nend", "loaded\nend x" } do
      local _, err = session:up(said)
      assert.matches("it ended before its answer did", tostring(err), 1, true)
    end
  end)

  it("may name its NICs in any order", function()
    local session <close> = standin.open()
    local said = head .. nic:gsub("index=1", "index=5 dev=x5") .. nic:gsub("index=1",
      "index=2 dev=x2") .. "nic index=2\ntap name=x2\nnic index=5\ntap name=x5\n"
    assert(session:up("policy checksum=0\n" .. said .. "end\n"))
    assert.same({ 2, "x5" }, { #session:status(), session:status()[2].dev })
    assert(session:down "x")
  end)
end)
