-- daemon.lua - a moontapd of the test's own: in its folder, and ended with it

local helper = require "spec.helper"
local program = require "spec.program"

local M = {}

local Daemon = {}
Daemon.__index = Daemon

local function wait_for(what, check)
  for _ = 1, 1000 do
    local found = check()
    if found then return found end
    helper.run "sleep 0.02"
  end
  error("waited in vain for " .. what, 2)
end
M.wait_for = wait_for

-- start(words, environment) -> daemon: with policy.lua, one worker and two spares unless others are
-- said
function M.start(words, environment)
  return M.start_by("-p policy.lua --state state " .. (words or ""), environment)
end

-- start_by(words, environment) -> the same with the host's policy and state
function M.start_by(words, environment)
  local r = program.run(([[
    rm -f moontapd.log
    %s '%sd' --foreground --socket sock/event --workers 1 --spares 2 %s >moontapd.log 2>&1 &
    echo $!]]):format(environment or "", program.path, words))
  local self = setmetatable({ pid = r.out:match "%d+" }, Daemon)
  wait_for("moontapd", function() return self:log():find "ready\n" or not self:lives() end)
  return self
end

function Daemon.log() return program.read "moontapd.log" or "" end

function Daemon:lives()
  return program.run("grep -q '^State:[^Z]*$' /proc/" .. self.pid .. "/status").status == 0
end

-- children(of) -> pids, as numbers, of this process, or of another
function Daemon:children(of)
  local list = {}
  of = of or self.pid
  for pid in helper.run(("cat /proc/%s/task/%s/children 2>/dev/null || true"):format(of, of))
      :gmatch "%d+" do
    list[#list + 1] = tonumber(pid)
  end
  return list
end

-- named(name, of) -> the children of the first process, or of another, that have this name
function Daemon:named(name, of)
  local list = {}
  for _, pid in ipairs(self:children(of)) do
    local f <close> = io.open(("/proc/%d/comm"):format(pid))
    if f and f:read() == name then list[#list + 1] = pid end
  end
  return list
end

-- acceptor() -> the process that accepts connections of users
function Daemon:acceptor()
  return wait_for("the acceptor", function() return self:named "moontapd-io"[1] end)
end

-- serving() -> the processes that serve connections of users
function Daemon:serving() return self:named("moontapd-caller", self:acceptor()) end

-- ahead(n) -> the acceptor's spares, once there are n
function Daemon:ahead(n)
  local acceptor = self:acceptor()
  local spares
  wait_for("the acceptor's spares", function()
    for _, child in ipairs(self:named("evaluator", acceptor)) do
      spares = self:children(child)
      if #spares == (n or 2) then return true end
    end
    return false
  end)
  return spares
end

-- other_ahead(spares): wait until the acceptor has one that is none of these
function Daemon:other_ahead(spares)
  local old = {}
  for _, pid in ipairs(spares) do old[pid] = true end
  wait_for("another spare", function()
    for _, pid in ipairs(self:ahead()) do
      if not old[pid] then return true end
    end
    return false
  end)
end

-- watcher() -> the process that watches the host, once it does
function Daemon:watcher()
  return wait_for("the watcher", function() return self:named "moontapd-watch"[1] end)
end

-- tree() -> the only worker, its zygote, and the spares that are ready
function Daemon:tree()
  local worker = self:named "moontapd"[1]
  local zygote = worker and self:children(worker)[1]
  return worker, zygote, zygote and self:children(zygote) or {}
end

-- ready(n) -> once there are n spares: as tree()
function Daemon:ready(n)
  wait_for("spares", function()
    local _, _, spares = self:tree()
    return #spares == (n or 2)
  end)
  return self:tree()
end

-- call(words, input) -> as program.run(), of the client by one of its names
function Daemon:call(words, input)
  assert(self:lives())
  local name, rest = words:match "^(%S+)(.*)"
  return program.run(("MOONTAP_EVENT_SOCKET=$PWD/sock/event '%s/%s'%s"):format(
    program.path:match "(.*)/", name, rest), input)
end

-- stop(signal): wait until all of its processes are gone
function Daemon:stop(signal)
  program.run(("kill -%s %s"):format(signal or "TERM", self.pid))
  wait_for("the end", function() return not self:lives() end)
end

Daemon.__close = function(self)
  if self:lives() then self:stop() end
end

return M
