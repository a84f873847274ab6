-- guest_without_nics_spec.lua - whatever is broken, a guest without a NIC of moontap's starts

local helper = require "spec.helper"
local program = require "spec.program"

local function xml(inside)
  return ([[<domain type='kvm'><name>g</name><memory>1</memory>
    <os><type arch='x86_64'>hvm</type></os><devices>%s</devices></domain>]]):format(inside)
end

local none, bridged = xml "", xml [[<interface type='bridge'>
  <mac address='52:54:00:00:00:01'/><source bridge='br0'/>
  <target dev='vnet7'/></interface>]]
local ethernet = xml [[<interface type='ethernet'><mac address='52:54:00:00:00:01'/>
  <target dev='g0' managed='no'/></interface>]]

local fine = "function connect(nic) tap(nic, { up = true }) end\n"

-- What is broken, and how the evaluator or the engine finds out.
local broken = {
  ["a policy that does not compile"] = { policy = "function connect(nic" },
  ["a policy that fails"] = { policy = "error 'no'" },
  ["a policy without an end"] = { policy = "while true do end", options = "--deadline 0.5 " },
  ["a missing hook file"] = { policy = "local h = hook 'nothing' {} " .. fine },
  ["a policy that anybody may write"] = { policy = fine, sh = "chmod 666 policy.lua" },
  ["a policy that is absent"] = { policy = fine, sh = "rm policy.lua" },
  ["a connect_other() that fails"] = {
    policy = fine .. "function connect_other(nic) nic.x.y = 1 end" },
  ["a state directory of somebody else's"] = { policy = fine, sh = "mkdir state; chown 7 state" },
  ["a state directory that is a file"] = { policy = fine, sh = "echo x >state" },
  ["a state directory that is full"] = { policy = fine, full = true },
}

local operations = { "migrate begin", "restore begin", "prepare begin", "start begin" }

describe("a guest without a NIC of moontap's", function()
  for what, case in pairs(broken) do
    local function run(operation, input)
      program.write("policy.lua", case.policy)
      program.write("sh", (case.sh or "true") .. (case.full and
        "; mkdir state; mount -t tmpfs -o size=4k,mode=700 none state; " ..
        "dd if=/dev/zero of=state/x; chmod 600 state/x" or ""))
      helper.run("rm -rf state")
      return program.run(("unshare -m sh -c '. ./sh 2>/dev/null\n%s --state state %s " ..
        "-p policy.lua hook qemu g %s -'"):format(program.path, case.options or "", operation),
        input)
    end

    it("starts in spite of " .. what, function()
      for _, operation in ipairs(operations) do
        for _, document in ipairs { none, bridged } do
          local r = run(operation, document)
          assert.equal(0, r.status, operation .. r.err)
          assert.equal("", r.out)
        end
      end
    end)

    it("is told from one that has: " .. what, function()
      local r = run("prepare begin", ethernet)
      assert.is_true(r.status > 0 or what:find "connect_other" ~= nil, r.err)
      helper.run("ip link del g0 2>/dev/null || true")
    end)
  end

  it("is refused by a policy that refuses it", function()
    program.write("policy.lua", fine .. "function connect_other(nic) refuse 'no bridges' end")
    local r = program.moontap("-p policy.lua hook qemu g start begin -", bridged)
    assert.equal(1, r.status)
    assert.matches("no bridges", r.err)
  end)

  it("leaves a record that says what is broken", function()
    program.write("policy.lua", "function connect(nic")
    assert.equal(0, program.moontap("-p policy.lua hook qemu g prepare begin -", bridged).status)
    local r = program.moontap "log g -1"
    assert.matches("'%)' expected", r.out)
    assert.matches("connect_other%(%) was not called", r.out)
  end)
end)
