-- unknown_spec.lua - what a newer libvirt may say one day keeps no guest from starting
--
-- Every row of the inventory is given a word that it does not take, in an interface of every type.
local domain = require "internals.domain"
local support = require "spec.domain.support"

local types = {
  "user", "ethernet", "vhostuser", "server", "client", "mcast", "network", "bridge", "internal",
  "direct", "hostdev pci", "hostdev usb", "udp", "vdpa", "null", "vds", "of-tomorrow",
}
local word = "no such word" -- of no enumeration, and no number, MAC, UUID or name

-- <driver><host csum='no such word'/></driver> for "driver+/host", "csum"
local function inside(row)
  local open, close = "", ""
  for name in row.element:gmatch "[^+/]+" do
    open, close = open .. "<" .. name .. ">", "</" .. name .. ">" .. close
  end
  if not row.attribute then return open .. word .. close end
  return open:sub(1, -2) .. (" %s='%s'>"):format(row.attribute, word) .. close
end

local function interface(type, row)
  local type_, address = type:match "^(hostdev) (%w+)$"
  local source = address and ("<address type='%s'/>"):format(address) or ""
  local before = address and not row.element:find "^source" and
    ("<source>%s</source>"):format(source) or ""
  if not row.element:find "^model" then before = before .. "<model type='virtio'/>" end
  local own = row.element == "" and ("%s='%s'"):format(row.attribute, word) or ""
  return ("<interface type='%s' %s>%s%s</interface>"):format(type_ or type, own, before,
    own == "" and inside(row):gsub("</source>$", source .. "%0") or "")
end

local function at(facts, path)
  for key in path:gmatch "[^.]+" do facts = facts and facts[key] end
  return facts
end

local function is_listed(nic, row)
  for _, text in ipairs(nic.unknown or {}) do
    if text:find(word, 1, true) and text:find(row.attribute or word, 1, true) then return true end
  end
end

for _, row in ipairs(domain.rows()) do
  if row.is ~= "text" and row.is ~= "path" and not row.forgiven then
    describe(inside(row) .. " " .. row.is, function()
      it("is passed over, or what moontap needs", function()
        local listed, kept
        for _, type in ipairs(types) do
          local facts, err = domain.read(support.domain(interface(type, row)))
          if row.load and type == "ethernet" then
            assert.is_nil(facts)
            assert.matches("^NIC 1: xml .*" .. word, err)
            listed = true
          else
            assert(facts, err)
            local nic = facts.nics[1]
            if is_listed(nic, row) then
              listed = true
              kept = kept or row.fact and at(nic, row.fact)
            end
          end
        end
        assert.is_true(listed)
        assert.equal(row.fact and row.is:find "enum" and word or nil, kept)
      end)
    end)
  end
  -- of the other rows' elements something else is missing, too
  if row.is:find "enum" or row.is == "yes no" and not row.forgiven or row.is == "on off" then
    describe(inside(row) .. " " .. row.is, function()
      it("is refused by check", function()
        local refused
        for _, type in ipairs(types) do
          local xml = support.domain(interface(type, row))
          local facts, err = domain.read(xml, { libvirt = "12.8" })
          refused = refused or not facts and err:find(word, 1, true)
        end
        assert.truthy(refused)
      end)
    end)
  end
end

describe("an interface", function()
  local function read(xml, options)
    local facts, err = domain.read(support.domain(xml), options)
    return facts and facts.nics[1], err
  end

  it("of an unknown type is libvirt's own", function()
    local nic = read(
      "<interface type='afxdp'><target dev='x' managed='no'/><mac address='x'/></interface>")
    assert.equal("afxdp", nic.type)
    assert.is_nil(nic.dev)
    assert.is_false(nic.unmanaged)
    assert.matches("^<interface type='afxdp'>", nic.unknown[1])
  end)

  -- What is no row of the inventory: { inside <interface>, of every type }
  for text, words in pairs {
    ["<vlan><tag id='x'/><tag id='7' nativeMode='new'/></vlan>"] = { "id='x'", "nativeMode='new'" },
    ["<vlan trunk='new'><tag id='7'/></vlan>"] = { "trunk='new'" },
    ["<vlan/>"] = { "<vlan>" },
    ["<ip address='x'/><ip address='10.0.0.1'/>"] = { "address='x'" },
    ["<ip address='10.0.0.1' prefix='x'/>"] = { "prefix='x'" },
    ["<route family='ipv9' address='x'/>"] = { "family='ipv9'" },
    ["<source><route gateway='x'/></source>"] = { "gateway='x'" },
    ["<bandwidth classID='5'><inbound average='x'/><outbound average='5'/></bandwidth>"] =
      { "classID='5'", "average='x'" },
    ["<portForward proto='new'/><portForward proto='tcp' address='x'/>"] =
      { "proto='new'", "address='x'" },
    ["<address type='new'/>"] = { "type='new'" },
    ["<address/>"] = { "type is missing" },
    ["<address type='pci' slot='x'/>"] = { "slot='x'" },
    ["<address type='unassigned'/>"] = {},
    ["<teaming type='new'/>"] = { "type='new'" },
    ["<boot order='1' loadparm='%'/>"] = { "loadparm='%'" },
    ["<rom enabled='no' bar='on'/>"] = { "<rom" },
    ["<port isolated='yes'/>"] = {},
    ["<backend type='passt'/><portForward proto='tcp'><range to='1'/></portForward>"] = {},
  } do
    it("may say " .. text, function()
      for _, type in ipairs(types) do
        local xml = ("<interface type='%s'>%s</interface>"):format(type:match "%S+", text)
        local nic, err = read(xml)
        assert(nic, err)
        local all = table.concat(nic.unknown or {}, "\n")
        for _, part in ipairs(words) do
          assert.truthy(all:find(part, 1, true), part .. " in " .. all)
        end
      end
    end)
  end

  it("keeps what it understands beside what it does not", function()
    local nic = read [[<interface type='ethernet'>
      <vlan><tag id='x'/><tag id='7' nativeMode='new'/></vlan>
      <source><ip address='x'/><ip address='10.0.0.1'/><route gateway='10.0.0.2'/></source>
      <bandwidth><inbound average='x'/><outbound average='5'/></bandwidth></interface>]]
    assert.same({ { id = 7, native = "new" } }, nic.vlan.tags)
    assert.equal("10.0.0.1", nic.source.ips[1].address)
    assert.same({ { gateway = "10.0.0.2" } }, nic.source.routes)
    assert.same({ outbound = { average = 5 } }, nic.bandwidth)
    assert.equal(4, #nic.unknown)
  end)

  it("keeps the type of a virtualport that is unknown", function()
    local nic = read [[<interface type='bridge'><source bridge='b'/><virtualport type='new'>
      <parameters profileid='p' managerid='x'/></virtualport></interface>]]
    assert.same({ type = "new", parameters = { profileid = "p" } }, nic.virtualport)
  end)

  it("has a word of the schema's, when a schema has accepted it", function()
    local new = "<interface type='new'><link state='new'/></interface>"
    assert.is_nil((read(new, { libvirt = "12.8" })))
    assert.equal("new", read(new, { libvirt = "12.8", vocabulary = true }).link)
    assert.is_nil((read("<interface><mtu size='x'/></interface>",
      { libvirt = "12.8", vocabulary = true })))
  end)
end)

describe("the device of an interface", function()
  local function dev(type, domain_type)
    local xml = ("<domain type='%s'><name>g</name><devices><interface type='%s'>" ..
      "<target dev='d0'/></interface></devices></domain>"):format(domain_type or "kvm", type)
    return domain.read(xml).nics[1].dev
  end

  it("is there for the types that have one", function()
    for _, type in ipairs { "hostdev", table.unpack(types) } do
      local has = type == "ethernet" or type == "network" or type == "bridge" or type == "direct"
      assert.equal(has and "d0" or nil, dev(type))
    end
  end)
  it("is in the container, when it is a macvlan of one", function()
    assert.is_nil(dev("direct", "lxc"))
    assert.equal("d0", dev("ethernet", "lxc"))
  end)
end)
