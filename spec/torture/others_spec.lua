-- others_spec.lua - between up and down, others touch the network, too
--
-- What is moontap's goes, what is not stays and is named; status shows the drift, and reconcile
-- repairs it. What is left is compared with a host where only the others have been.

local helper = require "spec.helper"
local netns = require "internals.netns"
local program = require "spec.program"
local scenes = require "spec.torture.scenes"
local snapshot = require "spec.snapshot"
local torture = require "spec.torture.torture"

local moontap = program.moontap
local guests = { web = "web0", db = "db0 managed", own = "own0" }

-- web0 is moontap's tap in a bridge of the host's, db0 is libvirt's; own0's bridge is moontap's.
local policy = [[
  local lan = hook "bridge" { bridge = "br0", isolated = true, mtu = 1400 }
  allow{ prefix = "198.51.100.0/24" }
  function connect(nic)
    if nic.dev ~= "own0" then return lan(nic) end
    bridge{ name = "lan0" }
    link{ name = "lan0", mtu = 1500, up = true }
    addr{ dev = "lan0", address = "198.51.100.1/24" }
    tap(nic, { master = "lan0", mtu = 1500, up = true })
  end]]

local function host()
  helper.run [[
    for i in 0 9; do
      ip link add br$i address 02:00:00:00:00:0$i type bridge
      ip link set br$i mtu 1499; ip link set br$i mtu 1500 up
    done
    ip tuntap add dev db0 mode tap; ip link set db0 address fe:54:00:00:00:01 up]]
end

local function begin()
  host()
  program.write("policy.lua", policy)
  for name, nic in pairs(guests) do
    program.write(name .. ".xml", scenes.xml(name, { nic }))
    assert.equal(0, moontap("up -p policy.lua " .. name .. ".xml").status)
  end
end

-- What all guests' `down` says is left, a line each; held: the guest whose tap somebody uses.
local function down(held)
  local said = {}
  for name in pairs(guests) do
    local r = moontap("down -v " .. name)
    if name == held then
      assert.equal(6, r.status)
      assert.matches("--force disconnects it all the same", r.err, 1, true)
      r = moontap("down -v --force " .. name)
    end
    assert.equal(0, r.status)
    said[#said + 1] = r.err
  end
  assert.same({}, program.state())
  return table.concat(said)
end

-- A host where there were only others, who did this.
local function host_of_others(commands)
  assert(netns.unshare())
  host()
  helper.run(commands)
  return snapshot.take()
end

local function assert_said(lines, text)
  for _, line in ipairs(lines) do
    assert.is_truthy(text:find(line, 1, true), line .. " is not in:\n" .. text)
  end
  return select(2, text:gsub("left as it is", "")) == #lines
end

-- does: what others do; drifts: what status says then; stays: what of it is there after `down`;
-- says: what that says; held: whose tap stays without --force; repaired: what is there after
-- reconcile; refused: what that says
local cases = {
  {
    "rename taps",
    does = "for d in web0 db0 own0; do ip link set $d name new-$d; done",
    drifts = { "web0 is called new-web0 now", "db0 is called new-db0 now" },
    stays = "ip link set db0 name new-db0", says = {},
    refused = { "NIC 1 (db0): it was renamed to new-db0: restore its name, or disconnect it" },
  },
  {
    "move taps to another bridge",
    does = "for d in web0 db0 own0; do ip link set $d master br9; done",
    drifts = { "link web0: master is br9, moontap had put br0",
      "port db0: isolated is false, moontap had put true",
      "link own0: master is br9, moontap had put lan0" },
    stays = "ip link set db0 master br9",
    says = { "link db0: master is br9, and moontap had put br0: someone else changed it" },
    repaired = "",
  },
  {
    "move a tap to another bridge, isolated",
    does = "ip link set db0 master br9 && bridge link set dev db0 isolated on",
    drifts = { "link db0: master is br9, moontap had put br0" },
    stays = "ip link set db0 master br9 && bridge link set dev db0 isolated on",
    says = { "link db0: master is br9, and moontap had put br0: someone else changed it" },
    repaired = "",
  },
  {
    "delete a bridge of moontap's",
    does = "ip link del lan0",
    drifts = { "bridge lan0 is gone", "link own0: master is none, moontap had put lan0" },
    stays = "true", says = {}, repaired = "",
  },
  {
    "delete a bridge of the host's",
    does = "ip link del br0",
    drifts = { "link web0: master is none, moontap had put br0", "port db0 is gone" },
    stays = "ip link del br0", says = {},
    refused = { "refused: there is no bridge br0, which the policy names" },
  },
  {
    "change MTUs",
    does = "for d in web0 db0 lan0; do ip link set $d mtu 1300; done",
    drifts = { "link web0: mtu is 1300, moontap had put 1400",
      "link lan0: mtu is 1300, moontap had put 1500" },
    stays = "ip link set db0 mtu 1300",
    says = { "link db0: mtu is 1300, and moontap had put 1400: someone else changed it" },
    repaired = "",
  },
  {
    "add addresses to taps",
    does = "ip addr add 192.0.2.1/24 dev web0; ip addr add 203.0.113.1/24 dev db0",
    drifts = {}, stays = "ip addr add 203.0.113.1/24 dev db0", says = {}, held = "web",
    repaired = "ip addr add 192.0.2.1/24 dev web0; ip addr add 203.0.113.1/24 dev db0",
  },
  {
    "add an address to a bridge of moontap's",
    does = "ip addr add 192.0.2.1/24 dev lan0",
    drifts = {}, repaired = "ip addr add 192.0.2.1/24 dev lan0",
    stays = [[ip link add lan0 address %s type bridge; ip link set lan0 mtu 1400
      ip link set lan0 alias moontap mtu 1500 up; ip addr add 192.0.2.1/24 dev lan0]],
    says = { "link lan0: 192.0.2.1/24 is on it", "bridge lan0: 192.0.2.1/24 is on it" },
  },
  {
    "take away what moontap added",
    does = "ip addr del 198.51.100.1/24 dev lan0; ip link del web0",
    drifts = { "addr 198.51.100.1/24 on lan0 is gone", "gone, nothing left" },
    stays = "true", says = {},
  },
}

describe("others #torture", function()
  for _, case in ipairs(cases) do
    local what = case[1]

    it(what .. ": status shows it, and down leaves what is not moontap's", function()
      begin()
      local address = helper.link "lan0".address
      helper.run(case.does)
      assert_said(case.drifts, moontap "status".out)
      assert.is_true(assert_said(case.says, down(case.held)))
      local left, theirs = snapshot.take(), host_of_others(case.stays:format(address))
      assert.equal("", snapshot.difference(torture.without_numbers(theirs),
        torture.without_numbers(left)))
      torture.count("others", what, "down", "theirs stays, moontap's goes")
    end)

    if case.repaired or case.refused then
      it(what .. ": reconcile repairs what it can, and says what it cannot", function()
        begin()
        local up = torture.moment()
        helper.run(case.does)
        local r = moontap "reconcile -v"
        assert.equal(case.refused and 6 or 0, r.status)
        assert_said(case.refused or {}, r.err)
        if case.repaired then
          assert.is_nil(moontap "status".out:find "drifted")
          if case.repaired ~= "" then
            assert.not_equal("", torture.host_since(up))
            helper.run((case.repaired:gsub("addr add", "addr del")))
          end
          assert.equal("", torture.host_since(up))
        end
        down()
        torture.count("others", what, "reconcile", "repaired, or refused")
      end)
    end
  end

  it("delete a bridge of moontap's: what was on it is no longer in the journals", function()
    begin()
    helper.run "ip link del lan0"
    assert.equal(0, moontap "reconcile".status)
    for name, journal in pairs(program.state()) do
      if name:find "^shared/addr.*/journal" then
        assert.equal(1, select(2, journal:gsub("\n%+ ", "")))
      end
    end
    down()
  end)

  it("put a port into a bridge of moontap's: it stays, and is named", function()
    begin()
    helper.run "ip link add theirs type veth peer name end; ip link set theirs master lan0"
    assert_said({ "bridge lan0: theirs is in it" }, down())
    assert.equal("lan0", helper.link "theirs".master)
  end)
  after_each(torture.summary)
end)

describe("a device's name that was used again #torture", function()
  before_each(begin)

  -- mtu 1334 is theirs, and stays.
  local function assert_theirs(name)
    assert.equal(1334, helper.json("ip -j link show " .. name)[1].mtu)
  end

  for what, again in pairs {
    ["by someone else"] = "",
    ["by someone else, with moontap's mark"] = "ip link set web0 alias 'moontap web'",
    ["by someone else, in the same bridge"] = "ip link set web0 master br0",
  } do
    it(what .. " is not the old one", function()
      helper.run("ip link del web0; ip tuntap add dev web0 mode tap; ip link set web0 mtu 1334 up; "
        .. again)
      assert.matches("gone, nothing left", moontap "status".out, 1, true)
      local before = snapshot.take()
      assert.equal(0, moontap "down web".status)
      assert.equal("", snapshot.difference(before, snapshot.take()))
      assert_theirs "web0"
    end)
  end

  it("by libvirt for another guest is not the old one", function()
    helper.run [[ip link del db0; ip tuntap add dev db0 mode tap
      ip link set db0 address fe:54:00:00:00:77 mtu 1334 master br9 up]]
    local before = snapshot.take()
    for _, words in ipairs {
      "hook qemu db stopped end - <db.xml", "hook qemu db release end - <db.xml", "down db",
    } do
      assert.equal(0, moontap(words).status)
      assert.equal("", snapshot.difference(before, snapshot.take()))
    end
    assert.is_nil(program.state()["nic/db0"])
  end)

  it("by another guest is that guest's, when what the first one shared is gone", function()
    helper.run "ip link del own0"
    program.write("next.xml", scenes.xml("next", { "own0" }))
    program.write("plain.lua", "function connect(nic) tap(nic, { up = true, mtu = 1334 }) end")
    assert.matches("^moontap: next: NIC 1 %(own0%): it is connected for the guest own; [^\n]*\n$",
      moontap "up -p plain.lua next.xml".err)
    assert.equal(0, moontap "reconcile".status)
    assert.is_falsy(helper.run "ip link":find "lan0")
    assert.equal(0, moontap "up -p plain.lua next.xml".status)
    assert.equal("next", program.state()["nic/own0"]:match "domain=(%g+)")
    moontap "down own"
    assert_theirs "own0"
    assert.equal(0, moontap "down next".status)
    assert.is_falsy(helper.run "ip link":find "own0")
  end)

  it("while the first one's is only renamed, is refused to the next", function()
    helper.run "ip link set web0 name w9"
    program.write("next.xml", scenes.xml("next", { "web0" }))
    local before = snapshot.take()
    local r = moontap "up -p policy.lua next.xml"
    assert.equal(4, r.status)
    assert.is_truthy(r.err:find("it is connected for the guest web", 1, true))
    assert.equal("", snapshot.difference(before, snapshot.take()))
  end)
end)

describe("a policy that changed #torture", function()
  it("has what it no longer declares undone by reconcile", function()
    host()
    program.write("policy.lua", policy)
    program.write("web.xml", scenes.xml("web", { "web0" }))
    local before = snapshot.take()
    assert.equal(0, moontap "-p policy.lua hook qemu web prepare begin - <web.xml".status)
    program.write("policy.lua", "function connect(nic) tap(nic, { up = true }) end")
    assert.is_truthy(moontap "status".out:find("policy.lua (changed)", 1, true))
    assert.equal(0, moontap "-p policy.lua reconcile".status)
    local web0 = helper.link "web0"
    assert.is_nil(web0.master)
    assert.equal(1500, web0.mtu)
    assert.equal(0, moontap "hook qemu web release end - <web.xml".status)
    assert.equal("", snapshot.difference(before, snapshot.take()))
    assert.same({}, program.state())
  end)
end)
