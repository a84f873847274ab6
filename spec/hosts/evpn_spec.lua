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

describe("hook evpn #hosts", function()
  local one, other, before
  local web, mail, shop = guests.of("web", 5), guests.of("mail", 6), guests.of("shop", 7)

  -- libvirt's operations, up to the one at which the guest runs; and those after it has ended
  local function event(guest, host, ...)
    for _, operation in ipairs { ... } do
      local sub = ("stopped release"):find(operation) and "end" or "begin"
      host:ok(("%s hook qemu %s %s %s - <%s"):format(moontap.program, guest.name, operation, sub,
        host:file(guest.xml)))
    end
  end

  local function start(guest, host)
    event(guest, host, "prepare")
    guest:start(host)
    event(guest, host, "start", "started")
  end

  local function stop(guest, host)
    guest:stop(host)
    event(guest, host, "stopped", "release")
  end
  local function leads_away(host, guest)
    return frr.leads_away(host, "br100", "vx100", guest.mac)
  end

  lazy_setup(function()
    one, other = frr.two(POLICY)
    before = { [one] = one:snapshot(), [other] = other:snapshot() }
    start(web, one)
    start(mail, other)
    start(shop, one)
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
    event(web, other, "migrate", "prepare")
    web:start(other, true)
    event(web, other, "start")
    assert.is_false(leads_away(one, web))
    local asked = { mail:ask(other, web, 4), shop:ask(one, web, 4) }
    one:ok "sleep 1"
    web:pause(one)
    web:run(other)
    event(web, other, "started")
    other:ok(moontap.program .. " up web")
    stop(web, one)

    for i, guest in ipairs { "where it goes", "where it was" } do
      local gap, answers = asked[i]()
      print(("evpn: a guest that moves, paused for %.0f ms, is away for %d ms from a guest %s")
        :format(web:moved(one, other), gap, guest))
      assert.is_true(answers > 100)
    end
    assert.is_true(leads_away(one, web))
    assert.is_false(leads_away(other, web))
    assert.is_true(shop:reaches(one, web))
    one:wait(function()
      return one:ok "ip neigh show dev br100":find("10.9.0.5 lladdr " .. web.mac, 1, true)
    end, 30, "web's address")
  end)

  it("leaves nothing", function()
    for guest, host in pairs { [web] = other, [mail] = other, [shop] = one } do
      stop(guest, host)
    end
    for _, host in ipairs { one, other } do
      assert.equal("", lab.difference(before[host], host:snapshot()))
      assert.equal("", moontap.state(host))
    end
  end)
end)
