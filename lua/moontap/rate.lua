-- SPDX-License-Identifier: LGPL-2.1-or-later
-- rate.lua - the verb rate: how much a NIC may get and send, in libvirt's words, by kinds
--
-- Requires: the table that policy/sandbox.c makes, with the verbs of kinds and of verbs.lua.
--
-- libvirt replaces the root qdisc of a guest's device after moontap has connected it. So nothing is
-- put there: each direction is redirected to an ifb of its own, whose queue limits it.
local core = ...
local globals = core.globals

-- Of a tap, the host gets what its guest sends; a macvtap's guest is on the host's side of it.
local sides = {
  { name = "inbound", prefix = "mi", of_tap = "egress", of_macvtap = "ingress" },
  { name = "outbound", prefix = "mo", of_tap = "ingress", of_macvtap = "egress" },
}

local no_floor = "it takes a part of the bridge's uplink, shared by all guests, and moontap " ..
  "limits each NIC by itself"

-- --- values -------------------------------------------------------------------------------------

local prefixes = { [""] = 1, k = 1e3, m = 1e6, g = 1e9, t = 1e12 }
local binary = { k = 1, m = 1024, g = 1024 * 1024 } -- in KiB

-- Bytes/s of a number of kB/s, or of a text; nil: it is none.
local function rate_of(value)
  if type(value) == "number" then return value * 1000 end
  local number, prefix, unit = value:match "^([%d.]+) ?([kKmMgGtT]?)(%a+)/?s?$"
  number, prefix = tonumber(number), prefixes[(prefix or ""):lower()]
  if not number or not prefix then return end
  if unit:lower() == "bit" then return number * prefix / 8 end
  return unit == "B" and value:find "/s$" and number * prefix or nil
end

-- KiB of a number of them, or of a text; nil: it is none.
local function burst_of(value)
  if type(value) == "number" then return value end
  local number, prefix = value:match "^([%d.]+) ?([kKmMgG])i?B?$"
  return tonumber(number) and tonumber(number) * binary[prefix:lower()]
end

local units = {
  rate = { rate_of, "a number of kB/s, as in libvirt's XML, or a text such as \"20mbit\" or " ..
    "\"2.5MB/s\"" },
  burst = { burst_of, "a number of KiB, as in libvirt's XML, or a text such as \"256k\"" },
}

-- What a field is of: a field of tbf. nil: rate has no such field.
local function meaning(name)
  local side, what = name:match "^(%l+)_?(%l*)$"
  if side ~= "inbound" and side ~= "outbound" then return end
  return what == "" and "rate" or (what == "peak" or what == "burst") and what or nil
end

local function show(value)
  if type(value) == "string" then return "'" .. value:sub(1, 40) .. "'" end
  return type(value) == "number" and globals.tostring(value) or "a " .. type(value)
end

-- The whole number that a field of tbf gets for a value; nil, and why not.
local function read(of, value)
  local unit = units[of] or units.rate
  local number = (type(value) == "number" or type(value) == "string") and unit[1](value)
  if not number then return nil, show(value) .. " is not " .. unit[2] end
  number = number > -1e15 and number < 1e15 and (number + 0.5) // 1 | 0 or -1
  local why = core.misfit("tbf", of, number)
  if why then return nil, why end
  return number
end

-- Why the hook's option, a field of rate, does not take the value; nil: it does.
function core.misfit_rate(name, value)
  if name == "floor" then return no_floor end
  local _, why = read(meaning(name), value)
  return why
end

-- --- the verb -----------------------------------------------------------------------------------

local names = { dev = true }
for _, side in ipairs(sides) do
  names[side.name], names[side.name .. "_peak"], names[side.name .. "_burst"] = true, true, true
end

local function check_names(fields)
  local first
  for name in next, fields do
    if type(name) ~= "string" then
      error("rate: fields have names, and this one is a " .. type(name))
    elseif not names[name] and (not first or name < first) then
      first = name
    end
  end
  if first and first:find "floor" then error("rate: " .. first .. ": " .. no_floor) end
  if first then
    error("rate: unknown field '" .. first .. "'" .. core.instead(first, names, "its fields"))
  end
end

local function check_nic(dev)
  local nic = core.current
  if type(dev) ~= "string" or not core.is_name(dev) then
    error("rate: dev: the name of the NIC's device expected: rate{ dev = nic.dev, … }")
  elseif nic and nic.dev and dev ~= nic.dev then
    error(("rate: %s is not the device of this NIC, %s"):format(dev, nic.dev))
  elseif nic and nic.bandwidth then
    error("rate: libvirt's <bandwidth> is there, in the XML of this NIC: have either that or " ..
      "the policy's rate")
  end
end

local function value_of(fields, name)
  local value = rawget(fields, name)
  if value == nil then return end
  local number, why = read(meaning(name), value)
  return number or error(("rate: %s: %s"):format(name, why))
end

-- At least what a packet of the largest size has before it is cut, and 10 ms of the rate. With
-- less, a fast queue waits for its timer.
local function usual_burst(rate)
  local burst = rate // 100 // 1024
  return burst > 64 and burst or 64
end

-- The tbf of one side; nil: it is not limited.
local function queue(fields, side)
  local rate = value_of(fields, side)
  local peak, burst = value_of(fields, side .. "_peak"), value_of(fields, side .. "_burst")
  if not rate and (peak or burst) then
    error(("rate: %s_%s needs %s"):format(side, peak and "peak" or "burst", side))
  elseif rate and peak and peak <= rate then
    error(("rate: %s_peak must be more than %s, which is the average"):format(side, side))
  end
  return rate and { rate = rate, burst = burst or usual_burst(rate), peak = peak }
end

-- FNV-1a
local function hash(text)
  local h = 0x811c9dc5
  for i = 1, #text do h = (h ~ text:byte(i)) * 0x01000193 & 0xffffffff end
  return h
end

-- The name of an ifb: at most 15 bytes, and that of no other NIC's.
local function ifb_of(prefix, dev)
  if #dev <= 12 then return prefix .. "-" .. dev end
  return ("%s_%s%08x"):format(prefix, dev:sub(1, 4), hash(dev))
end

local function is_macvtap(dev)
  if core.port and core.port.macvtap then return true end
  if not core.reads_host then return false end
  local read_it, macvtap = globals.pcall(globals.host.macvtap, dev)
  return read_it and macvtap ~= nil
end

--- rate(limits)
-- Limit what a NIC gets and sends, by kinds ifb, tbf, clsact and redirect: nothing is on the root
-- qdisc of its device, which libvirt replaces when the guest starts. The words, the sides and the
-- units are those of libvirt's <bandwidth>; where the XML has that, there can be no rate.
--   dev             nic.dev
--   inbound         what the guest gets, on average: a number of kB/s, or a text: "20mbit",
--                   "2.5MB/s"
--   inbound_peak    the rate of a burst, in the same units; without it, bursts have no limit
--   inbound_burst   what comes at once after a pause: a number of KiB, or a text: "256k"; without
--                   it, what comes in 10 ms, but at least 64 KiB
--   outbound, outbound_peak, outbound_burst   the same of what the guest sends
-- Raises: an unknown field, a value that does not fit; floor, which moontap does not have.
--   rate{ dev = nic.dev, inbound = "20mbit", outbound = 2500 }
function globals.rate(limits)
  if type(limits) ~= "table" then error "rate: one table of fields expected" end
  check_names(limits)
  check_nic(rawget(limits, "dev"))
  local dev, any = rawget(limits, "dev"), false
  local macvtap = is_macvtap(dev)
  for _, side in ipairs(sides) do
    local tbf = queue(limits, side.name)
    if tbf then
      any = true
      tbf.dev = ifb_of(side.prefix, dev)
      globals.ifb{ name = tbf.dev }
      globals.link{ name = tbf.dev, up = true }
      globals.tbf(tbf)
      globals.clsact{ dev = dev }
      globals.redirect{
        dev = dev, direction = macvtap and side.of_macvtap or side.of_tap, to = tbf.dev,
      }
    end
  end
  if not any then error "rate: inbound or outbound is missing" end
  if core.port then core.port.rate = macvtap and "macvtap" or "tap" end
end
