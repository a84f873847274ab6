-- SPDX-License-Identifier: LGPL-2.1-or-later
-- hook.lua - the verb hook: a ready-made policy, its options, and what they let plans use
--
-- Requires: the table that policy/sandbox.c makes, with verbs.lua's functions.
local core = ...
local globals = core.globals

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
    if mac:lower() == (nic.mac or ""):lower() or link and core.tap_address(mac) == link.address then
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
