-- nothing_declared_spec.lua - a policy without a connect() passed for one that connects
local program = require "spec.program"
local helper = require "spec.helper"

local xml = [[<domain type='kvm'><name>g</name><devices><interface type='ethernet'>
  <mac address='52:54:00:10:00:02'/><target dev='t0'%s/></interface></devices></domain>]]
local managed, unmanaged = xml:format "", xml:format " managed='no'"

local function run(words, policy, input)
  program.write("p.lua", policy)
  return (words:find "^check" and program.bare or program.moontap)(words, input)
end

describe("a policy that connects nothing", function()
  for text, why in pairs {
    ["function conect(nic) end"] =
      "there is no function connect(nic), so it connects nothing; is it meant by 'conect'?",
    ["function Connect(nic) end"] = "is it meant by 'Connect'?",
    ["local function connect(nic) end"] = "it connects nothing (a local one does not count)",
    ["function decide() end function conect() end"] = "is it meant by 'conect'?",
  } do
    it("is found by check: " .. text, function()
      local r = run("check p.lua", text)
      assert.equal(3, r.status)
      assert.matches(why, r.err, 1, true)
      assert.is_nil(r.out:find "ok")
    end)
  end

  it("is no policy at all when it has a word of a policy's that is no function", function()
    for _, text in ipairs { "decide = 7", "connect = {}", "connect_other = 'x'" } do
      local r = run("check p.lua", "function connect() end " .. text)
      assert.same({ 3, "" }, { r.status, r.out })
      assert.matches("not a function", r.err, 1, true)
    end
  end)

  it("may be meant", function()
    local r = run("check p.lua", "function connect_other(nic) end")
    assert.equal(0, r.status)
    assert.matches("there is no function connect(nic), so it connects only what is libvirt's own",
      r.err, 1, true)
    r = run("check p.lua", "function decide(nic) end")
    assert.same({ 0, "p.lua: ok\n" }, { r.status, r.out })
    assert.matches("there is no function connect(nic), so it connects nothing", r.err, 1, true)
    assert.equal("", run("check p.lua", "function connect(nic) end").err)
  end)

  for what, policy in pairs {
    ["without connect()"] = "function conect(nic) tap(nic) end",
    ["whose connect() declares nothing"] = "function connect(nic) end",
  } do
    it("is no connection: one " .. what, function()
      helper.run "ip tuntap add dev t0 mode tap; ip link set t0 address fe:54:00:10:00:02"
      local r = run("-p p.lua up -", policy, managed)
      assert.same({ 0, "" }, { r.status, r.err })
      local status = program.moontap("status").out
      assert.matches("nothing declared", status, 1, true)
      assert.is_nil(status:find "connected")
    end)

    it("makes no unmanaged NIC's tap: one " .. what, function()
      for _, words in ipairs { "plan -", "up -", "hook qemu g prepare begin -" } do
        local r = run("-p p.lua " .. words, policy, unmanaged)
        assert.equal(3, r.status)
        local line = "the device does not exist, and the policy declares no tap: "
        assert.matches(line, r.err, 1, true)
      end
      assert.same({}, program.state())
    end)
  end

  it("does not take the tap of a guest that is about to start", function()
    assert.equal(0, run("-p p.lua up -", "function connect(nic) tap(nic) end", unmanaged).status)
    for _, words in ipairs { "plan -", "up -", "hook qemu g prepare begin -" } do
      local r = run("-p p.lua " .. words, "function connect(nic) end", unmanaged)
      assert.equal(3, r.status)
      local line = "this would delete moontap's own tap, and the policy declares no tap: "
      assert.matches(line, r.err, 1, true)
      assert.equal("t0", helper.link "t0".ifname)
    end
    assert.equal(0, program.moontap("down g").status)
    assert.same({}, program.state())
  end)
end)
