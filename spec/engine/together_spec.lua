-- together_spec.lua - the taps of a guest go by one request, and what others do meanwhile stays
-- theirs

local helper = require "spec.helper"
local program = require "spec.program"
local scenes = require "spec.torture.scenes"
local tap = require "internals.tap"
local torture = require "spec.torture.torture"

local deletion = "RTM_DELLINK"

local function links()
  return (helper.run "ip -br link":gsub(" [^\n]*", ""):gsub("@%w+", ""):gsub("\n", " "))
end

local function begin(nics)
  program.write("policy.lua", [[
    function connect(nic)
      tap(nic, { up = true })
      if nic.dev == "n2" then link{ name = "n2", group = 7 } end
    end]])
  program.write("web.xml", scenes.xml("web", nics))
  local r = program.moontap "up -p policy.lua web.xml"
  assert.same({ 0, "" }, { r.status, r.err })
end

-- traced(words) -> the messages that delete devices
local function traced(words)
  local r = program.run(("strace -f -qq -e trace=sendto -o trace '%s' --state state %s")
    :format(program.path, words))
  assert.same({ 0, "" }, { r.status, r.err })
  local deletions = {}
  for line in program.read "trace":gmatch "[^\n]+" do
    if line:find(deletion, 1, true) then deletions[#deletions + 1] = line end
  end
  return deletions, r.out
end

describe("the taps of a guest", function()
  it("go by one request, and are said one by one", function()
    begin { "n1", "n2", "n3" }
    local deletions, out = traced "down -v web"
    assert.equal(1, #deletions)
    assert.matches("IFLA_GROUP", deletions[1], 1, true)
    for i = 1, 3 do assert.matches("ip link del dev n" .. i, out, 1, true) end
    assert.equal("lo ", links())
    assert.same({}, program.state())
  end)

  it("go at release, too, as they do at down", function()
    program.write("policy.lua", "function connect(nic) tap(nic, { up = true }) end")
    program.write("stdin2", scenes.xml("web", { "n1", "n2" }))
    local hook = "-p policy.lua hook qemu web %s %s - <stdin2"
    assert.equal(0, program.moontap(hook:format("prepare", "begin")).status)
    assert.equal(1, #traced(hook:format("release", "end")))
    assert.same({}, program.state())
  end)

  it("are deleted by their index, where it is one", function()
    begin { "n1" }
    local deletions = traced "down web"
    assert.equal(1, #deletions)
    assert.is_nil(deletions[1]:find("IFLA_GROUP", 1, true))
  end)

  -- down(meanwhile): slowly, and meanwhile a script, once n1 has its number, which is $group
  local function down(meanwhile)
    local slow = torture.command("down -v web", { what = "request", n = 0, fault = "slow-40" })
    return program.run(([[
      { %s; echo $? >status; } &
      until [ "$(ip -j -d link show n1 | grep -o '"group":"[0-9]*"' | tr -dc 0-9)" ]; do
        sleep 0.01
      done
      group=$(ip -j -d link show n1 | grep -o '"group":"[0-9]*"' | tr -dc 0-9)
      %s
      wait; exit $(cat status)]]):format(slow, meanwhile))
  end

  it("leave a device that somebody gives their number", function()
    begin { "n1", "n2", "n3" }
    helper.run "ip tuntap add dev theirs mode tap"
    local r = down "ip link set theirs group $group"
    assert.equal(0, r.status, r.err)
    assert.matches("theirs is in it, too", r.err, 1, true)
    assert.equal("lo theirs ", links())
    assert.same({}, program.state())
  end)

  it("go one by one when one of them has gone already", function()
    begin { "n1", "n2", "n3" }
    local r = down "ip link del n1"
    assert.equal(0, r.status, r.err)
    assert.equal("lo ", links())
    assert.same({}, program.state())
  end)

  it("go without one that is in use, which keeps its group", function()
    begin { "n1", "n2" }
    local _ <close> = assert(tap.open "n2")
    local r = program.moontap "down web"
    assert.equal(6, r.status)
    assert.matches("n2.*in use", r.err)
    assert.equal("lo n2 ", links())
    assert.matches('"group":"7"', helper.run "ip -j link show n2", 1, true)
  end)

  for _, after in ipairs { "up -p policy.lua web.xml", "reconcile -p policy.lua", "down web" } do
    it("have their own group again after a kill, by " .. after, function()
      begin { "n1", "n2" }
      local seen = false
      for n = 1, 60 do
        local r = torture.moontap("down web",
          { what = "change", n = n, fault = n % 2 == 0 and "before" or "after" })
        if not r.fired then break end
        seen = seen or r.where == "netlink 16"
        r = program.moontap(after)
        assert.equal(0, r.status, r.err)
        if after:find "^down" then
          assert.equal("lo ", links())
        else
          assert.equal(0, program.moontap "up -p policy.lua web.xml".status)
          local now = helper.run "ip -j link show n1; ip -j link show n2"
          assert.matches('"group":"default".*"group":"7"', now)
        end
        assert.equal(0, program.moontap "up -p policy.lua web.xml".status)
      end
      assert.is_true(seen)
    end)
  end
end)
