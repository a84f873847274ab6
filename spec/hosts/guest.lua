-- guest.lua - guests without QEMU in a lab's host, each a network namespace behind a tap: guest.py
local moontap = require "spec.guest.moontap"

local M = {}

local NIC = [[<domain type='qemu'><name>$name</name>
  <uuid>5d1f2f0c-4a3f-4f63-9e3c-0a6f2d6b1c$number</uuid><devices><interface type='ethernet'>
  <mac address='52:54:00:00:00:$number'/><target dev='$name0' managed='no'/></interface></devices>
  </domain>]]

local Guest = {}
Guest.__index = Guest
M.Guest = Guest

-- of(name, number) -> a guest that runs nowhere yet: 52:54:00:00:00:NUMBER, 10.9.0.NUMBER/24, whose
-- tap is NAME0
function M.of(name, number)
  local hex = ("%02x"):format(number)
  return setmetatable({ name = name, mac = "52:54:00:00:00:" .. hex, address = "10.9.0." .. number,
    xml = NIC:gsub("%$name", name):gsub("%$number", hex), pid = {} }, Guest)
end

-- start(host, paused): opens its tap there. A paused one gets nothing, until run().
function Guest:start(host, paused)
  local log = "/run/lab/log/" .. self.name
  host:ok("ip netns add " .. self.name)
  self.pid[host] = host:ok(("python3 spec/hosts/guest.py %s0 %s %s %s/24 %s >%s 2>&1 & echo $!")
    :format(self.name, self.name, self.mac, self.address, paused and "paused" or "", log))
    :match "%d+"
  host:wait("grep -q ready " .. log, 30, self.name .. " to start")
end

function Guest:run(host) host:ok("kill -USR1 " .. self.pid[host]) end

function Guest:pause(host) host:ok("kill -USR2 " .. self.pid[host]) end

function Guest:stop(host)
  host:ok(("kill %s; ip netns del %s"):format(self.pid[host], self.name))
  self.pid[host] = nil
end

-- event(host, operation, ...): libvirt calls its hook there
function Guest:event(host, ...)
  for _, operation in ipairs { ... } do
    local sub = ("stopped release"):find(operation) and "end" or "begin"
    host:ok(("%s hook qemu %s %s %s - <%s"):format(moontap.program, self.name, operation, sub,
      host:file(self.xml)))
  end
end

-- begin(host), finish(host): the guest's life there, as libvirt has it
function Guest:begin(host)
  self:event(host, "prepare")
  self:start(host)
  self:event(host, "start", "started")
end

function Guest:finish(host)
  self:stop(host)
  self:event(host, "stopped", "release")
end

-- arrive(host): it is there by migration, and does not run yet
function Guest:arrive(host)
  self:event(host, "migrate", "prepare")
  self:start(host, true)
  self:event(host, "start", "started")
end

local function when(guest, host, what)
  return tonumber(host:wait(function()
    return host:read("/run/lab/log/" .. guest.name):match(what .. " ([%d.]+)\n$")
  end, 30, guest.name .. " " .. what))
end

-- switch(from, to): it is paused on one host, and runs on the other. Return: for how long it does
-- not run, in ms
function Guest:switch(from, to)
  self:pause(from)
  self:run(to)
  return (when(self, to, "runs") - when(self, from, "paused")) * 1000
end

-- move(how, from, to, asking): it switches to the other host, and ends on the first.
-- asking: by words for who asks it, what ask() returned. Prints for how long each got no answer.
-- Return: the longest of these, in ms
function Guest:move(how, from, to, asking)
  local longest = 0
  to:ok "sleep 0.5"
  local paused = self:switch(from, to)
  to:ok(moontap.program .. " up " .. self.name)
  self:finish(from)
  to:ok "sleep 0.5"
  for who, stop in pairs(asking) do
    local gap, answers = stop()
    io.write(("%s: a guest that moves, paused for %.0f ms, is away for %d ms from a guest %s\n")
      :format(how, paused, gap, who))
    assert(answers > 20, "the guest did not come back")
    longest = math.max(longest, gap)
  end
  return longest
end

-- sh(host, command) -> as the host's, in the guest
function Guest:sh(host, command)
  return host:sh(("ip netns exec %s sh -c '%s'"):format(self.name, command))
end

function Guest:reaches(host, other, ...)
  return self:sh(host, ("busybox ping -c 1 -W 1 %s %s"):format(table.concat({ ... }, " "),
    other.address)).status == 0
end

function Guest:wait_reaches(host, other)
  host:wait(function() return self:reaches(host, other) end, 30,
    ("%s to reach %s"):format(self.name, other.name))
end

-- ask(host, other) -> a function that ends this: it asks another guest all the time. It returns the
-- longest time without an answer, in ms, and how many answers came.
function Guest:ask(host, other)
  local log = ("/run/lab/log/gap-%s"):format(self.name)
  local pid = self:sh(host, ("python3 spec/hosts/gap.py %s >%s 2>&1 & echo $!"):format(
    other.address, log)).out:match "%d+"
  host:wait("grep -q asking " .. log, 30, "gap.py to start")
  return function()
    host:ok(("kill %s; while [ -e /proc/%s ]; do sleep 0.01; done"):format(pid, pid))
    local gap, answers = host:read(log):match "(%d+) (%d+)\n"
    return tonumber(gap), tonumber(answers)
  end
end

return M
