-- SPDX-License-Identifier: LGPL-2.1-or-later
-- init.lua - moontap for trusted Lua: the host's objects, taps, domains, and sessions of a policy
--
-- Wrong arguments raise. On any other error a function returns nil and an error object: err.code
-- is "EBUSY", err.where the place ("NIC 1 (vnet0), policy.lua:12"), err.what was tried, err.on
-- what, err.why; tostring(err) is one line; a misspelt field raises.
--
-- Requires: moontap.core (src/binding/), which has each function's documentation.
local core = require "moontap.core"

local M = { version = core.version, open = core.open, domain = { parse = core.domain_parse } }

local function quoted(value)
  return type(value) == "string" and ("%q"):format(value) or tostring(value)
end

-- Show records as the Lua that declares them, with the fields in their kind's order.
local function dress_records(kind)
  local class = core.class("moontap." .. kind.name)

  function class.__pairs(record)
    local i = 0
    return function()
      local field, value
      repeat
        i = i + 1
        field = kind.fields[i]
        value = record[field]
      until field == nil or value ~= nil
      return field, value
    end
  end

  function class.__tostring(record)
    local parts = {}
    for field, value in pairs(record) do parts[#parts + 1] = field .. " = " .. quoted(value) end
    return ("%s{ %s }"):format(kind.name, table.concat(parts, ", "))
  end
end

--- moontap.kinds -> array
-- The kinds of host objects. Each has name, doc and fields, the names of its fields in order;
-- moontap.NAME has its functions: get, list, ensure and, where objects can be deleted, delete.
M.kinds = {}
for i, kind in ipairs(core.kinds) do
  dress_records(kind)
  M.kinds[i] = { name = kind.name, doc = kind.doc, fields = kind.fields }
  M[kind.name] = { get = kind.get, list = kind.list, ensure = kind.ensure, delete = kind.delete }
end
M.tap.open = core.tap_open

local signs = { add = "+", set = "~", delete = "-", same = "=" }

local function show_steps(lines, steps)
  for _, step in ipairs(steps) do lines[#lines + 1] = "  " .. tostring(step) end
end

local function show_nic(lines, nic, guest)
  lines[#lines + 1] = ("%sNIC %d (%s): %s, %s%s"):format(guest and guest .. " " or "", nic.index,
    nic.mac or "no MAC", nic.dev or "no device yet", nic.unmanaged and "unmanaged" or "managed",
    nic.note and ": " .. nic.note or "")
  show_steps(lines, nic.steps)
  show_steps(lines, nic.undone)
  return lines
end

core.class "moontap.step".__tostring = function(step)
  local sign = signs[step.op] .. " "
  return sign .. (step.command or step.object):gsub("\n", "\n  " .. sign)
end

core.class "moontap.nic".__tostring = function(nic)
  return table.concat(show_nic({}, nic), "\n")
end

core.class "moontap.outcome".__tostring = function(outcome)
  local lines = {}
  for _, nic in ipairs(outcome.nics) do show_nic(lines, nic, outcome.name or "?") end
  return table.concat(lines, "\n")
end

core.class "moontap.connected".__tostring = function(nic)
  local drift = #nic.drift > 0 and table.concat(nic.drift, "; ") or "as put"
  return ("%s NIC %d (%s): %s, %s, by %s since %s: %s"):format(nic.domain or "?", nic.index or 0,
    nic.mac or "no MAC", nic.dev, nic.unmanaged and "unmanaged" or "managed", nic.by or "?",
    os.date("%Y-%m-%d %H:%M", nic.since), drift)
end

return setmetatable(M, {
  __index = function(_, name) error("moontap has no '" .. tostring(name) .. "'", 2) end,
})
