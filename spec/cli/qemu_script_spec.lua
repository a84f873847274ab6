-- qemu_script_spec.lua - qemu-ifup and qemu-ifdown: of which guest a tap is, by its name alone

local helper = require "spec.helper"
local program = require "spec.program"

local function nic(i, dev, more)
  return ([[<interface type='ethernet'><mac address='52:54:00:00:00:%02x'/>%s%s</interface>]])
    :format(i, dev and ("<target dev='%s'%s/>"):format(dev, more or "") or "", "")
end

local function xml(name, ...)
  return ("<domain type='qemu'><name>%s</name><devices>%s</devices>" ..
    "<uuid>4dea22b3-1d52-d8f3-2516-782e98ab3f%02x</uuid></domain>"):format(name,
    table.concat { ... }, name:byte(-1))
end

local function hook(name, operation, document)
  local r = program.moontap(("-p policy.lua hook qemu %s %s begin -"):format(name, operation),
    document)
  assert.same({ 0, "" }, { r.status, r.err })
end

-- tap(name, i): as libvirt makes it for the MAC of NIC i
local function tap(name, i)
  helper.run(("ip tuntap add dev %s mode tap; ip link set %s address fe:54:00:00:00:%02x up")
    :format(name, name, i))
end

local function script(which, words)
  return program.run(("ln -sf '%s' %s; ./%s --state state %s")
    :format(program.script_path, which, which, words))
end

local function up(name) return script("qemu-ifup", "-v -p policy.lua " .. name) end
local function down(name) return script("qemu-ifdown", "-v " .. name) end
local function alias(dev) return helper.run("ip link show " .. dev):match "alias (%g+)" end

describe("qemu-ifup", function()
  before_each(function()
    program.write("policy.lua", [[
      function connect(nic)
        local name = nic.domain.known and nic.domain.name or "nobody"
        tap(nic, { up = true, alias = name .. nic.index })
      end]])
  end)

  it("finds the NIC whose MAC libvirt gave to the tap", function()
    hook("web", "prepare", xml("web", nic(1), nic(2)))
    tap("vnet0", 2)
    assert.equal(0, up "vnet0".status)
    assert.equal("web2", alias "vnet0")
    assert.equal(0, down "vnet0".status)
    assert.is_nil(alias "vnet0")
  end)

  it("finds an unmanaged NIC by its name, and leaves it while its guest starts", function()
    hook("web", "prepare", xml("web", nic(1, "web0", " managed='no'")))
    assert.equal(0, up "web0".status)
    assert.equal("web1", alias "web0")
    local r = down "web0"
    assert.equal(0, r.status)
    assert.matches("it is in use by web, and stays connected", r.err, 1, true)
    assert.equal("web1", alias "web0")
    hook("web", "release", xml("web", nic(1, "web0", " managed='no'")))
    assert.is_nil(helper.run "ip link show":find "web0")
  end)

  it("knows no guest when two could have it, and none for a tap of nobody's", function()
    hook("web", "prepare", xml("web", nic(1)))
    hook("db", "prepare", xml("db", nic(1)))
    tap("vnet0", 1)
    local r = up "vnet0"
    assert.matches("a tap of one of several remembered guests", r.err, 1, true)
    assert.equal("nobody1", alias "vnet0")
    tap("vnet1", 9)
    assert.matches("a tap of no remembered guest", up "vnet1".err, 1, true)
    assert.equal("nobody1", alias "vnet1")
  end)

  it("passes over a NIC that has another tap already", function()
    hook("web", "prepare", xml("web", nic(1)))
    tap("vnet0", 1)
    assert.equal(0, up "vnet0".status)
    tap("vnet1", 1)
    assert.equal(0, up "vnet1".status)
    assert.same({ "web1", "nobody1" }, { alias "vnet0", alias "vnet1" })
    assert.equal(0, up "vnet0".status) -- again, it is its own
    assert.equal("web1", alias "vnet0")
  end)

  it("leaves alone what a person's up has made ready", function()
    program.write("guest.xml", xml("lab", nic(1, "lab0", " managed='no'")))
    assert.equal(0, program.moontap "up -p policy.lua guest.xml".status)
    local r = up "lab0"
    assert.equal(0, r.status)
    assert.matches("it is already connected for lab", r.err, 1, true)
    assert.equal(0, down "lab0".status) -- stays until moontap down
    assert.equal("lab1", alias "lab0")
  end)

  it("fails for a tap that is not there", function()
    assert.equal(4, up "vnet9".status)
    assert.equal(0, down "vnet9".status)
    assert.equal(0, down "'(null)'".status)
  end)

  it("passes over what is remembered and damaged", function()
    hook("web", "prepare", xml("web", nic(1)))
    hook("db", "prepare", xml("db", nic(1))) -- it may be of this one, too
    helper.run(("cd '%s/state/domain'; sed -i s/end// qemu-db; echo 'nonsense x=y' >>qemu-db")
      :format(helper.folder()))
    tap("vnet0", 1)
    local r = up "vnet0"
    assert.equal(0, r.status)
    assert.matches("domain/qemu%-db: ", r.err)
    assert.equal("web1", alias "vnet0")
  end)

  it("only looks without CAP_NET_ADMIN", function()
    tap("vnet0", 1)
    helper.run(("chmod 755 '%s'; ln -sf '%s' '%s/qemu-ifup'"):format(helper.folder(),
      program.script_path, helper.folder()))
    for name, said in pairs { vnet0 = "nothing done: it needs CAP_NET_ADMIN",
      vnet9 = "No such device" } do
      local r = program.run(("setpriv --bounding-set=-net_admin --inh-caps=-net_admin " ..
        "--reuid 0 ./qemu-ifup --state state -v -p policy.lua %s"):format(name))
      assert.matches(said, r.err, 1, true)
    end
    assert.is_nil(alias "vnet0")
  end)
end)

describe("a remembered guest", function()
  before_each(function()
    program.write("policy.lua", [[
      function connect(nic)
        tap(nic, { up = true, alias = nic.domain.incoming and "incoming" or "here" })
      end]])
  end)

  it("is connected by its name or uuid, as arrived", function()
    local document = xml("web", nic(1, "web0", " managed='no'"))
    hook("web", "migrate", document)
    hook("web", "prepare", document)
    assert.equal("incoming", alias "web0")
    assert.equal(0, program.moontap "plan -p policy.lua web".status)
    assert.equal(0, program.moontap "up -p policy.lua web".status)
    assert.equal("here", alias "web0")
    assert.equal(0,
      program.moontap "up -p policy.lua 4DEA22B3-1d52-d8f3-2516-782e98ab3f62".status)
    assert.not_equal(0, program.moontap "up -p policy.lua other".status)
    hook("web", "release", document)
  end)

  it("must be one", function()
    local document = xml("web", nic(1, "web0", " managed='no'"))
    hook("web", "prepare", document)
    local lxc = program.moontap("-p policy.lua hook lxc web prepare begin -",
      document:gsub("qemu", "lxc"):gsub("<target.->", ""))
    assert.equal(0, lxc.status)
    local r = program.moontap "up -p policy.lua web"
    assert.equal(2, r.status)
    assert.matches("it fits two guests; say which", r.err, 1, true)
  end)

  it("that is gone leaves nothing that its next event or status does not finish", function()
    hook("web", "prepare", xml("web", nic(1)))
    tap("vnet0", 1)
    hook("web", "start", xml("web", nic(1, "vnet0")))
    assert.is_truthy(program.state()["nic/vnet0"])
    for _, finish in ipairs {
      function() hook("web", "prepare", xml("web", nic(1))) end,
      function() assert.equal(0, program.moontap "status".status) end,
    } do
      helper.run(("ip link del vnet0; rm '%s/state/domain/qemu-web'"):format(helper.folder()))
      hook("db", "prepare", xml("db", nic(2)))
      hook("db", "release", xml("db", nic(2)))
      assert.is_truthy(program.state()["nic/vnet0"])
      finish()
      assert.is_nil(program.state()["nic/vnet0"])
      tap("vnet0", 1)
      hook("web", "prepare", xml("web", nic(1)))
      hook("web", "start", xml("web", nic(1, "vnet0")))
    end
  end)
end)
