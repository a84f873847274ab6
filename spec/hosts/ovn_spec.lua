-- ovn_spec.lua - hook ovn on two chassis with OVN's own daemons: guests reach each other as OVN
-- lets them, move, are refused with a reason, and leave nothing
local guests = require "spec.hosts.guest"
local lab = require "spec.guest.lab"
local moontap = require "spec.guest.moontap"
local ovn = require "spec.hosts.ovn"

local POLICY = [[
local ports = { web = "web-0", mail = "mail-0", shop = "shop-0" }
local net = hook "ovn" { port = ports, wait = 60 }
local early = hook "ovn" { port = ports, wait = 60, migration = "multichassis" }

-- Those that cannot be had.
local function port(nic) return "x-0" end
allow{ iface_id = "x-*" }
local refused = hook "ovn" { port = port, wait = 1 }
local elsewhere = hook "ovn" { port = port, wait = 1, bridge = "br-phy" }
local older = hook "ovn" { port = port, wait = 1, version = "6" }
local patient = hook "ovn" { port = port, wait = 0 }

local how = {
  web = net, mail = net, shop = early, elsewhere = elsewhere, older = older, patient = patient,
}

function connect(nic)
  local by = how[nic.domain.name] or refused
  by(nic)
end
]]

describe("hook ovn #ovs", function()
  local one, other, before
  local web, mail, shop = guests.of("web", 5), guests.of("mail", 6), guests.of("shop", 7)

  -- What the operator does.
  local function nb(words) return one:ok("ovn-nbctl --wait=hv " .. words) end
  local function add_port(guest)
    local port = guest.name .. "-0"
    local addresses = ("%s '%s %s'"):format(port, guest.mac, guest.address)
    nb(("lsp-add net %s -- lsp-set-addresses %s -- lsp-set-port-security %s"):format(port,
      addresses, addresses))
  end

  local function installed(guest, host)
    return ovn.key(host, guest.name .. "0", "ovn-installed") == "true"
  end
  local function iface_id(guest, host) return ovn.key(host, guest.name .. "0", "iface-id") end

  -- Waits until both are connected to the southbound database, or not.
  local function connected(is)
    for _, host in ipairs { one, other } do
      host:wait(("ovn-appctl -t ovn-controller connection-status | grep -q '^%sconnected'")
        :format(is and "" or "not "), 60, "ovn-controller to notice")
    end
  end

  lazy_setup(function()
    one, other = ovn.two(POLICY)
    nb "ls-add net"
    for _, guest in ipairs { web, mail, shop } do add_port(guest) end
    before = { [one] = one:snapshot(), [other] = other:snapshot() }
    web:event(one, "prepare")
    assert.is_true(installed(web, one)) -- before the guest runs
    web:start(one)
    web:event(one, "start", "started")
    mail:begin(other)
    shop:begin(one)
  end)
  lazy_teardown(function()
    if one then one:close() end
    if other then other:close() end
  end)

  it("lets guests reach each other, with their own addresses only", function()
    web:wait_reaches(one, mail)
    assert.is_true(mail:reaches(other, shop))
    web:sh(one, "ip addr add 10.9.0.99/24 dev eth0")
    assert.is_false(web:reaches(one, mail, "-I 10.9.0.99"))
    web:sh(one, "ip addr del 10.9.0.99/24 dev eth0")
    assert.is_true(web:reaches(one, mail))
  end)

  it("gives a guest that moves its port when it runs: late", function()
    web:arrive(other)
    assert.is_nil(iface_id(web, other))
    assert.equal("web-0", iface_id(web, one))
    web:move("ovn, late", one, other, { ["where it goes"] = mail:ask(other, web),
      ["where it was"] = shop:ask(one, web) })
    assert.is_true(installed(web, other))
    assert.is_true(shop:reaches(one, web))
  end)

  it("gives it one of both hosts where the operator has said so: multichassis", function()
    nb "lsp-set-options shop-0 requested-chassis=hv1,hv2 activation-strategy=rarp"
    shop:arrive(other)
    assert.equal("shop-0", iface_id(shop, other))
    assert.is_true(mail:reaches(other, shop)) -- it still runs on the first
    shop:move("ovn, multichassis", one, other, { ["where it goes"] = mail:ask(other, shop) })
    nb "lsp-set-options shop-0 requested-chassis=hv2"
    assert.is_true(mail:reaches(other, shop))
  end)

  -- Connects a guest that cannot be, and is not afterwards. number: of its MAC
  local function fails(name, number)
    local was = one:snapshot()
    local r = one:sh(("%s up %s"):format(moontap.program, one:file(guests.of(name, number).xml)))
    assert.equal(4, r.status)
    assert.equal("", lab.difference(was, one:snapshot()))
    assert.equal("", one:sh("ovs-vsctl --bare --columns=name find port name=" .. name .. "0").out)
    return r.err
  end

  describe("says why OVN does not install a port:", function()
    before_each(function() nb "--may-exist lsp-add net x-0" end)
    after_each(function() nb "--if-exists lsp-del x-0" end)

    it("there is none", function()
      nb "lsp-del x-0"
      assert.matches("OVN did not install the logical port x-0 in 1 s: there is no logical " ..
        "switch port x-0 (ovn-nbctl show), or its iface-id-ver is another",
        fails("none", 17), 1, true)
    end)

    it("its version is another", function()
      nb "lsp-set-options x-0 iface-id-ver=7"
      assert.matches("there is no logical switch port x-0 (ovn-nbctl show), or its iface-id-ver " ..
        "is another", fails("older", 18), 1, true)
    end)

    it("it is another chassis'", function()
      nb "lsp-set-options x-0 requested-chassis=hv2"
      assert.matches("x-0 is there, and not for this chassis (hv1): options:requested-chassis",
        fails("others", 19), 1, true)
    end)

    it("the bridge is not ovn-controller's", function()
      assert.matches("ovn-controller looks at br-int only", fails("elsewhere", 20), 1, true)
    end)

    it("ovn-controller does not run", function()
      ovn.signal(one, "ovn/ovn-controller")
      assert.matches("ovn-controller does not run", fails("dead", 21), 1, true)
      ovn.controller(one)
    end)

    it("ovn-controller hangs", function()
      ovn.signal(one, "ovn/ovn-controller", "STOP")
      assert.matches("ovn-controller does not run, or does not answer", fails("hung", 25), 1, true)
      ovn.signal(one, "ovn/ovn-controller", "CONT")
    end)

    it("ovn-controller has no connection", function()
      local remote = "external_ids:ovn-remote=tcp:192.0.2.%d:6642"
      one:ok("ovs-vsctl --no-wait set open . " .. remote:format(77))
      assert.matches("ovn-controller has no connection to tcp:192.0.2.77:6642",
        fails("alone", 22), 1, true)
      one:ok("ovs-vsctl --no-wait set open . " .. remote:format(1))
    end)

    it("the host is no chassis", function()
      one:ok "ovs-vsctl --no-wait remove open . external_ids ovn-remote"
      assert.matches("this host is no OVN chassis: ovn-remote is not set",
        fails("bare", 23), 1, true)
      one:ok "ovs-vsctl --no-wait set open . external_ids:ovn-remote=tcp:192.0.2.1:6642"
    end)
  end)

  it("goes on without OVN's central databases, as far as it does not need them", function()
    ovn.signal(one, "ovn/ovnsb_db")
    connected(false)
    assert.is_true(mail:reaches(other, shop))
    assert.is_true(installed(shop, other))
    assert.matches("shop0[^\n]*ofport %d+, installed", other:ok(moontap.program .. " status shop"))
    assert.matches("ovn-controller has no connection to tcp:192.0.2.1:6642", fails("late", 26), 1,
      true)
    local patient = guests.of("patient", 24)
    one:ok(("%s up %s"):format(moontap.program, one:file(patient.xml)))
    one:ok(moontap.program .. " down patient")
    shop:finish(other)
    assert.equal("", other:sh("ovs-vsctl --bare --columns=name find port name=shop0").out)

    ovn.southbound(one)
    connected(true)
    shop:begin(other)
    assert.is_true(installed(shop, other))
    assert.is_true(mail:reaches(other, shop))
  end)

  it("does not wait where the policy says so", function()
    local patient = guests.of("patient", 24)
    one:ok(("%s up %s"):format(moontap.program, one:file(patient.xml)))
    assert.equal("x-0", iface_id(patient, one))
    assert.is_false(installed(patient, one))
    one:ok(moontap.program .. " down patient")
  end)

  it("deletes at the first event what an earlier boot left in Open vSwitch", function()
    local patient, again = guests.of("patient", 24), guests.of("again", 27)
    one:ok(("%s up %s"):format(moontap.program, one:file(patient.xml)))
    ovn.reboot(one, "192.0.2.1")
    connected(true)
    before[one] = one:snapshot() -- ovs-netdev has another MAC in each boot
    assert.equal("x-0", iface_id(patient, one))
    -- another tap than before, and the same logical port
    one:ok(("%s up %s"):format(moontap.program,
      one:file(patient.xml:gsub("patient0", again.name .. "0"))))
    assert.equal("x-0", iface_id(again, one))
    assert.equal("again0\n", one:sh "ovs-vsctl list-ports br-int | grep -v ^ovn-".out)
    one:ok(moontap.program .. " down patient")
  end)

  it("leaves nothing", function()
    for _, guest in ipairs { web, mail, shop } do guest:finish(other) end
    for _, host in ipairs { one, other } do
      assert.equal("", lab.difference(before[host], host:snapshot()))
      assert.equal("", moontap.state(host))
      assert.equal("", host:sh "ovs-vsctl list-ports br-int | grep -v ^ovn-".out)
    end
  end)
end)
