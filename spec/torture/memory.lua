-- memory.lua - the n-th allocation fails: no crash, one clear line, and host and state as they were

local assert = require "luassert"
local torture = require "spec.torture.torture"

local M = {}

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

-- try(scene, moments, run, who): every allocation of the program ("parent") or of its evaluator
-- ("child") fails once
function M.try(scene, m, run, who)
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

return M
