-- shared_master_spec.lua - what moontap had put on a shared link was called somebody else's; and so
-- it was, later, when what says so could not be read

local guests = require "spec.guests"
local helper = require "spec.helper"
local program = require "spec.program"

local xml = guests.xml("web", 1)

describe("a link of the host that moontap has put into a bridge", function()
  local function master()
    return helper.link "eth5".master
  end

  local function up(bridge)
    program.write("policy.lua", ([[
      allow{ link = "br0" } allow{ link = "br1" } allow{ link = "eth5" }
      function connect(nic)
        tap(nic, { up = true })
        link{ name = "eth5", master = "%s" }
      end]]):format(bridge))
    return program.moontap("up -p policy.lua -", xml)
  end

  before_each(function()
    helper.run [[
      for i in 0 1; do ip link add br$i address 02:00:00:00:00:0$i type bridge; done
      ip link add eth5 type veth peer name eth6]]
  end)

  it("goes into another one when the policy says so, and comes out with the guest", function()
    assert.equal("", up "br0".err)
    assert.equal("", up "br1".err)
    assert.equal("br1", master())
    assert.equal("", program.moontap("down web").err)
    assert.is_nil(master())
    assert.same({}, program.state())
  end)

  it("stays in it when what moontap did there cannot be read, and that is said", function()
    assert.equal("", up "br0".err)
    program.write("state/shared/link,name=eth5/journal", "~ 1 nonsense\n")
    local r = up "br1"
    assert.equal(6, r.status)
    assert.is_nil(r.err:find("somebody else", 1, true))
    assert.matches("shared/link,name=eth5/journal", r.err, 1, true)
    assert.equal("br0", master())
  end)

  it("stays in the one that somebody else has put it into", function()
    helper.run "ip link set eth5 master br1"
    local r = up "br0"
    assert.equal(4, r.status)
    assert.matches("it belongs to somebody else, so moontap leaves it alone", r.err, 1, true)
    assert.equal("br1", master())
  end)
end)
