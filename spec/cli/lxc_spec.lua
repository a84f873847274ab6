-- lxc_spec.lua - libvirt's LXC driver's operations, replayed without a container
--
-- It makes a veth pair, names its host's end at started only, and says at start what the
-- container's end is called; managed='no' means nothing to it.

local helper = require "spec.helper"
local program = require "spec.program"
local snapshot = require "spec.snapshot"

local lxc = program.path:gsub("moontap$", "lxc")

local policy = [[
local lan = hook "bridge" { bridge = "br0" }
function connect(nic) lan(nic) end
]]

-- What a document has at each operation: the id, a generated name, the container's end.
local stages = {
  prepare = { "begin" },
  start = { "begin", actual = true },
  started = { "begin", id = true, named = true },
  reconnect = { "begin", id = true, named = true },
  stopped = { "end", id = true, named = true },
  release = { "end" },
}

-- The target as the person wrote it; "" lets libvirt find the name.
local function xml(operation, target)
  local stage = stages[operation]
  if target == "" and stage.named then target = "<target dev='vnet0'/>" end
  return ("<domain type='lxc'%s><name>box</name><uuid>5d1f2f0c-4a3f-4f63-9e3c-0a6f2d6b1c08</uuid>"
    .. "<devices><interface type='ethernet'><mac address='52:54:00:00:00:01'/>%s"
    .. "<guest dev='eth0'%s/></interface></devices></domain>"):format(stage.id and " id='7'" or "",
    target, stage.actual and " actual='vnet1'" or "")
end

local function hook(operation, target)
  return program.run(("'%s' --state state -p policy.lua box %s %s -"):format(lxc, operation,
    stages[operation][1]), xml(operation, target))
end

local yes = { status = 0, out = "", err = "" }

describe("a container", function()
  local before

  before_each(function()
    helper.run "ip link add br0 address 02:00:00:00:00:01 type bridge && ip link set br0 up"
    program.write("policy.lua", policy)
    before = snapshot.take()
  end)

  local function make_pair(name)
    helper.run(("ip link add %s type veth peer name vnet1 && ip link set %s up"):format(name, name))
  end

  local function master_of(name)
    return helper.link(name).master
  end

  for what, c in pairs {
    ["whose device libvirt names"] = { dev = "vnet0", target = "" },
    ["whose device has a name"] = { dev = "box0", target = "<target dev='box0'/>" },
    ["that says managed='no', which means nothing,"] = { dev = "box0",
      target = "<target dev='box0' managed='no'/>" },
  } do
    it(what .. " is in the bridge from start on, and nothing is left of it", function()
      assert.same(yes, hook("prepare", c.target))
      assert.equal("", snapshot.difference(before, snapshot.take()))
      make_pair(c.dev)
      assert.same(yes, hook("start", c.target))
      assert.equal("br0", master_of(c.dev))
      assert.matches("domain=box .*by=hook", program.state()["nic/" .. c.dev])

      local running = snapshot.take()
      for _, operation in ipairs { "started", "reconnect" } do
        assert.same(yes, hook(operation, c.target))
        assert.equal("", snapshot.difference(running, snapshot.take()), operation)
      end

      helper.run("ip link del " .. c.dev)
      assert.same(yes, hook("stopped", c.target))
      assert.same(yes, hook("release", c.target))
      assert.equal("", snapshot.difference(before, snapshot.take()))
      assert.same({}, program.state())
    end)
  end

  it("is refused at start with the policy's reason", function()
    program.write("policy.lua", "function connect(nic) refuse('not ' .. nic.dev) end")
    assert.same(yes, hook("prepare", ""))
    make_pair "vnet0"
    local r = hook("start", "")
    assert.equal(1, r.status)
    assert.matches("box: NIC 1 (vnet0), policy.lua:1: refused: not vnet0\n", r.err, 1, true)
    assert.is_nil(master_of "vnet0")
    hook("release", "")
    assert.same({}, program.state())
  end)

  it("is not mistaken for QEMU's guest of the same name", function()
    assert.same(yes, hook("prepare", ""))
    make_pair "vnet0"
    assert.same(yes, hook("start", ""))
    local qemu = program.moontap("-p policy.lua hook qemu box release end -", xml("release", ""))
    assert.same(yes, qemu)
    assert.equal("br0", master_of "vnet0")
  end)
end)
