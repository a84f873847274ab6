-- SPDX-License-Identifier: LGPL-2.1-or-later
-- connect.lua - connect a guest's NICs from Lua, and get what was done as data
--
--   lua5.4 connect.lua plan|up|down POLICY.lua STATE-DIRECTORY <GUEST.xml
--
-- All that is printed here is printed by this file: the module prints nothing.
local moontap = require "moontap"

local what, policy, state = table.unpack(arg)
if not (what == "plan" or what == "up" or what == "down") or not state then
  io.stderr:write("usage: ", arg[0], " plan|up|down POLICY STATE <GUEST.xml\n")
  os.exit(2)
end

local function print_steps(steps, head)
  for _, step in ipairs(steps) do
    print(("  %s%s %s %s: %s"):format(head, step.op, step.kind, step.object, step.command))
  end
end

local session <close> = assert(moontap.open{ policy = policy, state = state })
local outcome, err, partial = session[what](session, io.stdin)
outcome = outcome or partial

if outcome then
  print("guest " .. (outcome.name or ""))
  for _, nic in ipairs(outcome.nics) do
    print(("NIC %d %s: %s, decided: %s%s"):format(nic.index, nic.dev or "",
      nic.unmanaged and "unmanaged" or "managed", nic.decision or "as the XML says",
      nic.note and ", " .. nic.note or ""))
    print_steps(nic.steps, "")
    print_steps(nic.undone, "undone: ")
  end
end
if err then
  print(("error %s: %s: %s %s: %s"):format(err.code, err.where, err.what, err.on, err.why))
  os.exit(err.exit, true)
end
