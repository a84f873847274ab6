-- program.lua - the program as people, libvirt and scripts run it: by sh, with files of the test's
--
-- Commands run in the test's folder, where write() puts files; the state directory is in it, too.

local helper = require "spec.helper"

local M = {}

local function absolute(path)
  return path:sub(1, 1) == "/" and path or helper.run("pwd"):match "%C+" .. "/" .. path
end

-- The program, as built.
M.path = absolute(os.getenv "MOONTAP_BUILD" or "build") .. "/moontap"

-- The one that qemu-ifup and qemu-ifdown are links to.
M.script_path = M.path

-- write(name, text) -> name: a file in the test's folder
function M.write(name, text)
  local f <close> = assert(io.open(helper.folder() .. "/" .. name, "w"))
  f:write(text)
  return name
end

-- read(name) -> the text of a file in the test's folder; nil when there is none
function M.read(name)
  local f <close> = io.open(helper.folder() .. "/" .. name)
  return f and f:read "a"
end

-- installed(text) -> what is below the build's share/, as if it were installed
function M.installed(text)
  local share = M.path:match "^(.*)/" .. "/share/"
  return (text:gsub(share:gsub("%p", "%%%0"), "/usr/local/share/"))
end

-- run(command, input) -> { status =, out =, err = }
function M.run(command, input)
  M.write("stdin", input or "")
  local _, how, code = os.execute(("cd '%s' || exit 99\n{ %s\n} <stdin >stdout 2>stderr")
    :format(helper.folder(), command))
  return { status = how == "exit" and code or 128 + code,
    out = M.read "stdout", err = M.read "stderr" }
end

-- bare(words, input) -> as run(), of the program
function M.bare(words, input)
  return M.run(("'%s' %s"):format(M.path, words), input)
end

-- moontap(words, input) -> the same, with a state directory of the test's own
function M.moontap(words, input)
  return M.bare("--state state " .. words, input)
end

-- state() -> the files of the state directory, by name, with their text; no records of runs, and no
-- leases, which stay
function M.state()
  local files = {}
  local find = [[cd state 2>/dev/null &&
    find . \( -name log -o -name lease \) -prune -o -type f -print]]
  for name in M.run(find).out:gmatch "%./(%C+)" do
    files[name] = M.read("state/" .. name)
  end
  return files
end

return M
