-- SPDX-License-Identifier: LGPL-2.1-or-later
-- topics.lua - the comments above functions as rows of C's table of help topics
--
-- usage: lua topics.lua FILE...; takes /*** ... */ from C, and from Lua what begins with ---
-- A comment's first line is the signature, and its name is the topic's. Whose word it is, the
-- file's folder says.

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

local function quoted(text)
  return '"' .. text:gsub('[\\"]', "\\%0"):gsub("\n", "\\n") .. '"'
end

local rows = {}
for _, path in ipairs(arg) do
  local of = owner(path)
  for _, lines in ipairs(blocks(path)) do
    local name = lines[1]:match "^[%w_.:]+"
    if of == "moontap" and not name:find "^moontap" and not name:find ":" then
      lines[1] = "moontap." .. lines[1]
      name = "moontap." .. name
    end
    local text = {}
    for i, line in ipairs(lines) do text[i] = "\t  " .. quoted(line .. "\n") end
    rows[#rows + 1] = ("\t{ %s, %s,\n%s },\n"):format(quoted(of), quoted(name),
      table.concat(text, "\n"))
  end
end
table.sort(rows)
io.write("/* made by doc/tools/topics.lua */\n", table.concat(rows))
