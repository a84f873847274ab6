-- deaths.lua - a run that is killed, and the command that comes next

local assert = require "luassert"
local program = require "spec.program"
local torture = require "spec.torture.torture"

local M = {}

-- Whatever comes next does what it would have done without the kill.
local function go_on(m, run, after)
  torture.must(after)
  if after == "reconcile" then
    local now = torture.host_since(m[run.from])
    if now ~= "" and torture.host_since(m[run.to]) ~= "" and run.name ~= "down" then
      error(now, 0)
    end -- `down` takes one NIC after the other: each is as it was, or down
    local status = program.moontap("status").out
    for _, standing in ipairs { "drifted", "device gone", "run killed" } do
      assert.is_nil(status:find(standing, 1, true))
    end
  elseif after == "up" and run.name == "changed" then -- what agrees by then is in no journal
    assert.equal("", torture.host_since(m.up))
  elseif after ~= "changed" then -- what that is like depends on what was there before
    assert.equal("", torture.since(m[after]))
  end
  torture.must "down"
  assert.equal("", torture.since(m.down))
end

local function try_one(scene, m, run, how, after)
  torture.must(run.from)
  local r = torture.moontap(torture.words[run.name], how)
  local ok, why = pcall(go_on, m, run, after)
  if not ok or (r.fired and how.who ~= "child" and r.status ~= 128 + 9) then
    error(("%s, %s, killed %s %d (%s), then %s: exit %d: %s\n%s"):format(scene.name, run.name,
      how.fault, how.n, r.where, after, r.status, r.err, tostring(why)), 0)
  end
  if r.fired then
    torture.count(how.who == "child" and "kill -9, evaluator" or "kill -9", scene.name,
      ("%s: %s"):format(run.name, how.fault), "as before, by " .. after)
  end
  return r.fired
end

-- try(scene, moments, run, death, who): at each crossing of death.what it is killed once, and after
-- each of them another one of death.nexts comes
function M.try(scene, m, run, death, who)
  local nexts = {}
  for _, after in ipairs(death.nexts) do
    if after ~= "changed" or scene.changed then nexts[#nexts + 1] = after end
  end
  local how = { who = who, what = death.what, fault = death.fault }
  torture.each(run, how, function(n)
    how.n = n
    return try_one(scene, m, run, how, nexts[(n - 1) % #nexts + 1])
  end)
end

return M
