-- other_nics_spec.lua - a connect_other() that failed, or did not stop, kept a guest from starting
-- whose other NICs are libvirt's own, and its type='ethernet' NICs from being connected

local guests = require "spec.guests"
local helper = require "spec.helper"
local program = require "spec.program"

-- A bridge's NIC, an unmanaged one of moontap's, a bridge's.
local function mixed()
  local bridged = [[<interface type='bridge'><mac address='52:54:00:00:01:0%d'/>
    <source bridge='br0'/><target dev='vnet%d'/></interface>]]
  return (guests.xml("web", 1)
    :gsub("<interface", bridged:format(1, 1) .. "%0", 1)
    :gsub("</devices>", bridged:format(2, 2) .. "%0", 1))
end

local connect = "function connect(nic) tap(nic, { up = true, alias = 'mine' }) end\n"

-- connect_other()'s inside; a word of the warning
local broken = {
  ["does not stop"] = { "while true do end", "policy.lua:2: ran out of its time" },
  ["does not stop where nothing stops it"] = {
    "('a'):rep(30):find(('a?'):rep(30) .. ('a'):rep(30) .. 'b')", "policy" },
  ["does not stop in its own pcall()"] = {
    "while true do pcall(function() while true do end end) end", "ran out of its time" },
  ["fails"] = { "nic.x.y = 1", "policy.lua:2: attempt to index a nil value" },
  ["fails when it has declared something"] = {
    "link{ name = nic.dev, alias = 'half' } error 'no'", "policy.lua:2: no" },
  ["takes all memory"] = { "local t = {} while true do t[#t + 1] = {} end", "out of memory" },
}

describe("a guest with NICs that are libvirt's own, and one that is not", function()
  before_each(function()
    for i = 1, 2 do
      helper.run(([[ip tuntap add dev vnet%d mode tap
        ip link set vnet%d address fe:54:00:00:01:0%d]]):format(i, i, i))
    end
    program.write("web.xml", mixed())
  end)

  for what, case in pairs(broken) do
    it("is connected when connect_other() " .. what, function()
      program.write("policy.lua", connect .. "function connect_other(nic) " .. case[1] .. " end")
      local r = program.run(("'%s' --state state --deadline 1.5 -p policy.lua hook qemu web " ..
        "prepare begin - <web.xml"):format(program.path))
      assert.same({ 0, "" }, { r.status, r.out })
      assert.equal("mine", helper.link "web0".ifalias)
      assert.is_nil(helper.link "vnet1".ifalias)
      r = program.run((("'%s' --state state --deadline 1.5 -p policy.lua hook qemu web start " ..
        "begin - <web.xml; echo $?; '%s' --state state log web -1"):gsub("%%s", program.path)))
      assert.matches("^0\n", r.out)
      assert.truthy((r.out .. r.err):find(case[2], 1, true), r.out .. r.err)
      assert.truthy((r.out .. r.err):find("what connect_other() wants from NIC 1 on is not done", 1,
        true), r.out .. r.err)
      assert.is_nil(helper.link "vnet1".ifalias)
    end)
  end

  it("has what connect_other() declared before it failed for another NIC", function()
    program.write("policy.lua", connect .. [[
allow{ link = "vnet1" } allow{ link = "vnet2" }
function connect_other(nic)
  link{ name = nic.dev, alias = "theirs" }
  if nic.index == 3 then error "no" end
end]])
    local r = program.moontap "up -p policy.lua web.xml"
    assert.equal(0, r.status, r.err)
    assert.matches("policy.lua:5: no; what connect_other() wants from NIC 3 on is not done", r.err,
      1, true)
    -- which the record of a person's run did not have
    assert.truthy(program.moontap "log web -1".out:find("NIC 3 on is not done", 1, true))
    assert.equal("theirs", helper.link "vnet1".ifalias)
    assert.is_nil(helper.link "vnet2".ifalias)
  end)

  it("is refused where connect_other() refuses, or connect() fails or does not stop", function()
    for inside, status in pairs {
      ["function connect_other() refuse 'no' end"] = 1,
      ["function connect() error 'no' end"] = 3,
      ["function connect() while true do end end"] = 5,
    } do
      program.write("policy.lua", connect .. inside)
      assert.equal(status, program.moontap "--deadline 0.5 up -p policy.lua web.xml".status)
      assert.same({}, helper.json "ip -j link show type tun | grep -v vnet || true")
    end
  end)
end)
