-- memory.lua - a host made of memory, for specs of runs: a state directory, a log, two real taps
--
-- Whoever requires it gets them anew before each test.

local assert = require "luassert"
local helper = require "spec.helper"
local plan = require "internals.plan"

local M = {}

-- begin(...): nothing has been connected yet, and this is there
function M.begin(...)
  M.state, M.log = helper.folder() .. "/state", {}
  helper.run "ip tuntap add dev nic0 mode tap; ip tuntap add dev nic1 mode tap"
  plan.remember(...)
end

-- connect(dev, record...) -> as plan.connect(), each declared on a line of its own
function M.connect(dev, ...)
  local lines = {}
  for i, line in ipairs { ... } do
    lines[i] = ("p.lua:%d: %s"):format(i, line)
  end
  return plan.connect(M.state, M.log, dev, lines)
end

function M.disconnect(dev)
  return plan.disconnect(M.state, M.log, dev)
end

-- there(record...): this, and nothing else, is there
function M.there(...)
  local is = plan.there()
  table.sort(is)
  assert.same({ ... }, is)
end

-- files() -> names of the files in the state directory, sorted
function M.files()
  local names = {}
  for name in helper.run(("cd %s && find . -type f"):format(M.state)):gmatch "%./(%C+)" do
    names[#names + 1] = name
  end
  table.sort(names)
  return names
end

-- read(name) -> the text of one
function M.read(name)
  local f <close> = assert(io.open(M.state .. "/" .. name))
  return f:read "a"
end

return M
