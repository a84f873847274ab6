-- report.lua - lines and branches that were run, by folder: report.lua OBJECTS LISTING
--
-- The listing names each line that was not run, with its reason where uncovered.lua has one.

local json = require "dkjson"
local uncovered = dofile "spec/coverage/uncovered.lua"

local objects, listing = arg[1], arg[2]
local aimed = { base = true, domain = true, kernel = true, plan = true, engine = true }

local function run(command)
  local p <close> = assert(io.popen(command))
  return p:read "a"
end

-- file -> line -> { count =, branches = { count, ... } }
local files = {}

local function take(file, line)
  local lines = files[file] or {}
  files[file] = lines
  local has = lines[line.line_number] or { count = 0, branches = {} }
  lines[line.line_number] = has
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
  local lines = {}
  for line in io.lines(name) do lines[#lines + 1] = line end
  return lines
end

local function reason(file, lines, at)
  for _, row in ipairs(uncovered) do
    if file:find(row.file) then
      local from, to = at - (row.before or 0), math.min(#lines, at + (row.after or 0))
      for i = math.max(1, from), to do
        if lines[i]:find(row.line) then return row.why end
      end
    end
  end
end

local folders, names = {}, {}
local out <close> = assert(io.open(listing, "w"))
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
      local why = reason(file, source, at)
      sum.named = sum.named + (why and 1 or 0)
      out:write(("%s:%d: %s%s\n"):format(file, at, source[at]:match "^%s*(.-)%s*$",
        why and "  [" .. why .. "]" or ""))
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
print("what was not run: " .. listing)
