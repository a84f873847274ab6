-- no_compiler_spec.lua - on a fresh machine `make demo` began with two complaints of no compiler

local helper = require "spec.helper"
local program = require "spec.program"

describe("make, before its packages are there", function()
  it("does not complain of the compiler that it is about to install", function()
    local here = helper.run "pwd":match "%C+"
    local make = "env -u MAKEFLAGS make -C '%s' --no-print-directory help CC=no-such-compiler"
    local r = program.run(make:format(here))
    assert.same({ 0, "" }, { r.status, r.err })
    assert.matches("^make ", r.out)
  end)
end)
