-- default_spec.lua - hooks compose in any order: what a hook says by default gives way

local helper = require "spec.helper"
local program = require "spec.program"

local guest = [[<domain type='kvm'><name>web</name><devices><interface type='ethernet'>
  <mac address='52:54:00:10:00:01'/><target dev='web0' managed='no'/><model type='virtio'/>
  <mtu size='1450'/></interface></devices></domain>]]

local top = [[
allow{ prefix = "192.0.2.0/24" }
local lan = hook "bridge" { bridge = "br0" }
local jumbo = hook "bridge" { bridge = "br0", mtu = 9000 }
local public = hook "routed" { addresses = { web = { "192.0.2.1" } } }
local function small(nic) link{ name = nic.dev, mtu = 1400 } end
local function mine(nic) tap(nic, { user = 7, address = "02:00:00:00:00:07" }) end
local function trusting(nic) conf{ dev = nic.dev, family = "ipv6", accept_ra = 2 } end
]]

local function plan(...)
  program.write("p.lua", ("%sfunction connect(nic) %s end\n"):format(top,
    table.concat({ ... }, "(nic) ") .. "(nic)"))
  return program.moontap("-p p.lua plan -", guest)
end

describe("hooks composed", function()
  before_each(function()
    helper.run "ip link add br0 type bridge && ip link set br0 up; sysctl -qw net.ipv4.ip_forward=1"
  end)

  -- The same, but for the order of what is declared.
  local function both(one, other)
    local first, second = plan(one, other), plan(other, one)
    assert.same({ 0, 0, "", "" }, { first.status, second.status, first.err, second.err })
    for _, r in ipairs { first, second } do
      local words = {}
      for word in r.out:gmatch "%S+" do words[#words + 1] = word end
      table.sort(words)
      r.words = table.concat(words, " ")
    end
    assert.equal(first.words, second.words)
    return first.out
  end

  it("take the MTU of the one that says one, and the rest from both", function()
    local out = both("lan", "jumbo")
    assert.matches("mtu 9000", out)
    assert.not_matches("mtu 1500", out)
    assert.matches("master br0", out)
    assert.matches("mtu 1400", both("lan", "small"))
  end)

  it("take owner and MAC from the policy's own line, not from the XML", function()
    local out = both("lan", "mine")
    assert.matches("user 7", out)
    assert.matches("02:00:00:00:00:07", out)
    assert.not_matches("fe:54", out)
  end)

  it("believe router advertisements where the policy says so", function()
    assert.matches("accept_ra=0", plan "lan".out)
    assert.matches("accept_ra=2", both("lan", "trusting"))
  end)

  it("say both lines where two defaults differ, until the policy decides", function()
    for _, order in ipairs { { "lan", "public" }, { "public", "lan" } } do
      local r = plan(table.unpack(order))
      assert.equal(3, r.status)
      assert.matches("link web0: mtu is declared as default%(1%d+%) at .*%.lua:%d+ and as "
        .. "default%(1%d+%) at .*%.lua:%d+: declare which it is", r.err)
      order[3] = "small"
      r = plan(table.unpack(order))
      assert.same({ 0, "" }, { r.status, r.err })
      assert.matches("mtu 1400", r.out)
    end
  end)

  it("foretell of the bridge's MTU what comes of both", function()
    local both_said = "function connect(nic) %s end"
    for _, body in ipairs {
      "lan(nic) tap(nic, { mtu = 1400 })", "tap(nic, { mtu = 1400 }) lan(nic)",
    } do
      program.write("p.lua", top .. both_said:format(body))
      local r = program.moontap("-p p.lua plan -", guest)
      assert.equal(0, r.status)
      assert.matches("br0's own MTU will follow, 1500 to 1400", r.out .. r.err)
    end
    program.write("p.lua", top .. both_said:format
      "tap(nic, { master = 'br0', mtu = default(1300) }) jumbo(nic)")
    local r = program.moontap("-p p.lua plan -", guest)
    assert.same({ 0, "" }, { r.status, r.err })
    assert.not_matches("will follow", r.out)
  end)
end)
