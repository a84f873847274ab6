-- whole_comments_spec.lua - a formatter that filled comments anew broke tables, rules and sentences

local helper = require "spec.helper"

-- What only a formatter writes: a closer alone below a line that has text after its opener, a text
-- line of a comment without its blank, a declaration torn off its name to make room for a comment.
local broken = {
  ["a closer alone"] = function(line, before)
    return line:match "^%s*%*/$" and before:match "/%*[^*].*%S"
  end,
  ["no blank after *"] = function(line, before)
    return line:match "^ %*[^%s*/]" and before:match "^ %*"
  end,
  ["a name torn off"] = function(line, before)
    return line:match "^\t+%*+%w+; /%*" and not before:match ";"
  end,
}

describe("the comments of C sources", function()
  it("are as somebody wrote them", function()
    local found, before = {}, ""
    for file, line in
      helper.run "grep -H '' $(find src -name '*.[ch]') spec/*/*.[ch] samples/*/*.[ch]"
      :gmatch "([^:\n]+):([^\n]*)" do
      for what, is in pairs(broken) do
        if is(line, before) then found[#found + 1] = what .. ": " .. file .. ": " .. line end
      end
      before = line
    end
    assert.same({}, found)
  end)
end)
