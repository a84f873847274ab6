-- SPDX-License-Identifier: LGPL-2.1-or-later
-- manual.lua - the parts of manual pages that the program's own tables say
--
-- usage: moontap help --json | lua manual.lua PAGE.scd >WHOLE.scd
package.path = "doc/tools/?.lua;" .. package.path
local expand = require "expand"

local said = {} -- subcommands and functions that the page has a place of its own for

local function escape(text)
  return (text:gsub("[\\*_<>~#%[%]|`^]", "\\%0"):gsub("^([%-.])", "\\%1"))
end

local function bold(text)
  return "*" .. escape(text) .. "*"
end

local function by_name(list, name)
  for _, one in ipairs(list) do
    if one.name == name then return one end
  end
  error("the program knows nothing of the name " .. name)
end

-- Words in capitals, and what is between them: "[GUEST.xml]" has its name underlined.
local function arguments(text)
  return (escape(text):gsub("%u[%u%l.]*%u*[%l.]*", function(word)
    return "_" .. word .. "_"
  end))
end

-- --- the program --------------------------------------------------------------------------------

local function called(command, before)
  local words = before .. command.name
  return bold(words) .. (command.arguments ~= "" and " " .. arguments(command.arguments) or "")
end

local function option_names(option)
  local names = bold("--" .. option.name)
  if option.letter then names = bold("-" .. option.letter) .. ", " .. names end
  return names .. (option.argument and " " .. arguments(option.argument) or "")
end

local function sentence(text)
  return (escape(text):gsub("^%l", string.upper):gsub("([^.])$", "%1."))
end

-- The options that are not every subcommand's.
local function own_options(command)
  local names = {}
  for _, name in ipairs(command.options) do
    if name ~= "verbose" and name ~= "help" and name ~= "version" then
      names[#names + 1] = bold("--" .. name)
    end
  end
  return names
end

local function command_block(command, before)
  local lines = { called(command, before), "\t" .. sentence(command.doc) }
  local names = own_options(command)
  if #names > 0 then
    lines[#lines + 1] = "\n\tOptions: " .. table.concat(names, ", ") .. "."
  end
  return table.concat(lines, "\n")
end

local parts = {}

-- A subcommand; what the page says below it goes on with it.
function parts.command(tables, name)
  said[name] = true
  return command_block(by_name(tables.commands, name), "moontap ")
end

function parts.other_commands(tables)
  local blocks = {}
  for _, command in ipairs(tables.commands) do
    if not said[command.name] then
      blocks[#blocks + 1] = command_block(command, "moontap ")
    end
  end
  return table.concat(blocks, "\n\n")
end

function parts.script(tables, name)
  return command_block(by_name(tables.scripts, name), "")
end

function parts.synopsis(tables)
  local lines = {}
  for i, command in ipairs(tables.commands) do lines[i] = called(command, "moontap ") end
  for _, script in ipairs(tables.scripts) do lines[#lines + 1] = called(script, "") end
  return table.concat(lines, "++\n")
end

function parts.options(tables)
  local blocks = {}
  for i, option in ipairs(tables.options) do
    blocks[i] = option_names(option) .. "\n\t" .. sentence(option.doc)
  end
  return table.concat(blocks, "\n\n")
end

function parts.exits(tables)
  local blocks = {}
  for i, exit in ipairs(tables.exits) do
    blocks[i] = bold(tostring(exit.status)) .. "\n\t" .. sentence(exit.doc)
  end
  return table.concat(blocks, "\n\n")
end

function parts.levels(tables)
  local blocks = {}
  for i, level in ipairs(tables.levels) do
    blocks[i] = ("%s, %s\n\t%s"):format(bold(tostring(level.status)), bold(level.name),
      sentence(level.doc))
  end
  return table.concat(blocks, "\n\n")
end

-- Within a subcommand's own paragraphs.
function parts.states(tables)
  local blocks = {}
  for i, state in ipairs(tables.states) do
    blocks[i] = ("\t%s: %s."):format(bold(state.name), state.doc)
  end
  return table.concat(blocks, "\n\n")
end

-- --- kinds --------------------------------------------------------------------------------------

-- "master VALUE, or nomaster", as ip(8) and its like have it.
local function spelling(field)
  local words = {}
  if field.word then
    local value = not field.boolean and "_VALUE_" or nil
    words[1] = (field.word ~= "" and bold(field.word) or "") ..
      (value and (field.word ~= "" and " " or "") .. value or "")
  end
  if field.off then words[#words + 1] = bold(field.off) end
  return #words > 0 and "In a command: " .. table.concat(words, ", or ") .. "."
end

local function field_block(field)
  local lines = { bold(field.name) .. " = " .. escape(field.expects) ..
    (field.none and ", or false for none" or "") }
  local function add(text)
    if text then lines[#lines + 1] = "\t" .. text end
  end
  add(sentence(field.doc) .. (field.required and " Must be given."
    or field.key and " Part of the key." or ""))
  add(spelling(field))
  for _, note in ipairs(field.notes) do add(sentence(note)) end
  return table.concat(lines, "\n")
end

local function commands_of(kind)
  local list = {}
  for _, op in ipairs{ "add", "set", "delete" } do
    if kind[op] then
      list[#list + 1] = bold((kind[op]:gsub("%%s", "NAME")))
    end
  end
  return #list > 0 and "Commands: " .. table.concat(list, "; ") .. "."
end

function parts.kinds(tables)
  local blocks = {}
  local function add(text)
    if text then blocks[#blocks + 1] = text end
  end
  for _, kind in ipairs(tables.kinds) do
    add("## " .. kind.name .. "{...}")
    add(sentence(kind.doc))
    add(kind.facet and "It is a part of what is there already: it is set, and never made or " ..
      "removed.")
    add(kind.exclusive and "One that is there already with other values is never replaced: " ..
      "that is an error.")
    add(commands_of(kind))
    for _, field in ipairs(kind.fields) do add(field_block(field)) end
  end
  return table.concat(blocks, "\n\n")
end

-- --- functions and facts ------------------------------------------------------------------------

-- Prose as it is, what is indented as it stands.
local function body(lines)
  local out, code = {}, false
  local function fence(on)
    if code ~= on then out[#out + 1] = on and "\n```" or "```\n" end
    code = on
  end
  for _, line in ipairs(lines) do
    fence(line:find "^%s" ~= nil)
    if line:find "^Raises: " then out[#out + 1] = "" end
    out[#out + 1] = code and line:sub(3) or escape(line)
  end
  fence(false)
  return (table.concat(out, "\n"):gsub("\n\n\n+", "\n\n"):gsub("^\n+", ""):gsub("\n+$", ""))
end

local function topic_block(topic)
  local lines = {}
  for line in topic.text:gmatch "[^\n]+" do lines[#lines + 1] = line end
  said[topic.name] = true
  return bold(table.remove(lines, 1)) .. "\n\n" .. body(lines)
end

function parts.functions(tables, names)
  local blocks = {}
  for name in names:gmatch "%S+" do
    blocks[#blocks + 1] = topic_block(by_name(tables.topics, name))
  end
  return table.concat(blocks, "\n\n")
end

-- What else one owner has: "policy", "moontap" or "repl".
function parts.other_functions(tables, owner)
  local blocks = {}
  for _, topic in ipairs(tables.topics) do
    if topic.of == owner and not said[topic.name] then blocks[#blocks + 1] = topic_block(topic) end
  end
  return table.concat(blocks, "\n\n")
end

-- A ready-made hook, by the comment that its file begins with.
function parts.hook(_, name)
  local lines = {}
  for line in io.lines("hooks/" .. name .. ".lua") do
    local text = line:match "^%-%- ?(.*)$"
    if not text then break end
    if not text:find "^SPDX" then lines[#lines + 1] = text end
  end
  local first = table.remove(lines, 1):match " %- (.*)$"
  return "## " .. name .. "\n\n" .. sentence(first) .. "\n\n" .. body(lines)
end

expand(parts)
