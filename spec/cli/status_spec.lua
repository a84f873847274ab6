-- status_spec.lua - what is connected and what has drifted: as a table, object by object, followed

local guests = require "spec.guests"
local helper = require "spec.helper"
local json = require "dkjson"
local program = require "spec.program"

local moontap = guests.moontap

local function status(guest)
  return (json.decode(moontap("status --json " .. (guest or "")).out))
end

-- The rows of a NIC's objects as "object: put" -> { now, shared }
local function objects(nic)
  local found = {}
  for _, o in ipairs(nic.objects) do
    found[("%s: %s"):format(o.object, o.put)] = { o.now, o.shared or nil }
  end
  return found
end

describe("status", function()
  before_each(guests.setup)

  it("says where to look when nothing is connected since the last run failed", function()
    program.write("no.lua", "function connect(nic) refuse 'not today' end")
    program.write("g.xml", "<domain type='kvm'><name>g</name><devices>" ..
      "<interface type='ethernet'>" ..
      "<target dev='g0' managed='no'/></interface></devices></domain>")
    assert.equal(1, moontap "-p no.lua up g.xml".status)
    assert.equal("nothing is connected; the last run failed: moontap log g -1\n",
      moontap "status".out)
    assert.matches("error +NIC 1 %(g0%), no.lua:1: refused: not today", moontap "log g -1".out)
    assert.equal("[]\n", moontap "status --json".out)
  end)

  it("says so when nothing is connected, and writes nothing", function()
    assert.same({ status = 0, out = "nothing is connected\n", err = "" }, moontap "status")
    assert.same({}, program.state())
  end)

  it("aligns its columns to the widest cell, and colours nothing in a pipe", function()
    program.write("long.xml", guests.xml("a-rather-long-name-of-a-guest", 9)
      :gsub("dev='[^']*'", "dev='l0'"))
    moontap "up web.xml"
    moontap "up long.xml"
    local out = moontap "status".out
    local columns = {}
    for line in out:gmatch "%C+" do
      columns[#columns + 1] = line:find "managed" or line:find "TAP"
    end
    assert.same({ columns[1], columns[1] + 2, columns[1] + 2 }, columns)
    assert.falsy(out:find "\27")
  end)

  it("has a row for each NIC, connected or waiting", function()
    guests.prepare "db"
    moontap "down db"
    moontap "up web.xml"
    local db, web = table.unpack(status())
    assert.same({ "db", "waiting", json.null }, { db.domain, db.state, db.since or json.null })
    assert.same({ "web", "connected", "web0", "br0", "idle", "up" },
      { web.domain, web.state, web.dev, web.master, web.link, web.by })
    assert.truthy(math.abs(web.since - os.time()) < 60)
  end)

  it("says what has drifted, and that the policy is another", function()
    moontap "up web.xml"
    helper.run "ip link set web0 mtu 1400"
    local web = status()[1]
    assert.equal("drifted", web.state)
    assert.same({ "link web0: mtu is 1400, moontap had put 1500" }, web.drift)
    assert.same({ helper.folder() .. "/policy.lua", false }, { web.policy, web.policy_changed })
    program.write("policy.lua", guests.policy .. "\n")
    assert.truthy(status()[1].policy_changed)
    assert.truthy(moontap "status".out:find("policy.lua (changed)", 1, true))
  end)

  it("follows a device that was renamed, and says when it is gone", function()
    moontap "up web.xml"
    helper.run "ip link set web0 down && ip link set web0 name other0"
    assert.truthy(moontap "status".out:find "web0 is called other0 now")
    helper.run "ip link del other0"
    assert.equal("device gone", status()[1].state)
  end)

  it("shows a run that was killed", function()
    moontap "up web.xml"
    local journal = program.state()["nic/web0"]
    program.write("state/run/web0", journal)
    assert.equal("run killed", status()[1].state)
  end)

  it("of a guest shows each object, and who else needs it", function()
    moontap "up web.xml"
    moontap "up db.xml"
    helper.run "ip link set web0 mtu 1400"
    local rows = objects(status "web"[1])
    assert.same({ "as put", "db0" }, rows["addr 10.0.0.1/24 on br0: created"])
    assert.same({ "1400" }, rows["link web0: mtu 1500"])
    assert.same({ "as put" }, rows["link web0: master br0"])
    helper.run "ip addr del 10.0.0.1/24 dev br0"
    assert.same({ "gone", "db0" }, objects(status "web"[1])["addr 10.0.0.1/24 on br0: created"])
    assert.truthy(moontap "status web".out:find "10.0.0.1/24 on br0  created%s+%-%s+gone%s+db0\n")
  end)

  it("knows a policy that was named from elsewhere", function()
    moontap "up web.xml"
    helper.run(("mkdir %s/elsewhere"):format(helper.folder()))
    local r = program.run(("cd elsewhere && '%s' --state ../state status web"):format(program.path))
    assert.matches("policy    /%g+/policy.lua\n", r.out)
    assert.equal(helper.folder() .. "/policy.lua",
      program.state()["nic/web0"]:match " policy=(%g+)")
  end)

  it("finds a guest by name, uuid or device, and says when there is none", function()
    moontap "up web.xml"
    for _, name in ipairs { "web", "5d1f2f0c-4a3f-4f63-9e3c-0a6f2d6b1c01", "web0" } do
      assert.equal("web0", status(name)[1].dev)
    end
    local r = moontap "status nobody"
    assert.equal(3, r.status)
    assert.equal("moontap: no guest nobody is connected, remembered or in the log\n", r.err)
  end)

  it("shows names of anybody's without their control bytes", function()
    helper.run "ip tuntap add dev tap7 mode tap"
    moontap "up -" -- nothing on stdin: no guest
    moontap("up -", (guests.xml("web", 1):gsub("<name>web", "<name>w&#x9b;31m")))
    assert.falsy(moontap "status".out:find "[\27\x9b]")
  end)
end)

describe("status --watch", function()
  before_each(guests.setup)

  it("shows it again when something changed, until a signal ends it", function()
    moontap "up web.xml"
    local watched = program.run(([[
'%s' --state state status --watch >watched & pid=$!
until grep -q connected watched; do sleep 0.02; done
ip link set web0 mtu 1400
until grep -q 'mtu is 1400' watched; do sleep 0.02; done
'%s' --state state down web >down
until grep -q 'nothing is connected' watched; do sleep 0.02; done
kill -INT $pid; wait $pid]]):format(program.path, program.path))
    assert.equal(0, watched.status)
    assert.falsy(program.read "watched":find "\27")
  end)

  it("shows at once what becomes of queues, filters and elements", function()
    program.write("policy.lua", [[local lan = hook "bridge" { bridge = "br0" }
      local guard = hook "guard" { addresses = { web = { "10.0.0.5" } } }
      local slow = hook "rate" { inbound = "20mbit" }
      function connect(nic) lan(nic) guard(nic) slow(nic) end]])
    local up = moontap "up web.xml"
    assert.same({ 0, "" }, { up.status, up.err })
    local watched = program.run(([[
shows() { for i in $(seq 1000); do grep -q "$1" watched && return; sleep 0.02; done; false; }
'%s' --state state status --watch >watched & pid=$!
shows connected
ifb=$(ip -o link show type ifb | sed 's/[0-9]*: \(mi-[^:]*\):.*/\1/')
tc qdisc change dev $ifb root handle 6d: tbf rate 1mbit burst 64kb latency 50ms
shows 'rate is 125000' && tc qdisc del dev web0 clsact
shows 'clsact .*gone'
nft delete element bridge moontap host4 '{ "web0" . 10.0.0.5 }'
shows '10.0.0.5.* gone'; seen=$?
kill -INT $pid; wait $pid && exit $seen]]):format(program.path))
    assert.equal(0, watched.status, program.read "watched")
  end)

  it("is not woken by its own questions, nor by another's", function()
    program.write("policy.lua", [[local slow = hook "rate" { inbound = "20mbit" }
      function connect(nic) tap(nic) slow(nic) end]])
    assert.equal(0, moontap "up web.xml".status)
    local r = program.run(([[
'%s' --state state status --watch >one & first=$!
'%s' --state state status --watch >two & second=$!
for i in $(seq 1000); do grep -q web0 one && grep -q web0 two && break; sleep 0.02; done
sleep 0.5; timeout 1 tc monitor
kill -INT $first $second; wait $first $second]]):format(program.path, program.path))
    assert.same({ 0, "" }, { r.status, r.out })
  end)

  it("starts before there is anything to watch", function()
    local watched = program.run(([[
'%s' --state state status --watch >watched & pid=$!
until grep -q 'nothing is connected' watched; do sleep 0.02; done
'%s' --state state -p policy.lua up web.xml >up
until grep -q 'web0' watched; do sleep 0.02; done
kill -TERM $pid; wait $pid]]):format(program.path, program.path))
    assert.equal(0, watched.status)
  end)
end)
