-- lines.lua - the lines of Lua that are shipped, and how often each was run; for lines.h
--
--   lines.lua new FILE             make the file of counts, with nothing counted
--   lines.lua -s -o OUT SOURCE     in luac's place: SOURCE's chunk, named "?" as a stripped one is,
--                                  its lines numbered on from LINES_MAX times its place in names
--   dofile                         a table with names, and read(FILE)

-- What is shipped, and is no list for an editor.
local names = { "" }
for name in assert(io.popen "ls hooks/*.lua lua/moontap/*.lua lua/moontap/repl/*.lua"):lines() do
  names[#names + 1] = name
end
local files, most, size = 64, 1000, 64 -- lines.h's

local function read_all(name)
  local f <close> = assert(io.open(name, "rb"))
  return f:read "a"
end

local function new(file)
  local f <close> = assert(io.open(file, "wb"))
  for i = 1, files do f:write(("c" .. size):pack(names[i] or "")) end
  f:write(("\0"):rep(4 * files * most))
end

local function compile(source, out)
  local place
  for i, name in ipairs(names) do place = name == source and i - 1 or place end
  local text = ("\n"):rep(most * assert(place, source)) .. read_all(source)
  local f <close> = assert(io.open(out, "wb"))
  f:write(string.dump(assert(load(text, "=?", "t"))))
end

-- A line of nothing but what ends something is run or not as the compiler likes it.
local function is_end(text)
  return text:gsub("%f[%w_]end%f[^%w_]", ""):find "^[%s%)%]},;]*$"
end

-- read(FILE) -> array of { name =, text = { line, ... }, counts = { [line] = n } }
local function read(file)
  local bytes, all = read_all(file), {}
  for i = 2, #names do
    local name, text, counts = names[i], {}, {}
    for line in io.lines(name) do text[#text + 1] = line end
    local p <close> = assert(io.popen(("luac5.4 -l -l -p '%s'"):format(name)))
    for line in p:lines() do
      local n, op = line:match "^\t%d+\t%[(%d+)%]\t(%u+)"
      n = tonumber(n)
      if n and op ~= "VARARGPREP" and not is_end(text[n]) then
        counts[n] = ("<I4"):unpack(bytes, 1 + files * size + 4 * (most * (i - 1) + n))
      end
    end
    all[#all + 1] = { name = name, text = text, counts = counts }
  end
  return all
end

local words = arg and arg[0]:find "lines%.lua$" and arg or {}
if words[1] == "new" then
  new(words[2])
elseif words[1] == "-s" then
  compile(words[4], words[3])
end
return { names = names, read = read }
