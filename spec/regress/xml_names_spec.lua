-- xml_names_spec.lua - xml gave all NICs that decide() made unmanaged the name of the last one

local program = require "spec.program"

local nics = {}
for i = 1, 3 do
  nics[i] = "<interface type='ethernet'><mac address='52:54:00:00:00:0" .. i .. "'/></interface>"
end
local xml = "<domain type='qemu'><name>web</name><devices>" .. table.concat(nics)
  .. "</devices></domain>"

local function names(policy)
  program.write("policy.lua", policy)
  local r, found = program.bare("xml -p policy.lua -", xml), {}
  assert.same({ 0, "" }, { r.status, r.err })
  for name in r.out:gmatch "<target dev='(.-)' managed='no'/>" do
    found[#found + 1] = name
  end
  return found
end

describe("NICs that decide() makes unmanaged", function()
  it("have each a name of its own", function()
    local found = names "function decide(nic) return 'unmanaged' end"
    assert.equal(3, #found)
    assert.is_true(found[1] ~= found[2] and found[2] ~= found[3] and found[1] ~= found[3])
  end)

  it("have each the name that it gave them", function()
    assert.same({ "web1", "web2", "web3" },
      names "function decide(nic) return 'unmanaged', nic.domain.name .. nic.index end")
  end)
end)
