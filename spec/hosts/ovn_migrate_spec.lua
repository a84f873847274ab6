-- ovn_migrate_spec.lua - real guests on two chassis of OVN: QEMU migrates one, both ways that hook
-- ovn knows, while others ping it
local guests = require "spec.hosts.guest"
local lab = require "spec.guest.lab"
local moontap = require "spec.guest.moontap"
local ovn = require "spec.hosts.ovn"
local qemu = require "spec.hosts.qemu"

local POLICY = [[
local ports = { web = "web-0", db = "db-0", mail = "mail-0", shop = "shop-0" }
local late = hook "ovn" { port = ports, wait = 60 }
local both = hook "ovn" { port = ports, wait = 60, migration = "multichassis" }

function connect(nic)
  local net = nic.domain.name == "db" and both or late
  net(nic)
end
]]

-- A host that has much else to do may be slow; who is away for longer than that does not come back
-- by itself, but when OVN's or the bridge's entries time out.
local AT_MOST = 5000

describe("a real guest on two chassis #ovs", function()
  local one, other, before
  local link = "198.51.100.2:4444"
  local web, db = qemu.of("web", 5, link), qemu.of("db", 8, link)
  local mail, shop = guests.of("mail", 6), guests.of("shop", 7)

  local function nb(words) return one:ok("ovn-nbctl --wait=hv " .. words) end

  -- Where OVN has a port: "hv1", or "hv1, additional hv2", or ""
  local function chassis(guest)
    local function names(column)
      local found = {}
      for id in one:ok(("ovn-sbctl --bare --columns=%s find port_binding logical_port=%s-0")
        :format(column, guest.name)):gmatch "%S+" do
        found[#found + 1] = one:ok("ovn-sbctl --bare --columns=name list chassis " .. id)
          :match "%S+"
      end
      table.sort(found)
      return table.concat(found, ",")
    end
    local additional = names "additional_chassis"
    return names "chassis" .. (additional == "" and "" or ", additional " .. additional)
  end

  local function asked(guest)
    return { ["where it goes"] = mail:ask(other, guest), ["where it was"] = shop:ask(one, guest) }
  end

  lazy_setup(function()
    one, other = ovn.two(POLICY)
    lab.cable(one, "198.51.100.1/24", other, "198.51.100.2/24", "move")
    nb "ls-add net"
    for _, guest in ipairs { web, db, mail, shop } do
      local addresses = ("%s-0 '%s %s'"):format(guest.name, guest.mac, guest.address)
      nb(("lsp-add net %s-0 -- lsp-set-addresses %s -- lsp-set-port-security %s"):format(
        guest.name, addresses, addresses))
    end
    before = { [one] = one:snapshot(), [other] = other:snapshot() }
    mail:begin(other)
    shop:begin(one)
    web:begin(one)
    db:begin(one)
  end)
  lazy_teardown(function()
    if one then one:close() end
    if other then other:close() end
  end)

  it("reaches others, with its own address only", function()
    web:wait_reaches(one, mail)
    assert.is_true(web:reaches(one, db))
    web:sh(one, "ip addr add 10.9.0.99/24 dev eth0")
    assert.is_false(web:reaches(one, mail, "-I 10.9.0.99"))
    web:sh(one, "ip addr del 10.9.0.99/24 dev eth0; ip link set eth0 address 52:54:00:00:00:99")
    assert.is_false(web:reaches(one, mail))
    web:sh(one, "ip link set eth0 address " .. web.mac)
    web:wait_reaches(one, mail)
  end)

  it("is migrated, and gets its port when it runs: late", function()
    web:arrive(other)
    assert.equal("hv1", chassis(web))
    assert.is_true(web:move("QEMU, ovn, late", one, other, asked(web)) < AT_MOST)
    assert.equal("hv2", chassis(web))
    assert.is_true(shop:reaches(one, web))
  end)

  it("is migrated, and has its port on both hosts meanwhile: multichassis", function()
    nb "lsp-set-options db-0 requested-chassis=hv1,hv2 activation-strategy=rarp"
    db:arrive(other)
    assert.equal("hv1, additional hv2", chassis(db))
    assert.is_true(mail:reaches(other, db)) -- it still runs on the first
    assert.is_true(db:move("QEMU, ovn, multichassis", one, other, asked(db)) < AT_MOST)
    nb "lsp-set-options db-0 requested-chassis=hv2"
    assert.equal("hv2", chassis(db))
    assert.is_true(shop:reaches(one, db))
  end)

  it("leaves nothing", function()
    for _, guest in ipairs { web, db, mail } do guest:finish(other) end
    shop:finish(one)
    for _, host in ipairs { one, other } do
      assert.equal("", lab.difference(before[host], host:snapshot()))
      assert.equal("", moontap.state(host))
      assert.equal("", host:sh "ovs-vsctl list-ports br-int | grep -v ^ovn-".out)
    end
  end)
end)
