-- page_spec.lua - each sentence of doc/evaluator.md that names a spec names one that is there

local function read(name)
  local f <close> = assert(io.open(name))
  return f:read "a"
end

describe("doc/evaluator.md", function()
  it("names specs that are there", function()
    local n = 0
    local page = read "doc/evaluator.md"
    local function check(file, test)
      test = test:gsub("%s+", " "):gsub("^ ", ""):gsub(" +$", "")
      assert.is_truthy(read(file):find(test, 1, true), file .. " has no '" .. test .. "'")
      n = n + 1
    end
    for file, test in page:gmatch "`(spec/[%w_/]+%.lua)`: ([^\n)]+)" do check(file, test) end
    for file, test in page:gmatch "`(spec/[%w_/]+%.lua)` %(([^)]+)%)" do check(file, test) end
    assert.is_true(n > 20)
  end)
end)
