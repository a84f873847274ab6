-- trace_spec.lua - the evaluator from outside: which calls it made once it was confined, by strace
--
-- confine_spec.lua tries what is forbidden; here the real one is watched at its work, with policies
-- and XML that would rather do something else.

local build = require "spec.embed.build"
local helper = require "spec.helper"
local program = require "spec.program"

local xml = [[<domain type='qemu'><name>web</name><uuid>4dea22b3-1d52-d8f3-2516-782e98ab3fa0</uuid>
  <devices><interface type='ethernet'><mac address='52:54:00:00:00:01'/>
  <target dev='web0' managed='no'/></interface></devices></domain>]]

-- Nothing here makes a descriptor, takes a path, or is about another process. The last are memory,
-- time and signals.
local allowed = {}
for call in ([[read pread64 write close poll ppoll sendto recvfrom recvmsg exit_group
  restart_syscall
  brk mmap munmap mremap clock_gettime getrandom futex rt_sigreturn]]
  .. (build.sanitized and " sigaltstack getpid gettid" or "")):gmatch "%S+" do
  allowed[call] = true
end

-- Four switches of IPv6 the kernel tells in files only: they are asked for as the applier would
-- ask, and are not to be had.
local function is_refused(call)
  return call[1] == "openat" and call[2]:find "^%(AT_FDCWD, \"/proc/sys/net/ipv6/conf/all/"
    and call[2]:find " ENOSYS "
end

-- Of each process that a filter was put on: the calls { name, arguments } before and after it.
local function trace(command, input)
  program.write("stdin", input or "")
  helper.run(("cd '%s' && strace -f -qq -s 64 -o trace %s <stdin >stdout 2>stderr; true")
    :format(helper.folder(), command))
  local of, filtered, evaluators = {}, {}, {}
  for line in program.read "trace":gmatch "[^\n]+" do
    local pid, call, arguments = line:match "^(%d+) +([%w_]+)(%(.*)$"
    if call then
      of[pid] = of[pid] or { before = {}, after = {} }
      table.insert(of[pid][filtered[pid] and "after" or "before"], { call, arguments })
      if call == "prctl" and arguments:find "PR_SET_SECCOMP" then
        filtered[pid] = true
        evaluators[#evaluators + 1] = of[pid]
      end
    end
  end
  assert.is_true(#evaluators > 0)
  return evaluators
end

-- What it kept: the descriptors that no close_range() and no later close() covers.
local function kept(calls)
  local closed, most = {}, 0
  for _, call in ipairs(calls.before) do
    local first, last = call[2]:match "^%((%d+), (%d+), 0%)"
    if call[1] == "close_range" then
      last = tonumber(last)
      most = last == 0xffffffff and tonumber(first) or most
      closed[#closed + 1] = { tonumber(first), last }
    end
  end
  local fds = {}
  for fd = 0, most - 1 do
    local gone = false
    for _, span in ipairs(closed) do gone = gone or fd >= span[1] and fd <= span[2] end
    if not gone then fds[fd] = true end
  end
  return fds
end

local function check(calls)
  local fds, seen = kept(calls), {}
  for _, call in ipairs(calls.after) do
    seen[call[1]] = true
    assert.is_truthy(allowed[call[1]] or is_refused(call), call[1] .. call[2])
    local fd = call[1]:find "^read" or call[1]:find "^write" or call[1]:find "^send"
      or call[1]:find "^recv" or call[1] == "close"
    if fd then
      assert.is_true(fds[tonumber(call[2]:match "^%((%d+)")] or false, call[1] .. call[2])
    end
    if call[1] == "mmap" then
      assert.is_nil(call[2]:find "PROT_EXEC")
      assert.is_truthy(call[2]:find "MAP_ANONYMOUS")
    end
  end
  return fds, seen
end

local function count(set)
  local n = 0
  for _ in pairs(set) do n = n + 1 end
  return n
end

local words = "--state state --hooks hooks -p policy.lua --deadline 1 "

describe("the evaluator #bare, watched from outside", function()
  before_each(function()
    helper.run(("mkdir -p '%s/hooks'"):format(helper.folder()))
    program.write("guest.xml", xml)
    program.write("hooks/h.lua", "return function() return function(nic) tap(nic, {}) end end")
    program.write("policy.lua",
      "local h = hook 'h' {} function connect(nic) host.links{} log(host.link 'lo'.mtu) h(nic) end")
  end)

  for what, command in pairs {
    plan = words .. "plan guest.xml", up = words .. "up guest.xml",
    hook = words .. "hook qemu web prepare begin -",
    xml = "-p policy.lua --hooks hooks xml guest.xml", facts = "facts guest.xml",
  } do
    it("asks for nothing new while it works: " .. what, function()
      local evaluators = trace(program.path .. " " .. command, xml)
      assert.equal("", program.read "stderr")
      assert.equal(1, #evaluators)
      local fds, seen = check(evaluators[1])
      -- no exit_group: its answer is whole then, and who reads it may be faster, and kill it
      assert.is_true(seen.read and seen.write)
      -- the answer; the XML; policy, netlink and hooks/h.lua, beside the installed hooks
      local hooks = select(2, helper.run(("ls '%s/../share/moontap/hooks' 2>/dev/null || " ..
        "ls '%s/share/moontap/hooks'"):format(build.build, build.build)):gsub("%.lua\n", ""))
      local policy = command:find "policy" and 2 + hooks + (command:find "hooks hooks" and 1 or 0)
      for fd = 0, build.sanitized and 2 or -1 do -- where a report goes, beside what was given
        fds[fd] = fd == 0 and not command:find "%.xml" and fds[0] or nil
      end
      assert.equal(2 + (policy or 0), count(fds))
    end)
  end

  for what, text in pairs {
    ["a way to a file"] = "io.open '/etc/passwd'",
    ["another's hook"] = "hook '../../etc/passwd' {}",
    ["bytecode"] = "load(('\\27Lua'):rep(9))()",
    ["memory without end"] = "local s = 'x' while true do s = s .. s end",
    ["time without end"] = "while true do pcall(string.rep, 'x', 9) end",
    ["an error that is none"] = "error(setmetatable({}, { __tostring = error }))",
    ["a log without end"] = "while true do log(('x'):rep(1000)) end",
  } do
    it("asks for nothing when its policy wants " .. what, function()
      program.write("policy.lua", "function connect(nic) " .. text .. " end")
      for _, calls in ipairs(trace(program.path .. " " .. words .. "up guest.xml")) do
        check(calls)
      end
      assert.is_true(#program.read "stderr" > 0)
    end)
  end

  for what, text in pairs {
    ["an entity that is a file"]
      = [[<!DOCTYPE d [<!ENTITY a SYSTEM "/etc/passwd">]><domain><name>&a;</name></domain>]],
    ["a schema of elsewhere"]
      = [[<!DOCTYPE domain SYSTEM "http://192.0.2.1/x.dtd"><domain><name>x</name></domain>]],
    ["an encoding that needs a table"]
      = "<?xml version='1.0' encoding='EUC-KR'?><domain><name>\xb0\xa1</name></domain>",
    ["another document"] = [[<domain xmlns:xi='http://www.w3.org/2001/XInclude'>]] ..
      [[<xi:include href='/etc/passwd' parse='text'/></domain>]],
  } do
    it("opens nothing for " .. what, function()
      local calls = trace(program.path .. " facts -", text)[1]
      local tried = {}
      for _, call in ipairs(calls.after) do
        if not allowed[call[1]] then -- a table of characters may be looked for, in vain
          assert.is_truthy(call[2]:find "ENOSYS", call[1] .. call[2])
          tried[#tried + 1] = call[1]
        end
      end
      assert.is_true(#tried == 0 or what:find "encoding" ~= nil, table.concat(tried, " "))
    end)
  end

  it("runs where the one runs that waits for it, who may run anywhere again afterwards", function()
    trace(program.path .. " " .. words .. "plan guest.xml")
    local parent, were, sets = nil, nil, {}
    for line in program.read "trace":gmatch "[^\n]+" do
      local pid, call, cpus = line:match "^(%d+) +(sched_%w-affinity)%(0, .*(%[[%d ,-]*%])"
      if call == "sched_getaffinity" then
        parent, were = pid, cpus
      elseif pid and pid == parent then
        sets[#sets + 1] = cpus
      end
    end
    assert.equal(2, #sets)
    assert.matches("^%[%d+%]$", sets[1])
    assert.equal(were, sets[2])
  end)

  it("holds what it was given and no more, while it runs", function()
    program.write("policy.lua", "function connect() while true do end end")
    local held = helper.run(([[cd '%s'
      exec 9</etc/hostname
      '%s' --state state -p policy.lua --deadline 3 plan guest.xml >/dev/null 2>&1 &
      parent=$!
      for i in $(seq 50); do
        child=$(pgrep -P $parent)
        [ -n "$child" ] && grep -q 'Seccomp:.2' /proc/$child/status && break
        sleep 0.05
      done
      for fd in /proc/$child/fd/*; do readlink $fd; done
      wait $parent; true]]):format(helper.folder(), program.path))
    local what = {}
    for line in held:gmatch "%C+" do
      line = line:gsub("%[%d+%]", ""):gsub("^.*/(hooks/[%w-]+%.lua)$", "%1"):gsub("^.*/", "")
      what[line] = (what[line] or 0) + 1
    end
    assert.is_nil(what.hostname)
    what["null"] = what["null"] and true -- 0, 1 and 2
    for name in pairs(what) do
      assert.is_truthy(({ ["pipe:"] = 1, ["socket:"] = 1, ["guest.xml"] = 1, ["policy.lua"] = 1,
        null = 1 })[name] or name:find "%.lua$", name)
    end
    assert.same({ 1, 1, 1 }, { what["pipe:"], what["socket:"], what["policy.lua"] })
  end)
end)
