-- report.lua - lines and branches that were run, by folder: report.lua OBJECTS LISTING COUNTS
--
-- The listing names each line that was not run, with its reason where uncovered.lua has one. COUNTS
-- is the file of Lua's lines: lines.lua.

local json = require "dkjson"
local lines = dofile "spec/coverage/lines.lua"
local uncovered = dofile "spec/coverage/uncovered.lua"

local objects, listing, counts = arg[1], arg[2], arg[3]
local aimed = { base = true, domain = true, kernel = true, plan = true, engine = true }

local function run(command)
  local p <close> = assert(io.popen(command))
  return p:read "a"
end

-- file -> line -> { count =, branches = { count, ... } }
local files = {}

local function take(file, line)
  local known = files[file] or {}
  files[file] = known
  local has = known[line.line_number] or { count = 0, branches = {} }
  known[line.line_number] = has
  has.count = has.count + line.count
  for i, branch in ipairs(line.branches) do
    has.branches[i] = (has.branches[i] or 0) + branch.count
  end
end

for notes in run(("find %s -name '*.gcno' | sort"):format(objects)):gmatch "%C+" do
  local object = notes:gsub("%.gcno$", ".o")
  local text = run(("gcov -b -j -t '%s' 2>/dev/null"):format(object))
  for _, file in ipairs((json.decode(text) or { files = {} }).files) do
    if file.file:find "^src/.*%.c$" then
      for _, line in ipairs(file.lines) do take(file.file, line) end
    end
  end
end

local function text_of(name)
  local text = {}
  for line in io.lines(name) do text[#text + 1] = line end
  return text
end

local function reason(file, text, at)
  for _, row in ipairs(uncovered) do
    if file:find(row.file) then
      local from, to = at - (row.before or 0), math.min(#text, at + (row.after or 0))
      for i = math.max(1, from), to do
        if text[i]:find(row.line) then return row.why end
      end
    end
  end
end

local folders, names = {}, {}
local out <close> = assert(io.open(listing, "w"))

-- One line of the listing. Return: whether it has a reason.
local function list(file, text, at)
  local why = reason(file, text, at)
  out:write(("%s:%d: %s%s\n"):format(file, at, text[at]:match "^%s*(.-)%s*$",
    why and "  [" .. why .. "]" or ""))
  return why
end

for file in pairs(files) do names[#names + 1] = file end
table.sort(names)
for _, file in ipairs(names) do
  local folder, source = file:match "^src/(%w+)/", text_of(file)
  local sum = folders[folder] or { lines = 0, run = 0, named = 0, branches = 0, taken = 0 }
  folders[folder] = sum
  for at = 1, #source do
    local line = files[file][at]
    for _, count in ipairs(line and line.branches or {}) do
      sum.branches = sum.branches + 1
      sum.taken = sum.taken + (count > 0 and 1 or 0)
    end
    sum.lines = sum.lines + (line and 1 or 0)
    sum.run = sum.run + (line and line.count > 0 and 1 or 0)
    if line and line.count == 0 then
      sum.named = sum.named + (list(file, source, at) and 1 or 0)
    end
  end
end

local all = { lines = 0, run = 0, named = 0, branches = 0, taken = 0 }

local function row(name, sum)
  print(("%-10s %6d of %6d lines %5.1f %%  %6d of %6d branches %5.1f %%   %4d not run, %4d named")
    :format(name, sum.run, sum.lines, 100 * sum.run / sum.lines, sum.taken, sum.branches,
    100 * sum.taken / math.max(1, sum.branches), sum.lines - sum.run, sum.named))
end

for name in ("base domain kernel plan engine policy binding cli"):gmatch "%a+" do
  local sum = folders[name]
  row(name, sum)
  for key, n in pairs(aimed[name] and sum or {}) do all[key] = all[key] + n end
end
row("the first 5", all)

local whole = { lines = 0, run = 0 }

local function lua_row(name, sum)
  print(("%-30s %4d of %4d lines of Lua %5.1f %%"):format(name, sum.run, sum.lines,
    100 * sum.run / sum.lines))
end

for _, file in ipairs(lines.read(counts)) do
  local sum = { lines = 0, run = 0 }
  for at = 1, #file.text do
    local count = file.counts[at]
    sum.lines = sum.lines + (count and 1 or 0)
    sum.run = sum.run + (count and count > 0 and 1 or 0)
    if count == 0 then list(file.name, file.text, at) end
  end
  lua_row(file.name, sum)
  for key, n in pairs(sum) do whole[key] = whole[key] + n end
end
lua_row("lua/ and hooks/", whole)
print("what was not run: " .. listing)
