-- run_in_progress_spec.lua - a run that is going on is no killed one, and what it has half done is
-- no drift

local guests = require "spec.guests"
local helper = require "spec.helper"
local json = require "dkjson"
local program = require "spec.program"

local moontap = guests.moontap

local function state_of_web()
  return json.decode(moontap "status --json".out)[1].state
end

-- while_locked(f): while another process holds the lock of web's journal
local function while_locked(f)
  local folder = helper.folder()
  helper.run(("cd %s && { flock -x state/nic/web0 sh -c 'echo >locked; cat <go' & } " ..
    ">/dev/null 2>&1; until [ -e locked ]; do sleep 0.02; done"):format(folder))
  f()
  helper.run(("cd %s && echo >go; flock -x state/nic/web0 true; rm locked"):format(folder))
end

describe("a NIC that another process works on", function()
  before_each(function()
    guests.setup()
    moontap "up web.xml"
    helper.run(("mkfifo %s/go"):format(helper.folder()))
  end)

  it("is in progress, and not a killed run", function()
    program.write("state/run/web0", program.state()["nic/web0"])
    while_locked(function() assert.equal("in progress", state_of_web()) end)
    assert.equal("run killed", state_of_web())
  end)

  it("has not drifted, and its device is not gone", function()
    while_locked(function()
      assert.equal("connected", state_of_web())
      helper.run "ip link set web0 mtu 1400"
      assert.equal("in progress", state_of_web())
    end)
    assert.equal("drifted", state_of_web())
    helper.run "ip link del web0"
    while_locked(function() assert.equal("in progress", state_of_web()) end)
    assert.equal("device gone", state_of_web())
  end)
end)
