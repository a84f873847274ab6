-- mnl_spec.lua - what stands in for libmnl in a static program does what libmnl does
local mnl = require "internals.mnl"

local function both(name, ...)
  local theirs, ours = table.pack(mnl[name]("libmnl", ...)), table.pack(mnl[name]("ours", ...))
  assert.same(theirs, ours)
  return table.unpack(theirs, 1, theirs.n)
end

local function text(most)
  local bytes = {}
  for i = 1, math.random(0, most) do bytes[i] = string.char(math.random(0, 255)) end
  return table.concat(bytes)
end

local function value(what)
  if what == "put" then return text(40) end
  if what == "text" then return (text(40):gsub("%z", "x")) end
  return math.random(math.mininteger, math.maxinteger)
end

-- Attributes, nested up to eight deep; each nest has its end.
local function attributes(n, depth)
  local words, list = { "u8", "u16", "u32", "u64", "text", "put", "nest" }, {}
  for _ = 1, math.random(0, n) do
    local what = words[math.random(depth < 8 and #words or #words - 1)]
    list[#list + 1] = { what, math.random(0, 0x3fff), value(what) }
    if what == "nest" then
      table.move(attributes(n // 2, depth + 1), 1, 99, #list + 1, list)
      list[#list + 1] = { "end" }
    end
  end
  return list
end

describe("kernel/mnl_static.c, as libmnl,", function()
  before_each(function() math.randomseed(20) end)

  it("writes messages, and nothing beside them", function()
    local longest = 0
    for _ = 1, 500 do
      local bytes, len = both("build", math.random(1, 28), attributes(12, 0))
      assert.equal(len, (string.unpack("I4", bytes)))
      longest = math.max(longest, len)
    end
    assert.is_true(longest > 400)
  end)

  it("reads what was written", function()
    for _ = 1, 500 do
      local head = math.random(1, 28)
      local bytes, len = both("build", head, attributes(12, 0))
      both("walk", bytes:sub(1, len), head, math.random(0, 20))
    end
  end)

  it("reads no further than a damaged message goes", function()
    local some = 0
    for _ = 1, 2000 do
      local bytes, len = both("build", 16, attributes(12, 0))
      local at = math.random(17, math.max(len, 17))
      local damaged = bytes:sub(1, at - 1) .. text(4) .. bytes:sub(at)
      local seen = both("walk", damaged:sub(1, math.random(16, len) & ~3), 16, 99)
      some = some + (seen ~= "" and 1 or 0)
    end
    assert.is_true(some > 500)
  end)

  it("asks the kernel, and lets go of its socket", function()
    local answer, own, closed = both "ask"
    assert.same({ 16, true, true }, { answer, own, closed }) -- RTM_NEWLINK
  end)
end)
