-- namespaces_spec.lua - the journal of a tap in a network namespace that was gone took the tap's
-- name for ever, and two namespaces could not have equal names

local guests = require "spec.guests"
local helper = require "spec.helper"
local program = require "spec.program"

-- sh(script) -> as run(): in a mount namespace with namespaces a and b; `in_a WORDS`, `in_b WORDS`
-- and `here WORDS` are moontap in them
local function sh(script)
  program.write("script.sh", ([[
    mount --make-rprivate /
    mount -t tmpfs none /run
    mkdir /run/netns
    ip netns add a
    ip netns add b
    here() { '%s' --state state "$@"; }
    in_a() { nsenter --net=/run/netns/a '%s' --state state "$@"; }
    in_b() { nsenter --net=/run/netns/b '%s' --state state "$@"; }
    quietly() { "$@" >/dev/null || echo "exit $?"; }
  ]]):format(program.path, program.path, program.path) .. script)
  return program.run "unshare -m sh ./script.sh"
end

local function cookies(text)
  local found = {}
  for cookie in text:gmatch "network namespace (%d+)" do
    found[#found + 1] = cookie
  end
  return found
end

describe("network namespaces with one state directory", function()
  before_each(function()
    program.write("policy.lua", "function connect(nic) tap(nic, { up = true }) end")
    program.write("web.xml", guests.xml("web", 1))
  end)

  it("have taps and guests of equal names", function()
    local r = sh [[
      for where in here in_a in_b; do quietly $where up -p policy.lua web.xml; done
      for where in here in_a in_b; do
        $where status | grep -c '^web .* connected'
        $where status | grep -c '^network namespace'
      done
      quietly in_a down web
      ip -n b -br link show web0 | grep -o web0; ip -br link show web0 | grep -o web0
      quietly in_b down web
      quietly here down web]]
    assert.same({ ("1\n2\n"):rep(3) .. "web0\nweb0\n", "" }, { r.out, r.err })
    assert.same({}, program.state())
  end)

  it("have equal names, too, where somebody made the state directory beforehand", function()
    local r = sh [[
      mkdir -m 700 state
      for where in in_a in_b; do quietly $where up -p policy.lua web.xml; done
      for where in in_a in_b; do
        $where status | grep -c '^web .* connected'
        quietly $where down web
      done]]
    assert.same({ "1\n1\n", "" }, { r.out, r.err })
    assert.same({}, program.state())
  end)

  for _, first in ipairs { "here", "in_a" } do
    it("forget one that is gone at reconcile, where the first was " .. first, function()
      local r = sh(([[
        quietly %s status; quietly %s up -p policy.lua web.xml; quietly %s down web
        quietly in_a up -p policy.lua web.xml
        quietly in_b up -p policy.lua web.xml
        ip netns del a
        quietly here up -p policy.lua web.xml
        here doctor -p policy.lua | grep -c 'is gone; NICs in it: 1'
        here status --check | grep -c 'warning: namespace gone: .* NICs in it: 1'
        here status | grep -c 'it is gone: moontap reconcile'
        here reconcile -p policy.lua --dry-run | grep -c ': it is gone, and to be forgotten$'
        here reconcile -p policy.lua | grep -c '/run/netns/a.: it is gone, and forgotten$'
        here reconcile -p policy.lua
        here status | grep -c '^network namespace.*/run/netns/b'
        in_b status | grep -c '^web .* connected'
        quietly in_b down web
        quietly here down web]]):format(first, first, first))
      assert.same({ "1\n1\n1\n1\n1\neverything is as declared\n1\n1\n", "" }, { r.out, r.err })
      assert.same({}, program.state())
    end)
  end

  it("know one that has another's path and inode for gone", function()
    local r = sh [[
      quietly here up -p policy.lua web.xml
      quietly in_a up -p policy.lua web.xml
      ip netns del a; ip netns add a
      quietly in_a up -p policy.lua web.xml
      in_a reconcile -p policy.lua | grep -c 'it is gone'
      in_a status | grep -c '^network namespace']]
    assert.same({ "1\n1\n", "" }, { r.out, r.err })
  end)

  it("of which no path is known go by a person's word", function()
    local r = sh(([[
      quietly here up -p policy.lua web.xml
      quietly unshare -n '%s' --state state up -p policy.lua web.xml
      here reconcile -p policy.lua
      here status | grep '^network namespace']]):format(program.path))
    assert.equal("", r.err)
    local cookie = cookies(r.out)[1]
    assert.matches("down --netns-gone " .. cookie, r.out, 1, true)
    assert.equal(3, program.moontap "down --netns-gone 1234567".status)
    for _, wrong in ipairs { "x", "0", "-1", "''", cookie .. "x" } do
      assert.equal(2, program.moontap("down --netns-gone " .. wrong).status, wrong)
    end
    assert.same({ 0, "" }, { program.moontap("down --netns-gone " .. cookie).status, "" })
    assert.same({}, cookies(program.moontap "status".out))
    assert.matches("web .* connected", program.moontap "status".out)
  end)

  it("may have names that no terminal should see", function()
    local r = sh([[
      quietly here status
      quietly here up -p policy.lua web.xml
      evil=$(printf '/run/netns/\033[31mx')
      touch "$evil"; mount --bind /run/netns/a "$evil"; umount /run/netns/a; rm /run/netns/a
      quietly nsenter --net="$evil" ']] .. program.path .. [[' --state state up \
        -p policy.lua web.xml
      here status]])
    assert.equal("", r.err)
    assert.matches("/run/netns/?[31mx", r.out, 1, true)
    assert.is_nil(r.out:find "\27")
  end)

  it("find what an earlier version wrote for them without folders", function()
    assert.equal(0, program.moontap "up -p policy.lua web.xml".status)
    helper.run(("rm '%s/state/namespace'"):format(helper.folder()))
    assert.matches("web .* connected", program.moontap "status".out)
    local r = sh [[
      quietly in_a up -p policy.lua web.xml
      quietly here down web
      quietly in_a down web]]
    assert.same({ "", "" }, { r.out, r.err })
    assert.same({}, program.state())
  end)
end)
