-- faults_spec.lua - every call that moontap makes fails once, in each way that it can fail
--
-- A run that failed leaves host and state as they were. One that could not take something back says
-- so, and the next command finishes it.

local torture = require "spec.torture.torture"

local requests = torture.all and
  { "EPERM", "EBUSY", "ENOBUFS", "ENODEV", "EINTR", "lost", "silent" } or { "EPERM", "lost" }
local states = torture.all and { "EIO", "ENOSPC", "EINTR" } or { "ENOSPC" }

-- What begins where, and where it ends when it works.
local runs = {
  { words = torture.up, from = "down", to = "up" },
  { words = torture.change, from = "up", to = "changed" },
  { words = torture.down, from = "up", to = "down" },
}

local arrive = {
  down = function() torture.must(torture.down) end,
  up = function() torture.must(torture.up) end,
  changed = function() torture.must(torture.change) end,
}

-- The moments of a scene, by name.
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

local function one_line(r)
  assert.matches("^moontap: [^\n]+\n$", r.err:match "([^\n]*\n)$" or r.err)
end

-- What a run with one fault in it may come to. Return: its name, and whether it has to begin anew.
local function judge(run, m, r)
  if r.status == 0 then
    assert.equal("", torture.since(m[run.to]))
    return "went on", true
  end
  one_line(r)
  if r.status == 6 then
    torture.must(torture.down)
    assert.equal("", torture.since(m.down))
    return "said what is left, and finished", true
  end
  assert.equal(4, r.status)
  assert.equal("", torture.since(m[run.from]))
  return "taken back", false
end

-- That a device is gone, the kernel is believed when it is asked: it has no reason to lie.
local function believed(what, fault)
  return fault == "ENODEV" and "change" or what
end

local function try(scene, m, run, what, fault)
  local label = ("%s: %s %s"):format(run.words:match "%w+", what, fault)
  local n = #scene.name % torture.stride - torture.stride + 1
  arrive[run.from]()
  repeat
    n = n + torture.stride
    local r = torture.moontap(run.words, { what = believed(what, fault), n = n, fault = fault })
    local ok, outcome, anew = pcall(judge, run, m, r)
    if not ok then
      error(("%s, %s, number %d (%s): exit %d: %s\n%s"):format(scene.name, label, n, r.where,
        r.status, r.err, tostring(outcome)), 0)
    end
    if r.fired then
      torture.count("one call fails: " .. label, outcome)
    end
    if anew then
      torture.must(torture.down)
      arrive[run.from]()
    end
  until not r.fired
  torture.must(torture.down)
end

describe("#torture every call fails once:", function()
  for _, scene in ipairs(torture.scenes) do
    for _, run in ipairs(runs) do
      it(("%s, from %s to %s"):format(scene.name, run.from, run.to), function()
        local m = moments(scene)
        for _, fault in ipairs(requests) do
          try(scene, m, run, "request", fault)
        end
        for _, fault in ipairs(states) do
          try(scene, m, run, "state", fault)
        end
        assert.equal("", torture.since(m.down))
      end)
    end
  end
  teardown(torture.summary)
end)
