-- circles_spec.lua - no circle of files inside a folder of src/
--
-- A file needs another of its folder when it includes its header, or uses what it defines; FILE.c
-- and FILE.h are one. Of two files that need each other neither can be read first, nor tried
-- alone: what both share belongs into a third.

local helper = require "spec.helper"

-- needs() -> { ["plan/run"] = { ["plan/undo"] = "#include" } }, only within a folder
local function needs()
  local all, defined, used = {}, {}, {}

  local function folder(name) return name:match "^(.*/)" end
  local function add(from, to, why)
    if from ~= to and folder(from) == folder(to) then
      all[from] = all[from] or {}
      all[from][to] = why
    end
  end

  for file, header in helper.run [[cd src && grep -r '^ *# *include "' */]]
      :gmatch '(%C-)%.[ch]: *# *include "(%C-)%.h"' do
    add(file, header, "includes its header")
  end
  local objects = os.getenv "MOONTAP_BUILD" .. "/obj/"
  for name, kind, symbol in helper.run(("cd '%s' && find . -name '*.o' -printf '%%P\\n' | " ..
      "xargs nm -A"):format(objects)):gmatch "(%C-)%.o:[%x ]* (%a) (%g+)" do
    local source = io.open("src/" .. name .. ".c")
    if source then
      source:close()
      local key = folder(name) .. symbol
      if kind == "U" then
        used[#used + 1] = { name, key }
      elseif kind:match "%u" then
        defined[key] = name
      end
    end
  end
  for _, use in ipairs(used) do
    if defined[use[2]] then add(use[1], defined[use[2]], "uses " .. use[2]:match "[^/]*$") end
  end
  return all
end

-- circle(all) -> "plan/run uses mt_commit of plan/commit, ..." or nil
local function circle(all)
  local done, path = {}, {}

  local function visit(name)
    for at, step in ipairs(path) do
      if step.name == name then
        local words = {}
        for i = at, #path do
          local to = path[i + 1] and path[i + 1].name or name
          words[#words + 1] = ("%s %s of %s"):format(path[i].name, all[path[i].name][to], to)
        end
        return table.concat(words, "; ")
      end
    end
    if done[name] then return end
    path[#path + 1] = { name = name }
    for to in pairs(all[name] or {}) do
      local found = visit(to)
      if found then return found end
    end
    path[#path] = nil
    done[name] = true
  end

  for name in pairs(all) do
    local found = visit(name)
    if found then return found end
  end
end

describe("the files of a folder of src/", function()
  it("need each other in no circle", function()
    local all = needs()
    assert.is_truthy(all["plan/transaction"]["plan/commit"], "there is something to look at")
    assert.is_nil(circle(all))
  end)

  it("would be found in one", function()
    local found = circle{ ["a/x"] = { ["a/y"] = "uses f" }, ["a/y"] = { ["a/x"] = "uses g" } }
    assert.matches("a/x uses f of a/y", found, 1, true)
    assert.matches("a/y uses g of a/x", found, 1, true)
  end)
end)
