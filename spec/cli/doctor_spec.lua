-- doctor_spec.lua - each check finds what it is for, and nothing else does, on a made-up host

local guests = require "spec.guests"
local helper = require "spec.helper"
local json = require "dkjson"
local netns = require "internals.netns"
local program = require "spec.program"
local tap = require "internals.tap"

local shell = guests.in_root

local function doctor(words)
  return program.bare("doctor --root root " .. (words or ""))
end

-- findings(words) -> the names of the checks that found something, what they found, what to do
local function findings(words)
  local names, found, todo = {}, {}, {}
  for _, f in ipairs((json.decode(doctor("--json " .. (words or "")).out))) do
    names[#names + 1] = f.check
    found[#found + 1] = f.found
    todo[#todo + 1] = f.todo
    assert.truthy(#f.why > 10 and #f.todo > 10)
  end
  return names, table.concat(found, "\n"), table.concat(todo, "\n")
end

local policy = [[
local lan = hook "bridge" { bridge = "br0", user = 0 }
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

-- hold(dev): somebody has the tap open until the test's end
local held = {}
local function hold(dev)
  held[#held + 1] = assert(tap.open(dev))
end

-- By the switch that passes frames to it, and in a table of this family.
local function dropped_by(tables, family)
  return ([[
mkdir -p proc/sys/net/bridge; echo 1 >proc/sys/net/bridge/bridge-nf-call-%s
nft 'add table %s filter; add chain %s filter FORWARD {
  type filter hook forward priority 0; policy drop; }'
]]):format(tables, family, family)
end

local function drop_forwarded(rule)
  return dropped_by("iptables", "ip") ..
    (rule and ("nft 'add rule ip filter FORWARD %s'"):format(rule) or "")
end

-- A policy that gives the guest's tap to another user than root.
local function give_away()
  shell "sed -i 's/user = 0/user = 65534/' etc/moontap/policy.lua"
end

-- By check: what breaks just that; then a word of what is found, and of what to do. with: other
-- arguments.
local broken = {
  ["policy missing"] = { "rm etc/moontap/policy.lua", "there is no", "moontap help hook" },
  ["policy not usable"] = { "chown 1234 etc/moontap/policy.lua", "belongs to uid 1234",
    "chown root root/etc/moontap/policy.lua" },
  ["policy broken"] = { "echo 'connect(' > etc/moontap/policy.lua", "policy.lua:",
    "moontap check root/etc/moontap/policy.lua" },
  ["hook not installed"] = { libvirt, "rm etc/libvirt/hooks/qemu.d/*", "calls moontap",
    "moontap install-hook" },
  ["hook broken"] = { libvirt, "rm usr/bin/moontap", "a program that does not exist",
    "moontap install-hook" },
  ["hook not executable"] = { libvirt, "chmod -x usr/bin/moontap", "not executable", "chmod +x" },
  ["hook not noticed"] = { libvirt, [[
mkdir -p proc/77 run; echo 77 >run/libvirtd.pid; echo 'btime 1000' >proc/stat
echo "77 (a b) S 1 1 1 0 -1 4 1 1 1 1 1 1 1 1 20 0 1 0 4200 1 1" >proc/77/stat]],
    "libvirtd (77) was started before", "kill -HUP 77" },
  ["hook twice"] = { libvirt, [[
cd etc/libvirt/hooks/qemu.d; printf '#!/bin/sh\nexec /opt/moontap/bin/moontap hook\n' >zz-old
chmod +x zz-old]], "zz-old calls moontap, and so does", "qemu.d/zz-old" },
  ["stray hook"] = { libvirt, [[
cd etc/libvirt/hooks/qemu.d; echo '#!/bin/sh' >40-qos.bak; cp 40-qos.bak 50-mine
chmod +x ??-*]], "40-qos.bak looks like an old copy", "chmod -x" },
  ["confined"] = { libvirt, [[
mkdir -p sys/kernel/security/apparmor
echo 'libvirtd (enforce)' >sys/kernel/security/apparmor/profiles]], "may not be executed by it",
    "PUx," },
  ["denied"] = { [[
mkdir -p var/log; echo 'apparmor="DENIED" operation="exec" name="/opt/moontap"' >var/log/kern.log
echo 'apparmor="DENIED" operation="exec" name="/opt/other"' >>var/log/kern.log]], "1 times",
    "restorecon" },
  ["NetworkManager takes taps"] = { [[
mkdir -p run/NetworkManager etc/NetworkManager/conf.d
printf '[keyfile]\nunmanaged-devices=interface-name:tap*\n' >etc/NetworkManager/conf.d/a.conf]],
    "is not told to leave vnet0 alone", "unmanaged-devices=interface-name:vnet0" },
  ["networkd takes taps"] = { [[
mkdir -p run/systemd/netif etc/systemd/network usr/lib/systemd/network
printf '[Match]\nName=en* vn*\n[Network]\nDHCP=yes\n' >etc/systemd/network/20-wired.network]],
    "20-wired.network applies to vnet0", "Unmanaged=yes" },
  ["firewall drops bridged traffic"] = { drop_forwarded(),
    "chain FORWARD of table ip filter drops", "iptables -I FORWARD -i br0 -o br0 -j ACCEPT" },
  ["no reflection"] = { function()
    program.write("root/etc/moontap/policy.lua", [[
local lan = hook "bridge" { bridge = "br0", user = 0 }
allow{ prefix = "10.0.0.5" }
function connect(nic)
  lan(nic)
  hairpin{ address = "10.0.0.5" }
end
]])
    helper.run "sysctl -qw net.bridge.bridge-nf-call-iptables=0 || true"
    up "web.xml"
    assert.same({}, (findings()))
  end, "mkdir -p proc/sys/net/bridge; echo 1 >proc/sys/net/bridge/bridge-nf-call-iptables",
    "web: what is forwarded to web0 does not come back to it", "moontap reconcile web" },
  ["no /dev/net/tun"] = { "rm dev/net/tun", "No such file", "modprobe tun" },
  ["link missing"] = { "ip link set br0 name br1", "there is no such device; did you mean br1?",
    "ip -br link" },
  ["bridge down"] = { "ip link set br0 down", "br0 exists, but is down",
    "ip link set dev br0 up" },
  ["bridge delays"] = { "ip link set br0 type bridge stp_state 1", "forward delay of 15 s",
    "ip link set dev br0 type bridge stp_state 0" },
  ["bridge has a tap's MAC"] = { [[
ip link del br0; ip link add br0 type bridge; ip link set br0 up
ip tuntap add dev tap7 mode tap; ip link set tap7 address 02:00:00:00:00:77 master br0 up]],
    "port tap7", "ip link set dev br0 address" },
  ["bridge without VLANs"] = { "echo 'allow{ vid = 10 }' >>etc/moontap/policy.lua",
    "the policy allows VLANs, and br0 does not look at them",
    "ip link set dev br0 type bridge vlan_filtering 1" },
  ["VXLAN too large"] = { [[ip link add below type veth peer name far
ip link add vx7 type vxlan id 7 dstport 4789 dev below local 192.0.2.1
ip link set vx7 address 02:00:00:00:00:77 master br0 up; ip link set below mtu 1400]],
    "vx7 has an MTU of 1450, and packets of below have room for 1350: its own MTU is 1400",
    "ip link set dev vx7 mtu" },
  ["leftover tap"] = {
    "ip tuntap add dev 'tap$7' mode tap; ip link set 'tap$7' alias 'moontap web'",
    "tap$7 is marked", "ip link del dev 'tap$7'" },
  ["leftover journal"] = { function()
    program.bare("--state root/run/moontap -p root/etc/moontap/policy.lua "
      .. "hook qemu web prepare begin - <web.xml")
  end, "ip link del web0", "the device is gone", "moontap reconcile" },
  ["journal unreadable"] = { function() up "web.xml" end,
    "sed -i '1s/$/ format=9/' run/moontap/nic/web0", "its format is 9, of a newer moontap",
    "the version of moontap that wrote it" },
  ["namespace gone"] = { function() up "web.xml" end, [[
ns=run/moontap/netns/4711; mkdir -p -m 700 $ns/nic; cp run/moontap/nic/web0 $ns/nic
ln -s 4711:4:1: $ns/namespace]], "the path of network namespace 4711 is unknown; NICs in it: 1",
    "moontap down --netns-gone 4711" },
  ["no connect()"] = { "echo 'function conect(nic) end' >etc/moontap/policy.lua", "connect",
    "moontap check" },
  ["nothing declared"] = { "echo 'function connect(nic) end' >etc/moontap/policy.lua",
    "ip tuntap add dev web0 mode tap", function() up "web.xml" end,
    "web NIC 1 (web0): the policy declared nothing", "moontap reconcile web" },
  ["not connected"] = { function()
    program.bare("--state root/run/moontap -p root/etc/moontap/policy.lua " ..
      "hook qemu web prepare begin - <web.xml")
    program.bare "--state root/run/moontap down web"
  end, "touch -d '2 minutes ago' run/moontap/domain/qemu-web", "web NIC 1 (web0): it is not conn",
    "moontap why web" },
  ["tap of nobody's"] = { [[
mkdir -p run/libvirt/qemu proc/77/fd proc/77/fdinfo; ln -s /dev/net/tun proc/77/fd/30
printf 'pos:\t0\niff:\tvnet7\n' >proc/77/fdinfo/30
printf '/usr/bin/qemu-system-x86_64\0-name\0guest=lost,debug-threads=on\0' >proc/77/cmdline]],
    function() hold "vnet7" end, "lost (vnet7): its tap is in use by QEMU, process 77", "lost" },
  ["MAC twice"] = { function()
    for name, number in pairs { web = 1, db = 2 } do
      program.write(name .. ".xml", (guests.xml(name, number):gsub("00:00:00:%x%x", "00:00:00:01")))
      up(name .. ".xml")
      hold(name .. "0")
    end
  end, "both have 52:54:00:00:00:01, in br0", "the other is" },
  ["drift"] = { function() up "web.xml" end, "ip link set web0 mtu 1400", "mtu is 1400",
    "moontap reconcile" },
  ["last run failed"] = { function()
    program.write("no.lua", "function connect(nic) refuse 'not today' end")
    program.bare "--state root/run/moontap -p no.lua up web.xml"
  end, "not today", "moontap log web -1" },
  ["device name"] = { "sed -i \"s/dev='web0'/dev='a-name-of-16-byt'/\" ../web.xml", "1..15 bytes",
    "web.xml", with = "web.xml" },
  ["document not readable"] = { "echo '<domain' >../web.xml", "web.xml", "moontap check web.xml",
    with = "web.xml" },
  ["guest refused"] = {
    "echo 'function connect(nic) refuse [[not today]] end' >etc/moontap/policy.lua", "not today",
    "moontap plan web.xml", with = "web.xml" },
  ["queues differ"] = { "ip tuntap add dev web0 mode tap multi_queue",
    "created for several queues, and the guest wants 1", "ip link del dev web0", with = "web.xml" },
  ["vnet_hdr differs"] = { "ip tuntap add dev web0 mode tap vnet_hdr",
    "created with vnet_hdr, and the guest names no model", "ip link del dev web0",
    with = "web.xml" },
  ["tun not for this user"] = { give_away, "chmod 660 dev/net/tun", "cannot be opened by uid 65534",
    "chmod 0666", with = "web.xml" },
}

-- Broken below, or by a spec of its own: regress/evaluator_user_spec.lua.
local elsewhere = {
  ["kernel lacks"] = true, ["not root"] = true, ["evaluator not alone"] = true,
  -- spec/cli/doctor_vlans_spec.lua
  ["default VLAN"] = true, ["VLAN without uplink"] = true,
  -- spec/ovs/status_spec.lua
  ["Open vSwitch does not answer"] = true, ["Open vSwitch failed"] = true,
  ["leftover port"] = true, ["iface-id twice"] = true,
}

describe("doctor", function()
  before_each(function()
    helper.run "ip link add br0 address 02:00:00:00:00:01 type bridge && ip link set br0 up"
    helper.run(("mkdir -p %s/root"):format(helper.folder()))
    shell "mkdir -p etc/moontap dev/net run; mknod dev/net/tun c 10 200; chmod 666 dev/net/tun"
    program.write("root/etc/moontap/policy.lua", policy)
    program.write("web.xml", guests.xml("web", 1))
  end)

  after_each(function()
    while #held > 0 do table.remove(held):close() end
  end)

  it("says that all is well, and exits with 0", function()
    local r = doctor()
    assert.same({ 0, "" }, { r.status, r.err })
    assert.matches("^all is well: %d+ checks; moontap doctor GUEST checks a guest, too\n$",
      r.out)
    libvirt()
    up "web.xml"
    assert.same({}, (findings "web.xml"))
    assert.same({ 0, "[]\n" }, { doctor "--json".status, doctor "--json".out })
  end)

  for name, case in pairs(broken) do
    it("finds: " .. name, function()
      for i = 1, #case - 2 do
        local step = case[i]
        if type(step) == "function" then step() else shell(step) end
      end
      local names, found, todo = findings(case.with)
      assert.same({ name }, names)
      assert.truthy(found:find(case[#case - 1], 1, true), found)
      assert.truthy(todo:find(case[#case], 1, true), todo)
      local r = doctor(case.with)
      assert.truthy(r.status == 1 or r.status == 2)
      assert.truthy(r.out:find(name .. "\n  found  ", 1, true))
    end)
  end

  it("finds what this kernel was built without, if anything", function()
    if helper.link "br0".linkinfo.info_data.vlan_filtering then
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

  it("is content with a firewall that accepts what is bridged, and with no other rule", function()
    shell(drop_forwarded 'iifname "eth7" accept')
    assert.same({ "firewall drops bridged traffic" }, (findings()))
    shell "nft 'add chain ip filter INPUT; add rule ip filter INPUT iifname \"br0\" accept'"
    assert.same({ "firewall drops bridged traffic" }, (findings()))
    shell "nft 'add rule ip filter FORWARD iifname \"br0\" accept'"
    assert.same({}, (findings()))
  end)

  it("finds what drops IPv6, and only where that is passed to it", function()
    shell(dropped_by("iptables", "ip6"))
    assert.same({}, (findings()))
    shell "echo 1 >proc/sys/net/bridge/bridge-nf-call-ip6tables"
    local names, found = findings()
    assert.same({ "firewall drops bridged traffic" }, names)
    assert.truthy(found:find("chain FORWARD of table ip6 filter drops", 1, true))
    shell "nft 'add rule ip6 filter FORWARD iifname \"br0\" accept'"
    assert.same({}, (findings()))
  end)

  it("has a rule for each chain that drops, whatever another accepts", function()
    shell(dropped_by("iptables", "inet"))
    shell "nft 'add table bridge own; add chain bridge own fw { \
      type filter hook forward priority 0; policy drop; }'"
    shell "nft 'add table ip filter; add chain ip filter FORWARD { \
      type filter hook forward priority 0; policy accept; }'"
    local _, found, todo = findings()
    assert.truthy(found:find("chain FORWARD of table inet filter drops what br0", 1, true))
    assert.truthy(found:find("chain fw of table bridge own drops what br0", 1, true))
    shell "iptables -I FORWARD -i br0 -o br0 -j ACCEPT || true"
    assert.equal(2, #(findings()))
    assert.truthy(todo:find("nft insert rule bridge own fw meta ibrname br0 accept\n?"))
    -- which not every kernel can look at; a port's name does as well
    helper.run "ip link add eth9 type veth peer name eth8 && ip link set eth9 master br0"
    shell((todo:gsub("meta ibrname br0", "iifname eth9")))
    assert.same({}, (findings()))
  end)

  it("takes a rule for other devices for no acceptance", function()
    shell(dropped_by("iptables", "inet"))
    shell "nft 'add rule inet filter FORWARD iifname != \"br0\" accept'"
    assert.same({ "firewall drops bridged traffic" }, (findings()))
    shell "nft 'add rule inet filter FORWARD iifname \"br*\" accept'"
    assert.same({}, (findings()))
  end)

  it("takes no other option of a hook for a device, unless it is one", function()
    program.write("root/etc/moontap/policy.lua", [[
hook "bridge" { bridge = "br0", user = "nobody", group = "nogroup" }
hook "routed" { addresses = { web = { "192.0.2.10" } } }
function connect() end]])
    assert.same({}, (findings()))
    program.write("root/etc/moontap/policy.lua",
      [[hook "routed" { addresses = {}, uplink = "eth7" } function connect() end]])
    assert.same({ "link missing" }, (findings()))
  end)

  it("says what it could not look at, when it may not", function()
    helper.run(("chmod -R a+rX %s"):format(helper.folder()))
    local r = program.run(("setpriv --bounding-set -all --inh-caps -all --reuid 65534 '%s' " ..
      "doctor -v --root root"):format(program.path))
    assert.equal(3, r.status)
    assert.truthy(r.out:find("not root\n  found  ", 1, true))
    assert.truthy(r.out:find("leftover tap: not checked", 1, true))
  end)

  it("says little of a check that finds much", function()
    shell [[for i in 1 2 3 4 5; do
ip tuntap add dev tap$i mode tap; ip link set tap$i alias "moontap web$i"; done]]
    local out = doctor().out
    assert.truthy(out:find("tap3", 1, true))
    assert.falsy(out:find("tap4", 1, true))
    assert.truthy(out:find("and 2 more: moontap doctor --json", 1, true))
    assert.equal(5, #(findings()))
  end)

  it("has a spec that breaks each check, and its help lists them", function()
    local table_of_checks = helper.run "cat src/cli/doctor/doctor_checks.c"
    local help, n = program.bare "help doctor".out, 0
    for name in table_of_checks:gmatch '\n\t{ MT_%u+,%s+"(.-)",' do
      n = n + 1
      assert.truthy(help:find("\n  " .. name .. "  ", 1, true), name)
      assert.truthy(broken[name] or elsewhere[name], name)
    end
    assert.truthy(n > 30)
  end)
end)
