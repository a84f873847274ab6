-- support.lua - what the specs of src/domain share: documents, comparison, libvirt's verdicts
local json = require "dkjson"

local M = {}

-- A domain around some <interface> elements; the first interface starts on line 2.
function M.domain(inside, head)
  return "<domain type='kvm'><name>web</name>" .. (head or
    "<uuid>c7a5fdbd-edaf-9455-926a-d65c16db1809</uuid>") ..
    "<devices>\n" .. inside .. "\n</devices></domain>\n"
end

-- nil when they are equal, else where they differ
function M.difference(a, b, at)
  at = at or ""
  if type(a) ~= "table" or type(b) ~= "table" then
    return a ~= b and ("%s: %s is not %s"):format(at, a, b) or nil
  end
  for k in pairs(a) do
    local d = M.difference(a[k], b[k], at .. "." .. k)
    if d then return d end
  end
  for k in pairs(b) do
    if a[k] == nil then return at .. "." .. k .. ": missing" end
  end
end

local moontaps = { index = true, dev = true, unmanaged = true, unknown = true }

-- A NIC's facts without what moontap adds to libvirt's.
function M.libvirts(nic)
  local copy = {}
  for k, v in pairs(nic) do
    if not moontaps[k] then copy[k] = v end
  end
  return copy
end

local dir = os.getenv "LIBVIRT_INTERFACES" or "../shared/libvirt-interfaces"

-- Calls f(document) for each line of such a file; false when it is not there.
function M.each_document(name, f)
  local file = io.open(dir .. "/" .. name .. ".jsonl")
  if not file then return false end
  for line in file:lines() do f((json.decode(line))) end
  file:close()
  return true
end

-- Calls f(document) for each of libvirt 9.0's verdicts; false when they are not there.
function M.each_verdict(f)
  for _, name in ipairs { "domains", "mutations" } do
    if not M.each_document(name, f) then return false end
  end
  return true
end

M.no_verdicts = "libvirt's verdicts are not in " .. dir .. " (set LIBVIRT_INTERFACES)"

return M
