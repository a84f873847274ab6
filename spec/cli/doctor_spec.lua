-- doctor_spec.lua - each check finds what it is for, and nothing else does, on a made-up host

local guests = require "spec.guests"
local helper = require "spec.helper"
local json = require "dkjson"
local netns = require "internals.netns"
local program = require "spec.program"

-- shell(commands): in the made-up host's root, as the test's namespace has it
local function shell(commands)
  helper.run(("cd %s/root && { %s\n}"):format(helper.folder(), commands))
end

local function doctor(words)
  return program.bare("doctor --root root " .. (words or ""))
end

-- findings(words) -> the names of the checks that found something, and what they found
local function findings(words)
  local names, found = {}, {}
  for _, f in ipairs((json.decode(doctor("--json " .. (words or "")).out))) do
    names[#names + 1] = f.check
    found[#found + 1] = f.found
    assert.truthy(#f.why > 10 and #f.todo > 10)
  end
  return names, table.concat(found, "\n")
end

local policy = [[
local lan = hook "bridge" { bridge = "br0" }
allow{ link = "br0" }
function connect(nic) lan(nic) end
]]

local function libvirt()
  shell [[
mkdir -p etc/libvirt/hooks/qemu.d usr/bin
touch usr/bin/moontap; chmod +x usr/bin/moontap
ln -s /usr/bin/moontap etc/libvirt/hooks/qemu.d/moontap]]
end

local function up(name)
  return program.bare("--state root/run/moontap -p root/etc/moontap/policy.lua up " .. name)
end

-- By check: what breaks just that, and a word of what is then said. with: other arguments.
local broken = {
  ["policy missing"] = { "rm etc/moontap/policy.lua", "there is no" },
  ["policy not usable"] = { "chmod 666 etc/moontap/policy.lua", "may be written by others" },
  ["policy broken"] = { "echo 'connect(' > etc/moontap/policy.lua", "policy.lua:" },
  ["hook not installed"] = { libvirt, "rm etc/libvirt/hooks/qemu.d/*", "calls moontap" },
  ["hook not executable"] = { libvirt, "chmod -x usr/bin/moontap", "not executable" },
  ["hook not noticed"] = { libvirt, [[
mkdir -p proc/77 run; echo 77 >run/libvirtd.pid; echo 'btime 1000' >proc/stat
echo "77 (a b) S 1 1 1 0 -1 4 1 1 1 1 1 1 1 1 20 0 1 0 4200 1 1" >proc/77/stat]],
    "libvirtd (77) was started before" },
  ["stray hook"] = { libvirt, [[
cd etc/libvirt/hooks/qemu.d; echo '#!/bin/sh' >40-qos.bak; cp 40-qos.bak 50-mine
chmod +x ??-*]], "40-qos.bak looks like an old copy" },
  ["confined"] = { libvirt, [[
mkdir -p sys/kernel/security/apparmor
echo 'libvirtd (enforce)' >sys/kernel/security/apparmor/profiles]], "is in none of its places" },
  ["denied"] = { [[
mkdir -p var/log; echo 'apparmor="DENIED" operation="exec" name="/opt/moontap"' >var/log/kern.log
echo 'apparmor="DENIED" operation="exec" name="/opt/other"' >>var/log/kern.log]], "1 times" },
  ["NetworkManager takes taps"] = { [[
mkdir -p run/NetworkManager etc/NetworkManager/conf.d
printf '[keyfile]\nunmanaged-devices=interface-name:tap*\n' >etc/NetworkManager/conf.d/a.conf]],
    "keeps it off vnet0" },
  ["networkd takes taps"] = { [[
mkdir -p run/systemd/netif etc/systemd/network usr/lib/systemd/network
printf '[Match]\nName=en* vn*\n[Network]\nDHCP=yes\n' >etc/systemd/network/20-wired.network]],
    "20-wired.network is for vnet0" },
  ["firewall drops bridged traffic"] = { [[
mkdir -p proc/sys/net/bridge; echo 1 >proc/sys/net/bridge/bridge-nf-call-iptables
nft 'add table ip filter; add chain ip filter FORWARD {
  type filter hook forward priority 0; policy drop; }']], "chain FORWARD of table ip filter drops" },
  ["no /dev/net/tun"] = { "rm dev/net/tun", "No such file" },
  ["link missing"] = { "ip link del br0", "no such device" },
  ["bridge down"] = { "ip link set br0 down", "br0 is there, and is down" },
  ["bridge delays"] = { "ip link set br0 type bridge stp_state 1", "forward delay of 15 s" },
  ["bridge has a tap's MAC"] = { [[
ip link del br0; ip link add br0 type bridge; ip link set br0 up
ip tuntap add dev tap7 mode tap; ip link set tap7 address 02:00:00:00:00:77 master br0 up]],
    "port tap7" },
  ["leftover tap"] = { "ip tuntap add dev tap7 mode tap; ip link set tap7 alias 'moontap web'",
    "tap7 is marked" },
  ["leftover journal"] = { function() up "web.xml" end, "ip link del web0", "the device is gone" },
  ["drift"] = { function() up "web.xml" end, "ip link set web0 mtu 1400", "mtu is 1400" },
  ["last run failed"] = { function()
    program.write("no.lua", "function connect(nic) refuse 'not today' end")
    program.bare "--state root/run/moontap -p no.lua up web.xml"
  end, "not today" },
  ["device name"] = { "sed -i \"s/dev='web0'/dev='a-name-of-16-byt'/\" ../web.xml", "1..15 bytes",
    with = "web.xml" },
  ["document not readable"] = { "echo '<domain' >../web.xml", "web.xml", with = "web.xml" },
  ["guest refused"] = {
    "echo 'function connect(nic) refuse [[not today]] end' >etc/moontap/policy.lua", "not today",
    with = "web.xml" },
  ["queues differ"] = { [[
echo >etc/moontap/policy.lua; ip tuntap add dev web0 mode tap multi_queue]],
    "made for several queues, and the guest wants 1", with = "web.xml" },
}

describe("doctor", function()
  before_each(function()
    helper.run "ip link add br0 address 02:00:00:00:00:01 type bridge && ip link set br0 up"
    helper.run(("mkdir -p %s/root"):format(helper.folder()))
    shell "mkdir -p etc/moontap dev/net run; mknod dev/net/tun c 10 200; chmod 666 dev/net/tun"
    program.write("root/etc/moontap/policy.lua", policy)
    program.write("web.xml", guests.xml("web", 1))
  end)

  it("says that all is well, and exits with 0", function()
    local r = doctor()
    assert.same({ 0, "" }, { r.status, r.err })
    assert.matches("^all is well: %d+ checks; moontap doctor GUEST.xml looks at a guest, too\n$",
      r.out)
    libvirt()
    up "web.xml"
    assert.same({}, (findings "web.xml"))
    assert.same({ 0, "[]\n" }, { doctor "--json".status, doctor "--json".out })
  end)

  for name, case in pairs(broken) do
    it("finds: " .. name, function()
      for i = 1, #case - 1 do
        local step = case[i]
        if type(step) == "function" then step() else shell(step) end
      end
      local names, found = findings(case.with)
      assert.same({ name }, names)
      assert.truthy(found:find(case[#case], 1, true), found)
      local r = doctor(case.with)
      assert.equal(4, r.status)
      assert.truthy(r.out:find(name .. "\n  found  ", 1, true))
    end)
  end

  it("finds what this kernel was built without, if anything", function()
    if helper.json "ip -j -d link show br0"[1].linkinfo.info_data.vlan_filtering then
      return -- it has all; nothing to find
    end
    program.write("root/etc/moontap/policy.lua", [[
allow{ link = "br0" }
function connect(nic) bridge{ name = "br0", vlan_filtering = true } end]])
    local names, found = findings "web.xml"
    assert.same({ "kernel lacks" }, names)
    assert.truthy(found:find "vlan_filtering")
  end)

  it("is content with whoever keeps NetworkManager and networkd off", function()
    shell [[
mkdir -p run/NetworkManager etc/NetworkManager/conf.d run/systemd/netif etc/systemd/network
printf '[keyfile]\nunmanaged-devices=type:wifi;interface-name:vnet*\n' \
  >etc/NetworkManager/conf.d/a.conf
printf '[Match]\nName=vnet*\n[Link]\nUnmanaged=yes\n' >etc/systemd/network/10-taps.network
printf '[Match]\nType=ether\n[Network]\nDHCP=yes\n' >etc/systemd/network/20-wired.network
printf '[Match]\nName=!vnet0\n' >etc/systemd/network/05-not.network
printf '[Match]\nMACAddress=02:00:00:00:00:01\n' >etc/systemd/network/06-card.network]]
    assert.same({}, (findings()))
  end)

  it("changes nothing", function()
    local before = helper.run(("cd %s && find root | sort; ip link"):format(helper.folder()))
    doctor "web.xml"
    assert.equal(before, helper.run(("cd %s && find root | sort; ip link"):format(helper.folder())))
    assert(netns.unshare())
    assert.same({ "link missing" }, (findings()))
  end)

  it("has a spec that breaks each check", function()
    local table_of_checks = helper.run "cat src/cli/doctor_checks.c"
    for name in table_of_checks:gmatch '\n\t{ "(.-)",' do
      assert.truthy(broken[name] or name == "kernel lacks", name)
    end
  end)
end)
