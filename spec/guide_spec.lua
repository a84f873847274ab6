-- guide_spec.lua - doc/guide.md, done as it is written: its files, its commands, what they print
--
-- It runs as root on a host of its own: moontap is installed below /usr/local, and /etc, /run and
-- /usr/local are the test's.
local helper = require "spec.helper"
local program = require "spec.program"

local function read(path)
  local file <close> = assert(io.open(path))
  return file:read "a"
end

-- What a person types goes to sh on that host; what they see comes back.
local host = [[
cd '%s' && exec unshare -m sh -c 'mount --bind etc /etc && mount --bind run /run &&
  mount --bind dest/usr/local /usr/local && cd home && exec sh ../typed 2>&1'
]]

local function setup()
  local folder = helper.folder()
  helper.run("make -s --no-print-directory install DESTDIR='" .. folder .. "/dest'")
  helper.run("cd '" .. folder .. "' && mkdir -p etc/moontap run home && " ..
    "cp /etc/passwd /etc/group /etc/nsswitch.conf /etc/ld.so.cache etc/")
end

local function typed(command)
  program.write("typed", command .. "\n")
  return helper.run(host:format(helper.folder()))
end

-- Blanks in a row are one, and all times are the same.
local function plain(line)
  return (line:gsub("%d+%-%d+%-%d+ %d+:%d+:%d+", "TIME"):gsub("%s+", " "):gsub(" $", ""))
end

local function matches(shown, line)
  local pattern = plain(shown):gsub("[%p]", "%%%0"):gsub("…", ".-")
  return plain(line):find("^" .. pattern .. "$") ~= nil
end

-- Whether a command printed what is shown; a line "…" is any number of lines.
local function same(shown, printed, i, k)
  i, k = i or 1, k or 1
  if not shown[i] then return not printed[k] end
  if shown[i] == "…" then
    for from = k, #printed + 1 do
      if same(shown, printed, i + 1, from) then return true end
    end
    return false
  end
  return printed[k] ~= nil and matches(shown[i], printed[k]) and same(shown, printed, i + 1, k + 1)
end

local function lines_of(text)
  local lines = {}
  for line in text:gmatch "[^\n]+" do lines[#lines + 1] = line end
  return lines
end

-- commands(block) -> array of { command =, shown = lines }
local function commands(block)
  local found = {}
  for line in block:gmatch "[^\n]+" do
    local command = line:match "^# (.*)$"
    if command then
      found[#found + 1] = { command = command, shown = {} }
    else
      table.insert(found[#found].shown, line)
    end
  end
  return found
end

local comments = { sh = "# (%g+)", lua = "%-%- (%g+)", xml = "<!%-%- (%g+) %-%->" }

-- A file says in a comment of its first lines where it is.
local function put(language, code)
  local path = assert(code:match(comments[language]), code)
  local name = path:sub(1, 1) == "/" and path:sub(2) or "home/" .. path
  program.write(name, code .. "\n")
  if code:find "^#!" then helper.run(("chmod +x '%s/%s'"):format(helper.folder(), name)) end
end

describe("doc/guide.md", function()
  it("happens as it is written", function()
    local n = 0
    setup()
    for language, code in read "doc/guide.md":gmatch "\n```(%a*)\n(.-)\n```" do
      if language ~= "" then
        put(language, code)
      else
        for _, one in ipairs(commands(code)) do
          local printed = typed(one.command .. "; true")
          if not same(one.shown, lines_of(printed)) then
            assert.equal(table.concat(one.shown, "\n"), printed, "# " .. one.command)
          end
          n = n + 1
        end
      end
    end
    assert.is_true(n > 40, "few commands")
  end)

  it("is about five pages of sixty lines, without the blank ones", function()
    local n = 0
    for _, line in ipairs(lines_of(read "doc/guide.md")) do
      if not line:find "^```" then n = n + 1 end
    end
    assert.is_true(n < 310, n)
  end)
end)
