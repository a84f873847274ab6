-- SPDX-License-Identifier: LGPL-2.1-or-later
-- trouble.lua - show an error: its message, its line with a caret, and the functions that ran
--
-- Requires: the table that cli/repl/repl_main.c makes; it gets texts, handler() and trouble().
local repl = ...

-- By the names of chunks, their texts: what was typed, and the policy.
repl.texts = {}

local function is_own(info)
  return info.what == "C" or info.source == "=?" or info.source == "=repl"
end

-- A policy's global function is shown by its own name, whatever name it was called by.
local function name_of(info)
  if info.what == "main" then return "the top level" end
  for name, value in pairs(repl.env or {}) do
    if rawequal(value, info.func) and type(name) == "string" then return name end
  end
  return info.name or "a function"
end

-- The functions that are running, the innermost first, without moontap's own.
local function frames_above(level)
  local frames = {}
  while true do
    local info = debug.getinfo(level, "Slnf")
    if not info then return frames end
    if not is_own(info) then
      frames[#frames + 1] = {
        source = info.source, file = info.source:sub(2), short = info.short_src,
        line = info.currentline, name = name_of(info),
      }
    end
    level = level + 1
  end
end

-- The place and the rest of a message. When the message begins with the place of a running
-- function, that frame has the file's whole name, which Lua cuts in messages.
local function from_message(message, frames)
  for _, frame in ipairs(frames) do
    local place = ("%s:%d: "):format(frame.short, frame.line)
    if message:sub(1, #place) == place then return frame, message:sub(#place + 1) end
  end
  local file, line, rest = message:match "^([^%s:][^:\n]*):(%d+): (.*)"
  if file then return { file = file, line = tonumber(line) }, rest end
  return frames[1], message
end

local function from_place(place, message)
  local file, line = place:match "([^ ]+):(%d+)$"
  return file and { file = file, line = tonumber(line) }, message
end

-- repl.handler(err) -> what trouble() shows. For xpcall, which calls it while the stack is there.
function repl.handler(err)
  repl.calm() -- Ctrl-C must not interrupt the unwinding
  if type(err) == "table" and getmetatable(err) == "trouble" then return err end
  local frames = frames_above(3)
  local trouble = setmetatable({ frames = frames }, { __metatable = "trouble" })
  local text, place, refused = repl.ended()
  if text then
    trouble.at, trouble.message = from_place(place, (refused and "refused: " or "") .. text)
    trouble.at = trouble.at or frames[1]
  elseif type(err) == "table" and getmetatable(err) == debug.getregistry()["moontap.error"] then
    trouble.at, trouble.message = from_place(err.where, tostring(err))
    trouble.whole = true
  elseif type(err) == "string" then
    trouble.at, trouble.message = from_message(err, frames)
  else
    trouble.message = "the error object is " .. repl.show(err)
  end
  return trouble
end

local function text_of(at)
  local text = repl.texts[at.file]
  if text then return text end
  local f <close> = io.open(at.file)
  return f and f:read(1 << 20) or ""
end

local function line_of(text, number)
  local n = 0
  for line in (text .. "\n"):gmatch "([^\n]*)\n" do
    n = n + 1
    if n == number then return (line:gsub("\t", " "):gsub("%s+$", "")) end
  end
end

-- How many bytes of a text Lua has read when it finds a syntax error, and its message.
local function complaint(before, text)
  local whole, n = before .. text, 0
  local _, why = load(function()
    n = n + 1
    return n <= #whole and whole:sub(n, n) or nil
  end, "=text", "t")
  return math.min(n - #before, #text + 1), why
end

local function read_until(text, message)
  for _, before in ipairs{ "", "return " } do
    local n, why = complaint(before, text)
    if why and why:sub(-#message) == message then return n end
  end
end

-- repl.later(text, why, of_expression) -> which of two complaints is about the later place: that of
-- the text, or that of an expression
function repl.later(text, why, of_expression)
  return complaint("return ", text) > complaint("", text) and of_expression or why
end

-- The columns of the word at which Lua found a syntax error; nil for other errors.
local function syntax_at(text, number, message)
  local word = message:match "near '(.*)'$" or message:match "near (<eof>)$"
  local stop = word and read_until(text, message)
  if not stop then return end
  local start = 1
  for _ = 2, number do start = (text:find("\n", start, true) or #text) + 1 end
  word = word and word:gsub("^<\\(%d+)>$", function(byte) return string.char(byte) end)
  if word == "<eof>" then return stop - start + 1, stop - start + 1 end
  for last = stop, stop - 1, -1 do -- it may have read a byte more, to see that the word ends
    local first = last - #word + 1
    if first >= start and text:sub(first, last) == word then
      return first - start + 1, last - start + 1
    end
  end
end

-- The columns of the first word in the line that the message quotes; or else of the whole line.
local function find_in(line, message)
  for word in message:gmatch "'([^']+)'" do
    local from = 1
    while true do
      local first, last = line:find(word, from, true)
      if not first then break end
      if not line:sub(first - 1, first - 1):find "[%w_]" and not line:find("^[%w_]", last + 1) then
        return first, last
      end
      from = last + 1
    end
  end
  local first, last = line:find "%S.*"
  return first or 1, last or 1
end

local function columns(text)
  return utf8.len(text) or #text
end

local function caret(at, message)
  local text = text_of(at)
  local line = line_of(text, at.line)
  if not line or not line:find "%S" then return "" end
  local first, last = syntax_at(text, at.line, message)
  if not first then first, last = find_in(line, message) end
  local margin = (" "):rep(#tostring(at.line))
  return ("\n  %d | %s\n  %s | %s%s"):format(at.line, repl.clean(line), margin,
    (" "):rep(columns(line:sub(1, first - 1))),
    repl.paint("bad", "^" .. ("~"):rep(columns(line:sub(first, last)) - 1)))
end

-- repl.trouble(what) -> text
function repl.trouble(what)
  local at, text = what.at, repl.paint("bad", what.message)
  if at and not what.whole then
    text = ("%s:%d: %s"):format(at.file, at.line, text)
  end
  if at then text = text .. caret(at, what.message) end
  if #what.frames > 1 then
    for _, frame in ipairs(what.frames) do
      local caller = ("\n  in %s, %s:%d"):format(frame.name, frame.file, frame.line)
      text = text .. repl.paint("note", caller)
    end
  end
  return text
end
