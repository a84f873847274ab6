-- SPDX-License-Identifier: LGPL-2.1-or-later
-- meta.lua - LuaLS annotations of the policy language and of the Lua module, for editors
--
-- usage: META=FOLDER TOPICS='FILE...' moontap repl -e 'dofile "doc/tools/meta.lua"'
-- Made of the tables of kinds and of what help says; `make meta` writes lua/moontap/meta/.
package.path = "doc/tools/?.lua;" .. package.path

local files = {}
for file in os.getenv "TOPICS":gmatch "%S+" do files[#files + 1] = file end
local topics = require "topics".read(files)

local out -- lines of the file that is being made

local function put(format, ...)
  out[#out + 1] = select("#", ...) > 0 and format:format(...) or format
end

local function put_help(lines)
  for i = 2, #lines do put("---%s", lines[i]:gsub("^  ", "    ")) end
end

-- --- classes ------------------------------------------------------------------------------------

local function type_of(field)
  local of = field.type
  if #field.words > 0 then of = '"' .. table.concat(field.words, '"|"') .. '"' end
  return field.none and of .. "|false" or of
end

-- KIND.fields: what a filter may have; KIND: what its verb takes, and what the kernel gives.
local function put_kind(kind)
  put("---%s", kind.doc)
  put("---@class moontap.%s.fields", kind.name)
  for _, name in ipairs(kind.fields) do
    local field = kinds[kind.name][name]
    put("---@field %s? %s %s: %s", name, type_of(field), field.doc, field.expects)
  end
  put ""
  put("---@class moontap.%s: moontap.%s.fields", kind.name, kind.name)
  for _, name in ipairs(kind.fields) do
    local field = kinds[kind.name][name]
    if field.required then put("---@field %s %s", name, type_of(field)) end
  end
  put ""
end

-- What tap() takes: the fields of a link, a tap and a macvtap, without the name; the device that a
-- macvtap is on is the field macvtap.
local function put_tap_fields()
  local seen, on = { link = true }, kinds.macvtap.link
  put "---@class moontap.tap.options"
  put("---@field macvtap? %s %s: %s", type_of(on), on.doc, on.expects)
  for _, name in ipairs{ "tap", "macvtap", "link" } do
    for _, kind in ipairs(moontap.kinds) do
      for _, field in ipairs(kind.name == name and kind.fields or {}) do
        local of = kinds[name][field]
        if not of.key and not seen[field] then
          put("---@field %s? %s %s: %s", field, type_of(of), of.doc, of.expects)
        end
        seen[field] = true
      end
    end
  end
  put ""
end

-- What is always there, and what help calls just a table.
local always = { index = true, type = true, domain = true, unmanaged = true, nics = true,
  metadata = true, name = true }
local classes = { domain = "moontap.domain", nics = "moontap.nic[]" }

local function put_fact(class, name, of, doc)
  local known = always[name] and not class:find "%..*%."
  put(("---@field %s%s %s %s"):format(name, known and "" or "?", classes[name] or of, doc)
    :gsub("%s+$", ""))
end

-- A topic of facts as classes: of the rows "name  type  what it is", a name with dots in a class of
-- its own.
local function put_facts(class, lines)
  local tables, order = { [class] = {} }, { class }
  local function table_of(name)
    if not tables[name] then
      tables[name] = {}
      order[#order + 1] = name
    end
    return tables[name]
  end
  for _, line in ipairs(lines) do
    local name, of, doc = line:match "^  ([%a_][%w_.]*)%s+(%l[%l%[%]]+)%s*(.*)$"
    local into = class
    for part in (name or ""):gmatch "([^.]+)%." do
      local inner = into .. "." .. part
      if not tables[inner] then table.insert(table_of(into), { part, inner, "" }) end
      table_of(inner)
      into = inner
    end
    if name then table.insert(table_of(into), { name:match "[^.]+$", of, doc }) end
  end
  for _, name in ipairs(order) do
    put("---@class %s", name)
    for _, field in ipairs(tables[name]) do
      put_fact(name, table.unpack(field))
    end
    put ""
  end
end

-- --- functions ----------------------------------------------------------------------------------

local parameters = { -- what a signature's words are, where they are not the function's own
  nic = "moontap.nic", fields = "moontap.tap.options", reason = "any", name = "string",
  pool = "moontap.pool",
  ["..."] = "any",
  limits = "{ dev: string, inbound?: number|string, inbound_peak?: number|string, " ..
    "inbound_burst?: number|string, outbound?: number|string, outbound_peak?: number|string, " ..
    "outbound_burst?: number|string }",
}

-- A function by its signature, "tap(nic [, fields])".
local function put_function(topic)
  local inside, list = topic.lines[1]:match "%((.-)%)" or "", {}
  put_help(topic.lines)
  for bracket, name in inside:gmatch "(%[?)[%s,]*([%a_.][%w_.]*)" do
    local of = parameters[name] or "any"
    put("---@param %s%s %s", name, bracket ~= "" and "?" or "", of)
    list[#list + 1] = name
  end
  put("function %s(%s) end\n", topic.name, table.concat(list, ", "))
end

local function with_kind(lines, name)
  local of = {}
  for i, line in ipairs(lines) do of[i] = line:gsub("KIND", name) end
  return of
end

local function topic_of(name)
  for _, topic in ipairs(topics) do
    if topic.name == name then return topic end
  end
  error("there is no topic " .. name)
end

local function put_verb(kind)
  put_help(with_kind(topic_of "KIND".lines, kind.name))
  put("---@param fields moontap.%s", kind.name)
  put("function %s(fields) end\n", kind.name)
end

local function put_host(kind)
  put_help(with_kind(topic_of "host.KIND".lines, kind.name))
  put("---@param key string|moontap.%s.fields", kind.name)
  put("---@return moontap.%s?", kind.name)
  put("function host.%s(key) end\n", kind.name)
  put_help(with_kind(topic_of "host.KINDs".lines, kind.name))
  put("---@param filter? moontap.%s.fields", kind.name)
  put("---@return moontap.%s[]", kind.name)
  put("function host.%ss(filter) end\n", kind.name)
end

-- --- the files ----------------------------------------------------------------------------------

local function begin()
  out = {
    "---@meta", "-- made by `make meta`: not to be edited", "-- luacheck: ignore", "",
  }
end

local function write(name)
  local f <close> = assert(io.open(os.getenv "META" .. "/" .. name, "w"))
  f:write((table.concat(out, "\n"):gsub("\n+$", "")), "\n")
end

local function policy()
  begin()
  for _, kind in ipairs(moontap.kinds) do put_kind(kind) end
  put_tap_fields()
  put "---@class moontap.pool\n"
  put_facts("moontap.nic", topic_of "nic".lines)
  put_facts("moontap.domain", topic_of "nic.domain".lines)
  for _, kind in ipairs(moontap.kinds) do
    if kind.name ~= "tap" and kind.name ~= "lease" then put_verb(kind) end
  end
  for _, name in ipairs{ "tap", "rate", "lease", "refuse", "log", "print" } do
    put_function(topic_of(name))
  end
  put_help(topic_of "default".lines)
  put "---@generic T"
  put "---@param value T"
  put "---@return T"
  put "function default(value) end\n"
  put_help(topic_of "allow".lines)
  put("---@param what { link?: string, prefix?: string, table?: integer|string, " ..
    "vid?: integer|string, vni?: integer|string, priority?: integer|string, " ..
    "peer?: string, ports?: integer|string, path?: string, pool?: string, " ..
    "iface_id?: string, group?: string, altname?: string, user?: string, dev?: string }")
  put "function allow(what) end\n"
  put_help(topic_of "pool".lines)
  put "---@param of { name: string, range: string }"
  put "---@return moontap.pool"
  put "function pool(of) end\n"
  put_help(topic_of "hook".lines)
  put "---@param name string"
  put "---@return fun(options?: table): fun(nic: moontap.nic)"
  put "function hook(name) end\n"
  put "---@class moontap.host"
  put "host = {}\n"
  for _, kind in ipairs(moontap.kinds) do put_host(kind) end
  write "policy.lua"
end

policy()
