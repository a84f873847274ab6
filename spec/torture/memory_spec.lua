-- memory_spec.lua - the n-th allocation fails, in the program and in the evaluator
--
-- No crash, one clear line, and host and state as they were. (That nothing leaks is the sanitizers'
-- and valgrind's to say; the Lua state by itself is spec/policy/memory_spec.lua's.)

local scenes = require "spec.torture.scenes"
local torture = require "spec.torture.torture"

local function judge(run, m, r)
  assert.is_true(r.status <= 6, "a crash")
  if r.status == (torture.expected[run.name] or 0) then -- it could do without
    assert.equal("", torture.since(m[run.to]))
    return "went on"
  end
  assert.matches("^moontap: [^\n]+\n$", r.err:match "([^\n]*\n)$" or r.err)
  if r.status == 6 then
    torture.must "down"
    assert.equal("", torture.since(m.down))
    return "said what is left, and finished"
  end
  assert.equal("", torture.since(m[run.from]))
  return "taken back"
end

local function try(scene, m, run, who)
  local how = { who = who, what = "memory", fault = "ENOMEM" }
  local at = "down"
  torture.each(run, how, function(n)
    if at ~= run.from then
      torture.must(run.from)
    end
    how.n = n
    local r = torture.moontap(torture.words[run.name], how)
    local ok, outcome = pcall(judge, run, m, r)
    if not ok then
      error(("%s, %s, %s's allocation %d: exit %d: %s\n%s"):format(scene.name, run.name, who, n,
        r.status, r.err, tostring(outcome)), 0)
    end
    at = run.from
    if outcome ~= "taken back" then
      torture.must "down"
      at = "down"
    end
    if r.fired then
      torture.count(who == "child" and "no memory, evaluator" or "no memory", scene.name,
        run.name .. ": ENOMEM", outcome)
    end
    return r.fired
  end)
  torture.must "down"
end

-- Evaluators do the same in each scene, but for the policy: what they allocate fails in two.
local with_evaluator = { ["a tap in a bridge"] = true, ["a routed tap"] = true }

describe("every allocation #bare fails once: #torture", function()
  for _, scene in ipairs(scenes.all) do
    if not (torture.all and scene.sample) then
      it(scene.name, function()
        local m = torture.moments(scene, true) -- the loader's allocations are meant, too
        for _, run in ipairs(torture.runs(scene)) do
          try(scene, m, run, "parent")
          torture.summary()
        end
        if not torture.all or with_evaluator[scene.name] then
          try(scene, m, torture.runs(scene)[1], "child")
          torture.summary()
        end
      end)
    end
  end
end)
