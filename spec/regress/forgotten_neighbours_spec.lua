-- forgotten_neighbours_spec.lua - what the kernel forgets when a tap's MAC address changes
local helper = require "spec.helper"
local program = require "spec.program"

local xml = [[<domain type='kvm'><name>g</name><devices><interface type='ethernet'>
  <mac address='52:54:00:10:00:02'/><target dev='t0' managed='no'/><model type='virtio'/>
  </interface></devices></domain>]]
local policy = [[
  allow{ prefix = "10.0.0.0/8" }
  function connect(nic)
    tap(nic, { address = "%s", up = true })
    neigh{ dev = nic.dev, dst = "10.0.0.9", lladdr = "02:00:00:00:00:09" }
    neigh{ dev = nic.dev, dst = "10.0.0.8", proxy = true }
  end]]

local function run(verb, address)
  program.write("p.lua", policy:format(address))
  return program.moontap(("-p p.lua %s -"):format(verb), xml)
end

describe("neighbours of a tap that gets another MAC address", function()
  it("are there afterwards, as the plan said", function()
    assert.equal(0, run("up", "fe:00:00:00:00:0a").status)
    local plan, up = run("plan", "fe:00:00:00:00:0b"), run("up", "fe:00:00:00:00:0b")
    for _, r in ipairs { plan, up } do
      assert.equal(0, r.status)
      assert.matches("+ ip neigh add 10.0.0.9 dev t0", r.out, 1, true)
      assert.matches("= ip neigh add proxy 10.0.0.8 dev t0", r.out, 1, true)
    end
    assert.matches("10.0.0.9 lladdr 02:00:00:00:00:09 PERMANENT",
      helper.run "ip neigh show dev t0", 1, true)
    assert.matches("10.0.0.8 dev t0 *proxy", helper.run "ip neigh show proxy")
    assert.is_nil(run("plan", "fe:00:00:00:00:0b").out:find "\n  [+~-] ")
    assert.equal(0, program.moontap("down g").status)
    assert.equal("", helper.run "ip neigh show proxy")
  end)
end)
