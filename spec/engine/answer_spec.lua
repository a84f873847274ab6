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
