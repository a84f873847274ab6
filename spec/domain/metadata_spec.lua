-- metadata_spec.lua - what moontap's own metadata says of a NIC, in libvirt's words
local domain = require "internals.domain"

local MAC = "52:54:00:00:00:01"

-- The first NIC's facts, or nil and why; of a document with this <metadata> and inside <interface>
local function nic(metadata, inside, options)
  local xml = ("<domain type='kvm'><name>web</name><metadata>%s</metadata><devices>" ..
    "<interface type='%s'><mac address='%s'/>%s</interface></devices></domain>"):format(metadata,
    options and options.type or "ethernet", MAC, inside or "")
  local facts, err = domain.read(xml, options or {})
  return facts and facts.nics[1], tostring(err)
end

local function mine(inside, attributes)
  return ("<m:interface xmlns:m='urn:moontap' %s>%s</m:interface>"):format(
    attributes or ("mac='%s'"):format(MAC:upper()), inside)
end

describe("moontap's metadata of a NIC", function()
  it("is as if the interface had it", function()
    local n = nic(mine("<vlan trunk='yes'><tag id='20' nativeMode='untagged'/><tag id='30'/>" ..
      "</vlan><port isolated='yes'/>", ("mac='%s' bridge='br1'"):format(MAC)))
    assert.same({ trunk = true, tags = { { id = 20, native = "untagged" }, { id = 30 } } }, n.vlan)
    assert.is_true(n.isolated)
    assert.equal("br1", n.bridge)
    assert.is_true(n.metadata)
  end)

  it("is found in one element for all NICs, as virsh metadata keeps it", function()
    local all = "<m:interfaces xmlns:m='urn:moontap'>" ..
      "<interface mac='52:54:00:00:00:02'><vlan><tag id='9'/></vlan></interface>" ..
      "<interface mac='%s'><vlan><tag id='10'/></vlan></interface></m:interfaces>"
    assert.same({ { id = 10 } }, nic(all:format(MAC)).vlan.tags)
    assert.is_nil(nic(all:format "52:54:00:00:00:03").vlan)
  end)

  it("may have moontap's namespace all through, and keeps it for policies", function()
    local n = nic(("<m:interfaces xmlns:m='urn:moontap'><m:interface mac='%s'><m:vlan>" ..
      "<m:tag id='10'/></m:vlan><m:port isolated='yes'/></m:interface></m:interfaces>"):format(MAC))
    assert.same({ { id = 10 } }, n.vlan.tags)
    assert.is_true(n.isolated)
    assert.is_nil(n.unknown)
    local own = "<o:interface xmlns:o='urn:other'><vlan><tag id='9'/></vlan></o:interface>"
    assert.is_nil(nic("<m:interfaces xmlns:m='urn:moontap'>" .. own .. "</m:interfaces>").vlan)
  end)

  it("names all that it has and may not have, but for what is somebody else's", function()
    local wrong = "bridg= <ip> <vlam> in moontap's metadata: must be mac=, bridge=, <vlan>, " ..
      "<port> or <portForward>"
    local text = mine("<m:ip address='10.0.0.5'/><vlam/><o:team xmlns:o='urn:other'/><port/>",
      "bridg='br1'")
    assert.same({ wrong }, nic(text).unknown)
    local none, err = nic(text, "", { libvirt = "12.8" })
    assert.is_nil(none)
    assert.matches(wrong .. "$", err) -- and by no libvirt's rules
    assert.is_nil(nic(mine("<port/>", "o:team='x' xmlns:o='urn:other'")).unknown)
  end)

  it("is of all NICs where it names none", function()
    assert.equal("br1", nic(mine("", "bridge='br1'")).bridge)
  end)

  it("counts less than what the interface has", function()
    local n = nic(mine "<vlan><tag id='10'/></vlan><port isolated='yes'/>",
      "<vlan><tag id='20'/></vlan>")
    assert.same({ { id = 20 } }, n.vlan.tags)
    assert.is_true(n.isolated)
  end)

  it("has no other element, and is of no other namespace and type", function()
    local n = nic(mine "<model type='virtio'/><target dev='x0' managed='no'/>")
    assert.is_nil(n.model)
    assert.is_nil(n.dev)
    assert.is_nil(nic("<m:interface xmlns:m='urn:other' bridge='br1'/>").bridge)
    assert.is_nil(nic(mine("", "bridge='br1'"), "<source bridge='br0'/>", { type = "bridge" })
      .bridge)
  end)

  it("is passed over and told where it makes no sense, and refused by check", function()
    local wrong = mine "<vlan><tag id='x'/></vlan>"
    local n = nic(wrong)
    assert.is_nil(n.vlan)
    assert.matches("<tag id='x'>", n.unknown[1], 1, true)
    local none, err = nic(wrong, "", { libvirt = "12.8" })
    assert.is_nil(none)
    assert.matches("<tag id='x'>", err, 1, true)
  end)

  it("asks for forwards, each range a fact that fits the verb", function()
    local forwards = nic(mine("<portForward proto='tcp'><range start='8080' to='80'/>" ..
      "<range start='9000' end='9009' to='9000'/></portForward>" ..
      "<portForward proto='udp' address='2001:DB8:0::1'><range start='53'/></portForward>"))
      .forwards
    assert.same({
      { proto = "tcp", port = "8080", to_port = 80 },
      { proto = "tcp", port = "9000-9009", to_port = 9000 },
      { proto = "udp", port = "53", address = "2001:db8::1" },
    }, forwards)
    assert.is_nil(nic("", "<portForward proto='tcp'><range start='80'/></portForward>").forwards)
  end)

  for wrong, why in pairs {
    ["<portForward proto='tcp'/>"] = "in the metadata it must have <range>",
    ["<portForward proto='tcp' dev='eth0'><range start='80'/></portForward>"] = "and no dev",
    ["<portForward proto='icmp'><range start='80'/></portForward>"] = "must be tcp or udp",
    ["<portForward proto='tcp'><range to='80'/></portForward>"] = "must have start",
    ["<portForward proto='tcp'><range start='0'/></portForward>"] = "must be a port, 1 to 65535",
    ["<portForward proto='tcp'><range start='9' end='8'/></portForward>"] = "no end before it",
    ["<portForward proto='tcp'><range start='8' end='9' to='1'/></portForward>"] =
      "several ports must keep their numbers",
    ["<portForward proto='tcp'><range start='8' end='9' exclude='yes'/></portForward>"] =
      "not for the metadata",
  } do
    it("passes over " .. wrong .. ", and check refuses it", function()
      local n = nic(mine(wrong))
      assert.is_nil(n.forwards)
      assert.matches(why, n.unknown[1], 1, true)
      local none, err = nic(mine(wrong), "", { libvirt = "12.8" })
      assert.is_nil(none)
      assert.matches(why, err, 1, true)
    end)
  end
end)
