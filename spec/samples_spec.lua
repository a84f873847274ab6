-- samples_spec.lua - each guest of samples/ does what it shows: adding a folder adds its tests
--
-- domain.xml, policy.lua (or none), host.sh, plan (what `moontap plan` prints, errors included),
-- status (how it exits, when not with 0), needs (what not every kernel has). MOONTAP_WRITE_PLANS=1
-- writes the plans; read them then.

local helper = require "spec.helper"
local netns = require "internals.netns"
local program = require "spec.program"
local snapshot = require "spec.snapshot"

local function read(path)
  local f <close> = io.open(path)
  return f and f:read "a"
end

-- A sample, set up in a namespace of its own.
local function sample(name)
  local dir = helper.run("cd samples/" .. name .. " && pwd"):match "%C+"
  local policy = read(dir .. "/policy.lua") and "-p policy.lua " or ""
  local s = { golden = read(dir .. "/plan"), status = tonumber(read(dir .. "/status") or 0) }

  function s.host()
    helper.run(("cd %s && sh -e ./host.sh"):format(dir))
    return snapshot.take()
  end
  function s.write_plan(text)
    s.golden = text
    local f <close> = assert(io.open(dir .. "/plan", "w"))
    f:write(text)
  end
  function s.moontap(subcommand)
    local takes_policy = not subcommand:find "^down"
    return program.run(("cd %s && '%s' --state '%s/state' %s%s domain.xml")
      :format(dir, program.path, helper.folder(), takes_policy and policy or "", subcommand))
  end
  return s
end

local function marks(plan)
  local found = {}
  for mark in plan.out:gmatch "\n  ([^ ]) " do
    found[mark] = true
  end
  return found
end

describe("the sample", function()
  for _, one in ipairs(helper.samples()) do
    local name = one.name

    describe(name .. one.tag, function()
      it("plans what its golden file says, and changes nothing", function()
        local s = sample(name)
        local before = s.host()
        local plan = s.moontap "plan"
        local text = program.installed(plan.out .. plan.err)
        if os.getenv "MOONTAP_WRITE_PLANS" then
          s.write_plan(text)
        end
        assert.equal(s.golden, text)
        assert.equal(s.status, plan.status)
        assert.equal("", snapshot.difference(before, snapshot.take()))
        assert.same({}, program.state())
      end)

      it("connects, then has nothing to do, and takes everything back", function()
        local s = sample(name)
        local before, has_steps = s.host(), next(marks(s.moontap "plan")) ~= nil
        assert.equal(s.status, s.moontap "up".status)
        local up, journals = snapshot.take(), program.state()
        assert.equal(has_steps, snapshot.difference(before, up) ~= "")

        local again = s.moontap "plan"
        assert.same({ ["="] = has_steps or nil }, marks(again))
        assert.equal(s.status, s.moontap "up".status)
        assert.equal("", snapshot.difference(up, snapshot.take()))
        assert.same(journals, program.state())

        assert.equal(0, s.moontap "down".status)
        assert.equal("", snapshot.difference(before, snapshot.take()))
        assert.same({}, program.state())
      end)

      it("is connected by its plan's commands just as by up", function()
        local s = sample(name)
        s.host()
        local commands = s.moontap "plan --sh".out
        s.moontap "up"
        local up = snapshot.take()

        assert(netns.unshare())
        s.host()
        assert.same({ status = 0, out = "", err = "" }, program.run("sh -e", commands))
        assert.equal("", snapshot.difference(up, snapshot.take()))
      end)
    end)
  end
end)
