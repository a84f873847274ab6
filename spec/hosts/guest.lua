-- guest.lua - guests without QEMU in a lab's host, each a network namespace behind a tap: guest.py
local M = {}

local NIC = [[<domain type='qemu'><name>$name</name>
  <uuid>5d1f2f0c-4a3f-4f63-9e3c-0a6f2d6b1c$number</uuid><devices><interface type='ethernet'>
  <mac address='52:54:00:00:00:$number'/><target dev='$name0' managed='no'/></interface></devices>
  </domain>]]

local Guest = {}
Guest.__index = Guest

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

-- moved(from, to) -> the milliseconds between its pause there and its run here
function Guest:moved(from, to)
  local function last(host, what)
    return host:read("/run/lab/log/" .. self.name):match(".*" .. what .. " ([%d.]+)")
  end
  return (last(to, "runs") - last(from, "paused")) * 1000
end

function Guest:run(host) host:ok("kill -USR1 " .. self.pid[host]) end

function Guest:pause(host) host:ok("kill -USR2 " .. self.pid[host]) end

function Guest:stop(host)
  host:ok(("kill %s; ip netns del %s"):format(self.pid[host], self.name))
  self.pid[host] = nil
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

-- ask(host, other, seconds) -> a function that waits for the end of this: it asks another guest all
-- the time. It returns the longest time without an answer, in ms, and how many answers came.
function Guest:ask(host, other, seconds)
  local log = ("/run/lab/log/gap-%s"):format(self.name)
  self:sh(host, ("python3 spec/hosts/gap.py %s %g >%s 2>&1 &"):format(other.address, seconds, log))
  host:wait("grep -q asking " .. log, 30, "gap.py to start")
  return function()
    host:wait(("grep -q '^[0-9]' %s"):format(log), seconds + 30, "gap.py to end")
    local gap, answers = host:read(log):match "(%d+) (%d+)\n"
    return tonumber(gap), tonumber(answers)
  end
end

return M
