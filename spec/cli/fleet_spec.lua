-- fleet_spec.lua - every guest of the host at once: plan --all, down --all, and their order

local guests = require "spec.guests"
local helper = require "spec.helper"
local json = require "dkjson"
local program = require "spec.program"

local moontap = guests.moontap

local function names(out)
  local list = {}
  for name in ("\n" .. out):gmatch "\n(%g+) NIC 1" do list[#list + 1] = name end
  return table.concat(list, " ")
end

describe("every guest", function()
  before_each(function()
    guests.setup()
    for i, name in ipairs { "pc11", "pc2", "pc1" } do
      moontap("up -", guests.xml(name, i))
    end
  end)

  it("is planned in the order of their names, and the worst exit status counts", function()
    local r = moontap "plan --all"
    assert.same({ 0, "" }, { r.status, r.err })
    assert.equal("pc1 pc2 pc11", names(r.out))
    assert.equal(moontap "plan pc1".out .. moontap "plan pc2".out .. moontap "plan pc11".out, r.out)
    assert.equal(3, #json.decode(moontap "plan --all --json".out))
    program.write("policy.lua", [[function connect(nic)
      tap(nic, { up = true })
      if nic.domain.name == "pc2" then refuse "no" end
    end]])
    r = moontap "plan --all"
    assert.equal(1, r.status)
    assert.equal("pc1 pc11", names(r.out))
  end)

  it("is taken down", function()
    assert.equal(2, moontap "down --all pc1".status)
    local r = moontap "down --all"
    assert.equal(0, r.status)
    assert.same("[]\n", moontap "status --json".out)
    assert.same({ 0, "" }, { moontap "down --all".status, moontap "plan --all".out })
  end)

  it("is listed in the same order", function()
    local list = {}
    for _, nic in ipairs(json.decode(moontap "status --json".out)) do
      list[#list + 1] = nic.domain
    end
    assert.equal("pc1 pc2 pc11", table.concat(list, " "))
  end)
end)

describe("reconcile --dry-run", function()
  it("says what plan says, and changes nothing", function()
    guests.setup()
    program.write("policy.lua", (guests.policy:gsub('bridge = "br0"', "%0, mtu = 1500")))
    moontap "up web.xml"
    assert.equal("everything is as declared\n", moontap "reconcile --dry-run".out)
    helper.run "ip link set web0 mtu 1400"
    local state = program.state()
    assert.same(moontap "plan web", moontap "reconcile --dry-run")
    local steps = json.decode(moontap "reconcile --dry-run --json".out)[1].steps
    assert.same(json.decode(moontap "plan --json web".out).nics[1].steps, steps)
    assert.equal(1400, helper.link "web0".mtu)
    assert.same(state, program.state())
  end)

  it("says what would become of a killed run, and of a device that is gone", function()
    guests.setup()
    moontap "up web.xml"
    helper.run(("cd %s/state && mv nic/web0 run/web0"):format(helper.folder()))
    local r = moontap "reconcile --dry-run"
    assert.equal(0, r.status)
    assert.truthy(r.out:find("- ip link del dev web0", 1, true))
    assert.truthy(helper.link "web0")
    moontap "reconcile"
    moontap "up web.xml"
    helper.run "ip link del web0"
    r = moontap "reconcile --dry-run"
    assert.matches("^web NIC 1 .*to be disconnected\n$", r.out)
    assert.truthy(program.state()["nic/web0"])
  end)
end)
