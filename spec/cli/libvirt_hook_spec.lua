-- libvirt_hook_spec.lua - libvirt's operations, replayed without libvirt

local helper = require "spec.helper"
local libvirt = require "spec.libvirt"
local program = require "spec.program"
local snapshot = require "spec.snapshot"

local policy = [[
local lan = hook "bridge" { bridge = "br0" }
function connect(nic) lan(nic) end
]]

local function host()
  helper.run "ip link add br0 address 02:00:00:00:00:01 type bridge && ip link set br0 up"
  program.write("policy.lua", policy)
  return snapshot.take()
end

local guests = {
  unmanaged = { name = "web", { mac = "52:54:00:00:00:01", dev = "web0", unmanaged = true } },
  managed = { name = "web", { mac = "52:54:00:00:00:01", dev = "web0" } },
  ["managed, with a generated name"] = {
    name = "web", { mac = "52:54:00:00:00:01", dev = "vnet0", generated = true },
  },
  ["of two NICs"] = {
    name = "web",
    { mac = "52:54:00:00:00:01", dev = "web0", unmanaged = true },
    { mac = "52:54:00:00:00:02", dev = "vnet0", generated = true },
  },
}

local function ports() return helper.devices "bridge -j link show" end

local function devices(guest)
  local names = {}
  for _, nic in ipairs(guest) do
    names[#names + 1] = nic.dev
  end
  table.sort(names)
  return names
end

local function nothing_but_this(expected, result)
  assert.same({ status = 0, out = "", err = "" }, result)
  assert.equal("", snapshot.difference(expected, snapshot.take()))
end

for what, table_of_guest in pairs(guests) do
  describe("a guest, " .. what .. ",", function()
    local guest, before

    before_each(function()
      guest = libvirt.guest(table_of_guest)
      before = host()
    end)

    it("is in the bridge while it runs, and nothing is left of it", function()
      assert.is_nil(guest:start())
      assert.same(devices(guest), ports())
      assert.is_nil(guest:stop())
      assert.equal("", snapshot.difference(before, snapshot.take()))
      assert.same({}, program.state())
    end)

    it("finds every operation done when it comes twice", function()
      for _, operation in ipairs { "prepare", "start", "started", "reconnect" } do
        assert.equal(0, guest:hook(operation).status, operation)
        if operation == "prepare" then
          guest:make_taps()
        end
        nothing_but_this(snapshot.take(), guest:hook(operation))
      end
      guest:drop_taps()
      for _, operation in ipairs { "stopped", "release" } do
        guest:hook(operation)
        nothing_but_this(snapshot.take(), guest:hook(operation))
      end
      assert.equal("", snapshot.difference(before, snapshot.take()))
      assert.same({}, program.state())
    end)

    it("is connected by the first operation that comes, however late", function()
      guest:make_taps()
      for _, operation in ipairs { "start", "started", "reconnect" } do
        assert.equal(0, guest:hook(operation).status)
        assert.same(devices(guest), ports(), operation)
        assert.equal(0, guest:hook("release").status)
        assert.same({}, ports(), operation)
      end
    end)

    it("leaves nothing when its start failed after prepare", function()
      guest:hook "prepare"
      guest:hook "stopped"
      guest:hook "release"
      assert.equal("", snapshot.difference(before, snapshot.take()))
      assert.same({}, program.state())
    end)

    it("leaves nothing when release comes before stopped", function()
      guest:start()
      guest:drop_taps()
      guest:hook "release"
      nothing_but_this(before, guest:hook "stopped")
      assert.same({}, program.state())
    end)

    it("starts again after it stopped", function()
      guest:start()
      guest:stop()
      assert.is_nil(guest:start())
      assert.same(devices(guest), ports())
    end)

    it("is connected once when an operation comes twice at the same time", function()
      guest:hook "prepare"
      guest:make_taps()
      program.write("xml", guest:xml "start")
      local one = ("'%s' --state state %s <xml"):format(program.path, guest:command "start")
      local both = program.run(one .. " & " .. one .. "; s=$?; wait $! && exit $s")
      assert.same({ status = 0, out = "", err = "" }, both)
      assert.same(devices(guest), ports())
      assert.is_nil(guest:stop())
      assert.equal("", snapshot.difference(before, snapshot.take()))
    end)
  end)
end

describe("the hook", function()
  local before

  before_each(function()
    before = host()
  end)

  for _, operation in ipairs { "reconnect", "stopped", "release" } do
    it("does nothing at " .. operation .. " of a guest without an Ethernet NIC", function()
      nothing_but_this(before, libvirt.guest { name = "bare" }:hook(operation))
    end)
  end

  for _, operation in ipairs { "stopped", "release" } do
    it("evaluates nothing at " .. operation, function()
      local guest = libvirt.guest(guests.unmanaged)
      guest:start()
      program.write("policy.lua", "this is no policy")
      assert.equal(0, guest:hook(operation, "and this is no XML").status)
    end)
  end

  it("reads all of its standard input, whatever it makes of it", function()
    local guest = libvirt.guest(guests.unmanaged)
    for _, operation in ipairs(libvirt.operations) do
      program.run(("{ head -c 3000000 /dev/zero; echo $? >written; } | '%s' --state state %s")
        :format(program.path, guest:command(operation)))
      assert.equal("0\n", program.read "written", operation)
      os.remove(helper.folder() .. "/written")
    end
  end)

  it("knows when an operation is none of libvirt's", function()
    local r = program.moontap("hook qemu web strat begin -", "")
    assert.equal(2, r.status)
    assert.matches("no operation 'strat'; did you mean 'start'?\n", r.err, 1, true)
  end)

  it("connects two guests at the same time", function()
    local a = libvirt.guest(guests.unmanaged)
    local b = libvirt.guest { name = "db", { mac = "52:54:00:00:00:09", dev = "db0",
      unmanaged = true } }
    local commands = {}
    for i, guest in ipairs { a, b } do
      program.write("xml" .. i, guest:xml "prepare")
      commands[i] = ("'%s' --state state %s <xml%d"):format(program.path, guest:command "prepare",
        i)
    end
    local both = program.run(table.concat(commands, " & ") .. "; s=$?; wait $! && exit $s")
    assert.same({ status = 0, out = "", err = "" }, both)
    assert.same({ "db0", "web0" }, ports())
  end)
end)

describe("a policy that refuses", function()
  local refusing = "function connect(nic) refuse('not today: ' .. nic.dev) end"

  for operation, what in pairs { prepare = "unmanaged", start = "managed" } do
    it("stops the guest at " .. operation .. ", with its reason", function()
      local guest, before = libvirt.guest(guests[what]), host()
      program.write("policy.lua", refusing)
      guest:make_taps()
      before = what == "managed" and snapshot.take() or before
      local r = guest:hook(operation)
      assert.equal(1, r.status)
      assert.equal("moontap: web: NIC 1 (web0), policy.lua:1: refused: not today: web0\n", r.err)
      assert.equal("", r.out)
      assert.equal("", snapshot.difference(before, snapshot.take()))
    end)
  end

  -- libvirt would kill the guest
  local failing = {
    ["that refuses"] = refusing,
    ["that is wrong"] = "function connect(nic) nic.x.y = 1 end",
    ["that is no Lua"] = "function connect(nic",
    ["that loops"] = "function connect(nic) while true do end end",
    ["that wants what the kernel refuses"] =
      "function connect(nic) tap(nic, { mtu = 65521, master = 'br0', up = true }) end",
  }
  for name, text in pairs(failing) do
    for _, operation in ipairs { "started", "reconnect" } do
      it("or a policy " .. name .. " does not kill a guest at " .. operation, function()
        local guest = libvirt.guest(guests.managed)
        host()
        guest:start()
        local running = snapshot.take()
        program.write("policy.lua", text)
        assert.not_equal(0, guest:hook("start").status)
        nothing_but_this(running, guest:hook(operation))
      end)
    end
  end

  for _, operation in ipairs { "started", "reconnect" } do
    it("is no worse than XML that is none at " .. operation, function()
      local before = host()
      nothing_but_this(before, libvirt.guest(guests.managed):hook(operation, "<domain"))
    end)
  end
end)

describe("two guests that name one device", function()
  local first, second

  before_each(function()
    host()
    first = libvirt.guest(guests.unmanaged)
    second = libvirt.guest { name = "db", { mac = "52:54:00:00:00:09", dev = "web0",
      unmanaged = true } }
    first:start()
  end)

  it("cannot both start: the second is told who has it", function()
    local running = snapshot.take()
    local r = second:hook "prepare"
    assert.equal(4, r.status)
    assert.equal("moontap: db: NIC 1 (web0): it is connected for the guest web; "
      .. "to disconnect that guest: moontap down web\n", r.err)
    assert.equal("", snapshot.difference(running, snapshot.take()))
  end)

  it("leave the first connected when the second's start failed", function()
    local running, journals = snapshot.take(), program.state()["nic/web0"]
    second:hook "prepare"
    second:hook "stopped"
    second:hook "release"
    assert.equal("", snapshot.difference(running, snapshot.take()))
    assert.equal(journals, program.state()["nic/web0"])
    assert.is_nil(first:stop())
    assert.same({}, program.state())
  end)

  it("can follow one another", function()
    first:stop()
    assert.is_nil(second:start())
    assert.same({ "web0" }, ports())
  end)
end)

describe("the filters", function()
  local guest

  before_each(function()
    host()
    guest = libvirt.guest(guests.managed)
  end)

  for _, operation in ipairs { "migrate", "restore" } do
    it("print nothing at " .. operation .. " when decide() changes nothing", function()
      local before = snapshot.take()
      nothing_but_this(before, guest:hook(operation))
    end)

    it("print the XML at " .. operation .. " as decide() wants it", function()
      program.write("policy.lua", "function decide(nic) return 'unmanaged' end\n" .. policy)
      local r = guest:hook(operation)
      assert.equal(0, r.status)
      local unmanaged = guest:xml(operation):gsub("dev='web0'", "%0 managed='no'")
      assert.equal(unmanaged, r.out)
    end)
  end

  it("do not stand in for prepare: there, a decision against the XML is refused", function()
    program.write("policy.lua", "function decide(nic) return 'unmanaged' end\n" .. policy)
    local r = guest:hook "prepare"
    assert.equal(1, r.status)
    assert.matches("NIC 1 (web0): refused: the policy says unmanaged and the XML says managed",
      r.err, 1, true)
  end)

  it("mark a guest that comes from elsewhere, until it runs here", function()
    local seen = "function connect(nic) refuse(tostring(nic.domain.incoming)) end"
    guest:hook "migrate"
    guest:make_taps()
    program.write("policy.lua", seen)
    assert.matches("refused: true", guest:hook("start").err, 1, true)
    guest:hook "reconnect"
    assert.matches("refused: nil", guest:hook("start").err, 1, true)
  end)
end)

describe("without privilege", function()
  local function hook(guest, operation)
    program.write("xml", guest:xml(operation))
    return program.run(("setpriv --inh-caps -net_admin --bounding-set -net_admin '%s' --state "
      .. "state %s <xml"):format(program.path, guest:command(operation)))
  end

  before_each(host)

  it("an unmanaged NIC's tap must be there, or who may make it is named", function()
    local guest = libvirt.guest(guests.unmanaged)
    local r = hook(guest, "prepare")
    assert.equal(4, r.status)
    assert.matches("^moontap: web: NIC 1 %(web0%): .*moontap up .*as root\n$", r.err)
  end)

  it("all else is as it is, and no state is touched", function()
    helper.run "ip tuntap add dev web0 mode tap"
    local guest, before = libvirt.guest(guests.unmanaged), snapshot.take()
    for _, operation in ipairs(libvirt.operations) do
      nothing_but_this(before, hook(guest, operation))
    end
    assert.same({}, program.state())
  end)
end)
