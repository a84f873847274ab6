-- summary.lua - what `make torture` tried: a line for each way of failing, and what came of it

local counts, names = {}, {}
for line in io.lines(arg[1]) do
  local what, outcome, n = line:match "^(.-)\t(.-)\t(%d+)$"
  local name = ("%-48s %-40s"):format(what, outcome)
  if not counts[name] then
    names[#names + 1] = name
  end
  counts[name] = (counts[name] or 0) + tonumber(n)
end

local total = 0
table.sort(names)
for _, name in ipairs(names) do
  print(("%s %7d"):format(name, counts[name]))
  total = total + counts[name]
end
print(("%-89s %7d"):format("faults tried, and survived", total))
