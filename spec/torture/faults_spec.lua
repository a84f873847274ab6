-- faults_spec.lua - every call that moontap makes fails once, in each way that it can fail
--
-- A run that failed leaves host and state as they were. One that could not take something back says
-- so, and the next command finishes it. In samples, which have what the scenes have in other words,
-- each call fails in one of the ways, in turn.

local faults = require "spec.torture.faults"
local scenes = require "spec.torture.scenes"
local torture = require "spec.torture.torture"

-- That a device is gone, the kernel is believed when it is asked: it has no reason to lie.
local ways = {
  { what = "request", fault = "EPERM" }, { what = "request", fault = "EBUSY" },
  { what = "request", fault = "ENOBUFS" }, { what = "request", fault = "EINTR" },
  { what = "request", fault = "lost" }, { what = "request", fault = "silent" },
  { what = "change", fault = "ENODEV" },
  { what = "state", fault = "EIO" }, { what = "state", fault = "ENOSPC" },
  { what = "state", fault = "EINTR" },
}

-- The same, by what fails: each { what =, fault =, turns = the faults }
local in_turn = {}
for _, how in ipairs(ways) do
  local last = in_turn[#in_turn]
  if not last or last.what ~= how.what then
    last = { what = how.what, fault = how.fault, turns = {} }
    in_turn[#in_turn + 1] = last
  end
  table.insert(last.turns, how.fault)
end

describe("every call #bare fails once: #torture", function()
  for _, scene in ipairs(scenes.all) do
    it(scene.name .. scene.tag, function()
      local m = torture.moments(scene)
      for _, run in ipairs(torture.runs(scene)) do
        local here = scene.sample and torture.all and in_turn or ways
        for _, how in ipairs(torture.some(here, 3)) do
          faults.try(scene, m, run, how)
        end
        assert.equal("", torture.since(m.down))
        torture.summary()
      end
    end)
  end
end)
