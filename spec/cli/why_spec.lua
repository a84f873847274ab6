-- why_spec.lua - one page about a guest: for people, and as JSON

local guests = require "spec.guests"
local helper = require "spec.helper"
local json = require "dkjson"
local program = require "spec.program"

local moontap = guests.moontap

local function why(words)
  return program.moontap("-p policy.lua why " .. words)
end

describe("why", function()
  before_each(guests.setup)

  it("says of a healthy guest that there is nothing to do", function()
    guests.prepare "web"
    local r = why "web"
    assert.same({ 0, "" }, { r.status, r.err })
    for _, part in ipairs { "web NIC 1", "master br0", "what the policy decides now",
      "nothing would change", "the last run\n  prepare, ", ": done (exit 0)",
      "what doctor finds", "what to do next" } do
      assert.truthy(r.out:find(part, 1, true), part .. " in:\n" .. r.out)
    end
  end)

  it("says what differs, and what to do", function()
    guests.prepare "web"
    helper.run "ip link set web0 nomaster"
    local out = why "web".out
    assert.truthy(out:find("~ ip link set dev web0 master br0", 1, true))
    assert.truthy(out:find("drift\n  found  web NIC 1 (web0): ", 1, true))
    assert.truthy(out:find("what to do next\n", 1, true))
    assert.truthy(out:find("\n  moontap reconcile\n", 1, true))
  end)

  it("says why a guest does not start, though nothing of it is there", function()
    program.write("policy.lua", "function connect(nic) refuse 'not today' end")
    guests.prepare "web"
    moontap "hook qemu web release end - <web.xml"
    local r = why "web"
    assert.equal(0, r.status)
    assert.truthy(r.out:find "nothing of it is connected or remembered")
    assert.truthy(r.out:find("refused (exit 1)\n  NIC 1 (web0), policy.lua:1: refused", 1, true))
    assert.truthy(r.out:find("moontap log web -1 # to silence this: moontap log --clear web", 1,
      true))
  end)

  it("is about that guest alone", function()
    moontap "up web.xml"
    guests.prepare "db"
    helper.run "ip link set web0 mtu 1400"
    assert.falsy(why "db".out:find("drift", 1, true))
  end)

  it("has the same as JSON", function()
    guests.prepare "web"
    helper.run "ip link set web0 mtu 1400"
    local page = assert(json.decode(why "--json web".out))
    assert.equal("drifted", page.nics[1].state)
    assert.equal("web0", page.plan.nics[1].dev)
    assert.equal("prepare", page.last_run.event)
    local drift = false
    for _, f in ipairs(page.findings) do
      drift = drift or f.check == "drift" and f.level == "warning"
    end
    assert.truthy(drift)
  end)

  it("knows nobody of an unknown name", function()
    assert.equal(3, why "nobody".status)
    assert.equal(2, program.moontap "why".status)
  end)
end)
