-- doc_spec.lua - what README.md and doc/ show is what happens
local helper = require "spec.helper"
local program = require "spec.program"

local function read(path)
  local file <close> = assert(io.open(path))
  return file:read "a"
end

-- The first block of a language in a text: "" for one that is no code.
local function block(text, language)
  for of, code in text:gmatch "\n```(%a*)\n(.-)\n```" do
    if of == language then return code end
  end
  error("there is no such block of " .. language)
end

describe("README.md", function()
  it("shows the plan that its policy makes", function()
    local readme = read "README.md"
    local shown = block(readme, ""):gsub("^[^\n]*\n", "")
    program.write("policy.lua", block(readme, "lua"))
    program.write("web.xml", read "samples/unmanaged-bridge/domain.xml")
    helper.run "ip link add br0 type bridge"
    assert.equal(shown .. "\n", program.moontap("-p policy.lua plan web.xml").out)
  end)

  it("shows what a guest's start is refused with", function()
    local readme = read "README.md"
    local shown = readme:match "error: … ([^\n]*)"
    program.write("policy.lua", block(readme, "lua"))
    helper.run "ip link add br0 type bridge"
    local xml = read "samples/unmanaged-bridge/domain.xml":gsub("<name>.-</name>",
      "<name>test-web</name>")
    local start = program.moontap("-p policy.lua hook qemu test-web prepare begin -", xml)
    assert.equal(1, start.status)
    assert.truthy(start.err:gsub("policy%.lua", "/etc/moontap/policy.lua"):find(shown, 1, true))
  end)

  it("has rows that the benchmark prints", function()
    local bench = read "spec/bench/run.lua" .. read "spec/bench/serving.lua" ..
      read "spec/bench/measure.lua"
    local table = read "README.md":match "## How fast.-```\n(.-)```"
    local rows = 0
    for name in table:gmatch "\n  +(%a[%a:%-, %d/]-)  +%d" do
      name = name:gsub("%d+ interfaces", "%%d interfaces")
      assert.truthy(bench:find(name, 1, true), name)
      rows = rows + 1
    end
    assert.equal(28, rows)
  end)
end)

describe("doc/contributing.md", function()
  it("shows a kind that compiles", function()
    local code = os.tmpname()
    local file <close> = assert(io.open(code, "w"))
    file:write(block(read "doc/contributing.md", "c"))
    file:close()
    helper.run("cc -x c -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Wno-missing-field-initializers "
      .. "-Werror -Isrc -fsyntax-only " .. code)
    os.remove(code)
  end)
end)

describe("doc/promise.md", function()
  local page = read "doc/promise.md"

  it("names files that are there, and a command that make knows", function()
    for path in page:gmatch "`(%l+/[%g]-)`" do
      assert(io.open(path:gsub("/$", ""), "r"), path):close()
    end
    helper.run("make -n " .. block(page, "sh"):match "^make (.*)$" .. " >/dev/null")
  end)
end)
