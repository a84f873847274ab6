-- locked_spec.lua - the sample locked-port, with frames: a guest sends with its own address only

local helper = require "spec.helper"
local program = require "spec.program"
local tap = require "internals.tap"

local GUEST, OTHER = "52:54:00:10:00:0a", "52:54:00:10:00:0b"
local LOCAL_EXPERIMENT = "\x88\xb5" -- an EtherType of nobody's

local function bytes(mac)
  return (mac:gsub("(%x%x):?", function(x) return string.char(tonumber(x, 16)) end))
end

-- A broadcast, from an address, with a text.
local function frame(from, text)
  return (("\xff"):rep(6) .. bytes(from) .. LOCAL_EXPERIMENT .. text .. ("\0"):rep(60)):sub(1, 60)
end

-- The texts that came until `last` did; other frames are the devices' own.
local function texts_until(guest, last)
  local seen = {}
  repeat
    local got = assert(guest:receive(), "no frame came")
    if got:sub(13, 14) == LOCAL_EXPERIMENT then seen[#seen + 1] = got:sub(15):match "^%Z*" end
  until seen[#seen] == last
  return seen
end

local function forwarding(dev)
  helper.run(("until bridge link show dev %s | grep -q 'state forwarding'; do sleep 0.01; done")
    :format(dev))
end

local kiosk, other -- the guest, and another one in the same bridge

local function connect(policy)
  helper.run "cd samples/locked-port && sh -e ./host.sh"
  helper.run "ip tuntap add dev other0 mode tap vnet_hdr; ip link set dev other0 master br0 up"
  program.write("p.lua", policy)
  local xml = helper.run "cat samples/locked-port/domain.xml"
  assert.equal(0, program.moontap("-p p.lua up -", xml).status)
  kiosk, other = assert(tap.open "kiosk0"), assert(tap.open "other0")
  forwarding "kiosk0"
  forwarding "other0"
end

if not helper.kernel_has "port_locked" then return end

describe("a guest whose port is locked #port_locked", function()
  local policy = helper.run "cat samples/locked-port/policy.lua"

  after_each(function() kiosk:close() other:close() end)

  -- That the others' frames pass is the proof that the lock stops them in the next spec.
  it("is without its lock one that sends with any address", function()
    connect((policy:gsub(", locked = true", "")))
    kiosk:send(frame(OTHER, "false"))
    kiosk:send(frame(GUEST, "true"))
    assert.same({ "false", "true" }, texts_until(other, "true"))
  end)

  it("sends with its own address only", function()
    connect(policy)
    kiosk:send(frame(OTHER, "false"))
    kiosk:send(frame(GUEST, "true"))
    assert.same({ "true" }, texts_until(other, "true"))
  end)

  it("sends after another one has sent with its address", function()
    connect(policy)
    other:send(frame(GUEST, "stolen"))
    texts_until(kiosk, "stolen")
    kiosk:send(frame(GUEST, "true"))
    assert.same({ "true" }, texts_until(other, "true"))
  end)

  it("would else lose its entry to that one: the entry must be sticky", function()
    connect((policy:gsub(", sticky = true", "")))
    other:send(frame(GUEST, "stolen"))
    texts_until(kiosk, "stolen")
    assert.matches(GUEST .. " dev other0 .*static", helper.run "bridge fdb show br br0")
  end)
end)
