-- SPDX-License-Identifier: LGPL-2.1-or-later
-- expand.lua - a text with places that are filled from the program's own tables
--
-- A line "{{NAME WORDS}}" of the file that arg[1] names is replaced by what parts.NAME(tables,
-- words) returns; the others go through. The tables are what `moontap help --json` printed, on
-- standard input.
local json = require "dkjson"

return function(parts)
  local tables = assert(json.decode(io.read "a"))
  for line in io.lines(arg[1]) do
    local name, words = line:match "^{{(%S+) ?(.*)}}$"
    print(name and assert(parts[name], "no part is called " .. name)(tables, words) or line)
  end
end
