-- SPDX-License-Identifier: LGPL-2.1-or-later
-- What moontap writes of a document, libvirt takes, and understands as moontap does.
local lab = require "spec.guest.lab"
local moontap = require "spec.guest.moontap"

local SCHEMA = "/usr/share/libvirt/schemas/domain.rng"

local function samples()
  local names = {}
  local list <close> = assert(io.popen "ls samples/*/domain.xml")
  for name in list:read "a":gmatch "samples/([^/]+)/" do names[#names + 1] = name end
  assert(#names > 0, "no samples")
  return names
end

-- An interface's <target>, "" where it has none; one line each.
local function targets(xml)
  local found = {}
  for interface in xml:gmatch "<interface.-</interface>" do
    found[#found + 1] = interface:match "<target[^>]*>" or ""
  end
  return table.concat(found, "\n")
end

local function interface(inside)
  return "<interface type='ethernet'><mac address='52:54:00:00:07:01'/>" .. inside ..
    "<model type='virtio'/></interface>"
end

-- What decides: the document alone, or a policy; and what comes of it.
local DOCUMENTS = {
  { "a NIC that says nothing", "", target = "" },
  { "a NIC with a name", "<target dev='nic02'/>", target = "<target dev='nic02'/>" },
  { "a generated name", "<target dev='vnet3'/>", target = "" },
  { "an unmanaged NIC", "<target dev='mytap0' managed='no'/>",
    target = "<target dev='mytap0' managed='no'/>" },
  { "an unmanaged NIC with a name like a generated one", "<target dev='vnet7' managed='no'/>",
    target = "<target dev='vnet7' managed='no'/>" },
  { "a NIC that is managed, by its own word", "<target dev='nic02' managed='yes'/>",
    target = "<target dev='nic02' managed='yes'/>" },
  { "a NIC that a policy makes unmanaged", "<target dev='nic02'/>", decide = "'unmanaged'",
    target = "<target dev='nic02' managed='no'/>" },
  { "a NIC without a name that a policy makes unmanaged", "", decide = "'unmanaged'",
    target = "<target dev='%g+' managed='no'/>" },
  { "a NIC that a policy makes managed", "<target dev='mytap0' managed='no'/>",
    decide = "'managed'", target = "<target dev='mytap0'/>" },
}

describe("libvirt #guest", function()
  local l

  lazy_setup(function() l = lab.open() end)
  lazy_teardown(function() if l then l:close() end end)

  -- The targets that libvirt keeps of a document.
  local function defined(xml, ...)
    local name = xml:match "<name>(.-)</name>"
    l:virsh("define", l:file(xml), ...)
    local kept = l:virsh("dumpxml", "--inactive", name)
    l:virsh("undefine", name)
    return targets(kept)
  end

  for _, name in ipairs(samples()) do
    it("takes the sample " .. name .. " as moontap writes it", function()
      local policy = ("samples/%s/policy.lua"):format(name)
      local xml = l:ok(("%s xml --inactive $(test -e %s && echo -p %s) samples/%s/domain.xml")
        :format(moontap.program, policy, policy, name))
      assert.equal(targets(xml), defined(xml, "--validate"))
      l:ok(("%s check --schema %s %s"):format(moontap.program, SCHEMA, l:file(xml)))
    end)
  end

  for _, d in ipairs(DOCUMENTS) do
    it("takes " .. d[1] .. " as moontap writes it, and writes it so itself", function()
      local policy = l:file(d.decide and ("function decide() return %s end"):format(d.decide) or "")
      local xml = l:ok(("%s xml --inactive -p %s %s"):format(moontap.program, policy,
        l:file(lab.domain { name = "doc", interfaces = interface(d[2]) })))
      assert.matches("^" .. d.target .. "$", targets(xml))
      assert.equal(targets(xml), defined(xml, "--validate"))
    end)
  end

  -- libvirt's parser and its schema do not agree with each other here.
  for _, pair in ipairs {
    { "<target dev='vnet3' managed='yes'/>", "<target managed='yes'/>" },
    { "<target dev='foo%d'/>", "<target dev='foo%d'/>" },
  } do
    local target, written = pair[1], pair[2]

    it("takes " .. target .. " but for its schema, and moontap says so", function()
      local file = l:file(lab.domain { name = "doc", interfaces = interface(target) })
      local xml = l:ok(("%s xml --inactive %s"):format(moontap.program, file))
      local out = l:file(xml)
      assert.equal(written, targets(xml))
      assert.equal(written, defined(xml))
      assert.not_equal(0, l:sh("virsh define --validate " .. out).status)
      assert.equal(3, l:sh(moontap.program .. " check --schema " .. SCHEMA .. " " .. out).status)
      local checked = l:sh(moontap.program .. " check " .. out)
      assert.equal(0, checked.status)
      assert.matches("schema", checked.out .. checked.err)
    end)
  end

  it("refuses what moontap refuses", function()
    for _, target in ipairs { "<target dev='x' managed='default'/>", "<target managed=''/>" } do
      local file = l:file(lab.domain { name = "doc", interfaces = interface(target) })
      assert.equal(3, l:sh(moontap.program .. " xml " .. file).status)
      assert.equal(1, l:sh("virsh define " .. file).status)
    end
  end)
end)
