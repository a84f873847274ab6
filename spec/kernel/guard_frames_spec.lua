-- guard_frames_spec.lua - which frames of a guarded guest arrive, and which do not
local frames = require "spec.frames"
local helper = require "spec.helper"
local program = require "spec.program"
local tap = require "internals.tap"

local XML = [[<domain type='qemu'><name>web</name><uuid>4dea22b3-1d52-d8f3-2516-782e98ab3fa0</uuid>
  <devices><interface type='ethernet'><mac address='52:54:00:00:00:05'/>
  <target dev='web0' managed='no'/><model type='virtio'/></interface></devices></domain>]]

local function up(policy)
  program.write("p.lua", policy)
  local r = program.moontap("up -p p.lua -", XML)
  assert.same({ 0, "" }, { r.status, r.err })
end

local BRIDGED = [[local lan = hook "bridge" { bridge = "br0" }
  local guard = hook "guard" { %s }
  function connect(nic) guard(nic) lan(nic) end]]

local ADDRESSES = [[addresses = { web = { "10.0.0.5", "10.7.0.0/24", "2001:db8::5" } }]]

describe("a guarded port of a bridge #nft", function()
  local guest, other

  before_each(function()
    helper.run [[ip link add br0 address 02:00:00:00:00:01 type bridge mcast_snooping 0
      ip link set br0 up
      ip tuntap add dev other mode tap vnet_hdr; ip link set other master br0 up]]
    other = assert(tap.open "other")
  end)
  after_each(function() other:close() if guest then guest:close() end guest = nil end)

  -- Sends all frames, and one that passes at last. Returns the names of those that arrived.
  local function arrived()
    local all, seen, order = frames.all(), {}, {}
    for _, f in ipairs(all) do assert(guest:send(f.bytes)) end
    local last = (">I2"):pack(#all + 1)
    assert(guest:send(all[1].bytes:sub(1, -3) .. last))
    for frame in function() return assert(other:receive()) end do
      local n = frames.number(frame)
      if n == #all + 1 then break end
      if n then seen[n] = true end
    end
    for n, f in ipairs(all) do if seen[n] then order[#order + 1] = f.name end end
    return order
  end

  local function wanted(passes)
    local names = {}
    for _, f in ipairs(frames.all()) do if passes(f) then names[#names + 1] = f.name end end
    return names
  end

  local function forwarding(dev)
    helper.run("until bridge link show dev " .. dev ..
      " | grep -q 'state forwarding'; do sleep 0.01; done")
  end

  it("lets what it sends as itself pass, and nothing else", function()
    up(BRIDGED:format([[vlans = "30", ]] .. ADDRESSES))
    guest = assert(tap.open "web0")
    forwarding "web0" forwarding "other"
    assert.same(wanted(function(f) return f.bridged end), arrived())
  end)

  it("lets all pass that is not guarded, so that the frames prove something", function()
    up [[local lan = hook "bridge" { bridge = "br0" } function connect(nic) lan(nic) end]]
    guest = assert(tap.open "web0")
    forwarding "web0" forwarding "other"
    local names = arrived()
    assert.is_true(#names >= #frames.all() - 2, #names) -- a bridge keeps spanning tree for itself
  end)

  it("is guarded by its MAC alone at level mac", function()
    up(BRIDGED:format [[level = "mac"]])
    guest = assert(tap.open "web0")
    forwarding "web0" forwarding "other"
    local names = table.concat(arrived(), "\n") .. "\n"
    assert.is_nil(names:find("another's MAC\n", 1, true))
    assert.is_nil(names:find("a tag\n", 1, true))
    assert.is_truthy(names:find("IPv4 from another's address\n", 1, true))
  end)
end)

describe("a guarded device that the host routes for #nft", function()
  local guest

  after_each(function() if guest then guest:close() end guest = nil end)

  local function dropped()
    local out = helper.run "nft list set inet moontap dropped"
    return tonumber(out:match "packets (%d+)" or 0)
  end

  it("lets packets from its addresses pass, and nothing else", function()
    helper.run "sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1"
    up(([[local net = hook "routed" { addresses = { web = { "10.0.0.5", "2001:db8::5" } } }
      local guard = hook "guard" { %s }
      function connect(nic) guard(nic) net(nic) end]]):format(ADDRESSES))
    guest = assert(tap.open "web0")
    for _, f in ipairs(frames.all()) do
      if f.routed ~= nil then
        local before = dropped()
        -- to the host's own MAC, which is that of the tap
        local mac = helper.link "web0".address:gsub("%x%x:?", function(byte)
          return string.char(tonumber(byte:sub(1, 2), 16))
        end)
        local to = f.bytes:byte(1) == 0x33 and f.bytes:sub(1, 6) or mac
        assert(guest:send(to .. f.bytes:sub(7)))
        assert.same({ f.name, f.routed and 0 or 1 }, { f.name, dropped() - before })
      end
    end
  end)
end)
