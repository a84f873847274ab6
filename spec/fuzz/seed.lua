-- seed.lua - a file for each document of libvirt's verdicts: seed.lua DIRECTORY
local ok, support = pcall(require, "spec.domain.support")
if not ok then return end
local n = 0
support.each_verdict(function(doc)
  n = n + 1
  local file = assert(io.open(("%s/%04d.xml"):format(arg[1], n), "w"))
  file:write(doc.xml)
  file:close()
end)
