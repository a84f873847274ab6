-- deaths_spec.lua - kill -9 at every crossing into the kernel and into the state directory
--
-- Before it, after it, and in the midst of a write. The next command for the NIC finds the host as
-- it was before, or as it was to be: when the run had been decided.

local torture = require "spec.torture.torture"

local deaths = torture.all and { "before", "after", "torn" } or { "after" }

local arrive = {
  down = function() torture.must(torture.down) end,
  up = function() torture.must(torture.up) end,
  changed = function() torture.must(torture.change) end,
}

local runs = {
  { words = torture.up, from = "down", to = "up" },
  { words = torture.change, from = "up", to = "changed" },
  { words = torture.down, from = "up", to = "down" },
}

-- The state that a killed run is found in, by the command that comes next.
local nexts = {
  { name = "up", words = torture.up },
  { name = "changed", words = torture.change },
  { name = "down", words = torture.down },
}

local function moments(scene)
  local m = {}
  torture.begin(scene)
  for _, name in ipairs { "down", "up", "changed", "down" } do
    arrive[name]()
    m[name] = m[name] or torture.moment()
  end
  assert.equal("", torture.since(m.down))
  return m
end

-- Whatever comes next does what it would have done without the kill.
local function go_on(m, after)
  torture.must(after.words)
  if after.name ~= "changed" then -- what that is like depends on what was there before
    assert.equal("", torture.since(m[after.name]))
  end
  torture.must(torture.down)
  assert.equal("", torture.since(m.down))
end

local function try(scene, m, run, how)
  local n = #scene.name % torture.stride
  repeat
    local r
    for _, after in ipairs(nexts) do
      arrive[run.from]()
      how.n = n + 1
      r = torture.moontap(run.words, how)
      local ok, why = pcall(go_on, m, after)
      if not ok or (r.fired and how.who ~= "child" and r.status ~= 128 + 9) then
        error(("%s, %s, killed %s %d (%s), then %s: exit %d: %s\n%s"):format(scene.name, run.words,
          how.fault, how.n, r.where, after.name, r.status, r.err, tostring(why)), 0)
      end
      if r.fired then
        torture.count(("killed %s, then %s"):format(how.fault, after.name), "as before")
      end
      if not torture.all and r.fired then -- a sample: each with the next of what may come next
        table.insert(nexts, table.remove(nexts, 1))
        break
      end
    end
    n = n + torture.stride
  until not r.fired
end

describe("#torture kill -9 at every crossing:", function()
  for _, scene in ipairs(torture.scenes) do
    for _, run in ipairs(runs) do
      it(("%s, from %s to %s"):format(scene.name, run.from, run.to), function()
        local m = moments(scene)
        for _, fault in ipairs(deaths) do
          try(scene, m, run, { what = "crossing", fault = fault })
        end
      end)
    end
    it(scene.name .. ", of the evaluator alone", function()
      local m = moments(scene)
      for _, fault in ipairs(deaths) do
        try(scene, m, runs[1], { who = "child", what = "crossing", fault = fault })
      end
    end)
  end
  teardown(torture.summary)
end)
