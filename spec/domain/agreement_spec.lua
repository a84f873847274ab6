-- agreement_spec.lua - moontap and libvirt 9.0, 11.3 and 12.8 say the same of every document
--
-- facts: of what a libvirt accepts, that one's facts. check: whether a libvirt accepts it.
--
-- Where they are known to differ, and why:
--   * backend type='passt': accepted, as libvirt accepts it; Debian's build of it does not.
--   * a hostdev interface of a SCSI or mediated device: refused; no network card is one.
--   * an IPv6 address with a scope by name (fe80::1%eth0): refused; libvirt asks the host.
--   * sndbuf and bandwidth above 2^63-1: refused; a fact is a 64 bit number with a sign.
--   * what is no interface's: domain types, os, memory, other devices, equal aliases of two of
--     them; boot orders that occur twice or beside <os><boot>: they take no part in connecting.
--   * what the QEMU driver refuses: check refuses it, too; the verdicts are of a driver for tests.
local domain = require "internals.domain"
local support = require "spec.domain.support"

-- An <interface> in the <source> of an LXC <hostdev> is a device's name, no interface: libvirt
-- reads devices/interface. The verdicts of 9.0 were taken from every element of that name.
local function interfaces(doc)
  local nics = doc.nics
  for _ in doc.xml:gmatch "<source>%s*<interface>" do
    if #nics > 0 and nics[#nics].type == "user" and nics[#nics].mac == nil then
      nics[#nics] = nil
    end
  end
  return nics
end

local function facts_differ(doc)
  local facts, err = domain.read(doc.xml, { inactive = true })
  if not facts then return "libvirt accepts: " .. err end
  for i, nic in ipairs(facts.nics) do
    if nic.unknown and not doc.xml:find "portForward" then
      return ("nic%d: unknown: %s"):format(i, table.concat(nic.unknown, "; "))
    end
  end
  if not doc.nics then return end
  local nics = interfaces(doc)
  if #nics ~= #facts.nics then return "number of interfaces" end
  for i, nic in ipairs(facts.nics) do
    local d = support.difference(support.libvirts(nic), nics[i], "nic" .. i)
    if d then return d end
  end
end

-- What libvirt refused that is no interface's.
local others = {
  "already exists with uuid", "together with os/boot", "duplicated for disk sources",
  "invalid domain type", "launch security policy",
}

local function is_others(err)
  for _, words in ipairs(others) do
    if err:find(words, 1, true) then return true end
  end
end

local function check_differs(doc, ok, version)
  local facts, err = domain.read(doc.xml, { inactive = true, name = "x.xml", libvirt = version })
  if not ok and not is_others(doc.error) then
    if facts then return ("libvirt %s refuses: %s"):format(version, doc.error) end
    if not err:find "^xml x%.xml:%d+: " then return "no line: " .. err end
    if not err:find(" (by the rules of libvirt " .. version, 1, true) then
      return "no version: " .. err
    end
  elseif ok and not facts and not err:find "QEMU has" and not err:find "has no tap" then
    return ("libvirt %s accepts: %s"):format(version, err)
  end
end

-- The verdict files, the versions that said them, and under which name.
local verdicts = {
  { "domains", { ["9.0"] = "ok" } },
  { "mutations", { ["9.0"] = "ok" } },
  { "domains-11.3", { ["11.3"] = "ok" } },
  { "newer", { ["11.3"] = "11.3", ["12.8"] = "12.8" } },
}

describe("libvirt's verdicts", function()
  for _, file in ipairs(verdicts) do
    local name, versions = file[1], file[2]

    it("agree, all of " .. name, function()
      local wrong = {}
      local there = support.each_document(name, function(doc)
        for version, key in pairs(versions) do
          local why = check_differs(doc, doc[key], version) or doc[key] and facts_differ(doc)
          if why then wrong[#wrong + 1] = doc.what .. ": " .. why end
        end
      end)
      if not there then return pending(support.no_verdicts) end
      assert.equal("", table.concat(wrong, "\n"))
    end)

    it("agree when read as live, too: " .. name, function()
      local there = support.each_document(name, function(doc)
        for version, key in pairs(versions) do
          if doc[key] then assert(domain.read(doc.xml)) end
          if doc[key] == false and not is_others(doc.error) then
            assert.is_nil((domain.read(doc.xml, { libvirt = version })), doc.what)
          end
        end
      end)
      if not there then return pending(support.no_verdicts) end
    end)
  end
end)
