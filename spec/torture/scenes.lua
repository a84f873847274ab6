-- scenes.lua - hosts, guests and policies that things fail in: each of samples/, and what they lack
--
-- A scene: name; host, a script; xml; policy; changed, another policy later; near, another
-- guest, connected before all begins. A sample may have no policy, and one that refuses its guest
-- says how `up` exits; these two have no `changed`.
-- needs: what not every kernel has; tag: of titles that `make check-kernel` runs, too.
-- MOONTAP_SCENES=1/4: of each four the first.

local helper = require "spec.helper"

local M = {}

-- xml(guest, NICs) -> a domain of NICs; each is a device's name, and managed when it says so
function M.xml(name, nics)
  local out = {}
  for i, dev in ipairs(nics) do
    out[i] = ([[<interface type='ethernet'><mac address='52:54:00:00:00:%02x'/>
      <target dev='%s' managed='%s'/></interface>]]):format(i, dev:match "%w+",
      dev:find "managed" and "yes" or "no")
  end
  return ("<domain type='qemu'><name>%s</name><uuid>4dea22b3-1d52-d8f3-2516-782e98ab3fa%d</uuid>" ..
    "<devices>%s</devices></domain>"):format(name, #name % 10, table.concat(out))
end

-- What a scene begins with; MAC and MTU of the bridge are pinned, so that they stay.
local bridge = [[
  ip link add br0 address 02:00:00:00:00:01 type bridge
  ip link set br0 mtu 1499
  ip link set br0 mtu 1500 up
]]

-- As libvirt leaves a tap of NIC 1, before it runs a script or the guest.
local managed = [[
  ip tuntap add dev m0 mode tap
  ip link set m0 address fe:54:00:00:00:01 up
]]

local uplink = [[
  ip link add eth0 address 02:00:00:00:00:02 type veth peer name eth1 address 02:00:00:00:00:03
  ip link set eth1 up
  ip link set eth0 up
]]

-- Each: the host, the domain, the policy, and another that it is changed to.
local scenes = {
  {
    name = "a tap in a bridge",
    host = bridge,
    xml = M.xml("web", { "u0" }),
    policy = [[
      local lan = hook "bridge" { bridge = "br0", isolated = true, mtu = 1400, user = 0 }
      function connect(nic) lan(nic) end]],
    changed = [[
      local lan = hook "bridge" { bridge = "br0", isolated = true, learning = false }
      function connect(nic) lan(nic) link{ name = nic.dev, txqueuelen = 77 } end]],
  },
  {
    name = "a tap of libvirt's",
    host = bridge .. managed,
    xml = M.xml("db", { "m0 managed" }),
    policy = [[
      local lan = hook "bridge" { bridge = "br0", isolated = true, mtu = 1400 }
      function connect(nic) lan(nic) end]],
    changed = [[
      function connect(nic) tap(nic, { txqueuelen = 77, up = true }) end]],
  },
  {
    name = "a routed tap",
    host = uplink .. [[
      ip addr add 192.0.2.1/24 dev eth0
      echo 1 >/proc/sys/net/ipv4/ip_forward
      echo 1 >/proc/sys/net/ipv6/conf/all/forwarding]],
    xml = M.xml("gate", { "r0" }),
    policy = [[
      local public = hook "routed" {
        addresses = { gate = { "192.0.2.10", "2001:db8::10" } }, uplink = "eth0" }
      function connect(nic) public(nic) end]],
    changed = [[
      local public = hook "routed" {
        addresses = { gate = { "192.0.2.11", "2001:db8::10" } }, mtu = 1400 }
      function connect(nic) public(nic) end]],
  },
  {
    name = "a bridge of moontap's own",
    host = uplink,
    xml = M.xml("lab", { "s0" }),
    policy = [[
      allow{ link = "eth0", prefix = "198.51.100.0/24" }
      function connect(nic)
        bridge{ name = "lan0" }
        link{ name = "lan0", mtu = 1500, up = true }
        addr{ dev = "lan0", address = "198.51.100.1/25" }
        veth{ name = "way0", peer = "way1" }
        link{ name = "way1", up = true }
        link{ name = "way0", master = "lan0", up = true }
        neigh{ dev = "eth0", dst = "198.51.100.9", proxy = true }
        link{ name = "eth0", txqueuelen = 77 }
        offload{ dev = "eth0", gro = true, tso = false }
        tap(nic, { master = "lan0", mtu = 1500, up = true })
      end]],
    changed = [[
      allow{ link = "eth0", prefix = "198.51.100.0/24" }
      function connect(nic)
        bridge{ name = "lan0" }
        link{ name = "lan0", mtu = 1500, up = true }
        addr{ dev = "lan0", address = "198.51.100.129/25" }
        route{ dst = "198.51.100.0/26", dev = "lan0" }
        tap(nic, { master = "lan0", mtu = 1500, up = true })
        port{ dev = nic.dev, isolated = true }
      end]],
  },
  {
    name = "rates, one of which goes and one changes",
    needs = "rate",
    host = bridge .. managed,
    xml = M.xml("slow", { "m0 managed", "r0" }),
    policy = [[
      local lan = hook "bridge" { bridge = "br0" }
      local slow = hook "rate" { inbound = "20mbit", outbound = 2500, outbound_burst = "128k" }
      function connect(nic) slow(nic) lan(nic) end]],
    changed = [[
      local lan = hook "bridge" { bridge = "br0" }
      local slow = hook "rate" { inbound = "10mbit" }
      function connect(nic) lan(nic) slow(nic) end]],
  },
  {
    name = "devices on devices, one of them shared",
    host = uplink .. [[
      ip link add far0 type vxlan id 7 dstport 4789 dev eth0]],
    near = M.xml("near", { "n0" }),
    xml = M.xml("far", { "f0" }),
    policy = [[
      allow{ link = "eth0", vni = "100-199", peer = "239.0.0.1" }
      allow{ peer = "192.0.2.0/24" }
      allow{ link = "far0" }
      function connect(nic)
        tap(nic, { up = true })
        vxlan{ name = "vx100", id = 100, dev = "mac0", remote = "239.0.0.1", ttl = 9 }
        macvlan{ name = "mac0", link = "eth0", mode = "bridge" }
        if nic.dev == "n0" then return end
        macvtap{ name = "mac1", link = "eth0", mode = "private" }
        vxlan{ name = "far0", src = "192.0.2.1", learning = false }
      end]],
    changed = [[
      allow{ link = "eth0", vni = "100-199", peer = "239.0.0.1" }
      allow{ peer = "192.0.2.0/24" }
      allow{ link = "far0" }
      function connect(nic)
        tap(nic, { up = true })
        macvtap{ name = "mac1", link = "eth0", mode = "vepa" }
        vxlan{ name = "vx101", id = 101, src = "192.0.2.1" }
        vxlan{ name = "far0", remote = "192.0.2.9" }
      end]],
  },
  {
    name = "devices that are no longer wanted",
    host = managed,
    xml = M.xml("old", { "m0 managed" }),
    policy = [[
      function connect(nic)
        bridge{ name = "lan0" }
        veth{ name = "way0", peer = "way1" }
        link{ name = "way0", master = "lan0", up = true }
        tap(nic, { up = true, mtu = 1400 })
      end]],
    changed = "function connect(nic) end",
  },
  {
    name = "two NICs",
    host = bridge .. managed,
    xml = M.xml("two", { "m0 managed", "u1" }),
    policy = [[
      allow{ link = "br0" }
      function connect(nic)
        bridge{ name = "lan0" }
        link{ name = "lan0", mtu = 1500, up = true }
        tap(nic, { master = "lan0", mtu = 1500, up = true })
      end]],
    changed = [[
      allow{ link = "br0" }
      function connect(nic)
        tap(nic, { master = "br0", mtu = 1500, txqueuelen = 77, up = true })
      end]],
  },
  {
    name = "two taps of moontap's", -- which go by one request
    host = bridge,
    xml = M.xml("pair", { "u0", "u1" }),
    policy = [[
      allow{ link = "br0" }
      function connect(nic)
        tap(nic, { master = "br0", mtu = 1500, up = true })
        if nic.dev == "u1" then link{ name = "u1", group = 7 } end
      end]],
    changed = [[
      allow{ link = "br0" }
      function connect(nic) tap(nic, { txqueuelen = 77, up = true }) end]],
  },
  {
    name = "a bridge shared with another guest",
    host = "",
    near = M.xml("near", { "n0" }),
    xml = M.xml("far", { "f0" }),
    policy = [[
      allow{ prefix = "198.51.100.1/25" }
      function connect(nic)
        bridge{ name = "lan0" }
        link{ name = "lan0", mtu = 1500, up = true }
        if nic.dev == "f0" then addr{ dev = "lan0", address = "198.51.100.1/25" } end
        tap(nic, { master = "lan0", mtu = 1500, up = true })
      end]],
    changed = [[
      function connect(nic) tap(nic, { up = true }) end]],
  },
}

scenes[#scenes + 1] = {
  name = "a host of a dnsmasq",
  host = bridge .. "rm -rf /run/moontap-dhcp; mkdir /run/moontap-dhcp",
  xml = M.xml("web", { "u0" }),
  policy = [[
    local dhcp = hook "dhcp" { dir = "/run/moontap-dhcp", addresses = { web = "10.0.0.5" },
      names = true }
    function connect(nic) tap(nic, { up = true }) dhcp(nic) end]],
  changed = [[
    local net = pool{ name = "lan", range = "10.0.0.7-10.0.0.7" }
    local dhcp = hook "dhcp" { dir = "/run/moontap-dhcp", pool = net, names = true }
    function connect(nic) tap(nic, { up = true }) dhcp(nic) end]],
}

--- samples ----------------------------------------------------------------------------------------

local function read(path)
  local f <close> = io.open(path)
  return f and f:read "a"
end

-- Half of what the policies declare is gone, and something is new. A macvtap stays one: it becomes
-- no tap while it is there.
local function changed(policy)
  local macvtap = policy:find 'hook "macvtap"'
  return ([[%s
  function connect(nic) tap(nic, { %s up = true, txqueuelen = 77 }) end]]):format(
    macvtap and 'allow{ link = "eth0" }' or "", macvtap and 'macvtap = "eth0",' or "")
end

local function scene_of(name, tag)
  local dir = "samples/" .. name .. "/"
  local policy, status = read(dir .. "policy.lua"), tonumber(read(dir .. "status") or 0)
  return {
    name = "sample " .. name, sample = true, tag = name == "vlan" and tag or "",
    host = read(dir .. "host.sh"), xml = read(dir .. "domain.xml"), policy = policy,
    changed = policy and status == 0 and changed(policy) or nil, status = status,
  }
end

for _, sample in ipairs(helper.samples()) do -- those with Open vSwitch need daemons
  if sample.tag ~= " #ovs" then scenes[#scenes + 1] = scene_of(sample.name, sample.tag) end
end

local which, of = (os.getenv "MOONTAP_SCENES" or "1/1"):match "(%d+)/(%d+)"
M.all = {}
for i = which, #scenes, of do
  local needs = scenes[i].needs
  scenes[i].tag = scenes[i].tag or ""
  if not needs or helper.kernel_has(needs) then M.all[#M.all + 1] = scenes[i] end
end

return M
