-- target_name_spec.lua - a document with a target that is no device's name could not even be read
--
-- <target dev='tap%d'/> is a template, which libvirt fills in at start; what other NICs than
-- Ethernet ones have there is libvirt's own business; and a name that is too long matters only to
-- who connects the NIC.

local libvirt = require "spec.libvirt"
local program = require "spec.program"

local function nic(inside, type)
  return ("<interface type='%s'><mac address='52:54:00:00:00:01'/>%s</interface>"):format(
    type or "ethernet", inside)
end

local function xml(interfaces)
  return ("<domain type='qemu'><name>web</name><devices>%s</devices></domain>"):format(interfaces)
end

describe("a target that is no device's name", function()
  before_each(function()
    program.write("policy.lua",
      "function connect(nic) tap(nic, { up = true, alias = 'is ' .. nic.dev }) end")
  end)

  local template = xml(nic "<target dev='foo%d'/>")
  local long = xml(nic "<target dev='longer-than-a-name'/>")
  local others = xml(nic("<target dev='longer-than-a-name'/>", "user"))

  for what, text in pairs { ["a template"] = template, ["too long"] = long,
    ["another type's"] = others } do
    it("is written and read as it is: " .. what, function()
      assert.same({ status = 0, out = text, err = "" },
        program.run(program.path .. " xml -p policy.lua -", text))
      assert.equal(0, program.run(program.path .. " facts -", text).status)
    end)
  end

  for what, text in pairs { ["a template"] = template, ["another type's"] = others } do
    it("does not keep a guest from starting: " .. what, function()
      local prepare = program.moontap("-p policy.lua hook qemu web prepare begin -", text)
      assert.same({ status = 0, out = "", err = "" }, prepare)
    end)
  end

  it("is planned by the name that libvirt will give it, if it is a template", function()
    local plan = program.moontap("plan -p policy.lua -", template)
    assert.equal(0, plan.status)
    assert.matches("is $DEV", plan.out, 1, true)
  end)

  it("is connected by the name that libvirt gave it, if it was a template", function()
    local guest = libvirt.guest { name = "web",
      { mac = "52:54:00:00:00:01", dev = "foo0", generated = true } }
    assert.equal(0, program.moontap("-p policy.lua hook qemu web prepare begin -",
      template).status)
    guest:make_taps()
    assert.equal(0, guest:hook("start").status)
    assert.is_truthy(program.state()["nic/foo0"])
  end)

  for _, options in ipairs { "", " managed='no'" } do
    it("cannot be connected when it is too long", function()
      local target = ("<target dev='longer-than-a-name'%s/>"):format(options)
      local up = program.moontap("up -p policy.lua -", xml(nic(target)))
      assert.equal(3, up.status)
      assert.matches("longer-than-a-name: it is no name for a device", up.err, 1, true)
    end)
  end
end)
