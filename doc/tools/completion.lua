-- SPDX-License-Identifier: LGPL-2.1-or-later
-- completion.lua - what bash and zsh complete: the program's tables as theirs
--
-- usage: moontap help --json | lua completion.lua TEMPLATE
package.path = "doc/tools/?.lua;" .. package.path
local expand = require "expand"

-- What a word of a synopsis, or of an option's argument, can be; the shells know how to find them.
local words = {
  ["GUEST.xml"] = "xml", GUEST = "guest", NIC = "nic", FILE = "file", ["FILE.rng"] = "file",
  DIR = "folder", TAP = "tap", WORD = "help", DRIVER = "driver", OPERATION = "operation",
}
-- Where the word itself does not say it.
local of_command = { plan = { "xml guest" }, up = { "xml guest" }, down = { "guest xml" },
  doctor = { "xml guest" }, facts = { "xml guest" }, repl = { "xml guest" }, log = { "run" },
  replay = { "run" } }
local of_option = { driver = "driver", event = "operation", name = "guest", dev = "nic" }

local function kind_of(word)
  return words[word] or "none"
end

-- "GUEST [NIC...]" -> { "guest", "nic..." }; "-N" is an option.
local function arguments_of(command)
  local kinds, n = {}, 0
  for word in command.arguments:gmatch "%u[%w.]*" do
    local name, more = word:match "^(.-)(%.*)$"
    n = n + 1
    kinds[n] = (of_command[command.name] and of_command[command.name][n] or kind_of(name)) ..
      (more == "..." and "..." or "")
  end
  return kinds
end

local function option(tables, name)
  for _, one in ipairs(tables.options) do
    if one.name == name then return one end
  end
end

local function option_kind(one)
  return of_option[one.name] or kind_of(one.argument)
end

local function every_command(tables)
  local all = table.move(tables.commands, 1, #tables.commands, 1, {})
  return table.move(tables.scripts, 1, #tables.scripts, #all + 1, all)
end

local function names_of(list)
  local names = {}
  for i, one in ipairs(list) do names[i] = one.name end
  return names
end

-- Everything that help has something on; KIND stands for each kind.
local function help_words(tables)
  local seen, list = {}, {}
  local function add(name)
    if not seen[name] then list[#list + 1] = name end
    seen[name] = true
  end
  for _, command in ipairs(every_command(tables)) do add(command.name) end
  for _, kind in ipairs(tables.kinds) do
    add(kind.name)
    for _, field in ipairs(kind.fields) do add(field.name) end
  end
  for _, topic in ipairs(tables.topics) do
    if topic.of ~= "repl" and not topic.name:find ":" then -- which bash takes for two words
      for _, kind in ipairs(topic.name:find "KIND" and tables.kinds or { { name = "" } }) do
        add((topic.name:gsub("KIND", kind.name)))
      end
    end
  end
  return list
end

local operations = "prepare start started stopped release migrate restore reconnect changed attach"

local bash = {}

local function arms(list)
  return "\tcase $1 in\n" .. table.concat(list, "\n") .. "\n\tesac"
end

local function arm(names, says)
  return ("\t%s) echo %s ;;"):format(names, ("%q"):format(says))
end

function bash.commands(tables)
  return ("_moontap_commands=%q"):format(table.concat(names_of(tables.commands), " "))
end

function bash.help_words(tables)
  return ("_moontap_help=%q"):format(table.concat(help_words(tables), " "))
end

function bash.operations()
  return ("_moontap_operations=%q"):format(operations)
end

local function shell_names(one)
  return (one.letter and "-" .. one.letter .. "|" or "") .. "--" .. one.name
end

function bash.option_arguments(tables)
  local list = {}
  for _, one in ipairs(tables.options) do
    if one.argument then list[#list + 1] = arm(shell_names(one), option_kind(one)) end
  end
  return arms(list)
end

function bash.arguments(tables)
  local list = {}
  for i, command in ipairs(every_command(tables)) do
    list[i] = arm(command.name, table.concat(arguments_of(command), ", "))
  end
  return arms(list)
end

function bash.options(tables)
  local list = {}
  for i, command in ipairs(every_command(tables)) do
    local names = {}
    for _, name in ipairs(command.options) do
      names[#names + 1] = shell_names(option(tables, name)):gsub("|", " ")
    end
    list[i] = arm(command.name, table.concat(names, " "))
  end
  list[#list + 1] = arm("*", "-v --verbose -h --help --version")
  return arms(list)
end

local zsh = {}

local function single(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

-- A text inside of a specification, where colons and brackets mean something.
local function inside(text)
  return (text:gsub("[%[%]:\\]", "\\%0"))
end

local function specification(one)
  local rest = ("[%s]%s"):format(inside(one.doc), one.argument
    and (":%s:_moontap_%s"):format(one.argument, option_kind(one):gsub("%W", "_")) or "")
  if not one.letter then return single("--" .. one.name .. rest) end
  return ("%s{-%s,--%s}%s"):format(single(("(-%s --%s)"):format(one.letter, one.name)), one.letter,
    one.name, single(rest))
end

local function positional(n, kind)
  local name, more = kind:match "^(.-)(%.*)$"
  return single(("%s:%s:_moontap_%s"):format(more == "..." and "*" or n, name,
    name:gsub("%W", "_")))
end

function zsh.commands(tables)
  local list = {}
  for i, command in ipairs(tables.commands) do
    list[i] = "\t\t" .. single(inside(command.name) .. ":" .. command.doc)
  end
  return table.concat(list, "\n")
end

-- Those of every subcommand: they may stand before it.
function zsh.options(tables)
  local lines = {}
  for i, one in ipairs(tables.options) do lines[i] = "\t\t" .. specification(one) .. " \\" end
  return table.concat(lines, "\n")
end

function zsh.arguments(tables)
  local list = {}
  for _, command in ipairs(every_command(tables)) do
    local lines = { "\t" .. command.name .. ")", "\t\t_arguments -s -S" }
    for _, name in ipairs(command.options) do
      lines[#lines + 1] = "\t\t\t" .. specification(option(tables, name))
    end
    for n, kind in ipairs(arguments_of(command)) do
      lines[#lines + 1] = "\t\t\t" .. positional(n, kind)
    end
    list[#list + 1] = table.concat(lines, " \\\n"):gsub("%) \\\n", ")\n", 1) .. "\n\t\t;;"
  end
  return table.concat(list, "\n")
end

function zsh.help_words(tables)
  return ("\tcompadd -- %s"):format(table.concat(help_words(tables), " "))
end

function zsh.operations()
  return "\tcompadd -- " .. operations
end

expand(arg[1]:find "/_" and zsh or bash)
