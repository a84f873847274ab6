-- umask_spec.lua - under a umask that takes the owner's rights away, moontap wrote journals that it
-- could never open again

local guests = require "spec.guests"
local helper = require "spec.helper"
local program = require "spec.program"

local xml = guests.xml("web", 1)
local policy = [[function connect(nic)
  bridge{ name = "sh0" }
  tap(nic, { master = "sh0", up = true })
end]]

local function masked(umask, words)
  return program.run(("umask %s; '%s' --state state %s"):format(umask, program.path, words), xml)
end

-- modes() -> the modes of all folders and of all files
local function modes()
  local seen = { d = {}, f = {} }
  for kind, mode in helper.run(("find '%s/state' -printf '%%y %%m\\n'"):format(helper.folder()))
    :gmatch "(%l) (%d+)" do
    if seen[kind] then seen[kind][mode] = true end -- a link has no mode
  end
  return seen
end

describe("under the umask", function()
  for _, umask in ipairs { "0000", "0022", "0177", "0277", "0377", "0777" } do
    it(umask .. " the state directory is as ever", function()
      program.write("policy.lua", policy)
      assert.equal("", masked(umask, "up -p policy.lua -").err)
      assert.same({ d = { ["700"] = true }, f = { ["600"] = true } }, modes())
      assert.equal("", masked(umask, "up -p policy.lua -").err)
      local r = masked(umask, "down web")
      assert.same({ 0, "" }, { r.status, r.err })
      assert.same({ d = { ["700"] = true }, f = { ["600"] = true } }, modes())
      assert.same({}, program.state())
    end)
  end

  it("0022, what an earlier moontap wrote under another one is mended", function()
    program.write("policy.lua", policy)
    masked("0022", "up -p policy.lua -")
    program.run "chmod 0400 state/nic/* state/shared/*/* state/log/*; chmod 0500 state/nic"
    local r = masked("0022", "down web")
    assert.same({ 0, "" }, { r.status, r.err })
    assert.same({}, program.state())
  end)
end)
