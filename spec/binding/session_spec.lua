-- session_spec.lua - moontap.open and moontap.domain.parse
local helper = require "spec.helper"
local program = require "spec.program"
local build = require "spec.embed.build"
local moontap = require "moontap"

local function session(options)
  build.host()
  local folder = helper.folder() .. "/"
  options = options or {}
  options.policy = options.policy or folder .. "policy.lua"
  options.state = folder .. "state"
  return assert(moontap.open(options))
end

local function ports()
  local names = {}
  for i, link in ipairs(moontap.link.list{ master = "br0" }) do names[i] = link.name end
  return table.concat(names, " ")
end

describe("a session", function()
  it("plans, connects, tells, and disconnects", function()
    local s <close> = session()
    local plan = assert(s:plan(build.domain()))
    assert.same({ "web", true }, { plan.name, plan.dry })
    assert.same({ "web0", true, "add" }, { plan.nics[1].dev, plan.nics[1].unmanaged,
      plan.nics[1].steps[1].op })
    assert.equal("", ports())

    assert.equal(tostring(plan), tostring(assert(s:up(build.domain()))))
    assert.equal("web0", ports())
    assert.equal("same", s:up(build.domain()).nics[1].steps[1].op)

    local connected = assert(s:status())
    assert.same({ 1, "web", "web0", "up", {} }, { #connected, connected[1].domain,
      connected[1].dev, connected[1].by, connected[1].drift })
    helper.run "ip link set web0 mtu 1300"
    assert.truthy(s:status "web"[1].drift[1]:find "mtu is 1300, moontap had put 1500")
    assert.same({}, s:status "other")

    assert.equal("delete", s:down "web".nics[1].undone[1].op)
    assert.same({}, s:status())
    assert.equal("", ports())
  end)

  it("takes an open file for XML, and connects only what it is told", function()
    local s <close> = session()
    local f <close> = assert(io.open(helper.folder() .. "/web.xml"))
    local _, err = s:up(f, { 7 })
    assert.equal("there is no NIC '7'", err.why)
    assert(s:up(build.domain(), { "web0" }))
    assert.equal("web0", ports())
    assert(s:down(build.domain()))
    assert.equal("", ports())
  end)

  it("does what libvirt's hook is called for", function()
    local s <close> = session()
    assert(s:hook("prepare", "web", build.domain()))
    assert.equal("web0", ports())
    assert(s:hook("release", "web", build.domain()))
    assert.equal("", ports())
    program.write("policy.lua", "function decide() return 'managed' end")
    local xml = s:hook("migrate", "web", build.domain()).xml
    assert.truthy(xml:find "web0")
    assert.falsy(xml:find "managed='no'")
  end)

  it("gets the policy's refusal, its place, and what it logged", function()
    local s <close> = session()
    program.write("policy.lua", "function connect()\n  log 'hm'\n  refuse 'no'\nend")
    local none, err = s:up(build.domain())
    assert.is_nil(none)
    assert.same({ "EPERM", 1, "no" }, { err.code, err.exit, err.why })
    assert.truthy(err.where:find "policy.lua:3$")
    program.write("policy.lua", "function connect(nic) log 'hm' tap(nic, {}) end")
    assert.equal("web: policy: hm", s:up(build.domain()).log[1].text)
  end)

  it("is told when the policy does not stop", function()
    local s <close> = session{ deadline = 0.3 }
    program.write("policy.lua", "while true do end")
    local _, err = s:plan(build.domain())
    assert.equal(5, err.exit)
  end)

  it("raises for a closed one, and for what is no option", function()
    assert.error_matches(function() moontap.open{ polcy = "x" } end,
      "open: unknown option 'polcy'; did you mean 'policy'?")
    assert.error_matches(function() moontap.open{ deadline = -1 } end, "0.1..3600 seconds")
    local s = session()
    assert.error_matches(function() s:up() end, "string expected")
    assert.error_matches(function() s:up(build.domain(), {}) end, "no NIC in it")
    assert.error_matches(function() s:hook("brepare", "web", "") end, "no such operation")
    assert.error_matches(function() s:down("web", nil, { froce = true }) end,
      "there are 'by' and 'force'")
    s:close()
    s:close()
    assert.equal("session (closed)", tostring(s))
    assert.error_matches(function() s:status() end, "attempt to use a closed session")
  end)

  it("survives a finaliser that uses moontap", function()
    local s <close> = session()
    collectgarbage "generational"
    for _ = 1, 20 do
      setmetatable({}, { __gc = function() assert(moontap.link.get "lo") end })
      assert(s:plan(build.domain()))
    end
    collectgarbage "incremental"
  end)
end)

describe("domain.parse", function()
  it("gives what a policy would be told", function()
    local facts = assert(moontap.domain.parse(build.domain()))
    assert.equal("web", facts.domain.name)
    assert.same({ "web0", false }, { facts.nics[1].target.dev, facts.nics[1].target.managed })
  end)

  it("fails for what is none", function()
    local none, err = moontap.domain.parse "<domain>"
    assert.is_nil(none)
    assert.same({ "EINVAL", 3 }, { err.code, err.exit })
    assert.error_matches(function() moontap.domain.parse(build.domain(), { inactiv = true }) end,
      "there is 'inactive'")
  end)
end)
