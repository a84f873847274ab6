-- warnings_json_spec.lua - with --json, what a description asks for and does not get was only on
-- standard error

local guests = require "spec.guests"
local json = require "dkjson"
local program = require "spec.program"

local function warnings(words)
  local r = program.moontap(words)
  assert.equal(0, r.status, r.err)
  return json.decode(r.out).warnings, r.err
end

describe("the JSON of", function()
  for _, command in ipairs { "plan", "up" } do
    it(command .. " has the warnings", function()
      guests.setup()
      program.write("vlan.xml", (guests.xml("web", 1):gsub("</interface>",
        "<vlan><tag id='7'/></vlan></interface>")))
      local list, err = warnings("-p policy.lua --json " .. command .. " vlan.xml")
      assert.equal(1, #list)
      assert.truthy(list[1]:find "^NIC 1: .*vlan", list[1])
      assert.truthy(err:find(list[1], 1, true), err)
      assert.same({}, (warnings("-p policy.lua --json plan db.xml")))
    end)
  end
end)
