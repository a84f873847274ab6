-- SPDX-License-Identifier: LGPL-2.1-or-later
-- measure.lua - run commands in turn, medians of what they took, and the table of it all
local spawn = require "spawn"

local M = {}

--- sh(format, ...): prepare something; raises when it fails. Never in what is measured.
function M.sh(format, ...)
  local command = format:format(...)
  if not os.execute(command) then error("failed: " .. command, 0) end
end

function M.write(path, text)
  local f <close> = assert(io.open(path, "w"))
  assert(f:write(text))
end

function M.median(values)
  table.sort(values)
  local n = #values
  return (values[(n + 1) // 2] + values[n // 2 + 1]) / 2
end

-- The service that a command is to ask, if any: words.socket.
local function choose_service(words)
  assert(spawn.setenv("MOONTAP_EVENT_SOCKET", words.socket))
end

--- run(words) -> what it took: wall, cpu, own (without the kernel's share) in seconds, peak in
-- bytes; raises when it fails. A peak is at least the bench's own, which the process starts with.
function M.run(words)
  choose_service(words)
  local took = spawn.run(words)
  if took.status ~= 0 then
    error(("failed with %d: %s"):format(took.status, table.concat(words, " ")), 0)
  end
  took.cpu, took.own = took.user + took.sys, took.user
  return took
end

--- together(commands) -> seconds from the first start to the last end; all ask the same service
function M.together(commands)
  choose_service(commands[1])
  local seconds, failed = spawn.together(commands)
  if failed > 0 then error(failed .. " of them failed", 0) end
  return seconds
end

--- rate(lanes, turns) -> how many commands end in a second: lanes is an array of pairs of commands,
-- and all at once run theirs, one after the other, so many times; all ask the same service
function M.rate(lanes, turns)
  choose_service(lanes[1][1])
  local seconds, failed = spawn.lanes(lanes, turns)
  if failed > 0 then error(failed .. " of them failed", 0) end
  return 2 * turns * #lanes / seconds
end

-- A kernel may count by its ticks whose a moment was: only many of them tell.
local function mean(values)
  local sum = 0
  for _, value in ipairs(values) do sum = sum + value end
  return sum / #values
end

local function shuffled(n)
  local order = {}
  for i = 1, n do
    local k = math.random(i)
    order[i] = order[k]
    order[k] = i
  end
  return order
end

--- in_turn(commands, options) -> for each of them its medians of what run() gives; of own, the mean
-- Each command runs once before any runs again, so that a busy moment is everybody's; and each time
-- in another order, so that none always finds the caches as the same other one left them.
--   commands   array of arrays of words
--   options    runs; before(i) and after(i) around each, not measured
function M.in_turn(commands, options)
  local all = {}
  for i = 1, #commands do all[i] = { wall = {}, cpu = {}, own = {}, peak = {} } end
  for round = 0, options.runs do -- the first warms caches up, and is not counted
    for _, i in ipairs(shuffled(#commands)) do
      if options.before then options.before(i) end
      local took = M.run(commands[i])
      if options.after then options.after(i) end
      if round > 0 then
        for what, values in pairs(all[i]) do values[round] = took[what] end
      end
    end
  end
  for _, taken in ipairs(all) do
    for what, values in pairs(taken) do
      taken[what] = (what == "own" and mean or M.median)(values)
    end
  end
  return all
end

-- --- the table ----------------------------------------------------------------------------------

local columns = { "", "ms", "CPU", "own CPU", "MiB", "per s", "ratio", "target", "" }
local rows = {}

local section -- the last one: which row, and the ticks when it began

-- The processors' ticks since this machine started, and those that it wanted and other virtual
-- machines had: proc(5), /proc/stat.
local function ticks()
  local all, stolen, i = 0, 0, 0
  for n in io.lines("/proc/stat")():gmatch "%d+" do
    i = i + 1
    all = all + (i <= 8 and n or 0)
    if i == 8 then stolen = n + 0 end
  end
  return all, stolen
end

-- What a figure is worth depends on it.
local function end_section()
  if not section then return end
  local all, stolen = ticks()
  local share = 100 * (stolen - section.stolen) / math.max(all - section.all, 1)
  rows[section.row] = ("%s (stolen: %.1f %%)"):format(rows[section.row], share)
  section = nil
end

--- section(title): the rows that follow are about this
function M.section(title)
  end_section()
  io.stderr:write("  BENCH    ", title, "\n")
  rows[#rows + 1] = title
  section = { row = #rows }
  section.all, section.stolen = ticks()
end

local function milliseconds(seconds)
  return seconds and ("%.2f"):format(seconds * 1e3) or ""
end

--- row(name, took [, ratio [, target]]): one command's medians, and another's against it
--   took     wall, cpu, own, peak, rate: those that are there
--   target   { most = number } or { least = number }
function M.row(name, took, ratio, target)
  local wanted, met = "", ""
  if target then
    local good = target.most and ratio <= target.most or target.least and ratio >= target.least
    wanted = target.most and "<= " .. target.most or ">= " .. target.least
    met = good and "met" or "missed"
  end
  rows[#rows + 1] = {
    "  " .. name, milliseconds(took.wall), milliseconds(took.cpu),
    took.own and ("%.3f"):format(took.own * 1e3) or "",
    took.peak and ("%.0f"):format(took.peak / (1 << 20)) or "",
    took.rate and ("%.0f"):format(took.rate) or "",
    ratio and ("%.2f"):format(ratio) or "", wanted, met,
  }
end

--- added(what, runs, plain, moontap, most): two rows, of what takes seconds without moontap and
-- with it, each a function; and the median of the rounds' differences, in ms. Each is the first one
-- in half of the rounds.
function M.added(what, runs, plain, moontap, most)
  local takes, walls, more = { plain, moontap }, { {}, {} }, {}
  for round = 0, runs do -- the first is not counted
    local took = {}
    for k = 1, 2 do
      local i = (k + round) % 2 + 1
      took[i] = takes[i]()
    end
    if round > 0 then
      walls[1][round], walls[2][round], more[round] = took[1], took[2], took[2] - took[1]
    end
  end
  M.row(what, { wall = M.median(walls[1]) })
  M.row("  moontap: ms more", { wall = M.median(walls[2]) }, M.median(more) * 1e3, { most = most })
end

--- print(): the table, as wide as it must be
function M.print()
  end_section()
  local widths = {}
  for _, row in ipairs { columns, table.unpack(rows) } do
    for i, cell in ipairs(type(row) == "table" and row or {}) do
      widths[i] = math.max(widths[i] or 0, #cell)
    end
  end
  local function line(row)
    local cells = {}
    for i, cell in ipairs(row) do
      local pad = (" "):rep(widths[i] - #cell)
      cells[i] = i == 1 and cell .. pad or pad .. cell
    end
    print((table.concat(cells, "  "):gsub("%s+$", "")))
  end
  line(columns)
  for _, row in ipairs(rows) do
    if type(row) == "string" then print(row) else line(row) end
  end
end

return M
