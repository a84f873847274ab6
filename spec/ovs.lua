-- ovs.lua - an Open vSwitch for all tests of a spec file, in a network namespace of its own
--
--   describe("... #ovs", function()
--     ovs.around()
--
-- Each test enters that namespace, with the daemons running, two empty bridges (br-a, br-b), and no
-- other device. The datapath is the one that needs no kernel module.

local busted = require "busted"
local helper = require "spec.helper"
local netns = require "internals.netns"
local program = require "spec.program"

local M = {}

local NAMESPACE = "/run/ovs.netns"
local SOURCED = ". samples/ovs.sh; "

local function sh(command)
  return helper.run(SOURCED .. command)
end

-- pid(daemon) -> what its file says; nil: it never ran
function M.pid(daemon)
  local f <close> = io.open("/run/openvswitch/" .. daemon .. ".pid")
  return f and f:read "n"
end

-- runs(daemon): whether it lives, also when it is stopped; not when nobody has waited for it yet
function M.runs(daemon)
  local id = M.pid(daemon)
  local f <close> = id and io.open(("/proc/%d/stat"):format(id))
  local name, state = (f and f:read "l" or ""):match "%((.-)%) (%a)"
  return name == daemon and state ~= "Z"
end

-- signal(daemon, name): STOP, CONT, KILL; a killed one is gone afterwards
function M.signal(daemon, name)
  helper.run(("kill -%s %d"):format(name, M.pid(daemon)))
  if name == "KILL" then M.wait(function() return not M.runs(daemon) end, daemon .. " ends") end
end

-- wait(condition, what): until it holds
function M.wait(condition, what)
  for _ = 1, 3000 do
    if condition() then return end
    helper.run "sleep 0.01"
  end
  error("in vain: " .. what, 2)
end

M.NAMESPACE = NAMESPACE

function M.start_server() sh "ovs_server" end
function M.start_switch() sh "ovs_switch" end

-- vsctl(words) -> what ovs-vsctl printed; by hand, with a limit
function M.vsctl(words)
  return helper.run("ovs-vsctl -t 20 " .. words)
end

-- ports(bridge) -> the names of its ports, sorted, in one line
function M.ports(bridge)
  return (M.vsctl("--no-wait list-ports " .. (bridge or "br-a")):gsub("%s+", " "):gsub(" $", ""))
end

-- get(row, name, column) -> a value as ovs-vsctl writes it; "" when there is no such row
function M.get(row, name, column)
  local text = M.vsctl(("--no-wait --if-exists get %s %s %s"):format(row, name, column))
  return (text:gsub("%s+$", ""))
end

local function reset()
  for _, daemon in ipairs { "ovsdb-server", "ovs-vswitchd" } do
    if M.runs(daemon) then M.signal(daemon, "CONT") end
  end
  if not M.runs "ovsdb-server" then M.start_server() end
  if not M.runs "ovs-vswitchd" then M.start_switch() end
  M.vsctl [[-- --all destroy mirror -- --all destroy qos 2>/dev/null || :
    for b in br-a br-b; do for p in $(ovs-vsctl -t 20 list-ports $b); do
      ovs-vsctl -t 20 del-port $p; done; done]]
  helper.run [[for d in $(ip -br link | sed 's/[ @].*//'); do
    case $d in lo|br-a|br-b|ovs-netdev) ;; *) ip link del $d 2>/dev/null || : ;; esac; done]]
end

-- around(): of a describe()
function M.around()
  busted.setup(function()
    assert(netns.unshare())
    helper.run("umount " .. NAMESPACE .. " 2>/dev/null || :; touch " .. NAMESPACE ..
      "; mount --bind /proc/self/ns/net " .. NAMESPACE .. "; ip link set lo up")
    sh [[ovs_start
      for b in br-a br-b; do ovs-vsctl add-br $b -- set bridge $b datapath_type=netdev; done]]
  end)
  busted.before_each(function()
    assert(netns.enter(NAMESPACE))
    reset()
  end)
  busted.teardown(function() sh "ovs_end" end)
end

-- A guest with one unmanaged tap, mytap0; and with another one's names.
function M.guest(name, dev, last)
  return program.write((name or "web") .. ".xml", ([[
<domain type='qemu'><name>%s</name>
<uuid>5d1f2f0c-4a3f-4f63-9e3c-0a6f2d6b1c%s</uuid><memory>1024</memory>
<os><type arch='x86_64' machine='pc'>hvm</type></os><devices><interface type='ethernet'>
<mac address='52:54:00:10:00:%s'/><target dev='%s' managed='no'/><model type='virtio'/>
</interface></devices></domain>]]):format(name or "web", last or "01", last or "01",
    dev or "mytap0"))
end

-- policy(port[, more]): hook "ovs" with these options, or whatever the second says instead
function M.policy(options, more)
  return program.write("policy.lua",
    ("local lan = %s\nfunction connect(nic)\n  lan(nic)\n%s\nend\n"):format(
      options and 'hook "ovs" {' .. options .. "}" or "function() end", more or ""))
end

-- moontap(words) -> as program.moontap(), with that policy
function M.moontap(words)
  return program.moontap(words:gsub("^%S+", "%0 -p policy.lua", 1))
end

function M.down(words)
  return program.moontap("down " .. (words or "web"))
end

return M
