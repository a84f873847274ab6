-- SPDX-License-Identifier: LGPL-2.1-or-later
-- complete.lua - complete a line at Tab: names, fields, kinds, and links and files in strings
--
-- Requires: the table that cli/repl/repl_main.c makes; it gets complete(). It calls no function of
-- the line's but metamethods, and asks the kernel for the names of links.
local repl = ...

-- --- where the cursor is ------------------------------------------------------------------------

-- scan(text) -> the brackets that are open at its end, each { char, position }, and where the
-- string or comment begins that is open there, if any
local function scan(text)
  local open, at = {}, 1
  while at <= #text do
    local char = text:sub(at, at)
    local level = text:match("^%-?%-?%[(=*)%[", at)
    if text:find("^%-%-", at) and not level then
      local stop = text:find("\n", at, true)
      if not stop then return open, at end
      at = stop
    elseif level and (char == "[" or text:find("^%-%-%[", at)) then
      local _, stop = text:find("]" .. level .. "]", at, true)
      if not stop then return open, at end
      at = stop
    elseif char == '"' or char == "'" then
      local from = at
      repeat
        at = text:find("[\\" .. char .. "]", at + 1)
        if at and text:sub(at, at) == "\\" then at = at + 1 end
      until not at or text:sub(at, at) == char and text:sub(at - 1, at - 1) ~= "\\"
      if not at then return open, from, char end
    elseif char:find "[%({[]" then
      open[#open + 1] = { char = char, at = at }
    elseif char:find "[%)}%]]" then
      open[#open] = nil
    end
    at = at + 1
  end
  return open
end

-- --- what there is ------------------------------------------------------------------------------

local function add(list, name, beginning)
  if type(name) == "string" and name:sub(1, #beginning) == beginning then list[name] = true end
end

local function sorted(set)
  local list = {}
  for name in pairs(set) do list[#list + 1] = name end
  table.sort(list)
  return list
end

-- The names in a value, by its own metatable where it has one.
local function names_in(value, beginning, functions)
  local set = {}
  local function take(key, inner)
    if not functions or type(inner) == "function" then
      if type(key) == "string" and key:find "^[%a_][%w_]*$" then add(set, key, beginning) end
    end
  end
  for _ = 1, 8 do -- a chain of __index
    if type(value) == "table" then
      for key, inner in pairs(value) do take(key, inner) end
    end
    local meta = debug.getmetatable(value)
    value = meta and meta.__index
    if type(value) ~= "table" then break end
  end
  return sorted(set)
end

-- The value of the path before the last dot: nic.domain.nics[1]
local function value_of(path)
  local name, rest = path:match "^([%a_][%w_]*)(.*)$"
  local value = name and rawget(_G, name)
  while value ~= nil and rest and rest ~= "" do
    local key, more = rest:match "^%.([%a_][%w_]*)(.*)$"
    if not key then
      key, more = rest:match "^%[%s*(%d+)%s*%](.*)$"
      key = tonumber(key)
    end
    if key == nil then return end
    value, rest = value[key], more
  end
  return value
end

local function links(beginning)
  local set = {}
  for _, link in ipairs(moontap.link.list() or {}) do add(set, link.name, beginning) end
  return set
end

local function topics(beginning)
  local set = {}
  for _, kind in ipairs(repl.kinds) do
    add(set, kind.name, beginning)
    for _, field in ipairs(kind.fields) do add(set, field.name, beginning) end
  end
  for _, topic in ipairs(repl.topics) do
    if not topic.name:find "KIND" then add(set, topic.name, beginning) end
  end
  return sorted(set)
end

-- --- the ways to complete: each returns a name's beginning, names with it, and an ending --------

-- The function whose brackets are open, as it is written: "link", "host.links", "tap"
local function caller(text, bracket)
  return text:sub(1, bracket.at - 1):match "([%a_][%w_.:]*)%s*%(?%s*$" or ""
end

-- The fields that a table may have here: of a kind's verb, and of tap(nic, {...}).
local function fields_of(text, open)
  local bracket = open[#open]
  local name = caller(text, bracket)
  local outer = open[#open - 1]
  if name == "" and outer and caller(text, outer):find "tap$" then
    return { repl.kind.link, repl.kind.tap }
  end
  name = name:gsub("^host%.", ""):gsub("^moontap%.", ""):gsub("%..*", "")
  local kind = repl.kind[name] or repl.kind[name:gsub("s$", "")]
  return kind and { kind }
end

local function in_table(text, open)
  local bracket = open[#open]
  local beginning = text:match "[{,;]%s*([%a_]?[%w_]*)$"
  local kinds = bracket and bracket.char == "{" and beginning and fields_of(text, open)
  if not kinds then return end
  local set, inside = {}, text:sub(bracket.at)
  for _, kind in ipairs(kinds) do
    for _, field in ipairs(kind.fields or {}) do
      local given = inside:find("%f[%w_]" .. field.name .. "%s*=")
      if not given and not (kinds[2] and field.key) then -- tap() has the name from its nic
        add(set, field.name, beginning)
      end
    end
  end
  return beginning, sorted(set), " = "
end

local function field_at(text, open, from)
  local bracket, name = open[#open], text:sub(1, from - 1):match "([%a_][%w_]*)%s*=%s*$"
  local kinds = bracket and bracket.char == "{" and name and fields_of(text, open) or {}
  for _, kind in ipairs(kinds) do
    if kind.field[name] then return kind.field[name] end
  end
end

local function in_string(text, open, from, quote)
  local beginning = text:sub(from + 1)
  local before = text:sub(1, from - 1)
  if not quote then return beginning, {} end -- a comment, or a long string
  if before:find "help%s*%(?%s*$" then return beginning, topics(beginning), quote end
  local field, set = field_at(text, open, from), {}
  for _, word in ipairs(field and field.words or {}) do add(set, word, beginning) end
  if next(set) then return beginning, sorted(set), quote end
  local of_files = before:find "io%.[a-z]+%s*%(?%s*$" or before:find "file%s*%(?%s*$"
  if not of_files then set = links(beginning) end
  local anything = beginning ~= "" and not (field and field.device)
  for _, file in ipairs((of_files or anything) and repl.files(beginning) or {}) do
    set[file] = true
  end
  return beginning, sorted(set), quote
end

local function in_names(text)
  local path, mark, beginning = text:match "([%a_][%w_.%[%]]*)([.:])([%a_]?[%w_]*)$"
  if not path and text:find "[.:][%w_]*$" then return "", {} end
  if not path then
    beginning = text:match "[%a_][%w_]*$" or ""
    return beginning, names_in(_G, beginning), ""
  end
  local fine, value = pcall(value_of, path)
  if not fine or value == nil then return beginning, {} end
  return beginning, names_in(value, beginning, mark == ":"), ""
end

-- --- the answer to Tab --------------------------------------------------------------------------

local function common(list)
  local first, last = list[1], list[#list]
  local n = 0
  while n < #first and first:byte(n + 1) == last:byte(n + 1) do n = n + 1 end
  return first:sub(1, n)
end

local function in_columns(list)
  local width = 0
  for _, name in ipairs(list) do width = math.max(width, #name + 2) end
  local across = math.max(1, repl.columns // width)
  local down, lines = (#list + across - 1) // across, {}
  for row = 1, down do
    local cells = {}
    for at = row, #list, down do cells[#cells + 1] = list[at] .. (" "):rep(width - #list[at]) end
    lines[row] = table.concat(cells):gsub("%s+$", "")
  end
  return table.concat(lines, "\n")
end

-- repl.complete(before, after) -> text to insert, text to show; each or nil
function repl.complete(before, after)
  if not before:find "%S" then return "  " end
  local text = (repl.pending or "") .. before
  local open, from, quote = scan(text)
  local beginning, list, ending
  if from then
    beginning, list, ending = in_string(text, open, from, quote)
  else
    beginning, list, ending = in_table(text, open)
    if not list or #list == 0 then beginning, list, ending = in_names(text) end
  end
  if #list == 0 then return end
  if #list == 1 then
    if list[1]:sub(-1) == "/" or after:sub(1, #ending) == ending then ending = "" end
    return list[1]:sub(#beginning + 1) .. ending
  end
  local more = common(list):sub(#beginning + 1)
  if more ~= "" then return more end
  return nil, in_columns(list)
end
