-- SPDX-License-Identifier: LGPL-2.1-or-later
-- verbs.lua - the verbs of the policy language that are of no kind: tap and log
--
-- Requires: the table that policy/sandbox.c makes, with sandbox.lua's functions.
local core = ...
local globals = core.globals

globals.host = core.host

--- log(...)
-- Write a line to moontap's log: the values as text, with blanks between.
function globals.log(...)
  local texts = table.pack(...)
  for i = 1, texts.n do texts[i] = globals.tostring(texts[i]) end
  core.say("log", "text", table.concat(texts, " "):sub(1, 1000))
end

--- print(...)
-- The same as log().
globals.print = globals.log

-- Models whose taps libvirt creates with a virtio-net header: qemu/qemu_interface.c
-- qemuInterfaceIsVnetCompatModel().
local vnet = {
  virtio = true, ["virtio-transitional"] = true, ["virtio-non-transitional"] = true,
  e1000e = true, igb = true, vmxnet3 = true,
}

-- The user of a tap for which the policy names none. A tap with neither user nor group is open to
-- everybody (drivers/net/tun.c tun_not_capable()), so a new one is root's; one that exists keeps
-- its user.
local function owner(dev)
  local read, there = globals.pcall(globals.host.tap, dev)
  if not core.reads_host or not read or not there then
    return 0
  end
  return there.user or nil
end

-- The guest's MAC with another first byte, as libvirt sets it on taps that it creates:
-- qemu/qemu_interface.c qemuInterfaceEthernetConnect().
function core.tap_address(mac)
  local first, rest = mac:lower():match "^(..)(.*)$"
  return (first == "fe" and "fa" or "fe") .. rest
end

-- Fields of an unmanaged NIC's tap that the policy does not give.
local function made(nic, fields)
  local queues = nic.driver and nic.driver.queues or 1
  local default = globals.default
  return {
    user = default(type(fields) == "table" and not fields.group and owner(nic.dev) or nil),
    multi_queue = default(queues > 1),
    vnet_hdr = default(vnet[nic.model] or false),
    address = default(nic.mac and core.tap_address(nic.mac) or nil),
  }
end

local ipv6 -- whether the host has it; nil: not asked yet

local function has_ipv6()
  if ipv6 == nil then
    ipv6 = core.reads_host and globals.host.conf{ dev = "all", family = "ipv6" } ~= nil
  end
  return ipv6
end

-- The kernel removes IPv6 from a device whose MTU is smaller: net/ipv6/addrconf.c addrconf_notify()
local least_mtu = 1280

-- Whether the device has no IPv6 settings, because its MTU is, or will be, too small. One that is
-- too small now has none yet, even when the policy raises its MTU.
local function too_small(dev, mtu)
  local there = globals.host.link(dev)
  mtu = core.meant(mtu)
  return type(mtu) == "number" and mtu < least_mtu or there and there.mtu < least_mtu
end

-- A guest must not become the host's router: ignore the router advertisements on its tap. Without
-- IPv6 there is nothing to declare; where /proc/sys is read-only, the guest is connected with a
-- warning.
local function distrust(dev, fields)
  if not has_ipv6() or too_small(dev, fields.mtu) then return end
  if core.sysctl_read_only then
    core.say("warn", "text", dev ..
      ": /proc/sys is read-only: whether the host believes routers there is left as it is")
  else
    globals.conf{ dev = dev, family = "ipv6", accept_ra = globals.default(0) }
  end
end

-- The MTU of a new bridge: net/bridge/br_device.c br_dev_setup()
local usual_mtu = 1500

-- The MTU for a port of the bridge that fields.master names. A bridge that was never given an MTU
-- takes the smallest of its ports' (net/bridge/br_if.c br_mtu_auto_adjust()). So the port gets what
-- the bridge had before moontap's first one: not libvirt's <mtu>, by which a guest's XML would
-- change the bridge. Returns nil where no bridge is named, but nothing or a VRF, or the host cannot
-- be read; else the MTU, and the bridge's link if it exists.
local function base_mtu(fields)
  local name = core.meant(type(fields) == "table" and rawget(fields, "master"))
  if not core.reads_host or type(name) ~= "string" or not core.is_name(name) then return end
  local read, vrf = globals.pcall(globals.host.vrf, name)
  if read and vrf then return end
  local bridge = globals.host.link(name)
  return bridge and (bridge.base_mtu or bridge.mtu) or usual_mtu, bridge
end

-- Remember in core.port what tap() declares for the current NIC's device: the bridge's link, the
-- port's mtu, gives_way: it is a default(), open: of two defaults that differ, so that the MTU is
-- not known yet.
local function note_port(fields, bridge)
  local port, mtu, gives_way = core.port, core.meant(rawget(fields, "mtu"))
  port.bridge = bridge or port.bridge
  if type(mtu) ~= "number" or gives_way and port.mtu and not port.gives_way then return end
  local differs = gives_way and port.mtu and port.mtu ~= mtu
  port.mtu, port.gives_way, port.open = mtu, gives_way, differs or gives_way and port.open
end

-- Warn before a bridge's MTU follows that of a smaller port. It does not when somebody has set it,
-- which the kernel does not report: net/bridge/br_if.c br_mtu_auto_adjust()
function core.foretell(dev)
  local link, mtu = core.port.bridge, core.port.mtu
  if not link or not mtu or core.port.open or mtu >= link.mtu then return end
  local is_bridge, bridge = pcall(globals.host.bridge, link.name)
  if is_bridge and bridge then
    core.say("warn", "text", ("%s: %s's own MTU will follow, %d to %d, unless somebody has set it")
      :format(dev, link.name, link.mtu, mtu))
  end
end

-- Declare an unmanaged NIC's macvtap on the device fields.macvtap. Returns the fields that are
-- left, of its link: a macvtap takes frames for its own MAC only, so that is the guest's.
local function tap_on(nic, fields)
  if not nic.unmanaged then
    error("tap: macvtap is for managed='no': libvirt makes the tap of this NIC")
  elseif fields.group ~= nil then
    error("tap: group: the file of a macvtap has rights for its user only")
  elseif core.port and core.port.rate == "tap" then
    error("tap: call it before rate(): the sides of a macvtap are not those of a tap")
  end
  if core.port then core.port.macvtap = true end
  local rest, device = core.copy(fields), { name = nic.dev, link = fields.macvtap, mode = "bridge" }
  rest.macvtap, rest.user = nil, nil
  for name in globals.pairs(core.fields "macvtap") do
    if name ~= "link" and rest[name] ~= nil then
      device[name], rest[name] = rest[name], nil
    end
  end
  globals.macvtap(device)
  local user = fields.user
  if user == nil and nic.caller then user = nic.caller.uid end
  if user ~= nil then globals.tap_node{ dev = nic.dev, user = user } end
  if rest.address == nil then rest.address = globals.default(nic.mac) end
  return rest
end

--- tap(nic [, fields])
-- Declare the NIC's own device: link{…} for nic.dev and, when the NIC is unmanaged, the tap itself.
-- The host ignores router advertisements from it: conf{…, accept_ra = default(0)}, unless /proc/sys
-- is read-only.
--   fields   those of link and of tap (user, group, multi_queue, vnet_hdr), without the name. Those
--            of tap count only for unmanaged NICs, since libvirt creates the tap of others. group
--            is the tap's; for the link's there is link{ name = nic.dev, group = … }. With master
--            and without mtu, mtu is what the bridge had before moontap's first port, whatever
--            <mtu> tells the guest. This, and what tap() fills in for an unmanaged NIC (user,
--            multi_queue, vnet_hdr, address), is default(…): the value of another declaration
--            counts instead
--   macvtap  for an unmanaged NIC: its device is a macvtap on this one, with the guest's MAC.
--            Beside it: mode (bridge, unless given), bcqueuelen, nopromisc; user is then that of
--            the file /dev/tapN, and there is no group
-- Raises: not the nic that is being connected; an unknown field; a value that does not fit.
--   tap(nic, { master = "br0", mtu = 9000, up = true })
--   tap(nic, { macvtap = "eno1", user = "alice", up = true })
function globals.tap(nic, fields)
  local facts = core.behind(nic)
  if not facts or facts ~= (core.current or facts) then
    error("tap: it takes the nic that is being connected")
  elseif not facts.dev then
    error("tap: this nic has no device yet")
  end
  fields = fields or {}
  local base, bridge = base_mtu(fields)
  if base and rawget(fields, "mtu") == nil then
    fields = core.copy(fields)
    fields.mtu = globals.default(base)
  end
  if type(fields) == "table" and rawget(fields, "macvtap") ~= nil then
    fields = tap_on(facts, fields)
    core.tap(facts.dev, fields, nil)
  else
    core.tap(facts.dev, fields, facts.unmanaged and made(facts, fields) or nil)
  end
  if base then
    globals.link{ name = core.meant(fields.master), base_mtu = base }
  end
  if not core.current then core.port = {} end -- at a prompt
  note_port(fields, bridge)
  core.port.master = base and core.meant(fields.master) or core.port.master
  core.reflect(facts.dev)
  if not core.current then core.foretell(facts.dev) end
  distrust(facts.dev, fields)
end
