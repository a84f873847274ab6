-- filter_spec.lua - the evaluator's filter for each architecture, run by an interpreter of its own
--
-- confine_spec tries the filter of the machine that runs the specs. Those of the others cannot be
-- tried without their kernels; what they say of a call can be computed.

local helper = require "spec.helper"

local SIGCHLD, CLONE_NEWUSER = 17, 0x10000000
local READ_WRITE, EXECUTE = 3, 4
local AF_INET, AF_NETLINK = 2, 16
local FUTEX_WAIT, FUTEX_WAKE_PRIVATE = 0, 129

local ALLOW, ENOSYS, KILL = 0x7fff0000, 0x00050000 + 38, 0x80000000

-- The kernel's number of each, linux/audit.h; and of the calls tried, asm/unistd.h. Where mmap has
-- its arguments in memory, the filter does not see them: hidden.
local architectures = {
  x86_64 = { number = 0xc000003e, read = 0, mmap = 9, mprotect = 10, execve = 59, clone = 56,
    openat = 257, socket = 41, futex = 202 },
  i386 = { number = 0x40000003, read = 3, mmap = 90, mmap2 = 192, mprotect = 125, execve = 11,
    clone = 120, openat = 295, socket = 359, futex = 240, hidden = ENOSYS },
  arm64 = { number = 0xc00000b7, read = 63, mmap = 222, mprotect = 226, execve = 221, clone = 220,
    openat = 56, socket = 198, futex = 98 },
  armhf = { number = 0x40000028, read = 3, mmap2 = 192, mprotect = 125, execve = 11, clone = 120,
    openat = 322, socket = 281, futex = 240 },
  s390x = { number = 0x80000016, read = 3, mmap = 90, mprotect = 125, execve = 11, clone = 120,
    openat = 288, socket = 359, futex = 238, hidden = ALLOW, flags = 2 },
  ppc64le = { number = 0xc0000015, read = 3, mmap = 90, mprotect = 125, execve = 11, clone = 120,
    openat = 286, socket = 326, futex = 221 },
  riscv64 = { number = 0xc00000f3, read = 63, mmap = 222, mprotect = 226, execve = 221, clone = 220,
    openat = 56, socket = 198, futex = 98 },
}

local build = os.getenv "MOONTAP_BUILD" or "build"

-- The filters for an architecture's number: { mt_filter = { { code, jt, jf, k }, ... }, ... }
local function filters(number)
  local all, program = {}, nil
  for line in helper.run(("%s/filter_gen %d"):format(build, number)):gmatch "[^\n]+" do
    local name = line:match "^static const struct sock_filter (%g+)%[%] = {$"
    local code, jt, jf, k = line:match "^\t{ (%g+), (%d+), (%d+), (%g+) },$"
    if name then
      program = {}
      all[name] = program
    elseif code then
      program[#program + 1] = { tonumber(code), tonumber(jt), tonumber(jf), tonumber(k) }
    end
  end
  return all
end

-- The instructions that libseccomp uses: each returns how many to skip (nil: none), or the answer.
local LOAD, RETURN, JUMP, AND = 0x20, 0x06, 0x05, 0x54
local tests = {
  [0x15] = function(a, k) return a == k end,
  [0x25] = function(a, k) return a > k end,
  [0x35] = function(a, k) return a >= k end,
  [0x45] = function(a, k) return a & k ~= 0 end,
}

-- What a filter answers to a call: seccomp(2), struct seccomp_data. Of the linux/audit.h number,
-- one bit says that the architecture is little-endian.
local function answer(program, number, call, args)
  local order = number & 0x40000000 ~= 0 and "<" or ">"
  local data = (order .. "I4I4I8"):pack(call, number, 0)
  for i = 1, 6 do data = data .. (order .. "I8"):pack(args[i] or 0) end
  local at, a = 1, 0
  while true do
    local code, jt, jf, k = table.unpack(assert(program[at]))
    at = at + 1
    if code == RETURN then
      return k
    elseif code == LOAD then
      a = (order .. "I4"):unpack(data, k + 1)
    elseif code == AND then
      a = a & k
    elseif code == JUMP then
      at = at + k
    else
      at = at + (assert(tests[code], code)(a, k) and jt or jf)
    end
  end
end

for name, of in pairs(architectures) do
  describe("the filter for " .. name, function()
    local all

    setup(function() all = filters(of.number) end)

    local function says(expected, call, args, filter)
      assert.equal(("0x%x"):format(expected),
        ("0x%x"):format(answer(all[filter or "mt_filter"], of.number, of[call], args or {})))
    end

    it("allows, refuses and kills by the list", function()
      says(ALLOW, "read")
      says(ENOSYS, "openat")
      says(ENOSYS, "socket", { AF_NETLINK })
      says(ALLOW, "futex", { 0, FUTEX_WAKE_PRIVATE })
      says(ENOSYS, "futex", { 0, FUTEX_WAIT })
      says(KILL, "execve")
      says(KILL, "clone", { SIGCHLD })
    end)

    it("lets no memory become code", function()
      for _, call in ipairs { "mmap", "mmap2" } do
        if of[call] then
          local seen = call == "mmap2" or not of.hidden
          says(seen and ALLOW or of.hidden, call, { 0, 4096, READ_WRITE })
          says(seen and KILL or of.hidden, call, { 0, 4096, READ_WRITE | EXECUTE })
        end
      end
      says(KILL, "mprotect", { 0, 4096, EXECUTE })
      says(ENOSYS, "mprotect", { 0, 4096, READ_WRITE })
    end)

    it("kills for a call by another architecture's numbers", function()
      for _, other in pairs(architectures) do
        local bits = 0xc0000000 -- whether it has 64 bits, and which byte order
        if other ~= of and other.number & bits == of.number & bits then
          assert.equal(KILL, answer(all.mt_filter, other.number, of.read, {}))
        end
      end
    end)

    it("lets the zygote fork, and do no more", function()
      local function flags(value)
        local args = { 0, 0 }
        args[of.flags or 1] = value
        return args
      end
      says(ALLOW, "clone", flags(SIGCHLD), "mt_zygote_filter")
      says(ENOSYS, "clone", flags(SIGCHLD | CLONE_NEWUSER), "mt_zygote_filter")
      says(ALLOW, "socket", { AF_NETLINK }, "mt_zygote_filter")
      says(ENOSYS, "socket", { AF_INET }, "mt_zygote_filter")
      says(ENOSYS, "execve", {}, "mt_zygote_filter")
    end)
  end)
end

describe("the filter for x86_64", function()
  it("kills for x32's calls", function()
    local x32 = 0x40000000
    local all = filters(architectures.x86_64.number)
    assert.equal(KILL, answer(all.mt_filter, architectures.x86_64.number, x32, {}))
  end)
end)

it("a filter is for the architecture that the compiler builds for", function()
  local said = helper.run(([[
    %s/filter_gen %d >%s/filter.h
    echo '#include "%s/filter.h"' | cc -Isrc -E - 2>&1 || :]]):format(build,
    architectures.s390x.number, helper.folder(), helper.folder()))
  assert.matches("filter of system calls is for another architecture", said)
end)
