-- up_down_spec.lua - plan, up, status and down of a guest with two NICs of its own and one of
-- libvirt's

local helper = require "spec.helper"
local json = require "dkjson"
local program = require "spec.program"
local snapshot = require "spec.snapshot"
local tap = require "internals.tap"

local bare, moontap = program.bare, program.moontap
local uuid = "5d1f2f0c-4a3f-4f63-9e3c-0a6f2d6b1c01"
local xml = ([[
<domain type='qemu'>
  <name>web</name>
  <uuid>%s</uuid>
  <devices>
    <interface type='ethernet'>
      <mac address='52:54:00:00:00:0a'/><target dev='web0' managed='no'/>
    </interface>
    <interface type='network'>
      <mac address='52:54:00:00:00:0b'/><source network='default'/>
    </interface>
    <interface type='ethernet'>
      <mac address='52:54:00:00:00:0c'/><target dev='web2'/>
    </interface>
  </devices>
</domain>
]]):format(uuid)

local policy = [[
allow{ prefix = "10.0.0.0/8" }
function connect(nic)
  tap(nic, { mtu = 1400, up = true })
  addr { dev = nic.dev, address = ("10.0.%d.1/24"):format(nic.index) }
end
]]

-- The devices that are there, apart from lo.
local function devices()
  local names = {}
  for _, link in ipairs(helper.json "ip -j link") do
    names[#names + 1] = link.ifname ~= "lo" and link.ifname or nil
  end
  table.sort(names)
  return table.concat(names, " ")
end

local function mtus()
  local found = {}
  for _, link in ipairs(helper.json "ip -j link") do
    found[link.ifname] = link.mtu
  end
  return found
end

local function parsed(command, input)
  local r = moontap(command, input)
  return assert(json.decode(r.out)), r
end

before_each(function()
  program.write("policy.lua", policy)
  program.write("web.xml", xml)
end)

-- web2 is managed: libvirt makes it at start.
local function libvirt_starts()
  helper.run "ip tuntap add dev web2 mode tap && ip link set web2 address fe:54:00:00:00:0c up"
end

describe("moontap plan", function()
  it("shows a device that libvirt will make as it will be", function()
    local out = moontap("plan -p policy.lua web.xml").out
    assert.matches("\nweb NIC 3 .-: web2, managed\n  ~ ip link set dev web2 mtu 1400\n", out)
    assert.equal("", devices())
  end)

  it("calls a device that libvirt will name $DEV", function()
    local unnamed = xml:gsub("<target dev='web2'/>", "")
    local out = moontap("plan -p policy.lua -", unnamed).out
    assert.matches("\n  ~ sysctl -qw net/ipv6/conf/$DEV/accept_ra=0\n", out, 1, true)
    assert.matches("\n  + ip addr add dev $DEV 10.0.3.1/24\n", out, 1, true)
  end)

  it("says of the others that libvirt connects them", function()
    assert.matches("web NIC 2 %(52:54:00:00:00:0b%): no device yet, managed: libvirt connects it "
      .. "by itself\n", moontap("plan -p policy.lua web.xml").out)
  end)

  it("prints what is known as JSON", function()
    local plan = parsed "plan --json -p policy.lua web.xml"
    assert.same({ name = "web", uuid = uuid }, plan.domain)
    assert.equal(0, plan.left)
    assert.equal(json.null, plan.error or json.null)
    local nic, step = plan.nics[1], plan.nics[1].steps[1]
    assert.same({ 1, "ethernet", true, "web0", "52:54:00:00:00:0a" },
      { nic.index, nic.type, nic.unmanaged, nic.dev, nic.mac })
    assert.same({ op = "add", kind = "tap", key = { name = "web0" },
      put = { user = 0, multi_queue = false, vnet_hdr = false }, place = "policy.lua:3",
      command = "ip tuntap add dev web0 mode tap user 0" }, step)
    assert.same({ "network", {} }, { plan.nics[2].type, plan.nics[2].steps })
  end)

  it("says as JSON what would go back, as the step that it would be", function()
    moontap "up -p policy.lua web.xml"
    program.write("policy.lua", "function connect(nic) tap(nic, { up = true }) end")
    local undone = parsed "plan --json -p policy.lua web.xml".nics[1].undone
    local printed = moontap "plan -p policy.lua web.xml".out
    assert.same({ "delete", "ip addr del dev web0 10.0.1.1/24" },
      { undone[1].op, undone[1].command })
    for _, step in ipairs(undone) do assert.truthy(printed:find(step.command, 1, true)) end
  end)

  it("has no step in --sh for what is so already", function()
    moontap "up -p policy.lua web.xml 1"
    assert.same({ status = 0, out = "", err = "" }, moontap "plan --sh -p policy.lua web.xml 1")
  end)
end)

describe("moontap up", function()
  it("connects what is there or unmanaged, and says that libvirt makes the rest", function()
    local r = moontap "up -p policy.lua web.xml"
    assert.matches("web2, managed: libvirt creates its device at start\n", r.out)
    assert.equal("web0", devices())
    assert.equal(0, r.status)
  end)

  it("connects all of a guest that runs", function()
    libvirt_starts()
    moontap "up -p policy.lua web.xml"
    assert.same({ 1400, 1400 }, { mtus().web0, mtus().web2 })
  end)

  it("reads the document from standard input", function()
    assert.equal(0, moontap("up -p policy.lua -", xml).status)
    assert.equal("web0", devices())
  end)

  for what, word in pairs { device = "web0", MAC = "52:54:00:00:00:0A", index = "1" } do
    it("connects the NIC of this " .. what .. " alone", function()
      libvirt_starts()
      assert.equal(0, moontap("up -p policy.lua web.xml " .. word).status)
      assert.same({ 1400, 1500 }, { mtus().web0, mtus().web2 })
    end)
  end

  it("says when no NIC is the one that was asked for", function()
    local r = moontap "up -p policy.lua web.xml web9"
    assert.same({ status = 2, out = "", err = "moontap: web: there is no NIC 'web9'\n" }, r)
  end)

  it("is one transaction: a NIC that fails takes the others back", function()
    program.write("policy.lua", policy .. [[
      local one = connect
      function connect(nic)
        one(nic)
        if nic.index == 3 then route { dst = "10.9.9.0/24", dev = nic.dev, src = "10.77.0.1" } end
      end]])
    libvirt_starts()
    local before = snapshot.take()
    local r = parsed "up --json -p policy.lua web.xml"
    assert.equal(4, r.error.exit)
    assert.matches("^NIC 3 %(web2%), policy.lua:%d+", r.error.where)
    assert.equal("", snapshot.difference(before, snapshot.take()))
    assert.same({}, program.state())
  end)

  it("takes back what the policy no longer declares", function()
    moontap "up -p policy.lua web.xml"
    program.write("policy.lua", "function connect(nic) tap(nic, { up = true }) end")
    local again = moontap "up -p policy.lua web.xml"
    assert.matches("\n  %- ip addr del dev web0 10.0.1.1/24\n", again.out)
    assert.equal("", helper.run "ip -4 -o addr show dev web0")
  end)
end)

describe("moontap status", function()
  it("shows what is connected, and by whom", function()
    assert.equal("nothing is connected\n", moontap "status".out)
    moontap "up -p policy.lua web.xml"
    assert.matches(
      "\nweb +1  web0 +unmanaged  idle +- +20..%-..%-.. ..:..:..  up  policy.lua  connected\n",
      moontap "status".out)
  end)

  it("shows what someone else changed", function()
    moontap "up -p policy.lua web.xml"
    helper.run "ip link set web0 mtu 1300; ip addr del 10.0.1.1/24 dev web0"
    local drift = { "link web0: mtu is 1300, moontap had put 1400",
      "addr 10.0.1.1/24 on web0 is gone" }
    assert.matches("    " .. table.concat(drift, "\n    "), moontap "status".out, 1, true)
    assert.same(drift, parsed "status --json"[1].drift)
  end)

  it("is JSON with each NIC's journal's header", function()
    moontap "up -p policy.lua web.xml"
    local all = parsed "status --json"
    local nic = all[1]
    assert.equal(1, #all)
    assert.same({ "web0", "qemu", "web", uuid, 1, true, true, "up",
      helper.folder() .. "/policy.lua" },
      { nic.dev, nic.driver, nic.domain, nic.uuid, nic.index, nic.unmanaged, nic.known, nic.by,
        nic.policy })
    assert.same({}, nic.drift)
  end)
end)

describe("moontap down", function()
  local before

  before_each(function()
    before = snapshot.take()
    moontap "up -p policy.lua web.xml"
  end)

  local guests = { name = "web", uuid = uuid, ["uuid in capitals"] = uuid:upper(), device = "web0",
    file = "web.xml", ["standard input"] = "-" }
  for what, word in pairs(guests) do
    it("disconnects a guest by its " .. what, function()
      assert.equal(0, moontap("down " .. word, xml).status)
      assert.equal("", snapshot.difference(before, snapshot.take()))
      assert.same({}, program.state())
    end)
  end

  it("says when nothing is connected that fits", function()
    moontap "down web"
    assert.same({ status = 0, out = "nothing of 'web' is connected\n", err = "" },
      moontap "down web")
  end)

  it("disconnects the NICs that are named", function()
    libvirt_starts()
    moontap "up -p policy.lua web.xml"
    assert.equal(0, moontap("down web web2").status)
    assert.same({ 1400, 1500 }, { mtus().web0, mtus().web2 })
    assert.equal(0, moontap("down web 1").status)
    assert.equal("web2", devices())
  end)

  it("needs no policy and no document", function()
    helper.run("rm " .. helper.folder() .. "/policy.lua " .. helper.folder() .. "/web.xml")
    assert.equal(0, moontap "down web".status)
    assert.equal("", devices())
  end)

  it("leaves what someone else changed, and says so", function()
    libvirt_starts()
    moontap "up -p policy.lua web.xml"
    helper.run "ip link set web2 mtu 1300"
    local r = moontap "down -v web"
    assert.equal(0, r.status)
    assert.matches("left as it is: link web2: mtu is 1300, and moontap had put 1400", r.err, 1,
      true)
    assert.equal(1300, mtus().web2)
    assert.same({}, program.state())
  end)

  it("does not touch another device of the same name", function()
    helper.run "ip link del web0; ip tuntap add dev web0 mode tap; ip addr add 10.0.1.1/24 dev web0"
    local others = snapshot.take()
    assert.equal(0, moontap "down web".status)
    assert.equal("", snapshot.difference(others, snapshot.take()))
    assert.same({}, program.state())
  end)

  it("finds a device that was renamed", function()
    helper.run "ip link set web0 down; ip link set web0 name other"
    assert.equal(0, moontap "down web".status)
    assert.equal("", devices())
  end)

  it("does not take down a running guest's tap, unless it is forced to", function()
    local guest <close> = assert(tap.open "web0")
    local running, journal = snapshot.take(), program.state()
    local r = moontap "down web"
    assert.equal(4, r.status)
    assert.matches("^moontap: web: NIC 1 %(web0%): it is in use.*%-%-force", r.err)
    assert.equal("", snapshot.difference(running, snapshot.take()))
    assert.same(journal, program.state())
    assert.equal(0, moontap "down --force web".status)
    assert.equal("", devices())
    guest:close()
  end)

  it("that may not change the network says what is left, and how to finish it", function()
    local up = snapshot.take()
    local r = program.run(("setpriv --inh-caps -net_admin --bounding-set -net_admin '%s' --state "
      .. "state down web"):format(program.path))
    assert.equal(6, r.status)
    assert.matches("needs root, or CAP_NET_ADMIN; what is left stands in state: finish it with "
      .. "`moontap down web`\n$", r.err)
    assert.equal("", snapshot.difference(up, snapshot.take()))
    assert.equal(0, moontap "down web".status)
    assert.equal("", snapshot.difference(before, snapshot.take()))
    assert.same({}, program.state())
  end)
end)

describe("moontap check", function()
  it("says which files are well", function()
    assert.same({ status = 0, err = "",
      out = "policy.lua: ok\nweb.xml: ok, by the rules of libvirt 12.8\n" },
      bare "check policy.lua web.xml")
  end)

  it("says of the others what is wrong and where, and goes on", function()
    program.write("bad.lua", "\n\nlocal x = = 1")
    program.write("bad.xml", "<domain>\n<name>x</name>\n</domian>")
    local r = bare "check bad.lua policy.lua bad.xml web.xml"
    assert.equal(3, r.status)
    assert.equal("policy.lua: ok\nweb.xml: ok, by the rules of libvirt 12.8\n", r.out)
    assert.matches("^moontap: bad.lua:3: [^\n]+\nmoontap: [^\n]*bad.xml:3[^\n]+\n$", r.err)
  end)

  it("runs a policy's top level, in its sandbox", function()
    program.write("bad.lua", "io.open '/etc/shadow'")
    assert.matches("^moontap: bad.lua:1: .*io", bare "check bad.lua".err)
  end)
end)

describe("moontap facts and xml", function()
  it("show the domain as a policy sees it", function()
    local facts = json.decode(bare "facts web.xml".out)
    assert.equal("web", facts.domain.name)
    assert.same({ "web0", "web2" }, { facts.nics[1].dev, facts.nics[3].dev })
  end)

  it("print the document as it is, when nothing is decided", function()
    assert.equal(xml, bare "xml -p policy.lua web.xml".out)
  end)

  it("print the document as decide() wants it", function()
    program.write("policy.lua", "function decide(nic) return 'unmanaged' end " ..
      "function connect(nic) tap(nic) end")
    local out = bare "xml -p policy.lua web.xml".out
    assert.matches("<target dev='web2' managed='no'/>", out, 1, true)
    assert.equal(0, moontap("up -p policy.lua -", out).status)
  end)
end)
