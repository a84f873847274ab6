-- helper.lua - around each test: a network namespace of its own, and no descriptor left open
--
-- So no spec cleans up, tests cannot see each other, and a leak is blamed on the test that made it.
-- What the machine has, they do not see either: machine.lua.
-- Specs get the functions below by `local helper = require "spec.helper"`.

local busted = require "busted"
local netns = require "internals.netns"
local machine = require "spec.machine"
local rootless = require "spec.rootless"
local features = require "spec.features"
local json = require "dkjson"

local M = {}
local folder -- of the test, made when it is first asked for

local function open_descriptors()
  collectgarbage()
  collectgarbage()
  return netns.fds()
end

local function full_name(element)
  local names = {}
  while element and element.name and element.descriptor ~= "file" do
    table.insert(names, 1, element.name)
    element = busted.parent(element)
  end
  return table.concat(names, " ")
end

-- busted runs this file as its helper, and specs require it: the same module.
local function watch()
  local before, test

  busted.before_each(function() -- of all before_each the first
    assert(netns.unshare())
    machine.settle()
    before = open_descriptors()
  end)
  busted.subscribe({ "test", "start" }, function(element)
    test = full_name(element)
    local why = rootless.why(test)
    if why then
      element.run = function() element.env.pending(why) end -- as a test calls it
    end
    return nil, true
  end)
  busted.after_each(function() -- of all after_each the last
    if folder then
      M.run("rm -rf " .. folder)
      folder = nil
    end
    local left = open_descriptors() - before
    if left ~= 0 then
      error(("%s: left %d descriptors open"):format(test, left), 0)
    end
  end)
end

if not package.loaded["spec.helper"] then
  package.loaded["spec.helper"] = M
  machine.hide()
  watch()
end

-- run(command) -> its output; raises when it fails. By sh, in the test's namespace; a sanitizer is
-- for moontap alone.
function M.run(command)
  local p = assert(io.popen("unset LD_PRELOAD; { " .. command .. "\n} 2>&1"))
  local output = p:read "a"
  if not p:close() then
    error(command .. "\n" .. output, 2)
  end
  return output
end

-- folder() -> an empty folder that is gone after the test
function M.folder()
  folder = folder or M.run("mktemp -d"):match "%C+"
  return folder
end

-- json(command) -> what `ip -j` or `bridge -j` printed, as tables
function M.json(command)
  local text = M.run(command)
  return text:match "%S" and assert(json.decode(text)) or {}
end

-- link(dev) -> what `ip -j -d link` says of a device
function M.link(dev)
  return M.json("ip -j -d link show dev " .. dev)[1]
end

-- devices(command) -> the names of the devices that it printed, sorted
function M.devices(command)
  local names = {}
  for i, device in ipairs(M.json(command)) do names[i] = device.ifname end
  table.sort(names)
  return names
end

M.kernel_has = features.kernel_has

-- samples() -> the folders of samples/ with a guest that this kernel can connect, each { name =,
-- tag = what titles of specs get }
function M.samples()
  local samples = {}
  for name in M.run("cd samples && ls */domain.xml"):gmatch "([^/%c]+)/" do
    local needs = io.open("samples/" .. name .. "/needs")
    local feature = needs and needs:read "l"
    if needs then needs:close() end
    if not feature or M.kernel_has(feature) then
      samples[#samples + 1] = { name = name, tag = feature and " #" .. feature or "" }
    end
  end
  return samples
end

-- missing(pending, reason): this machine lacks a feature; where all are required, a failure, so
-- that a skip cannot hide. pending is busted's, which only the spec has.
function M.missing(pending, reason)
  if os.getenv "MOONTAP_REQUIRE_KERNEL" == "1" then
    error(reason, 2)
  end
  pending(reason)
end

return M
