-- ovs_spec.lua - ports of Open vSwitch: each call and each allocation fails once, moontap is killed
-- at each crossing, and ovsdb-server and ovs-vswitchd are before each message
--
-- Calls to the kernel and to the state directory, as in every scene, and messages to the database.

local deaths = require "spec.torture.deaths"
local faults = require "spec.torture.faults"
local helper = require "spec.helper"
local memory = require "spec.torture.memory"
local ovs = require "spec.ovs"
local scenes = require "spec.torture.scenes"
local torture = require "spec.torture.torture"

-- A bridge's own MTU follows its ports', unless somebody has said what it is.
local bridges = [[
  for b in br-a br-b; do ovs-vsctl -t 20 set interface $b mtu_request=1500; done
]]

local managed = bridges .. [[
  ip tuntap add dev m0 mode tap
  ip link set m0 address fe:54:00:00:00:01 up
]]

local all = {
  {
    name = "a port of Open vSwitch",
    ovs = true, host = bridges,
    xml = scenes.xml("web", { "u0" }),
    policy = [[
      local lan = hook "ovs" { bridge = "br-a", tag = 10, wait = 3 }
      function connect(nic) lan(nic) end]],
    changed = [[
      local lan = hook "ovs" { bridge = "br-b", trunks = { 20, "30-39" }, mtu = 1400, wait = 3 }
      function connect(nic) lan(nic) end]],
  },
  {
    name = "two of them, one of libvirt's tap",
    ovs = true, host = managed,
    xml = scenes.xml("two", { "m0 managed", "u1" }),
    policy = [[
      allow{ link = "br-a", iface_id = "port-*" }
      local lan = hook "ovs" { bridge = "br-a", tag = 10, protected = true, wait = 3 }
      function connect(nic)
        if nic.dev == "u1" then return lan(nic) end
        tap(nic, { mtu = 1400, up = true })
        ovs_port{ dev = nic.dev, bridge = "br-a", iface_id = "port-1", vm_id = "two", wait = 0 }
      end]],
    changed = [[
      allow{ link = "br-a", iface_id = "port-*" }
      function connect(nic)
        tap(nic, { txqueuelen = 77, up = true })
        if nic.dev == "u1" then
          ovs_port{ dev = nic.dev, bridge = "br-a", iface_id = "port-2", wait = 0 }
        end
      end]],
  },
}

-- Another process dies, or hangs, just before a message; the command that comes next finds it back.
-- ovs-vswitchd waits before it connects to a new ovsdb-server, so it begins anew, too; what a
-- killed one has done to a device that is no port any more is nobody's.
local function back()
  for _, daemon in ipairs { "ovsdb-server", "ovs-vswitchd" } do
    if ovs.runs(daemon) then ovs.signal(daemon, "CONT") end
  end
  if not ovs.runs "ovsdb-server" then
    ovs.signal("ovs-vswitchd", "KILL")
    ovs.start_server()
  end
  if not ovs.runs "ovs-vswitchd" then
    helper.run "ip link set m0 promisc off 2>/dev/null || :"
    ovs.start_switch()
  end
end

local function other(daemon, signal)
  return { what = "message", name = signal .. " " .. daemon, finish = back,
    begin = function() return ("%s-%d"):format(signal, ovs.pid(daemon)) end }
end

local ways = {
  { what = "database", fault = "ECONNRESET" }, { what = "database", fault = "EINTR" },
  { what = "database", fault = "EIO" },
  { what = "message", fault = "lost" }, { what = "message", fault = "silent" },
  other("ovsdb-server", "kill"), other("ovs-vswitchd", "kill"), other("ovsdb-server", "stop"),
  { what = "request", fault = "EPERM" }, { what = "request", fault = "lost" },
  { what = "request", fault = "silent" }, { what = "change", fault = "ENODEV" },
  { what = "state", fault = "EIO" }, { what = "state", fault = "ENOSPC" },
}

local kills = {
  { what = "crossing", fault = "after", nexts = { "down", "changed", "up", "reconcile" } },
  { what = "message", fault = "torn", nexts = { "up", "reconcile", "changed", "down" } },
  { what = "message", fault = "before", nexts = { "reconcile", "changed", "up" } },
}

describe("Open vSwitch #ovs #bare under #torture:", function()
  ovs.around()

  local function each(what, list, n, try)
    for _, scene in ipairs(all) do
      it(scene.name .. ": " .. what, function()
        local m = torture.moments(scene)
        for _, run in ipairs(torture.runs(scene)) do
          for _, way in ipairs(torture.some(list, n)) do try(scene, m, run, way) end
          assert.equal("", torture.since(m.down))
          torture.summary()
        end
      end)
    end
  end

  each("a call fails", ways, 1, faults.try)
  each("moontap is killed", kills, 1, deaths.try)

  for _, scene in ipairs(all) do
    it(scene.name .. ": an allocation fails", function()
      local m = torture.moments(scene, true) -- with what loading the module allocates
      for _, run in ipairs(torture.runs(scene)) do
        memory.try(scene, m, run, "parent")
        torture.summary()
      end
    end)
  end
end)
