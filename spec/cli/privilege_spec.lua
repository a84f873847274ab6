-- privilege_spec.lua - what the program keeps of root's power, and whose files it believes

local helper = require "spec.helper"
local program = require "spec.program"

local xml = [[<domain type='qemu'><name>web</name><devices><interface type='ethernet'>
  <mac address='52:54:00:00:00:01'/><target dev='web0' managed='no'/></interface></devices>
  </domain>]]

-- What /proc says of a moontap that waits for its policy.
local function status(words)
  program.write("guest.xml", xml)
  program.write("policy.lua", "function connect() while true do end end")
  return helper.run(([[cd '%s'
    '%s' --state state %s >out 2>&1 <guest.xml &
    for i in $(seq 100); do grep -q . /proc/$!/task/$!/children && break; sleep 0.02; done
    cat /proc/$!/status
    wait $! || true]]):format(helper.folder(), program.path, words))
end

describe("the program", function()
  -- chown, dac_read_search, kill, setgid, setuid, net_admin; to announce a guest net_raw, too
  local needed = 0x10e5
  for words, kept in pairs {
    ["up -p policy.lua --deadline 0.5 guest.xml"] = needed | 1 << 13,
    ["hook qemu web prepare begin - -p policy.lua --deadline 0.5"] = needed,
  } do
    it("keeps the capabilities that it needs, and gains none: " .. words:match "%w+", function()
      local said = status(words)
      for _, set in ipairs { "CapEff", "CapPrm" } do
        local bits = tonumber(said:match(set .. ":%s+(%x+)"), 16)
        assert.equal(0, bits & ~kept)
        assert.equal(1 << 12, bits & 1 << 12)
      end
      assert.equal("0000000000000000", said:match "CapInh:%s+(%x+)")
      assert.equal("1", said:match "NoNewPrivs:%s+(%d)")
      assert.matches("ran out of its time", program.read "out")
    end)
  end

  it("reads a hook that only its owner may write, and no other", function()
    program.write("guest.xml", xml)
    helper.run(("mkdir -p '%s/hooks'"):format(helper.folder()))
    program.write("policy.lua", "local h = hook 'h' {} function connect(nic) h(nic) end")
    program.write("hooks/h.lua", "return function() return function(nic) tap(nic, {}) end end")
    local function plan() return program.moontap "plan -p policy.lua --hooks hooks guest.xml" end
    assert.equal(0, plan().status)
    for change, back in pairs { ["chmod 666"] = "chmod 644", ["chmod 664"] = "chmod 644",
      ["chown 12345"] = "chown 0" } do
      local file = (" '%s/hooks/h.lua'"):format(helper.folder())
      helper.run(change .. file)
      local r = plan()
      assert.equal(3, r.status)
      assert.matches("h.lua: it belongs to uid", r.err, 1, true)
      helper.run(back .. file)
    end
  end)

  it("believes no state that another could have written", function()
    program.write("guest.xml", xml)
    program.write("policy.lua", "function connect(nic) tap(nic, {}) end")
    for _, change in ipairs { "chmod 777", "chmod 770", "chown 12345" } do
      helper.run(("cd '%s'; rm -rf state; mkdir -m 700 state; %s state"):format(helper.folder(),
        change))
      local r = program.moontap "up -p policy.lua guest.xml"
      assert.equal(4, r.status)
      assert.matches("must belong to uid 0 and be writable by nobody else", r.err, 1, true)
    end
    helper.run(("cd '%s'; rm -rf state; mkdir real; ln -s real state"):format(helper.folder()))
    assert.equal(4, program.moontap "up -p policy.lua guest.xml".status)
    assert.equal("lo", helper.run("ip -br link show"):match "%S+")
    assert.is_nil(helper.run("ip -br link show"):find "web0")
  end)
end)
