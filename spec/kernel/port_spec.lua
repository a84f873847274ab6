-- port_spec.lua - fields of a bridge's port that only newer kernels have: refused where they are
-- not, and what they do where no command shows them

local helper = require "spec.helper"
local kernel = require "internals.kernel"
local program = require "spec.program"
local snapshot = require "spec.snapshot"

local XML = [[<domain type='qemu'><name>web</name><uuid>4dea22b3-1d52-d8f3-2516-782e98ab3fa0</uuid>
  <devices><interface type='ethernet'><mac address='52:54:00:00:00:03'/>
  <target dev='web0' managed='no'/></interface></devices></domain>]]

local function run(word, body)
  program.write("p.lua", "allow{ link = 'br0' } function connect(nic) " .. body .. " end")
  return program.moontap(word .. " -p p.lua -", XML)
end

-- Tagged with what the VM's kernel has, so that it runs there, too.
describe("a field of a port that this kernel lacks #port_locked", function()
  if helper.kernel_has "linux_6_3" then return end

  before_each(function()
    helper.run "ip link add br0 address 02:00:00:00:00:01 type bridge; ip link set br0 up"
  end)

  it("is refused, of a port that the plan makes, and nothing is left", function()
    local before = snapshot.take()
    local r = run("up", "tap(nic, { master = 'br0' }) port{ dev = nic.dev, mcast_max_groups = 7 }")
    assert.equal(4, r.status)
    assert.matches("port web0: this kernel has no field mcast_max_groups of a port", r.err, 1, true)
    assert.equal("", snapshot.difference(before, snapshot.take()))
  end)

  it("is refused at plan time, of a port that is there", function()
    helper.run "ip tuntap add dev web0 mode tap; ip link set dev web0 master br0"
    local r = run("plan", "port{ dev = nic.dev, mab = true }")
    assert.is_true(r.status ~= 0)
    assert.matches("port web0: this kernel has no field mab of a port", r.err, 1, true)
  end)
end)

describe("a command for fields of a port", function()
  local host

  before_each(function() host = assert(kernel.open()) end)
  after_each(function() host:close() end)

  it("is one that Debian 12 has, or a comment, of a link, too", function()
    assert.equal("ip link set dev v0 gso_max_size 30000\n" ..
      "# with iproute2 6.3: ip link set dev v0 gso_ipv4_max_size 30000\n",
      host:sh("set", "link name=v0 gso_max_size=30000 gso_ipv4_max_size=30000"))
  end)

  for record, commands in pairs {
    ["locked=true"] = "bridge link set dev v0 locked on\n",
    ["mab=true"] = "# with iproute2 6.3: bridge link set dev v0 mab on\n",
    ["locked=true mab=false mcast_max_groups=7"] = "bridge link set dev v0 locked on\n" ..
      "# with iproute2 6.3: bridge link set dev v0 mab off mcast_max_groups 7\n",
    ["backup_port=none"] = "bridge link set dev v0 nobackup_port\n",
  } do
    it("is one that Debian 12 has, or a comment: " .. record, function()
      assert.equal(commands, host:sh("set", "port dev=v0 " .. record))
    end)
  end
end)

if not helper.kernel_has "linux_6_3" then return end

describe("a port #linux_6_3", function()
  local host

  before_each(function()
    helper.run [[ip link add br0 type bridge; ip link add v0 master br0 type veth peer name v1
      ip link set br0 up]] -- v0 is down, and joins no group by itself
    host = assert(kernel.open())
  end)
  after_each(function() host:close() end)

  it("has mab while it is locked", function()
    local _, err = host:put("set", "port dev=v0 mab=true")
    assert.equal("EINVAL", err.code)
    assert(host:put("set", "port dev=v0 locked=true mab=true"))
    assert.matches("locked=true .*mab=true", host:get "port dev=v0".text)
  end)

  it("joins mcast_max_groups, and no more", function()
    local join = "bridge mdb add dev br0 port v0 permanent grp 239.1.1."
    assert(host:put("set", "port dev=v0 mcast_max_groups=1"))
    helper.run(join .. 1)
    assert.has_error(function() helper.run(join .. 2) end)
    assert(host:put("set", "port dev=v0 mcast_max_groups=0"))
    helper.run(join .. 2)
  end)
end)
