-- memory_spec.lua - the n-th allocation fails, in the program and in the evaluator
--
-- That nothing leaks is the sanitizers' and valgrind's to say; the Lua state by itself is
-- spec/policy/memory_spec.lua's.

local memory = require "spec.torture.memory"
local scenes = require "spec.torture.scenes"
local torture = require "spec.torture.torture"

-- Evaluators do the same in each scene, but for the policy: what they allocate fails in two.
local with_evaluator = { ["a tap in a bridge"] = true, ["a routed tap"] = true }

describe("every allocation #bare fails once: #torture", function()
  for _, scene in ipairs(scenes.all) do
    if not (torture.all and scene.sample) then
      it(scene.name, function()
        local m = torture.moments(scene, true) -- the loader's allocations are meant, too
        for _, run in ipairs(torture.runs(scene)) do
          memory.try(scene, m, run, "parent")
          torture.summary()
        end
        if not torture.all or with_evaluator[scene.name] then
          memory.try(scene, m, torture.runs(scene)[1], "child")
          torture.summary()
        end
      end)
    end
  end
end)
