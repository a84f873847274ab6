-- confine_spec.lua - what a confined evaluator cannot do, and what it still can
--
-- Each deed is tried by every kind of caller. Where it would succeed without confinement, it is
-- tried without, too: a deed that fails anyway would prove nothing.
local confine = require "internals.confine"

-- root; uid 0 with CAP_NET_ADMIN alone; an ordinary user; root of a user namespace with one id.
-- Root can be them all, others what they are.
local callers = {}
for _, caller in ipairs { "root", "net_admin", "user", "namespace" } do
  local able = caller == "user" or caller == "namespace"
  if confine.is_root() or
     able and confine.try("nothing", { as = caller, stage = "none" }) == "ok" then
    callers[#callers + 1] = caller
  end
end
local anyone = callers[#callers]

local everybody = "root net_admin user namespace"
local uid_0 = "root net_admin" -- for what uid 0 may without any capability, too
local nobody = "" -- what fails anyway, but in another way

-- Refused with ENOSYS: the deed, and who could do it otherwise.
local refused = {
  ["read /etc/shadow"] = uid_0,
  ["open a file of root's for writing"] = uid_0,
  ["read its own file"] = everybody,
  ["read its own file by openat2"] = everybody,
  ["list a directory"] = everybody,
  ["create a file"] = everybody,
  ["make a directory"] = everybody,
  ["stat a file"] = everybody,
  ["unlink a file"] = everybody,
  ["rename a file"] = everybody,
  ["link a file"] = everybody,
  ["chmod a file"] = everybody,
  ["chown a file"] = everybody,
  ["truncate a file"] = everybody,
  ["change the directory"] = everybody,
  ["change the root"] = "root",
  ["make a memfd"] = everybody,
  ["duplicate a descriptor"] = everybody,
  ["ioctl"] = everybody,
  ["kill a thread of the parent"] = uid_0,
  ["kill by pidfd"] = uid_0,
  ["make an internet socket"] = everybody,
  ["make a local socket"] = everybody,
  ["make a netlink socket"] = everybody,
  ["connect"] = everybody,
  ["take back a capability"] = uid_0,
  ["be root again"] = uid_0,
  ["be of root's group again"] = uid_0,
  ["be dumpable again"] = everybody,
  ["outlive the parent"] = everybody,
  ["set a limit"] = everybody,
  ["set another's limit"] = uid_0,
  ["leave the session"] = everybody,
}

-- Ended by SIGSYS.
local killed = {
  ["execve"] = everybody,
  ["execveat"] = everybody,
  ["fork"] = everybody,
  ["clone"] = everybody,
  ["clone3"] = everybody,
  ["vfork"] = everybody,
  ["kill the parent"] = uid_0,
  ["ptrace the parent"] = "root",
  ["read the parent's memory"] = "root",
  ["write the parent's memory"] = "root",
  ["enter a namespace"] = "root",
  ["make a namespace"] = "root",
  ["make a user namespace"] = nobody, -- a distribution may forbid it to users
  ["mount"] = "root",
  ["map code"] = everybody,
  ["map code that can be written"] = everybody,
  ["make code of data"] = everybody,
  ["io_uring_setup"] = nobody, -- kernel.io_uring_disabled
  ["bpf"] = "root",
  ["userfaultfd"] = "root",
  ["perf_event_open"] = "root",
  ["keyctl"] = nobody, -- CONFIG_KEYS
}

-- Descriptors that the caller had open, and did not give.
local closed = {
  ["use the caller's descriptor"] = everybody,
}
local works = {
  "list the links",
  "allocate 64 MiB",
  "map, move and unmap memory",
  "run Lua",
  "read XML",
  "read XML in Latin-1",
  "tell the time",
  "draw a random number",
  "wait in poll",
  "wait in ppoll",
  "read and close what it kept",
  "take an alarm",
}

-- Which confinement the tests are of: an evaluator's, or a spare's, which has two filters.
local whole

local function each(deeds, answer)
  local stage = whole
  for deed, able in pairs(deeds) do
    for _, caller in ipairs(callers) do
      it(("%s (%s)"):format(deed, caller), function()
        if able:find(caller, 1, true) then
          assert.equal("ok", confine.try(deed, { as = caller, stage = "none" }))
        end
        assert.equal(answer, confine.try(deed, { as = caller, stage = stage }))
      end)
    end
  end
end

-- What /proc says of a child: its status and its limits by name, its descriptors, its owner.
local function look(caller, stage)
  local status, limits, descriptors, owner = confine.look { as = caller, stage = stage }
  local field = { descriptors = descriptors, owner = owner }
  for name, value in status:gmatch "(%w+):[ \t]*([^\n]-)%s*\n" do
    field[name] = value
  end
  for name, soft, hard in limits:gmatch "(Max [%l ]-)  +(%w+)  +(%w+)" do
    field[name] = soft .. " " .. hard
  end
  return field
end

-- stage -> tests of all that is confined so
local function tests_of(stage, as)
  whole = stage

  describe("a confined evaluator is refused:" .. as, function()
    each(refused, "ENOSYS")
    each(closed, "EBADF")
    each({ ["change a link"] = uid_0 }, "EPERM") -- by netlink, which sees no capability
  end)

  describe("a confined evaluator is killed:" .. as, function()
    each(killed, "SIGSYS")
    if confine.is_x86_64 then
      each({
        ["fork by its own call"] = everybody,
        ["getpid by x32"] = nobody, -- kernels are built without
      }, "SIGSYS")
      -- A machine without i386's gate ends whoever knocks there, confined or not.
      local unconfined = confine.try("getpid by i386", { as = anyone, stage = "none" })
      each({ ["getpid by i386"] = nobody }, unconfined == "SIGSEGV" and "SIGSEGV" or "SIGSYS")
    end

    it("when it has used up its CPU time", function()
      assert.equal("ok", confine.try("spin for two seconds", { as = anyone, stage = "none" }))
      assert.equal("SIGKILL", confine.try("spin for two seconds", { as = anyone, stage = stage }))
    end)

    it("when it aborts", function()
      local answer = confine.try("abort", { as = anyone, stage = stage })
      -- a sanitizer makes a report of the signal, and exits
      assert.matches(confine.is_sanitized and "^not set up$" or "^SIG", answer)
    end)

    it("when its parent dies", function()
      for _, caller in ipairs(callers) do
        assert.is_false(confine.orphan { as = caller, stage = "none" })
        assert.is_true(confine.orphan { as = caller, stage = stage })
      end
    end)
  end)

  describe("a confined evaluator can:" .. as, function()
    for _, deed in ipairs(works) do
      for _, caller in ipairs(callers) do
        it(("%s (%s)"):format(deed, caller), function()
          assert.equal("ok", confine.try(deed, { as = caller, stage = stage }))
        end)
      end
    end
  end)

  describe("a confined evaluator" .. as, function()
    it("waits on after it was stopped", function()
      assert.is_true(confine.stop { as = anyone, stage = stage })
    end)
  end)

  describe("from outside, a confined evaluator" .. as, function()
    for _, caller in ipairs(callers) do
      it(("has no privilege (%s)"):format(caller), function()
        local before, after = look(caller, "none"), look(caller, stage)
        for _, set in ipairs { "CapInh", "CapPrm", "CapEff", "CapAmb" } do
          assert.matches("^0+$", after[set])
        end
        assert.equal(caller == "user", before.CapEff:find "^0+$" ~= nil) -- it had some before
        assert.same({ "0", "1" }, { before.NoNewPrivs, after.NoNewPrivs })
        assert.same({ "0", "2" }, { before.Seccomp, after.Seccomp })
      end)

      it(("cannot be looked into by its own user (%s)"):format(caller), function()
        if caller == "user" then -- root's files look the same to root
          assert.not_equal(0, look(caller, "none").owner)
        end
        assert.equal(0, look(caller, stage).owner)
      end)

      it(("has its limits (%s)"):format(caller), function()
        local after = look(caller, stage)
        assert.equal("1 1", after["Max cpu time"])
        assert.equal("0 0", after["Max core file size"])
        assert.equal("0 0", after["Max processes"])
      end)

      if confine.is_root() then
        it(("has what it was given and no more (%s)"):format(caller), function()
          assert.matches("57 /dev/zero", look(caller, "none").descriptors)
          local names = {}
          for number, name in look(caller, stage).descriptors:gmatch "(%d+) ([^\n:]*)[^\n]*\n" do
            names[#names + 1] = confine.is_sanitized and number + 0 < 3 and "/dev/null" or name
          end
          table.sort(names)
          assert.matches("^/dev/null /dev/null /dev/null /tmp/[^ ]*/file net pipe socket$",
                         table.concat(names, " "))
        end)
      end
    end

    if confine.is_root() then
      it("is the user that is its own, in no other group, when root starts it", function()
        local after = look("root", stage)
        assert.equal("54321\t54321\t54321\t54321", after.Uid)
        assert.equal("54321\t54321\t54321\t54321", after.Gid)
        assert.same({ "0", "" }, { look("root", "none").Groups, after.Groups })
      end)
    end

    it("is still itself when the caller may not change ids", function()
      assert.equal(look(anyone, "none").Uid, look(anyone, stage).Uid)
    end)
  end)
end

tests_of("all", "")
tests_of("spare", " as a spare:")

-- What a zygote may besides: fork (spec/service has it do so), and prepare the child.
describe("a zygote", function()
  local may = { ["make a netlink socket"] = true, ["set a limit"] = true,
    ["duplicate a descriptor"] = true, ["outlive the parent"] = true }

  for _, deeds in ipairs { refused, killed } do
    for deed in pairs(deeds) do
      if deed == "fork" then goto next end
      for _, caller in ipairs(callers) do
        it(("%s: %s (%s)"):format(may[deed] and "can" or "is refused", deed, caller), function()
          local answer = confine.try(deed, { as = caller, stage = "zygote" })
          assert.equal(may[deed] and "ok" or "ENOSYS", answer)
        end)
      end
      ::next::
    end
  end
end)

-- The filter hides what is behind it: so once without.
describe("without the filter, a confined evaluator is refused:", function()
  local landlock = confine.landlock()
  local behind = {
    { "be root again", "root", "EPERM" },
    { "be of root's group again", "root", "EPERM" },
    { "take back a capability", everybody, "EPERM" },
    { "enter a namespace", everybody, "EPERM" },
    { "ptrace the parent", everybody, "EPERM" },
    { "read the parent's memory", everybody, "EPERM" },
    { "duplicate a descriptor", everybody, "EMFILE" },
    { "make a local socket", everybody, "EMFILE" },
    { "make a memfd", everybody, "EMFILE" },
    { "fork", "user", "EAGAIN" }, -- the kernel exempts root
    { "make a directory", everybody, "EACCES", 1 },
    { "unlink a file", everybody, "EACCES", 1 },
    { "truncate a file", everybody, "EACCES", 3 },
    { "kill the parent", everybody, "EPERM", 6 },
  }
  for _, row in ipairs(behind) do
    local deed, able, answer, version = table.unpack(row, 1, 4)
    for _, caller in ipairs(callers) do
      if able:find(caller, 1, true) and landlock >= (version or 0) then
        it(("%s (%s)"):format(deed, caller), function()
          assert.equal(answer, confine.try(deed, { as = caller, stage = "all but calls" }))
        end)
      end
    end
  end
end)

-- A wall that nobody has seen stand alone may be no wall.
describe("each stage alone keeps it from", function()
  local function alone(stage, deed, caller, answer)
    if not (" " .. table.concat(callers, " ") .. " "):find(" " .. caller .. " ", 1, true) then
      return
    end
    it(("%s: %s (%s)"):format(stage, deed, caller), function()
      assert.equal("ok", confine.try(deed, { as = caller, stage = "none" }))
      assert.equal(answer, confine.try(deed, { as = caller, stage = stage }))
    end)
  end

  alone("descriptors", "use the caller's descriptor", anyone, "EBADF")
  alone("ids", "read /etc/shadow", "root", "EACCES")
  alone("ids", "kill the parent", "root", "EPERM")
  alone("capabilities", "change a link", "net_admin", "EPERM")
  alone("capabilities", "ptrace the parent", "root", "EPERM")
  alone("limits", "duplicate a descriptor", anyone, "EMFILE")
  alone("limits", "fork", "user", "EAGAIN")
  alone("calls", "read /etc/shadow", "root", "ENOSYS")
  if confine.landlock() > 0 then
    alone("files", "read its own file", anyone, "EACCES")
    alone("files", "list a directory", anyone, "EACCES")
    alone("files", "create a file", anyone, "EACCES")
    alone("files", "read /etc/shadow", "root", "EACCES")
    alone("files", "open a file of root's for writing", "root", "EACCES")
    alone("files", "mount", "root", "EPERM")
  end
end)

describe("confining fails", function()
  local function failure(order)
    order.as = anyone
    return confine.try("nothing", order)
  end

  it("when the parent is another", function()
    assert.equal("confine parent: No such process", failure { parent = 1 })
  end)

  it("when what is to be kept is not ascending, or no descriptor", function()
    for _, keep in ipairs { { 5, 4 }, { 5, 5 }, { -1 } } do
      local message = failure { keep = keep, stage = "descriptors" }
      assert.equal("confine descriptors: Invalid argument", message)
    end
  end)
end)
