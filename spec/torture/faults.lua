-- faults.lua - a run in which one call fails: what it may come to

local assert = require "luassert"
local torture = require "spec.torture.torture"

local M = {}

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

-- try(scene, moments, run, how): each call of how.what fails once: by how.fault; by how.turns, one
-- after the other; or by what how.begin() returns before each run, and how.finish() follows it
function M.try(scene, m, run, how)
  local there = false
  torture.each(run, how, function(n)
    if not there then
      torture.must(run.from)
    end
    how.n = n
    how.fault = how.turns and how.turns[n % #how.turns + 1] or how.begin and how.begin()
      or how.fault
    local r = torture.moontap(torture.words[run.name], how)
    if how.finish then how.finish() end
    local ok, outcome, anew = pcall(judge, run, m, r)
    if not ok then
      error(("%s, %s: %s %s, number %d (%s): exit %d: %s\n%s"):format(scene.name, run.name,
        how.what, how.name or how.fault, n, r.where, r.status, r.err, tostring(outcome)), 0)
    end
    if r.fired then
      torture.count("a call fails", scene.name, run.name .. ": " .. (how.name or how.fault),
        outcome)
    end
    if anew then
      torture.must "down"
    end
    there = not anew
    return r.fired
  end)
  torture.must "down"
end

return M
