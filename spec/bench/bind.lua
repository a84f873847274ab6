-- SPDX-License-Identifier: LGPL-2.1-or-later
-- bind.lua HOW PROGRAM FILE... - in a host: moontap up of guests, a file each, whose tap and
-- logical port have the file's name; prints seconds
--   turn       one after the other, and down again: the median
--   shell      the same with ip(8) and ovs-vsctl(8)
--   together   all at once
--   down       all at once
local measure = require "measure"

local how, program = arg[1], arg[2]
local guests = table.move(arg, 3, #arg, 1, {})

local function name(file) return file:match "[^/]+$" end

local ADD = [[ip tuntap add dev $1 mode tap && ip link set $1 up &&
  ovs-vsctl add-port br-int $1 -- set interface $1 external_ids:iface-id=$1 &&
  ovs-vsctl wait-until interface $1 external_ids:ovn-installed=true]]

local function in_turn(up, down)
  local walls = {}
  for i, file in ipairs(guests) do
    walls[i] = measure.run(up(file)).wall
    measure.sh("%s >/dev/null; sleep 0.3", down(file))
  end
  table.remove(walls, 1) -- it warms caches up
  return measure.median(walls)
end

local function together(words)
  local commands = {}
  for i, file in ipairs(guests) do commands[i] = words(file) end
  return measure.together(commands)
end

local function up(file) return { program, "up", file } end

local done = {
  turn = function()
    return in_turn(up, function(file) return program .. " down " .. name(file) end)
  end,
  shell = function()
    return in_turn(function(file) return { "/bin/sh", "-c", ADD, "sh", name(file) } end,
      function(file) return ("ovs-vsctl del-port %s; ip link del %s"):format(name(file),
        name(file)) end)
  end,
  together = function() return together(up) end,
  down = function() return together(function(file) return { program, "down", name(file) } end) end,
}
print(done[how]())
