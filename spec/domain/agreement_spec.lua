-- agreement_spec.lua - moontap and libvirt 9.0 say the same of every document
--
-- Where they are known to differ, and why:
--   * backend type='passt': accepted, as libvirt accepts it; Debian's build of it does not.
--   * a hostdev interface of a SCSI or mediated device: refused; no network card is one.
--   * an IPv6 address with a scope by name (fe80::1%eth0): refused; libvirt asks the host.
--   * sndbuf and bandwidth above 2^63-1: refused; a fact is a 64 bit number with a sign.
--   * what is no interface's: domain types, os, memory, other devices, equal aliases of two of
--     them; boot orders that occur twice or beside <os><boot>: they take no part in connecting.
local domain = require "internals.domain"
local support = require "spec.domain.support"

-- An <interface> in the <source> of an LXC <hostdev> is a device's name, no interface: libvirt
-- reads devices/interface. The verdicts were taken from every element of that name.
local function interfaces(doc)
  local nics = doc.nics
  for _ in doc.xml:gmatch "<source>%s*<interface>" do
    assert(nics[#nics].type == "user" and nics[#nics].mac == nil)
    nics[#nics] = nil
  end
  return nics
end

local function disagreement(doc)
  local facts, err = domain.read(doc.xml, { inactive = true, name = "x.xml" })
  if doc.ok ~= (facts ~= nil) then
    return doc.ok and "libvirt accepts: " .. err or "libvirt refuses: " .. doc.error
  end
  if not facts then
    return not err:find "^xml x%.xml:%d+: " and "no line: " .. err or nil
  end
  local nics = interfaces(doc)
  if #nics ~= #facts.nics then return "number of interfaces" end
  for i, nic in ipairs(facts.nics) do
    local d = support.difference(support.libvirts(nic), nics[i], "nic" .. i)
    if d then return d end
  end
end

describe("libvirt's verdicts", function()
  it("agree, all of them", function()
    local wrong = {}
    local there = support.each_verdict(function(doc)
      local why = disagreement(doc)
      if why then wrong[#wrong + 1] = doc.what .. ": " .. why end
    end)
    if not there then return pending(support.no_verdicts) end
    assert.equal("", table.concat(wrong, "\n"))
  end)

  it("agree when read as live, too, in whether they are accepted", function()
    local there = support.each_verdict(function(doc)
      local facts, err = domain.read(doc.xml)
      if doc.ok ~= (facts ~= nil) then error(doc.what .. ": " .. tostring(err)) end
    end)
    if not there then return pending(support.no_verdicts) end
  end)
end)
