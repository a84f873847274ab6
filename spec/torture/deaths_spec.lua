-- deaths_spec.lua - kill -9 at every crossing into the kernel and into the state directory
--
-- Before it, after it, and in the midst of a write. The next command for the NIC finds the host as
-- it was before, or as it was to be: when the run had been decided.

local deaths = require "spec.torture.deaths"
local scenes = require "spec.torture.scenes"
local torture = require "spec.torture.torture"

-- What a killed run left is found by the command that comes next. Between after one crossing and
-- before the next nothing changes: so `make torture` kills after each one, and `make check`, which
-- tries few of them, before one, too.
local ways = {
  { what = "crossing", fault = "before", nexts = { "up", "reconcile", "changed" } },
  { what = "crossing", fault = "after", nexts = { "down", "changed", "up", "reconcile" } },
  { what = "write", fault = "torn", nexts = { "up", "reconcile", "changed", "down" } },
}

local all = { ways[2], ways[3] }

describe("kill -9 #bare at every crossing: #torture", function()
  for _, scene in ipairs(scenes.all) do
    it(scene.name .. scene.tag, function()
      local m = torture.moments(scene)
      for _, run in ipairs(torture.runs(scene)) do
        for _, death in ipairs(torture.some(torture.all and all or ways, 2)) do
          deaths.try(scene, m, run, death)
        end
        torture.summary()
      end
      if not (scene.sample and torture.all) then -- whose evaluators do as the scenes' do
        for _, death in ipairs(torture.some(torture.all and all or ways, 1)) do
          deaths.try(scene, m, torture.runs(scene)[1], death, "child")
        end
      end
      torture.summary()
    end)
  end
end)
