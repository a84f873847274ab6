-- standin.lua - an evaluator that was taken over: it answers what a spec says, word for word
--
-- The library runs it in place of the evaluator, and what it is given as XML is its answer.

local helper = require "spec.helper"
local moontap = require "moontap"
local program = require "spec.program"

local M = {}

-- open(options) -> a session of the test's folder that believes the stand-in
function M.open(options)
  local folder = helper.folder() .. "/"
  program.write("evaluator", "#!/bin/sh\nexec cat\n")
  program.write("policy.lua", "")
  helper.run("chmod 755 " .. folder .. "evaluator")
  options = options or {}
  options.policy = options.policy or folder .. "policy.lua"
  options.state = folder .. "state"
  options.evaluator = folder .. "evaluator"
  return assert(moontap.open(options))
end

-- answer(allowed, said) -> a whole answer: what the policy's top level said, which nobody can
-- change any more, and what was said after it
function M.answer(allowed, said)
  return ("policy checksum=0123456789abcdef\n%sloaded\n%send\n"):format(allowed, said)
end

-- guest(name, nics) -> the lines that say who it is; nics: { dev =, mac =, unmanaged =, records = }
function M.guest(name, nics, uuid)
  local lines = { ("domain name=%s uuid=%s type=qemu\n"):format(name, uuid or
    "4dea22b3-1d52-d8f3-2516-782e98ab3fa0") }
  for i, nic in ipairs(nics) do
    lines[#lines + 1] = ("interface index=%d type=ethernet mac=%s dev=%s unmanaged=%s\n"):format(i,
      nic.mac or "52:54:00:00:00:01", nic.dev, nic.unmanaged == false and "false" or "true")
  end
  for i, nic in ipairs(nics) do
    lines[#lines + 1] = ("nic index=%d\nat place=policy.lua:1\n%s"):format(i, nic.records or "")
  end
  return table.concat(lines)
end

return M
