-- evpn_spec.lua - hook evpn on two hosts whose FRR daemons tell each other where guests are: guests
-- reach each other, move, and leave nothing
local frr = require "spec.hosts.frr"
local guests = require "spec.hosts.guest"
local lab = require "spec.guest.lab"
local moontap = require "spec.guest.moontap"

local POLICY = [[
local lab = hook "evpn" {
  vni = 100, underlay = "eth0", addresses = { web = { "10.9.0.5" }, mail = { "10.9.0.6" } },
}

function connect(nic)
  lab(nic)
end
]]

describe("hook evpn #ovs", function()
  local one, other, before
  local web, mail, shop = guests.of("web", 5), guests.of("mail", 6), guests.of("shop", 7)

  local function leads_away(host, guest)
    return frr.leads_away(host, "br100", "vx100", guest.mac)
  end

  lazy_setup(function()
    one, other = frr.two(POLICY)
    before = { [one] = one:snapshot(), [other] = other:snapshot() }
    web:begin(one)
    mail:begin(other)
    shop:begin(one)
  end)
  lazy_teardown(function()
    if one then one:close() end
    if other then other:close() end
  end)

  it("is one network, and each host knows where a guest is before it is asked", function()
    for host, guest in pairs { [one] = mail, [other] = web } do
      host:wait(function() return leads_away(host, guest) end, 60, guest.name .. " to be known")
    end
    web:wait_reaches(one, mail)
    assert.is_true(mail:reaches(other, shop))
    assert.is_true(web:reaches(one, mail, "-s", 1372)) -- 1400 with its headers
  end)

  it("says a guest's address to the other host, whose bridge answers for it", function()
    other:wait(function()
      return other:ok "ip neigh show dev br100":find("10.9.0.5 lladdr " .. web.mac, 1, true)
    end, 30, "web's address")
    web:pause(one)
    mail:sh(other, "ip neigh flush dev eth0")
    mail:reaches(other, web)
    assert.matches(web.mac, mail:sh(other, "ip neigh show 10.9.0.5").out)
    web:run(one)
    web:wait_reaches(one, mail)
  end)

  it("lets a guest move, and sends to where it runs", function()
    web:arrive(other)
    assert.is_false(leads_away(one, web))
    web:move("evpn", one, other, { ["where it goes"] = mail:ask(other, web),
      ["where it was"] = shop:ask(one, web) })
    assert.is_true(leads_away(one, web))
    assert.is_false(leads_away(other, web))
    assert.is_true(shop:reaches(one, web))
    one:wait(function()
      return one:ok "ip neigh show dev br100":find("10.9.0.5 lladdr " .. web.mac, 1, true)
    end, 30, "web's address")
  end)

  it("leaves nothing", function()
    for guest, host in pairs { [web] = other, [mail] = other, [shop] = one } do
      guest:finish(host)
    end
    for _, host in ipairs { one, other } do
      assert.equal("", lab.difference(before[host], host:snapshot()))
      assert.equal("", moontap.state(host))
    end
  end)
end)
