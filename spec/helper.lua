-- helper.lua - around each test: a network namespace of its own, and no descriptor left open
--
-- So no spec cleans up, tests cannot see each other, and a leak is blamed on the test that made it.
-- What the machine has, they do not see either: machine.lua.
-- Specs get the functions below by `local helper = require "spec.helper"`.

local busted = require "busted"
local netns = require "internals.netns"
local machine = require "spec.machine"
local rootless = require "spec.rootless"
local json = require "dkjson"

local M = {}
local folder -- of the test, made when it is first asked for

local function open_descriptors()
  collectgarbage()
  collectgarbage()
  return netns.fds()
end

local function full_name(element)
  local names = {}
  while element and element.name and element.descriptor ~= "file" do
    table.insert(names, 1, element.name)
    element = busted.parent(element)
  end
  return table.concat(names, " ")
end

-- busted runs this file as its helper, and specs require it: the same module.
local function watch()
  local before, test

  busted.before_each(function() -- of all before_each the first
    assert(netns.unshare())
    machine.settle()
    before = open_descriptors()
  end)
  busted.subscribe({ "test", "start" }, function(element)
    test = full_name(element)
    local why = rootless.why(test)
    if why then
      element.run = function() element.env.pending(why) end -- as a test calls it
    end
    return nil, true
  end)
  busted.after_each(function() -- of all after_each the last
    if folder then
      M.run("rm -rf " .. folder)
      folder = nil
    end
    local left = open_descriptors() - before
    if left ~= 0 then
      error(("%s: left %d descriptors open"):format(test, left), 0)
    end
  end)
end

if not package.loaded["spec.helper"] then
  package.loaded["spec.helper"] = M
  machine.hide()
  watch()
end

-- run(command) -> its output; raises when it fails. By sh, in the test's namespace; a sanitizer is
-- for moontap alone.
function M.run(command)
  local p = assert(io.popen("unset LD_PRELOAD; { " .. command .. "\n} 2>&1"))
  local output = p:read "a"
  if not p:close() then
    error(command .. "\n" .. output, 2)
  end
  return output
end

-- folder() -> an empty folder that is gone after the test
function M.folder()
  folder = folder or M.run("mktemp -d"):match "%C+"
  return folder
end

-- json(command) -> what `ip -j` or `bridge -j` printed, as tables
function M.json(command)
  local text = M.run(command)
  return text:match "%S" and assert(json.decode(text)) or {}
end

-- link(dev) -> what `ip -j -d link` says of a device
function M.link(dev)
  return M.json("ip -j -d link show dev " .. dev)[1]
end

-- devices(command) -> the names of the devices that it printed, sorted
function M.devices(command)
  local names = {}
  for i, device in ipairs(M.json(command)) do names[i] = device.ifname end
  table.sort(names)
  return names
end

-- What not every kernel has: a command that succeeds where this one has it.
local features = {
  bridge_vlan = [[ip link add dev b0 type bridge vlan_filtering 1
    ip -d link show dev b0 | grep -q vlan_filtering.1]],
  vrf = "ip link add dev vrf0 type vrf table 10",
  vlan_dev = "ip link add dev v0 type veth; ip link add link v0 name w0 type vlan id 20",
  port_locked = [[ip link add dev b0 type bridge; ip link add dev v0 master b0 type veth
    bridge link set dev v0 locked on; bridge -d link show dev v0 | grep -q locked.on]],
  rate = [[ip link add dev i0 type ifb; tc qdisc add dev i0 root tbf rate 1mbit burst 9kb limit 9kb
    tc qdisc add dev i0 clsact; tc filter add dev i0 egress u32 match u32 0 0 \
      action mirred egress redirect dev lo]],
  nft = "nft add table bridge x",
  firewall = [[nft "add table bridge x; add chain bridge x y;
    add rule bridge x y ct state established accept"]],
  nat = [[nft add table inet x
    nft "add chain inet x y { type nat hook prerouting priority dstnat; }"]],
  ovs = "command -v ovs-vswitchd",
  linux_6_3 = [[printf "6.3\n$(uname -r)\n" | sort -VC]], -- no command of Debian 12 shows it
}

-- Of kernels later than that of `make check-kernel`; and of no kernel, but of `make check-ovs`.
local later = { linux_6_3 = true, ovs = true }

-- kernel_has(feature): whether this kernel has what some specs need. They have it in their title as
-- a tag, #bridge_vlan: `make check-kernel` runs those in a VM of a kernel that has it.
function M.kernel_has(feature)
  local has = os.execute(("unshare -n sh -ec '%s' >/dev/null 2>&1"):format(features[feature]))
  if not has and not later[feature] and os.getenv "MOONTAP_REQUIRE_KERNEL" == "1" then
    error("this kernel has no " .. feature, 2)
  end
  return has
end

-- samples() -> the folders of samples/ with a guest that this kernel can connect, each { name =,
-- tag = what titles of specs get }
function M.samples()
  local samples = {}
  for name in M.run("cd samples && ls */domain.xml"):gmatch "([^/%c]+)/" do
    local needs = io.open("samples/" .. name .. "/needs")
    local feature = needs and needs:read "l"
    if needs then needs:close() end
    if not feature or M.kernel_has(feature) then
      samples[#samples + 1] = { name = name, tag = feature and " #" .. feature or "" }
    end
  end
  return samples
end

-- missing(pending, reason): this machine lacks a feature; where all are required, a failure, so
-- that a skip cannot hide. pending is busted's, which only the spec has.
function M.missing(pending, reason)
  if os.getenv "MOONTAP_REQUIRE_KERNEL" == "1" then
    error(reason, 2)
  end
  pending(reason)
end

return M
