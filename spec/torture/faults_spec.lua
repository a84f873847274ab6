-- faults_spec.lua - every call that moontap makes fails once, in each way that it can fail
--
-- A run that failed leaves host and state as they were. One that could not take something back says
-- so, and the next command finishes it. In samples, which have what the scenes have in other words,
-- each call fails in one of the ways, in turn.

local scenes = require "spec.torture.scenes"
local torture = require "spec.torture.torture"

-- That a device is gone, the kernel is believed when it is asked: it has no reason to lie.
local faults = {
  { what = "request", fault = "EPERM" }, { what = "request", fault = "EBUSY" },
  { what = "request", fault = "ENOBUFS" }, { what = "request", fault = "EINTR" },
  { what = "request", fault = "lost" }, { what = "request", fault = "silent" },
  { what = "change", fault = "ENODEV" },
  { what = "state", fault = "EIO" }, { what = "state", fault = "ENOSPC" },
  { what = "state", fault = "EINTR" },
}

-- The same, by what fails: each { what =, fault =, turns = the faults }
local in_turn = {}
for _, how in ipairs(faults) do
  local last = in_turn[#in_turn]
  if not last or last.what ~= how.what then
    last = { what = how.what, fault = how.fault, turns = {} }
    in_turn[#in_turn + 1] = last
  end
  table.insert(last.turns, how.fault)
end

-- What a run with one fault in it may come to. Return: its name, and whether it has to begin anew.
local function judge(run, m, r)
  if r.status == (torture.expected[run.name] or 0) then
    assert.equal("", torture.since(m[run.to]))
    return "went on", true
  end
  assert.matches("^moontap: [^\n]+\n$", r.err:match "([^\n]*\n)$" or r.err)
  if r.status == 6 then
    torture.must "down"
    assert.equal("", torture.since(m.down))
    return "said what is left, and finished", true
  end
  assert.equal(4, r.status)
  assert.equal("", torture.since(m[run.from]))
  return "taken back", false
end

local function try(scene, m, run, how)
  local there = false
  torture.each(run, how, function(n)
    if not there then
      torture.must(run.from)
    end
    how.n = n
    how.fault = how.turns and how.turns[n % #how.turns + 1] or how.fault
    local r = torture.moontap(torture.words[run.name], how)
    local ok, outcome, anew = pcall(judge, run, m, r)
    if not ok then
      error(("%s, %s: %s %s, number %d (%s): exit %d: %s\n%s"):format(scene.name, run.name,
        how.what, how.fault, n, r.where, r.status, r.err, tostring(outcome)), 0)
    end
    if r.fired then
      torture.count("a call fails", scene.name, run.name .. ": " .. how.fault, outcome)
    end
    if anew then
      torture.must "down"
    end
    there = not anew
    return r.fired
  end)
  torture.must "down"
end

describe("every call #bare fails once: #torture", function()
  for _, scene in ipairs(scenes.all) do
    it(scene.name .. scene.tag, function()
      local m = torture.moments(scene)
      for _, run in ipairs(torture.runs(scene)) do
        local ways = scene.sample and torture.all and in_turn or faults
        for _, how in ipairs(torture.some(ways, 3)) do
          try(scene, m, run, how)
        end
        assert.equal("", torture.since(m.down))
        torture.summary()
      end
    end)
  end
end)
