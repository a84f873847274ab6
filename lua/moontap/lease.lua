-- SPDX-License-Identifier: LGPL-2.1-or-later
-- lease.lua - pool{} and lease(): addresses that NICs keep
--
-- Requires: the table that policy/sandbox.c makes, with the verbs of kinds.
local core = ...
local globals = core.globals

local pools = setmetatable({}, { __mode = "k" }) -- by what pool() returns: { name =, range = }

--- pool{name = name, range = "FIRST-LAST"} -> pool
-- Addresses for lease() to give to NICs, at most 4096 of them. Plans may use them, as with
-- allow{prefix=…}. Only at the top level.
--   name    of letters, digits, -, _ and .: policies that say the same name share the addresses
--   range   the first address and the last: "10.0.0.10-10.0.0.250", "fd00::10-fd00::ff"
-- Raises: a name or a range that is none.
--   local lan = pool{ name = "lan", range = "10.0.0.10-10.0.0.250" }
function globals.pool(options)
  core.at_top "pool"
  if type(options) ~= "table" or type(options.name) ~= "string" or
    not options.name:find "^[%w_-][%w_.-]*$" or #options.name > 64 then
    error "pool: name: letters, digits, -, _ and . expected"
  end
  local name, range = options.name, options.range
  if type(range) ~= "string" then
    error "pool: range: two addresses expected, \"10.0.0.10-10.0.0.250\""
  end
  local prefixes, why = core.pool(range)
  if not prefixes then error("pool: range: " .. why) end
  for _, prefix in ipairs(prefixes) do globals.allow{ prefix = prefix } end
  globals.allow{ pool = name }
  local token = setmetatable({}, { __name = "pool", __metatable = false })
  pools[token] = { name = name, range = range }
  return token
end

local declare_lease = globals.lease -- the kind's verb
local given = {} -- words of core.lease(): what this event's NICs have been given

--- lease(pool [, nic]) -> address
-- An address of the pool for the NIC, which keeps it: over stops of its guest, other policies and
-- reboots of the host, until `moontap lease --free`. It is the NIC's by the guest's uuid (its name,
-- where it has no uuid) and the NIC's MAC. A new one is a free one of the pool. Only in connect().
--   pool   what pool() returned
--   nic    without it, the one that is being connected
-- Raises: no pool; a NIC without a MAC. When all addresses are taken, it refuses.
--   local address = lease(lan)
function globals.lease(pool, nic)
  local of = pools[pool]
  local facts = nic and core.behind(nic) or core.current
  if not of then
    error "lease: a pool expected: what pool{} returned"
  elseif not facts then
    error "lease: only while a NIC is being connected"
  elseif not facts.mac then
    error "lease: the XML has no <mac>, by which the NIC could have an address again"
  end
  local domain, whose = facts.domain, facts.caller and facts.caller.user .. ":" or ""
  whose = whose .. (domain.uuid or domain.name) .. " " .. facts.mac:lower()
  local address = core.lease(of.name, of.range, whose, given)
  if not address then
    globals.refuse(("all addresses of the pool %s (%s) are taken: `moontap lease` lists them")
      :format(of.name, of.range))
  end
  declare_lease{ address = address, pool = of.name, owner = whose }
  return address
end
