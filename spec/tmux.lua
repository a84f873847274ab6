-- tmux.lua - a program in a real terminal: keys go in, and what a person would see comes out
--
-- Everything polls with a deadline: a screen is done when what is waited for is on it.

local helper = require "spec.helper"

local M = {}

local function quoted(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

local servers = 0

local function tmux(words)
  return helper.run(("cd '%s' && tmux -S tmux%d -f /dev/null %s"):format(helper.folder(), servers,
    words))
end

-- start(command): run it by sh in the test's folder, in a terminal of 90 columns; when it ends, its
-- status is shown as "ended 0"
function M.start(command)
  M.stop()
  servers = servers + 1 -- one that is told to end may still have its socket
  tmux("new-session -d -x 90 -y 40 " ..
    quoted("trap : INT; " .. command .. "; echo ended $?; exec cat"))
end

-- stop(): end the terminal and what runs in it
function M.stop()
  tmux "kill-server 2>/dev/null || true"
end

-- screen() -> what is on it, without the blank lines below; with escapes when asked for
function M.screen(escapes)
  return (tmux("capture-pane -p" .. (escapes and " -e" or "")):gsub("%s+$", ""))
end

-- wait(pattern) -> the screen, once it matches
function M.wait(pattern)
  local screen
  for _ = 1, 250 do
    screen = M.screen()
    if screen:find(pattern) then return screen end
    helper.run "sleep 0.02"
  end
  error(("%s was not seen:\n%s"):format(pattern, screen), 2)
end

-- type(text): as typed; keys(names): Enter, Tab, C-c, …
function M.type(text)
  tmux("send-keys -l " .. quoted(text))
end

function M.keys(names)
  tmux("send-keys " .. names)
end

-- enter(text, pattern) -> the screen, once it matches
function M.enter(text, pattern)
  M.type(text)
  M.keys "Enter"
  return M.wait(pattern)
end

return M
