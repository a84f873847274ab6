-- memory_spec.lua - the n-th allocation fails, in the program and in the evaluator
--
-- No crash, one clear line, and host and state as they were. (That nothing leaks is the sanitizers'
-- and valgrind's to say; the Lua state by itself is spec/policy/memory_spec.lua's.)

local torture = require "spec.torture.torture"

local stride = torture.all and 1 or 97 -- of the evaluator's, which are near a thousand

local function try(scene, words, who, before)
  local n, step = 0, who == "child" and stride or torture.stride
  repeat
    n = n + step
    local r = torture.moontap(words, { who = who, what = "memory", n = n, fault = "ENOMEM" })
    local ok, why = pcall(function()
      assert.is_true(r.status <= 6, "a crash")
      if r.status == 0 then -- it could do without
        torture.must(words == torture.down and torture.up or torture.down)
      else
        assert.matches("^moontap: [^\n]+\n$", r.err:match "([^\n]*\n)$" or r.err)
      end
      assert.equal("", torture.since(before))
    end)
    if not ok then
      error(("%s, %s, %s's allocation %d: exit %d: %s\n%s"):format(scene.name, words, who, n,
        r.status, r.err, tostring(why)), 0)
    end
    if r.fired then
      torture.count("an allocation fails: " .. who, r.status == 0 and "went on" or "taken back")
    end
  until not r.fired
end

describe("every allocation fails once:", function()
  for _, scene in ipairs(torture.scenes) do
    it(scene.name, function()
      torture.begin(scene)
      local down = torture.moment()
      try(scene, torture.up, "parent", down)
      try(scene, torture.up, "child", down)
    end)
  end
  teardown(torture.summary)
end)
