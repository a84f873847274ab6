-- unreadable_journal_spec.lua - one journal that could not be read made status, doctor, reconcile
-- and `down` of every other guest fail

local guests = require "spec.guests"
local helper = require "spec.helper"
local program = require "spec.program"

local function is_there(dev) return program.run("ip link show " .. dev).status == 0 end

local function up(name, number)
  return program.moontap("up -p policy.lua -", guests.xml(name, number))
end

describe("beside a journal that cannot be read", function()
  for why, damage in pairs {
    ["nonsense: unknown field"] = "1s/$/ nonsense=1/",
    ["its format is 7, of a newer moontap"] = "1s/format=2/format=7/",
    ["not a step"] = "$s/.*/what is this/",
  } do
    describe("(" .. why .. ")", function()
      local text

      before_each(function()
        program.write("policy.lua", "function connect(nic) tap(nic, { up = true }) end")
        assert.equal(0, up("web", 1).status)
        assert.equal(0, up("db", 2).status)
        helper.run(("sed -i '%s' '%s/state/nic/web0'"):format(damage, helper.folder()))
        text = program.read "state/nic/web0"
      end)
      after_each(function() assert.equal(text, program.read "state/nic/web0") end)

      it("status has all of them", function()
        local r = program.moontap "status"
        assert.same({ 0, "" }, { r.status, r.err })
        assert.matches("db +1 +db0 .* connected\n", r.out)
        assert.matches("web +1 +web0 .* unreadable", r.out)
        r = program.moontap "status --check"
        assert.equal(2, r.status)
        assert.matches("critical: journal unreadable: web NIC 1 (web0): ", r.out, 1, true)
        assert.matches(why, r.out, 1, true)
      end)

      it("other guests go down, and come", function()
        local r = program.moontap "down db"
        assert.same({ 0, "" }, { r.status, r.err })
        assert.is_false(is_there "db0")
        assert.equal(0, up("mail", 3).status)
        assert.is_true(is_there "web0")
      end)

      it("its own guest does not, and the message says why", function()
        local down = program.moontap
        for _, r in ipairs { up("web", 1), down "down web", down "down web0" } do
          assert.equal(6, r.status)
          assert.matches(why, r.err, 1, true)
          assert.matches("it is not touched, see: moontap doctor", r.err, 1, true)
        end
      end)

      it("down --all and reconcile do what they can, and end with 6", function()
        local r = program.moontap "reconcile"
        assert.equal(6, r.status)
        assert.matches(why, r.err, 1, true)
        r = program.moontap "down --all"
        assert.equal(6, r.status)
        assert.is_false(is_there "db0")
        assert.is_true(is_there "web0")
      end)
    end)
  end
end)
