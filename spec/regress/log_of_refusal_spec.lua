-- log_of_refusal_spec.lua - what a policy logged before it refused or failed is in the run's record

local program = require "spec.program"

local xml = [[<domain type='qemu'><name>web</name><devices><interface type='ethernet'>
  <mac address='52:54:00:00:00:01'/><target dev='web0' managed='no'/>
  </interface></devices></domain>]]

describe("a policy's log", function()
  for what, line in pairs { refuses = 'refuse "not today"', fails = "error 'broken'" } do
    it("is in the record of a run that it " .. what, function()
      program.write("policy.lua", ([[function connect(nic)
        log("looked at", nic.dev)
        %s
      end]]):format(line))
      local r = program.moontap("-p policy.lua hook qemu web prepare begin -", xml)
      assert.not_equal(0, r.status)
      local said = program.moontap "log web -1"
      assert.equal(0, said.status, said.err)
      assert.matches("looked at[^\n]*web0", said.out)
    end)
  end
end)
