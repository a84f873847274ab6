-- SPDX-License-Identifier: LGPL-2.1-or-later
-- topics.lua - what help says: the comments above functions, and the names of a NIC's facts
--
-- usage: lua topics.lua FILE...; prints rows of C's table of topics. As a module: read(files).
-- From C it takes what /*** begins, from Lua what --- begins; the first line is the signature, and
-- its name is the topic's. Whose word it is, the file's folder says. The facts of a NIC are rows of
-- the table in src/domain/inventory.c.
local M = {}

local function owner(path)
  if path:find "/repl/" then return "repl" end
  if path:find "/binding/" or path:find "/init%.lua$" then return "moontap" end
  return "policy"
end

-- Where a comment begins, goes on and ends, in each language.
local languages = {
  c = { first = "^/%*%*%*$", more = "^ %*%s?(.*)$", last = "^ %*/" },
  lua = { first = "^%-%-%- (.*)$", more = "^%-%- ?(.*)$" },
}

-- blocks(path) -> array of arrays of lines
local function blocks(path)
  local language, found, block = languages[path:match "%.(%a+)$"], {}, nil
  for line in io.lines(path) do
    local first = line:match(language.first)
    local more = block and line:match(language.more)
    if first then
      block = { first:find "%w" and first or nil }
      found[#found + 1] = block
    elseif more and not (language.last and line:find(language.last)) then
      block[#block + 1] = more
    else
      block = nil
    end
  end
  return found
end

local types = { MT_ATTR_UINT = "integer", MT_ATTR_YES_NO = "boolean", MT_ATTR_ON_OFF = "boolean" }

-- The rows of the table of facts: { "mtu+", "size", MT_ATTR_UINT, "mtu", ... }
local function facts(path)
  local rows, seen = {}, {}
  for line in io.lines(path) do
    local kind, name = line:match '^\t{ "[^"]*", [^,]+, (MT_[%u_0-9]+), "([%w_.]+)"'
    if name and not seen[name] then
      seen[name] = true
      rows[#rows + 1] = ("  %-22s %s"):format(name, types[kind] or "string")
    end
  end
  table.sort(rows)
  return rows
end

-- read(files) -> array of { of =, name =, lines = }, sorted by owner and name
function M.read(files)
  local topics, of_nic = {}, nil
  for _, path in ipairs(files) do
    local of = owner(path)
    if path:find "/inventory%.c$" then of_nic = facts(path) end
    for _, lines in ipairs(blocks(path)) do
      local name = lines[1]:match "^[%w_.:]+"
      if of == "moontap" and not name:find "^moontap" and not name:find ":" then
        lines[1] = "moontap." .. lines[1]
        name = "moontap." .. name
      end
      topics[#topics + 1] = { of = of, name = name, lines = lines }
    end
  end
  for _, topic in ipairs(topics) do
    if topic.name == "nic" then table.move(of_nic, 1, #of_nic, #topic.lines + 1, topic.lines) end
  end
  table.sort(topics, function(a, b)
    if a.of ~= b.of then return a.of < b.of end
    return a.name < b.name
  end)
  return topics
end

-- --- lines of at most 79 columns ---

local columns = 79

local function is_long(lines)
  for _, line in ipairs(lines) do
    if (utf8.len(line) or #line) > columns then return true end
  end
end

-- Words of all lines, filled anew; the first line's own indent, and that of the others.
local function fill(lines, first, indent, into)
  local line, blank = first, ""
  for word in table.concat(lines, " "):gmatch "%S+" do
    if blank ~= "" and utf8.len(line .. blank .. word) > columns then
      into[#into + 1] = line
      line, blank = indent, ""
    end
    line, blank = line .. blank .. word, " "
  end
  into[#into + 1] = line
end

-- What goes on with a line: a paragraph's lines, or those below a field's text.
local function gather(lines, at, hang)
  local found = { lines[at] }
  for i = at + 1, #lines do
    local blanks = #lines[i]:match "^ *"
    local goes_on = lines[i] ~= "" and blanks == hang and not lines[i]:find "^%u%l+: "
    if not goes_on then break end
    found[#found + 1] = lines[i]
  end
  return found
end

-- narrow(lines) -> the same without lines that are too long; examples stay as they are
local function narrow(lines)
  local new, at = {}, 1
  while at <= #lines do
    local head = lines[at]:match "^  %S.*  %f[%S]"
    local prose = lines[at]:find "^%S"
    local hang = at == 1 and -1 or prose and 0 or head and #head or -1
    local part = gather(lines, at, hang)
    if not is_long(part) or not (prose or head) then
      table.move(part, 1, #part, #new + 1, new)
    elseif prose then
      fill(part, "", at == 1 and "  " or "", new)
    else
      local first = part[1]
      part[1] = first:sub(#head + 1)
      fill(part, head, (" "):rep(#head), new)
    end
    at = at + #part
  end
  return new
end

local function quoted(text)
  return '"' .. text:gsub('[\\"]', "\\%0") .. '\\n"'
end

if arg and arg[0] and arg[0]:find "topics%.lua$" then
  print "/* made by doc/tools/topics.lua */"
  for _, topic in ipairs(M.read(arg)) do
    local text = {}
    for i, line in ipairs(narrow(topic.lines)) do text[i] = "\t  " .. quoted(line) end
    print(('\t{ "%s", "%s",\n%s },'):format(topic.of, topic.name, table.concat(text, "\n")))
  end
end

return M
