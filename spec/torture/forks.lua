-- forks.lua - runs of the program, each a fork of one that was loaded once: see forks.c
--
-- It has the namespace of the test that began it, and is gone with the test's folder.

local helper = require "spec.helper"
local program = require "spec.program"

local M = {}
local folder -- of the test that began it

-- begin(preload, loads): what this test then runs are forks; loads: a library that they find loaded
function M.begin(preload, loads)
  folder = helper.folder()
  helper.run(("cd '%s' && rm -f ask answer && mkfifo ask answer"):format(helper.folder()))
  program.write("stdin", "")
  assert(os.execute(("TORTURE_FORKS='%s' %s LD_PRELOAD='%s' '%s' </dev/null >/dev/null 2>&1 &")
    :format(helper.folder(), loads and "TORTURE_LOADS=" .. loads or "", preload, program.path)))
end

-- here(): whether this test began it
function M.here()
  return folder == helper.folder()
end

-- run(torture, words) -> as program.run(): the program with words, of which none is quoted;
-- torture: as preload.c says
function M.run(torture, words)
  local request = { torture }
  for word in words:gmatch "%S+" do request[#request + 1] = word end
  local ask <close> = assert(io.open(helper.folder() .. "/ask", "w"))
  ask:write(table.concat(request, "\0"), "\0")
  ask:close()
  local answer <close> = assert(io.open(helper.folder() .. "/answer", "rb"))
  local status = ("<I4"):unpack(answer:read "a") -- to its end: the next one is another
  return { status = status & 127 == 0 and status >> 8 or 128 + (status & 127),
    out = program.read "stdout", err = program.read "stderr" }
end

return M
