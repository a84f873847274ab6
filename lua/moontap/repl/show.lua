-- SPDX-License-Identifier: LGPL-2.1-or-later
-- show.lua - values as Lua that can be read, and loaded again
--
-- Requires: the table that cli/repl/repl_main.c makes; it gets lua, paint() and show().
local repl = ...

-- Lua's own globals, which the REPL keeps where the policy language has its own.
repl.lua = {}
for name in pairs(_G) do repl.lua[name] = true end

local colours = {
  string = "32", number = "36", boolean = "33", note = "2", bold = "1",
  ["+"] = "32", ["~"] = "33", ["-"] = "31", ["="] = "2", bad = "31",
}

-- Clean a text of what a terminal would act on, and colour it where the output is a terminal.
function repl.paint(name, text)
  text = repl.clean(text)
  if not repl.coloured or not colours[name] then return text end
  return "\27[" .. colours[name] .. "m" .. text .. "\27[0m"
end

local paint = repl.paint

local reserved = {}
for word in ("and break do else elseif end false for function goto if in local nil not or " ..
  "repeat return then true until while"):gmatch "%a+" do reserved[word] = true end

local escapes = { ["\n"] = "\\n", ["\t"] = "\\t", ["\r"] = "\\r", ['"'] = '\\"', ["\\"] = "\\\\" }

local function string_text(s)
  s = s:gsub('[%c"\\]', function(c) return escapes[c] or ("\\x%02x"):format(c:byte()) end)
  local valid = utf8.len(s)
  s = s:gsub(valid and utf8.charpattern or "[\x80-\xff]", function(c)
    if valid and repl.clean(c) == c then return c end
    return c:gsub(".", function(byte) return ("\\x%02x"):format(byte:byte()) end)
  end)
  return '"' .. s .. '"'
end

local function number_text(n)
  if n ~= n then return "0/0" end
  if n == math.huge then return "math.huge" end
  if n == -math.huge then return "-math.huge" end
  if n == math.mininteger then return "math.mininteger" end
  if math.type(n) == "integer" then return tostring(n) end
  local short = ("%.14g"):format(n)
  if tonumber(short) ~= n then short = ("%.17g"):format(n) end
  return short:find "[.e]" and short or short .. ".0"
end

local function function_text(f)
  local info = debug.getinfo(f, "S")
  if info.source:find "^@" or info.source:find "^=%a" then
    return ("function, %s:%d"):format(info.short_src, info.linedefined)
  end
  return "function"
end

-- A value that has no loadable text is shown as nil, with a note.
local function note(text)
  return paint("note", "nil --[[ " .. text .. " ]]"), #text + 12
end

local scalars = {
  ["nil"] = function() return "nil" end,
  string = string_text,
  number = number_text,
  boolean = tostring,
}

local function rank(key)
  return type(key) == "boolean" and 1 or type(key) == "number" and 2 or 3
end

local function before(a, b)
  if rank(a) ~= rank(b) then return rank(a) < rank(b) end
  if type(a) == "boolean" then return b and not a end
  return a < b
end

-- entries(t) -> array of { key, value }, sorted
local function entries(t)
  local list = {}
  local words = rawequal(t, repl.env) and repl.core.is_word
  for key, value in pairs(t) do
    local plain = type(key) == "string" or type(key) == "number" or type(key) == "boolean"
    if not (words and words(key)) and not rawequal(value, t) then
      list[#list + 1] = { plain and key or tostring(key), value }
    end
  end
  table.sort(list, function(a, b) return before(a[1], b[1]) end)
  return list
end

local function key_text(key, at)
  if key == at then return "", 0 end
  if type(key) == "string" and key:find "^[%a_][%w_]*$" and not reserved[key] then
    return key .. " = ", #key + 3
  end
  local text = type(key) == "string" and string_text(key) or tostring(key)
  return "[" .. text .. "] = ", #text + 5
end

local render

-- On one line if it fits, else a line for each entry.
local function table_text(t, indent, above)
  local parts, width, at, lines = {}, 4, 1, false
  above[t] = true
  for i, entry in ipairs(entries(t)) do
    local name, name_width = key_text(entry[1], at)
    local text, text_width = render(entry[2], indent .. "  ", above)
    if entry[1] == at then at = at + 1 end
    parts[i] = name .. text
    width = width + name_width + text_width + 2
    lines = lines or text:find("\n", 1, true)
  end
  above[t] = nil
  if #parts == 0 then return "{}", 2 end
  if not lines and width + #indent <= repl.columns then
    return "{ " .. table.concat(parts, ", ") .. " }", width
  end
  return "{\n" .. indent .. "  " .. table.concat(parts, ",\n" .. indent .. "  ") .. ",\n" ..
    indent .. "}", width
end

function render(value, indent, above)
  local kind = type(value)
  if scalars[kind] then
    local text = scalars[kind](value)
    return paint(kind, text), #text
  elseif kind == "table" and rawequal(value, domain) and next(above) then
    return note("domain " .. string_text(tostring(value.name)))
  elseif kind == "table" and above[value] then
    return note "above"
  elseif kind == "table" then
    return table_text(value, indent, above)
  elseif kind == "function" then
    return note(function_text(value))
  end
  return note(tostring(value))
end

-- Colour the lines of steps by what each step does.
local function steps_text(text)
  return (("\n" .. text):gsub("\n(  ([+~=-]) [^\n]*)", function(line, sign)
    return "\n" .. paint(sign, line)
  end):sub(2))
end

--- show(value) -> string
-- A value as the REPL shows it: sorted, and loadable again where it is data.
function repl.show(value)
  local meta = debug.getmetatable(value)
  local kind = type(value)
  if meta and meta.__tostring and not meta.__pairs and (kind == "table" or kind == "userdata") then
    return steps_text(repl.clean(tostring(value)))
  elseif kind == "function" then
    local name = repl.name_of(value)
    return paint("note", name and repl.topic(name):match "[^\n]*" or function_text(value))
  end
  return (render(value, "", {}))
end
