-- SPDX-License-Identifier: LGPL-2.1-or-later
-- service.lua - a moontapd in the namespace that the bench is in
local measure = require "measure"
local spawn = require "spawn"

local M = {}

local Service = {}
Service.__index = Service

-- Its socket, once each worker has had the time to make its evaluators.
local function wait_for(socket)
  measure.sh("for i in $(seq 100); do test -S %s && break; sleep 0.05; done; sleep 0.5", socket)
end

--- start(prefix, folder, ...) -> service: with a socket in the folder, and further options; it ends
-- with its variable, by its pid, or with the bench
function M.start(prefix, folder, ...)
  local socket = folder .. "/service/event"
  os.remove(socket)
  local pid = assert(spawn.start {
    "/usr/bin/setpriv", "--pdeathsig", "TERM", prefix .. "/sbin/moontapd", "--socket", socket, ...
  })
  wait_for(socket)
  return setmetatable({ pid = pid, socket = socket }, Service)
end

Service.__close = function(self) assert(spawn.stop(self.pid)) end

return M
