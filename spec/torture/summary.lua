-- summary.lua - what `make torture` tried: a line for each way of failing in each scene, then how
-- often each came to what

local by_scene, by_outcome, totals = {}, {}, { n = 0 }

local function add(counts, key, n)
  if not counts[key] then
    counts[#counts + 1] = key
  end
  counts[key] = (counts[key] or 0) + n
end

local function show(title, counts, widths)
  print(title)
  table.sort(counts)
  for _, key in ipairs(counts) do
    local line, at = "", 0
    for word in key:gmatch "[^\t]+" do
      at = at + 1
      line = line .. ("  %-" .. widths[at] .. "s"):format(word)
    end
    print(("%s %7d"):format(line, counts[key]))
  end
end

for line in io.lines(arg[1]) do
  local way, scene, fault, outcome, n = line:match "^(.-)\t(.-)\t(.-)\t(.-)\t(%d+)$"
  add(by_scene, ("%s\t%s\t%s"):format(scene, way, fault), n)
  add(by_outcome, ("%s\t%s"):format(way, outcome), n)
  totals.n = totals.n + n
end

show("what was tried, by scene", by_scene, { 38, 20, 20 })
show("what came of it", by_outcome, { 38, 42 })
print(("  %-82s %7d"):format("faults tried, and survived", totals.n))
