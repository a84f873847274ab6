-- long_answer_spec.lua - an answer that was too long for the evaluator had no end, and its reader
-- said that the evaluator had been killed

local guests = require "spec.guests"
local helper = require "spec.helper"
local program = require "spec.program"
local say = require "internals.say"
local standin = require "spec.standin"

local MiB = 1 << 20
local too_long = "its answer is longer than 64 MiB: let the policy declare and log less"

-- reads(): what a reader makes of the answer in the file: an error object, or nil
local function reads()
  local session <close> = standin.open()
  program.write("evaluator", ("#!/bin/sh\nexec cat '%s/answer'\n"):format(helper.folder()))
  local _, err = session:up "<domain/>"
  return err
end

describe("an answer that is too long", function()
  local answer

  before_each(function() answer = helper.folder() .. "/answer" end)

  it("ends with a line that says so", function()
    for _, case in ipairs { { 65, MiB }, { 40, MiB, 30 * MiB }, { 1, 70 * MiB } } do
      os.remove(answer)
      assert.is_number(say.write(answer, table.unpack(case)))
      local text = program.read "answer"
      assert.truthy(#text < 64 * MiB)
      assert.matches("\nerror code=5 [^\n]+\nend\n$", "\n" .. text:sub(-400))
      assert.is_nil(text:find("xml bytes", 1, true))
    end
  end)

  it("is understood, and is the policy's limit", function()
    assert.is_number(say.write(answer, 0, 1, 70 * MiB))
    local err = reads()
    assert.truthy(tostring(err):find(too_long, 1, true), tostring(err))
    assert.equal(5, err.exit)
  end)

  it("is not one that just fits", function()
    assert.is_nil(say.write(answer, 63, MiB))
    assert.matches("x\nend\n$", program.read "answer":sub(-10))
  end)
end)

describe("the largest that may be said", function()
  it("fits: facts, a policy's lines, and a document", function()
    program.write("policy.lua", [[
      local x = ("x"):rep(1 << 20)
      function decide(nic) for i = 1, 15 do log(x) end return "unmanaged" end]])
    local xml = guests.xml("web", 1):gsub(" managed='no'", "")
    program.write("web.xml", (xml:gsub("<devices>", function()
      return "<metadata><m:a xmlns:m='urn:m'>" .. ("<m:e/>"):rep(500000) ..
        "</m:a></metadata><!--" .. ("x"):rep(4500000) .. "--><devices>"
    end)))
    local r = program.moontap "-p policy.lua hook qemu web migrate begin - <web.xml"
    assert.same({ 0, "" }, { r.status, r.err })
    assert.truthy(r.out:find("managed='no'", 1, true))
  end)
end)
