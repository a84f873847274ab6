-- deaths_spec.lua - kill -9 at every crossing into the kernel and into the state directory
--
-- Before it, after it, and in the midst of a write. The next command for the NIC finds the host as
-- it was before, or as it was to be: when the run had been decided.

local program = require "spec.program"
local scenes = require "spec.torture.scenes"
local torture = require "spec.torture.torture"

-- What a killed run left is found by the command that comes next. Between after one crossing and
-- before the next nothing changes: so `make torture` kills after each one, and `make check`, which
-- tries few of them, before one, too.
local deaths = {
  { what = "crossing", fault = "before", nexts = { "up", "reconcile", "changed" } },
  { what = "crossing", fault = "after", nexts = { "down", "changed", "up", "reconcile" } },
  { what = "write", fault = "torn", nexts = { "up", "reconcile", "changed", "down" } },
}

local all = { deaths[2], deaths[3] }

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

local function try(scene, m, run, how, after)
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

-- After each of them another one of what may come next.
local function try_each(scene, m, run, death, who)
  local nexts = {}
  for _, after in ipairs(death.nexts) do
    if after ~= "changed" or scene.changed then nexts[#nexts + 1] = after end
  end
  local how = { who = who, what = death.what, fault = death.fault }
  torture.each(run, how, function(n)
    how.n = n
    return try(scene, m, run, how, nexts[(n - 1) % #nexts + 1])
  end)
end

describe("kill -9 #bare at every crossing: #torture", function()
  for _, scene in ipairs(scenes.all) do
    it(scene.name .. scene.tag, function()
      local m = torture.moments(scene)
      for _, run in ipairs(torture.runs(scene)) do
        for _, death in ipairs(torture.some(torture.all and all or deaths, 2)) do
          try_each(scene, m, run, death)
        end
        torture.summary()
      end
      if not (scene.sample and torture.all) then -- whose evaluators do as the scenes' do
        for _, death in ipairs(torture.some(torture.all and all or deaths, 1)) do
          try_each(scene, m, torture.runs(scene)[1], death, "child")
        end
      end
      torture.summary()
    end)
  end
end)
