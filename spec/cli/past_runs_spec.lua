-- past_runs_spec.lua - each run leaves a record: listed, shown whole, planned again

local guests = require "spec.guests"
local helper = require "spec.helper"
local json = require "dkjson"
local program = require "spec.program"

local moontap = guests.moontap

local function runs(guest)
  return (json.decode(moontap("log --json " .. (guest or "")).out))
end

describe("log", function()
  before_each(guests.setup)

  it("has nothing to say at first", function()
    assert.same({ status = 0, out = "no run is on record\n", err = "" }, moontap "log")
  end)

  it("lists what was run, the last one last", function()
    moontap "up web.xml"
    guests.prepare "db"
    moontap "down web"
    local list = {}
    for _, run in ipairs(runs()) do
      list[#list + 1] = ("%s %s %d %s"):format(run.domain, run.event, run.run, run.result)
    end
    assert.same({ "web up -2 done", "db prepare -1 done", "web down -1 done" }, list)
    assert.equal(2, #runs "web")
  end)

  it("leaves no record of what changes nothing", function()
    moontap "plan web.xml"
    moontap "status"
    moontap "facts web.xml"
    assert.same({}, runs())
  end)

  it("shows one run whole: error, policy, times, steps as up prints them", function()
    local up = moontap "up web.xml"
    local shown = moontap "log web -1".out
    assert.truthy(shown:find(up.out, 1, true))
    assert.truthy(shown:find("policy    /%g+/policy.lua, checksum %x+\n"))
    assert.truthy(shown:find("took      [%d.]+ ms: evaluate [%d.]+, compute [%d.]+, " ..
      "apply [%d.]+\n"))

    program.write("policy.lua", "function connect(nic) log 'hm' refuse 'not today' end")
    assert.equal(1, guests.prepare "db".status)
    shown = moontap "log db -1".out
    assert.truthy(shown:find("refused (exit 1)", 1, true))
    assert.truthy(shown:find("not today", 1, true))
  end)

  it("keeps the failure that must not be the guest's end", function()
    program.write("policy.lua", "function connect(nic) refuse 'not today' end")
    assert.equal(0, moontap "hook qemu web started begin - <web.xml".status)
    local run = runs "web"[1]
    assert.equal(0, run.exit)
    assert.truthy(run.error[1]:find "not today")
    assert.equal("failed, guest runs on", run.result)
  end)

  it("knows a tap of no guest by the tap's name", function()
    program.write("policy.lua", (guests.policy:gsub('"br0" }', '"br0", unknown = true }', 1)))
    helper.run "ip tuntap add dev tap7 mode tap"
    helper.run(("cd %s && ln -s '%s' qemu-ifup && ./qemu-ifup --state state -p policy.lua tap7")
      :format(helper.folder(), program.script_path))
    assert.equal("qemu-ifup", runs "tap7"[1].event)
    assert.equal(0, moontap "replay tap7".status)
  end)

  it("keeps a guest's last 20", function()
    for _ = 1, 12 do
      moontap "up web.xml"
      moontap "down web"
    end
    assert.equal(20, #runs "web")
    local kept = #program.read "state/log/qemu-web"
    program.write("web.xml", guests.xml("web", 1, ("<description>%s</description>"):format(
      ("x"):rep(9000))))
    for _ = 1, 30 do
      moontap "up web.xml"
      assert.truthy(#program.read "state/log/qemu-web" <= 2 * 65536)
    end
    assert.truthy(#program.read "state/log/qemu-web" > kept)
    assert.truthy(#runs "web" > 4)
  end)

  it("keeps a run within 64 KiB, whatever the guest's metadata is", function()
    local much = ("<metadata><m:x xmlns:m='urn:m'>%s</m:x></metadata>"):format(("x"):rep(200000))
    program.write("web.xml", guests.xml("web", 1, much))
    assert.equal(0, moontap "up web.xml".status)
    assert.truthy(#program.read "state/log/qemu-web" < 65536)
    assert.equal("done", runs "web"[1].result)
    assert.equal(3, moontap "replay web".status)
  end)

  it("keeps no secret of the guest's", function()
    program.write("web.xml", guests.xml("web", 1, [[
<metadata><m:x xmlns:m='urn:m' token='hush1'><m:Password who='hush2'>hush3<m:y>hush4</m:y>
</m:Password><m:vlan>keep5</m:vlan></m:x></metadata>]]))
    moontap "up web.xml"
    local text = program.read "state/log/qemu-web"
    assert.falsy(text:find "hush")
    assert.truthy(text:find "keep5")
    assert.equal(0, moontap "replay web".status)
  end)

  it("is nobody else's to read", function()
    moontap "up web.xml"
    local modes = helper.run(("stat -c %%a %s/state %s/state/log/*")
      :format(helper.folder(), helper.folder()))
    assert.equal("700\n600\n", modes)
  end)

  it("shows the others when one record is damaged", function()
    moontap "up web.xml"
    moontap "down web"
    moontap "up web.xml"
    local text = program.read "state/log/qemu-web"
    local cut, second = text:find("run at=", 2, true), text:match("\nrun at=.*$")
    program.write("state/log/qemu-web", text:sub(1, cut - 40) .. second)
    assert.equal(2, #runs "web")
    program.write("state/log/qemu-web", second:sub(2, -10))
    assert.equal(1, #runs "web")
    program.write("state/log/qemu-web", "run at=1\nrun\n\n \0\nfacts bytes=99999\n{\nrun at=2")
    assert.same({}, runs "web")
  end)

  it("never fails the event", function()
    moontap "up web.xml"
    helper.run(("cd %s/state && rm -r log && touch log"):format(helper.folder()))
    assert.equal(0, moontap "down web".status)
  end)

  it("says which runs there are when asked for one that is not", function()
    moontap "up web.xml"
    local r = moontap "log web -4"
    assert.equal(3, r.status)
    assert.equal("moontap: web: log: there is no run -4: 1 is on record\n", r.err)
    assert.equal(2, moontap "log -4".status)
  end)
end)

describe("replay", function()
  before_each(guests.setup)

  it("plans the same again with the policy as it is now, and changes nothing", function()
    program.write("policy.lua", guests.policy:gsub("br0", "br9"))
    assert.equal(1, guests.prepare "web".status)
    assert.equal(1, moontap "replay web -1".status)
    program.write("policy.lua", guests.policy)
    assert.same(moontap "plan web.xml", moontap "replay web -1")
    assert.same({}, helper.json "ip -j link show type tun")
  end)

  it("plans what a broken policy was never shown", function()
    program.write("policy.lua", "function connect(")
    assert.equal(3, guests.prepare "web".status)
    program.write("policy.lua", guests.policy)
    assert.same(moontap "plan web.xml", moontap "replay web")
  end)

  it("says that an event asks no policy", function()
    moontap "up web.xml"
    moontap "down web"
    local r = moontap "replay web -1"
    assert.equal(3, r.status)
    assert.truthy(r.err:find "asks no policy")
  end)

  it("is of the last run that can be, where none is named", function()
    moontap "up web.xml"
    moontap "down web"
    assert.same(moontap "plan web.xml", moontap "replay web")
    local r = moontap "repl --replay web -e nic.dev"
    assert.same({ 0, '"web0"\n', "" }, { r.status, r.out, r.err })
    r = moontap "replay nobody"
    assert.equal(3, r.status)
    assert.matches("no guest nobody is connected", r.err)
  end)
end)
