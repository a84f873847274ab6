-- evaluator_user_spec.lua - the evaluator has a user that is no other process's

local confine = require "internals.confine"
local helper = require "spec.helper"
local program = require "spec.program"

local passwd = "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534::/:/bin/false\n"

describe("the evaluator's user", function()
  it("is the account that is called so", function()
    local uid, gid = confine.user(passwd .. "moontap-eval:x:987:654::/:/bin/false\n", "")
    assert.same({ 987, 654 }, { uid, gid })
  end)

  it("is never root, nor of an account whose name only begins so", function()
    local free = confine.user(passwd, "")
    for _, line in ipairs { "moontap-eval:x:0:0::/:/bin/false\n", "moontap-evaluator:x:5:5::/:\n",
      "moontap-eval\n", "moontap-eval:x::\n", "moontap-eval:x" } do
      assert.equal(free, (confine.user(passwd .. line, "")))
      assert.equal(free, (confine.user(line .. passwd, "")))
    end
  end)

  it("is else a number of no account and of no range of subordinate ones", function()
    local free = confine.user("", "")
    assert.is_true(free > 1 << 31 and free < (1 << 32) - 1)
    assert.equal(free + 1, (confine.user(("a:x:%d:1::/:\n"):format(free), "")))
    assert.equal(free + 1, (confine.user(("a::%d:1::/:\n"):format(free), "")))
    assert.equal(free + 2, (confine.user(("a:x:%d:1::/:\n"):format(free + 1),
      ("b:%d:1\n"):format(free))))
    assert.equal(free + 10, (confine.user(passwd, ("b:100000:65536\nb:%d:12\n"):format(free - 2))))
    assert.equal(free, (confine.user(passwd, "b:100000:65536\nb:x:y\nb:\n")))
  end)
end)

describe("doctor", function()
  it("says that the evaluator shares its user where no other can be had", function()
    local doctor = ("%s --state state doctor -v"):format(program.path)
    assert.matches("evaluator not alone: no\n", program.run(doctor).out, 1, true)
    local r = program.run("unshare -Ur " .. doctor)
    assert.matches("the evaluator runs as uid 65534: this user namespace has no uid %d+", r.out)
  end)
end)

describe("an evaluator at work", function()
  it("is stopped and killed by no process of nobody's #bare", function()
    if not confine.is_root() then
      pending "another user's processes are made by root"
      return
    end
    program.write("guest.xml", [[<domain type='qemu'><name>web</name><devices>
      <interface type='ethernet'><mac address='52:54:00:00:00:01'/><target dev='web0' managed='no'/>
      </interface></devices></domain>]])
    program.write("policy.lua", [[
      local n = 0
      function connect(nic) for i = 1, 3e7 do n = n + i end tap(nic, { up = true }) end]])
    local r = program.run(([[
      '%s' --state state up -p policy.lua ./guest.xml & up=$!
      for i in $(seq 200); do
        for child in $(cat /proc/$up/task/$up/children); do
          uid=$(sed -n 's/^Uid:\t\([0-9]*\).*/\1/p' /proc/$child/status)
          [ "$uid" = 0 ] || break 2
        done
        sleep 0.01
      done
      echo "$uid"
      for signal in STOP KILL; do
        setpriv --reuid=65534 --regid=65534 --clear-groups kill -$signal $child &&
          echo "$signal hit"
      done
      wait $up; echo "up $?"]]):format(program.path))
    local uid = tonumber(r.out:match "^(%d+)\n")
    assert.is_truthy(uid and uid ~= 0 and uid ~= 65534, r.out)
    assert.is_nil(r.out:find "hit")
    assert.matches("up 0\n$", r.out)
    helper.run "ip link show web0"
  end)
end)
