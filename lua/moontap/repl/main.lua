-- SPDX-License-Identifier: LGPL-2.1-or-later
-- main.lua - the REPL itself: read a chunk, run it, show its values; or run a script
--
-- Requires: the table that cli/repl/repl_main.c makes, with the other files' functions; it gets
-- main().
local repl = ...
local options = repl.options
local print = print -- Lua's own: repl.paint() has cleaned its text

-- Clean what is printed: it may be a text of the guest's XML.
function _G.print(...)
  local texts = table.pack(...)
  for i = 1, texts.n do texts[i] = repl.clean(tostring(texts[i])) end
  print(table.unpack(texts, 1, texts.n))
end

-- --- running ------------------------------------------------------------------------------------

-- Compile an expression, which has values to show, or else a statement. Of the two syntax errors
-- return the one that is later in the text: so far the text was what the user meant.
local function compile(text, name)
  local chunk, of_expression = load("return " .. text, "=" .. name, "t")
  if chunk then return chunk end
  local statement, why = load(text, "=" .. name, "t")
  if statement then return statement end
  return nil, repl.later(text, why, of_expression)
end

local function show_all(results)
  for i = 1, results.n do
    local value = results[i]
    if not repl.was_shown(value) then
      print(repl.show(value))
    end
  end
end

local function report(trouble)
  io.stdout:flush()
  io.stderr:write(repl.trouble(trouble), "\n")
end

-- guarded(f, ...) -> whether f ran without an error; an error is shown
local function guarded(f, ...)
  local results = table.pack(xpcall(function(...)
    repl.wary()
    return f(...)
  end, repl.handler, ...))
  repl.calm()
  if not results[1] then report(results[2]) end
  return results[1]
end

-- Run a chunk; what it declared before an error is shown, too.
local function run(text, name, show)
  repl.texts[name] = text
  return guarded(function()
    repl.clear()
    local chunk, why = compile(text, name)
    if not chunk then error(why, 0) end
    local results = table.pack(xpcall(chunk, repl.handler))
    repl.tell()
    if not results[1] then error(results[2], 0) end
    if show then show_all(table.pack(table.unpack(results, 2, results.n))) end
  end)
end

-- --- the history --------------------------------------------------------------------------------

local function history_file()
  local state, home = os.getenv "XDG_STATE_HOME", os.getenv "HOME"
  if state and state:find "^/" then return state .. "/moontap/history" end
  return home and home .. "/.local/state/moontap/history"
end

local kept = 1000 -- chunks
local longest = 1000 -- bytes of one: libedit's search crashes on those of more than 1,024
local codes = { ["\\"] = "\\\\", ["\n"] = "\\n" }

local function unescape(entry)
  return (entry:gsub("\\(.)", function(c) return c == "n" and "\n" or c end))
end

-- load_history(editor, file) -> the file, when more can be added to it
local function load_history(editor, file)
  local entries, text, why = {}, nil, nil
  if file then text, why = repl.kept(file) end
  for line in (text or ""):gmatch "[^\n]+" do
    if #unescape(line) <= longest then entries[#entries + 1] = line end
  end
  if #entries > 2 * kept then
    entries = table.move(entries, #entries - kept + 1, #entries, 1, {})
    repl.keep(file, table.concat(entries, "\n") .. "\n", true)
  end
  for _, entry in ipairs(entries) do repl.add(editor, unescape(entry)) end
  if why then
    print(repl.paint("note", ("no history is kept: %s: %s"):format(file, why)))
    return
  end
  return file
end

local last

local function remember(editor, file, text)
  if text == last or #text > longest or not text:find "%S" then return end
  last = text
  repl.add(editor, text)
  if file then repl.keep(file, text:gsub("[\\\n]", codes) .. "\n") end
end

-- --- the terminal -------------------------------------------------------------------------------

local function painted(text)
  if not repl.coloured then return text end
  return "\1\27[1m\1" .. text .. "\1\27[0m\1"
end

-- Whether a text is the beginning of a statement or of an expression.
local function is_unfinished(text)
  if compile(text, "input") then return false end
  for _, before in ipairs{ "", "return " } do
    local _, why = load(before .. text, "=input", "t")
    if why:find "<eof>['\"]?$" then return true end
  end
  return false
end

-- read(editor) -> a whole chunk; false: given up; nil: the end
local function read(editor)
  local prompt = repl.may() and "moontap>" or "moontap (read only)>"
  local text
  repl.pending = nil
  repeat
    repl.columns = repl.width(editor)
    local line = repl.read(repl, editor, text and (" "):rep(#prompt - 2) .. ">> "
      or painted(prompt) .. " ")
    if line == nil and text then line = false end
    if not line then return line end
    text = text and text .. "\n" .. line or line
    repl.pending = text .. "\n"
  until not is_unfinished(text)
  return text
end

local function greet()
  local lines = { ("moontap %s, %s; help() for help, Ctrl-D leaves"):format(moontap.version,
    _VERSION) }
  if domain then
    lines[2] = ("%s: %d %s"):format(domain.name ~= "" and domain.name or nic.dev, #nics,
      #nics == 1 and "NIC" or "NICs")
    if repl.since then
      lines[2] = lines[2] .. ", a replay of " .. repl.since
    elseif options.event then
      lines[2] = lines[2] .. ", as at " .. options.event
    end
  end
  lines[#lines + 1] = repl.has_policy and "policy " .. repl.policy_path
    or "no policy: there is no " .. repl.policy_path
  print(repl.paint("note", table.concat(lines, "\n")))
end

local function converse()
  local editor = repl.editor()
  local file = load_history(editor, history_file())
  greet()
  while true do
    local text = read(editor)
    if text == nil then return end
    if text then
      remember(editor, file, text)
      guarded(repl.refresh)
      if text:find "%S" then run(text, "input", true) end
    end
  end
end

-- --- from the beginning -------------------------------------------------------------------------

local function script(text)
  return run(text:gsub("^#[^\n]*", ""), "stdin", false)
end

-- repl.main() -> the exit status
function repl.main()
  local interactive = not options.chunk and repl.terminal(0) and repl.terminal(1)
  local no_colour = os.getenv "NO_COLOR"
  repl.columns = 80
  repl.coloured = repl.terminal(1) and repl.terminal(2) and not (no_colour and no_colour ~= "")
  local fine = guarded(repl.begin)
  if interactive and (fine or domain or not options.guest) then
    converse()
  elseif not fine then
    return 3
  elseif options.chunk then
    fine = run(options.chunk, "-e", true)
  else
    fine = script(io.read "a")
  end
  return (fine or interactive) and 0 or 3
end
