-- stacked_devices_spec.lua - an answer with two devices on each other, among many others, kept the
-- applier at work for minutes, with the NIC's journal locked
local helper = require "spec.helper"
local snapshot = require "spec.snapshot"
local standin = require "spec.standin"

-- A guest with n macvlans: the first is on the last, which is on the first.
local function answer(n)
  local records = { ("tap name=web0\nlink name=web0\nmacvlan name=m1 link=m%d mode=bridge\n")
    :format(n) }
  for i = 2, n do
    records[i] = ("macvlan name=m%d link=%s mode=bridge\n"):format(i, i == n and "m1" or "eth0")
  end
  return standin.answer("allow link=eth0\n", standin.guest("web",
    { { dev = "web0", records = table.concat(records) } }))
end

describe("an answer whose devices are on each other", function()
  it("is refused, and four times as many devices do not take sixteen times as long", function()
    helper.run "ip link add eth0 type veth peer name eth1"
    local s <close> = standin.open()
    local before, took = snapshot.take(), {}
    for i, n in ipairs { 5000, 20000 } do
      local text, begun = answer(n), os.clock() -- of this process, in which the library works
      local _, err = s:up(text)
      took[i] = os.clock() - begun
      assert.matches("link: there is no device m%d+$", tostring(err))
    end
    assert.is_true(took[2] < 9 * took[1])
    assert.equal("", snapshot.difference(before, snapshot.take()))
  end)
end)
