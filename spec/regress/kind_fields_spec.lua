-- kind_fields_spec.lua - a kind with more fields than a record holds was built, and overran it

local program = require "spec.program"
local helper = require "spec.helper"

describe("a kind's table", function()
  local function compile(n)
    program.write("kind.c", ('#include "base/kind.h"\n' ..
      'static const struct mt_field fields[%d] = { { .name = "dev" } };\n' ..
      'extern const struct mt_kind mt_kind_x;\n' ..
      'const struct mt_kind mt_kind_x = { .name = "x", .fields = fields,\n' ..
      '	.nfields = MT_NFIELDS(fields) };\n'):format(n))
    return program.run(("${CC:-cc} -std=gnu11 -fsyntax-only -I '%s/src' kind.c")
      :format(helper.run "pwd":match "%C+"))
  end

  it("may have as many fields as a record has bits", function()
    assert.equal(0, compile(32).status)
  end)

  it("does not compile with more", function()
    local r = compile(33)
    assert.not_equal(0, r.status)
    assert.matches("at most MT_FIELDS_MAX fields", r.err)
  end)

  -- Those of one or two fields that stand for a part of a kind have no table to count; those of
  -- devices are counted in one line, MT_LINKS_KIND's.
  it("is counted in every kind, the journals' header included", function()
    local counted = 0
    for line in helper.run "grep -rhE '\\.nfields *= ' src":gmatch "%C+" do
      local is_counted = line:find "MT_NFIELDS%(" ~= nil
      assert.is_true(is_counted or line:find "= [12],$" ~= nil, line)
      counted = counted + (is_counted and 1 or 0)
    end
    assert.is_true(counted > 2)
  end)
end)
