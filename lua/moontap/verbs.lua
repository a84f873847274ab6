-- SPDX-License-Identifier: LGPL-2.1-or-later
-- verbs.lua - the verbs of the policy language that are of no kind: tap, hook, log
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
local function tap_address(mac)
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
    address = default(nic.mac and tap_address(nic.mac) or nil),
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

local pools = setmetatable({}, { __mode = "k" }) -- by what pool() returns: { name =, range = }

--- pool{name = name, range = "FIRST-LAST"} -> pool
-- Addresses for lease() to give to NICs, at most 4096 of them. Plans may use them, as with
-- allow{prefix=…}. Only at the top level.
--   name    of letters, digits, -, _ and .: policies that say the same name share the addresses
--   range   the first address and the last: "10.0.0.10-10.0.0.250", "fd00::10-fd00::ff"
-- Raises: a name or a range that is none.
--   local lan = pool{ name = "lan", range = "10.0.0.10-10.0.0.250" }
function globals.pool(options)
  core.at_top "pool"
  if type(options) ~= "table" or type(options.name) ~= "string" or
    not options.name:find "^[%w_-][%w_.-]*$" or #options.name > 64 then
    error "pool: name: letters, digits, -, _ and . expected"
  end
  local name, range = options.name, options.range
  if type(range) ~= "string" then
    error "pool: range: two addresses expected, \"10.0.0.10-10.0.0.250\""
  end
  local prefixes, why = core.pool(range)
  if not prefixes then error("pool: range: " .. why) end
  for _, prefix in ipairs(prefixes) do globals.allow{ prefix = prefix } end
  globals.allow{ pool = name }
  local token = setmetatable({}, { __name = "pool", __metatable = false })
  pools[token] = { name = name, range = range }
  return token
end

local declare_lease = globals.lease -- the kind's verb
local given = {} -- words of core.lease(): what this event's NICs have been given

--- lease(pool [, nic]) -> address
-- An address of the pool for the NIC, which keeps it: over stops of its guest, other policies and
-- reboots of the host, until `moontap lease --free`. It is the NIC's by the guest's uuid (its name,
-- where it has no uuid) and the NIC's MAC. A new one is a free one of the pool. Only in connect().
--   pool   what pool() returned
--   nic    without it, the one that is being connected
-- Raises: no pool; a NIC without a MAC. When all addresses are taken, it refuses.
--   local address = lease(lan)
function globals.lease(pool, nic)
  local of = pools[pool]
  local facts = nic and core.behind(nic) or core.current
  if not of then
    error "lease: a pool expected: what pool{} returned"
  elseif not facts then
    error "lease: only while a NIC is being connected"
  elseif not facts.mac then
    error "lease: the XML has no <mac>, by which the NIC could have an address again"
  end
  local domain, whose = facts.domain, facts.caller and facts.caller.user .. ":" or ""
  whose = whose .. (domain.uuid or domain.name) .. " " .. facts.mac:lower()
  local address = core.lease(of.name, of.range, whose, given)
  if not address then
    globals.refuse(("all addresses of the pool %s (%s) are taken: `moontap lease` lists them")
      :format(of.name, of.range))
  end
  declare_lease{ address = address, pool = of.name, owner = whose }
  return address
end

-- Let plans use the devices that a hook's options name, at any depth. Any text may name a device;
-- the line has the option's name, so that a warning can tell which one is probably misspelt:
-- labels has another one for options whose device need not be there.
local function allow_links(value, option, grant, depth, labels)
  if type(value) == "string" and core.is_name(value) then
    core.say("allow", "link", value, "option", option, "grant", grant)
  elseif type(value) == "table" and depth < 8 then
    for name, inner in globals.pairs(value) do
      if depth > 0 or name ~= "macs" and name ~= "unknown" then -- those are of guests
        local label = labels[name] or type(name) == "string" and name or option
        allow_links(inner, label, grant, depth + 1, {})
      end
    end
  end
end

local grants = 0 -- to users, by hooks' options

local granting_now -- the word of the grant that a hook's options are; nil: of none

-- What a hook allows while it takes its options, and another hook for it, it allows the users among
-- them, too. Returns what ends that when it is closed.
local function granting(word)
  local outer = granting_now
  granting_now = word or outer
  core.granting(granting_now)
  return setmetatable({}, { __close = function()
    granting_now = outer
    core.granting(outer)
  end })
end

-- The options without users and dev, which are of no hook: they grant its links to those users, as
-- allow{user=…, dev=…, link=…} does. Also the word of the grant; nil: there is none.
local function without_users(name, options)
  local users = options.users
  if users == nil then return options end
  users = type(users) == "table" and users or { users }
  grants = grants + 1
  local word = "hook" .. grants
  for _, user in ipairs(users) do
    if type(user) ~= "string" or user == "" then
      error(name .. ": users: names of users expected, or of groups: \"@kvm\"")
    elseif options.dev ~= nil and (type(options.dev) ~= "string" or options.dev == "") then
      error(name .. ": dev: a text expected: how those users' devices may be called, \"al-*\"")
    end
    core.say("allow", "user", user, "dev", options.dev, "grant", word)
  end
  options = core.copy(options)
  options.users, options.dev = nil, nil
  return options, word
end

-- Devices that the hook creates: an option takes the name of a device of some kind ("vxlan.name"),
-- or the option create says so of all.
local function created(takes, options)
  local labels = {}
  for option, of in next, takes or {} do
    local kind = type(of) == "string" and of:match "^(%w+)%.name$"
    if kind and (kind ~= "link" or takes.create and options.create) then labels[option] = "name" end
  end
  return labels
end

local hooks = {} -- by name: what the hook's file returned; false while the file runs

local function load_hook(name)
  hooks[name] = false
  local make, takes = core.compile_hook(name, core.environment())()
  if type(make) ~= "function" then
    error("hook '" .. name .. "' returns no function of its options, but a " .. type(make))
  end
  hooks[name] = { make = make, takes = type(takes) == "table" and takes or nil }
  return hooks[name]
end

-- What a table has that is no list, as its key; nil: there is none.
local function no_list(lists)
  for key, list in globals.pairs(lists) do
    if type(list) ~= "table" then return globals.tostring(key) end
  end
end

-- Why an option's value is wrong; nil: it is not. @of is a field of a kind or of rate, "link.mtu";
-- or types and quoted texts: "table|function", 'boolean|"qemu"'; "lists" is a table of lists.
local function misfit(of, value)
  local lists = of:gsub("%f[%w]lists%f[%W]", "table")
  if lists ~= of then
    local wrong = type(value) == "table" and no_list(value)
    if wrong then return "a list expected for " .. wrong end
    of = lists
  end
  local kind, field = of:match "^([%w_]+)%.([%w_]+)$"
  if kind == "rate" then return core.misfit_rate(field, value) end
  if kind then return core.misfit(kind, field, value) end
  local function takes(what) return ("|" .. of .. "|"):find("|" .. what .. "|", 1, true) end
  if not takes(type(value)) and not (type(value) == "string" and takes('"' .. value .. '"')) then
    return "a " .. type(value) .. " is no " .. of:gsub("|", " or ")
  end
end

local function check_macs(name, macs)
  for mac, guest in globals.pairs(macs) do
    local why = core.misfit("link", "address", mac)
    if not why and type(guest) ~= "string" then why = "a guest's name expected" end
    if why then error(("%s: macs: %s"):format(name, why)) end
  end
end

local function check_option(name, takes, option, value)
  local others, why = takes["*"], nil
  if type(option) == "string" and takes[option] and option ~= "*" then
    why = misfit(takes[option], value)
  elseif type(option) == "string" and others and core.fields(others)[option] then
    why = core.misfit(others, option, value)
  else
    local all = others and core.fields(others) or {}
    for known in next, takes do all[known] = type(known) == "string" and known ~= "*" or nil end
    error(("%s: there is no option '%s'%s"):format(name, globals.tostring(option),
      core.instead(globals.tostring(option), all, "its options")))
  end
  if why then error(("%s: %s: %s"):format(name, option, why)) end
end

-- The name of the NIC's guest. A tap of an unknown guest is refused, unless root's options let it
-- in: any such tap by `unknown`, or by its MAC by `macs`, which has the name.
local function guest_of(name, options, nic)
  local known = nic.domain.known
  if known ~= false and known ~= "qemu" then return nic.domain.name end
  local link = core.reads_host and nic.dev and globals.host.link(nic.dev)
  for mac, guest in globals.pairs(options.macs or {}) do
    if mac:lower() == (nic.mac or ""):lower() or link and tap_address(mac) == link.address then
      return guest
    end
  end
  if options.unknown == true or known and options.unknown == known then return nic.domain.name end
  local said = known and (" but its QEMU, which says %s,"):format(nic.domain.name) or ""
  globals.refuse(("nobody%s knows whose tap %s is (MAC %s): the hook %s lets it in with " ..
    "unknown = %s, or by macs = { [\"MAC\"] = \"guest\" }"):format(
    said, nic.dev or "it", nic.mac or "unknown", name, known and '"qemu" or true' or "true"))
end

-- given(option): what an option that is by guest has for the NIC. In a table it is by the NIC's
-- MAC, in any case, or else by the guest's name; a function returns it.
local function given_to(nic, guest)
  return function(from)
    if type(from) ~= "table" then return from and from(nic) end
    local mac = (nic.mac or ""):lower()
    if from[mac] ~= nil then return from[mac] end
    for key, value in next, from do
      if type(key) == "string" and #key == #mac and key:lower() == mac then return value end
    end
    return from[guest]
  end
end

local function make(name, hook, options)
  local connect, why = hook.make(options)
  if type(connect) == "function" then return connect end
  error(("%s: %s"):format(name, why or "the hook returned no function of nic"))
end

local function apply_hook(name, options)
  local hook = hooks[name]
  if not hook.takes then return make(name, hook, options) end
  for option, value in globals.pairs(options) do check_option(name, hook.takes, option, value) end
  for _, needed in ipairs(hook.takes) do
    if options[needed] == nil then
      error(("%s: the option '%s' is missing"):format(name, needed))
    end
  end
  check_macs(name, options.macs or {})
  local connect = make(name, hook, options)
  return function(nic)
    local guest = guest_of(name, options, nic)
    return connect(nic, guest, given_to(nic, guest))
  end
end

--- hook(name) -> function(options) -> function(nic)
-- A ready-made policy, hooks/NAME.lua of moontap's directories, as a function for connect() to
-- call. Plans may use the devices that its options name, at any depth, as with allow{link=…}. Only
-- at the top level.
--   options   beside the hook's own: users, a list of users and "@groups" who may ask the service
--             for taps, and dev, as in allow{user=…}: for their taps, plans may use these devices
--   local lan = hook "bridge" { bridge = "br0" }
--   local lab = hook "bridge" { bridge = "lab0", users = { "alice", "@kvm" } }
function globals.hook(name)
  core.at_top "hook"
  if type(name) ~= "string" or not name:find "^[%w_-]+$" then
    error("hook: a name of letters, digits, _ and - expected")
  elseif hooks[name] == false then
    error("hook '" .. name .. "' loads itself")
  end
  if not hooks[name] then load_hook(name) end
  return function(options)
    core.at_top "hook"
    local own, granted = without_users(name, options or {})
    local _ <close> = granting(granted)
    allow_links(own, "", granting_now, 0, created(hooks[name].takes, own))
    return apply_hook(name, own)
  end
end
