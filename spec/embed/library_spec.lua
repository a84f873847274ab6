-- library_spec.lua - what the library is: its names, what it needs, its header
local helper = require "spec.helper"
local build = require "spec.embed.build"

local public = {
  "moontap_close", "moontap_open", "moontap_outcome_free", "moontap_run", "moontap_version",
}

local function names(command)
  local found = {}
  for name in helper.run(command):gmatch "(%S+)\n" do found[#found + 1] = name end
  table.sort(found)
  return found
end

local function lib(file)
  return "'" .. build.build .. "/" .. file .. "'"
end

describe("libmoontap", function()
  it("exports the header's functions and nothing else", function()
    assert.same(public, names("nm -D --defined-only " .. lib "libmoontap.so" ..
      " | awk '{ print $3 }' | grep -v '^_' || true"))
    assert.same(public, names("nm -g --defined-only " .. lib "libmoontap.a" ..
      " | awk 'NF == 3 { print $3 }' | grep -v '^_' || true"))
    assert.same(public, names "sed -n 's/^extern .*\\(moontap_[a-z_]*\\)(.*/\\1/p' src/moontap.h")
  end)

  it("needs libmnl, and neither Lua nor libxml2", function()
    local needed = helper.run("readelf -d " .. lib "libmoontap.so" .. " | grep NEEDED")
    assert.truthy(needed:find("libmnl.so", 1, true))
    for _, name in ipairs { "lua", "xml", "jansson", "seccomp" } do
      assert.falsy(needed:find(name, 1, true))
    end
  end)

  it("has an ABI's number in its name", function()
    assert.truthy(helper.run("readelf -d " .. lib "libmoontap.so")
      :find("soname: [libmoontap.so.0]", 1, true))
  end)

  it("has no variable that two threads could share", function()
    if build.sanitized then return end -- which has some of its own
    assert.equal("", helper.run("nm " .. lib "libmoontap.so" ..
      " | grep -E ' [bBD] ' | grep -v -E ' (completed\\.0|_.*)$' || true"))
  end)

  it("is of the header's version", function()
    local version = {}
    for part in helper.run "grep '^#define MOONTAP_VERSION_' src/moontap.h":gmatch " (%d+)\n" do
      version[#version + 1] = part
    end
    assert.equal(helper.run("'" .. build.build .. "/moontap' --version"),
      "moontap " .. table.concat(version, ".") .. "\n")
  end)

  it("has a header for C and C++", function()
    local check = " -Wall -Wextra -pedantic -Werror -fsyntax-only src/moontap.h -x "
    helper.run(build.cc .. " -std=c11 -x c" .. check .. "none")
    helper.run("c++ -std=c++11 -x c++" .. check .. "none")
  end)
end)

describe("the Lua module", function()
  it("exports its one function, and lacks none", function()
    local core = lib "lib/lua/5.4/moontap/core.so"
    assert.same({ "luaopen_moontap_core" },
      names("nm -D --defined-only " .. core .. " | awk '{ print $3 }' | grep -v '^_' || true"))
    if build.sanitized then return end
    helper.run("LD_BIND_NOW=1 " .. build.lua .. " -e 'require \"moontap\"'")
  end)
end)
