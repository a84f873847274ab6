-- questions_spec.lua - the n-th allocation fails in what only asks: one clear line, nothing changed

local program = require "spec.program"
local scenes = require "spec.torture.scenes"
local torture = require "spec.torture.torture"

local most = 300 -- of very many allocations, so many are tried

local xml = scenes.xml("web", { "u0", "u1" })
local policy = [[
  allow{ prefix = "198.51.100.0/24" }
  function decide(nic) return "unmanaged" end
  function connect(nic)
    log "asked"
    bridge{ name = "lan0" }
    link{ name = "lan0", mtu = 1500, up = true }
    addr{ dev = "lan0", address = "198.51.100.1/25" }
    tap(nic, { master = "lan0", up = true })
  end]]

describe("without memory #bare, #torture", function()
  local before

  before_each(function()
    program.write("guest.xml", xml)
    program.write("other.xml", scenes.xml("db", { "d0" }))
    program.write("policy.lua", policy)
    assert.equal(0, program.moontap("-p policy.lua hook qemu web prepare begin -", xml).status)
    before = torture.moment()
  end)

  for words, who in pairs {
    ["-p policy.lua plan guest.xml"] = "parent", ["status"] = "parent", ["log web"] = "parent",
    ["status web"] = "parent", ["log web -1"] = "parent",
    ["-p policy.lua plan other.xml"] = "child", ["replay web"] = "parent",
  } do
    it(words:match "[%l ]+.*" .. " says so, and changes nothing: " .. who, function()
      local how = { who = who, what = "memory", fault = "ENOMEM", n = 0 }
      local total = torture.moontap(words, how).counts[5]
      assert.is_true(total > 0)
      for n = 1, total, math.max(1, math.ceil(total / most)) do
        how.n = n
        local r = torture.moontap(words, how)
        assert.is_true(r.status < 6, ("allocation %d: exit %d"):format(n, r.status))
        if r.status > 0 then
          assert.matches("^moontap: [^\n]+\n$", r.err:match "([^\n]*\n)$" or r.err)
        end
      end
      assert.equal("", torture.since(before))
    end)
  end
end)
