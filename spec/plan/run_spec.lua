-- run_spec.lua - connecting, connecting again and disconnecting, with kinds made of memory
--
-- face is of the NIC's own device, which is a real one so that it has an ifindex; thing is shared.

local helper = require "spec.helper"
local memory = require "spec.plan.memory"
local plan = require "internals.plan"

local state

local connect, disconnect = memory.connect, memory.disconnect
local there, files, read = memory.there, memory.files, memory.read

local function write(name, text)
  local f <close> = assert(io.open(state .. "/" .. name, "w"))
  f:write(text)
end

before_each(function()
  memory.begin "face name=nic0 colour=none up=false"
  state = memory.state
end)

describe("a run", function()
  it("makes what is declared, and disconnecting takes it back", function()
    assert(connect("nic0", "face name=nic0 colour=red up=true", "thing key=t text=x"))
    there("face name=nic0 colour=red up=true", "thing key=t text=x")
    assert(disconnect "nic0")
    there "face name=nic0 colour=none up=false"
    assert.same({}, files())
  end)

  it("that fails leaves everything as it was", function()
    local _, line = connect("nic0", "face name=nic0 colour=red up=true", "thing key=t text=x",
      "thing key=u size=666")
    assert.equal("NIC 1 (nic0), p.lua:3: thing: memory refuses it", line)
    there "face name=nic0 colour=none up=false"
    assert.same({}, files())
  end)

  it("that fails leaves what an earlier one made", function()
    assert(connect("nic0", "face name=nic0 colour=red", "thing key=t text=x"))
    local journal = read "nic/nic0"
    assert.is_nil(connect("nic0", "face name=nic0 colour=blue", "thing key=t text=y",
      "thing key=u size=666"))
    there("face name=nic0 colour=red up=false", "thing key=t text=x")
    assert.equal(journal, read "nic/nic0")
  end)

  it("of what is the NIC's own is not of another device", function()
    local _, line = connect("nic0", "lane name=nic1 cost=1")
    assert.matches("lane nic1: it can be declared of the NIC's own device %(nic0%) only", line)
  end)

  it("that is made again changes nothing", function()
    local declared = { "face name=nic0 colour=red up=true", "thing key=t text=x" }
    assert(connect("nic0", table.unpack(declared)))
    local journal = read "nic/nic0"
    assert(connect("nic0", table.unpack(declared)))
    there(declared[1], declared[2])
    assert.equal(journal, read "nic/nic0")
  end)

  it("takes back what is no longer declared, to what it was at first", function()
    assert(connect("nic0", "face name=nic0 colour=red up=true", "thing key=t text=x"))
    assert(connect("nic0", "face name=nic0 colour=blue"))
    there "face name=nic0 colour=blue up=false"
    assert(disconnect "nic0")
    there "face name=nic0 colour=none up=false"
  end)
end)

describe("a step", function()
  it("of which the kernel says that it is made, and it is not there, fails", function()
    local _, line, code = connect("nic0", "thing key=t size=667")
    assert.equal("NIC 1 (nic0), p.lua:1: thing t: the kernel reported success, but it does not " ..
      "exist", line)
    assert.equal("EOPNOTSUPP", code)
    assert.same({}, files())
  end)

  it("that is not made as it was asked for fails", function()
    plan.remember("face name=nic0 size=9")
    local _, line = connect("nic0", "face name=nic0 size=667")
    assert.equal("NIC 1 (nic0), p.lua:1: face nic0: the kernel reported success, but did not do " ..
      "it: size is 9, and 667 was asked for", line)
    there "face name=nic0 size=9"
  end)

  it("that another did just now is done, and stays theirs", function()
    assert(connect("nic0", "thing key=t size=668"))
    there("face name=nic0 colour=none up=false", "thing key=t size=668")
    assert(connect("nic1", "thing key=t size=668"))
    assert(disconnect "nic0")
    assert(disconnect "nic1")
    there("face name=nic0 colour=none up=false", "thing key=t size=668")
    assert.same({}, files())
  end)

  it("of the NIC's own that another did just now is theirs, too", function()
    assert(connect("nic0", "note key=n size=668 dev=nic0"))
    assert(disconnect "nic0")
    there("face name=nic0 colour=none up=false", "note key=n size=668 dev=nic0")
  end)

  it("that another did just now, and otherwise, fails", function()
    for _, step in ipairs { "thing key=t size=668 text=x",
      "note key=t size=668 text=x dev=nic0" } do
      plan.remember()
      local _, line, code = connect("nic0", step)
      assert.matches("t: someone else made it just now: text is unset, and x was asked for",
        line:gsub(" on nic0", ""), 1, true)
      assert.equal("EEXIST", code)
      assert.equal(1, #plan.there())
      assert.same({}, files())
    end
  end)
end)

-- Less and less of it lacks. What a run had begun is taken back; what `partly` is done is done, and
-- disconnecting does the rest. Return: how often it was not enough.
local function without_memory(before, try, partly)
  local failed, bytes = 0, 16
  while true do
    before()
    memory.log = {}
    local was = table.concat(plan.there(), "\n")
    plan.limit(bytes)
    local ok, done, line, code = pcall(try)
    plan.limit(0)
    if ok and done then return failed end
    failed, bytes = failed + 1, bytes + 16 + bytes // 24
    assert.is_true(bytes < 4 << 20, line)
    if ok then assert.equal("ENOMEM", code, line) end
    if #memory.log == 0 and not partly then assert.equal(was, table.concat(plan.there(), "\n")) end
    assert(disconnect "nic0")
    there("face name=nic0 colour=none up=false", "face name=nic1 colour=none up=false")
    assert.same({}, files())
  end
end

describe("a run without memory", function()
  before_each(function()
    plan.remember("face name=nic0 colour=none up=false", "face name=nic1 colour=none up=false")
  end)

  local first = {
    "face name=nic0 colour=red up=true", "note key=n text=x", "thing key=t text=x",
    "face name=nic1 colour=red up=true",
  }

  local function connect_first()
    return connect("nic0", table.unpack(first))
  end

  it("is taken back", function()
    assert.is_true(without_memory(function() end, connect_first) > 50)
    assert(disconnect "nic0")
  end)

  it("leaves what an earlier one made", function()
    assert.is_true(without_memory(function() assert(connect_first()) end, function()
      return connect("nic0", "face name=nic0 colour=blue", "thing key=u", "thing key=t text=x")
    end) > 50)
    assert(disconnect "nic0")
  end)

  it("can be disconnected later", function()
    assert.is_true(without_memory(function() assert(connect_first()) end, function()
      return disconnect "nic0"
    end, true) > 20)
  end)
end)

describe("disconnecting", function()
  it("leaves what someone else changed since, and says so", function()
    assert(connect("nic0", "face name=nic0 colour=red up=true"))
    plan.remember "face name=nic0 colour=green up=true"
    assert(disconnect "nic0")
    there "face name=nic0 colour=green up=false"
    assert.equal(1, #memory.log)
    assert.matches("^left as it is: face nic0: colour is green, and moontap had put red",
      memory.log[1])
  end)

  it("leaves another device of the same name alone", function()
    assert(connect("nic0", "face name=nic0 colour=red"))
    helper.run "ip link del nic0; ip tuntap add dev nic0 mode tap"
    assert(disconnect "nic0")
    there "face name=nic0 colour=red up=false"
    assert.same({}, files())
  end)

  it("finds a device that was renamed", function()
    assert(connect("nic0", "face name=nic0 colour=red"))
    helper.run "ip link set nic0 name other"
    plan.remember "face name=other colour=red up=false"
    assert(disconnect "nic0")
    there "face name=other colour=none up=false"
  end)

  it("of what is not connected is done", function()
    assert(disconnect "nic0")
    assert.same({}, files())
  end)
end)

describe("a run that was killed", function()
  before_each(function()
    assert(connect("nic0", "face name=nic0 colour=red up=true"))
    helper.run(("mv %s/nic/nic0 %s/run/nic0"):format(state, state))
  end)

  it("is taken back by the next one first", function()
    assert(connect("nic0", "face name=nic0 colour=blue"))
    there "face name=nic0 colour=blue up=false"
    assert.same({ "nic/nic0" }, files())
    assert(disconnect "nic0")
    there "face name=nic0 colour=none up=false"
  end)

  it("is taken back by disconnecting", function()
    assert(disconnect "nic0")
    there "face name=nic0 colour=none up=false"
    assert.same({}, files())
  end)

  it("had not done what stands in half a line", function()
    write("run/nic0", read "run/nic0":sub(1, -3))
    assert(disconnect "nic0")
    there "face name=nic0 colour=red up=true"
    assert.same({}, files())
  end)
end)

describe("a shared object", function()
  local face_b = "face name=nic1 colour=none up=false"

  before_each(function()
    plan.remember(face_b)
  end)

  it("goes back with the last of its claims", function()
    assert(connect("nic0", "thing key=t text=x"))
    assert(connect("nic1", "thing key=t text=x"))
    assert(disconnect "nic0")
    there(face_b, "thing key=t text=x")
    assert(disconnect "nic1")
    there(face_b)
    assert.same({}, files())
  end)

  it("that was there before stays", function()
    plan.remember("thing key=t text=x")
    assert(connect("nic0", "thing key=t text=x"))
    assert(disconnect "nic0")
    there "thing key=t text=x"
    assert.same({}, files())
  end)

  it("that others want otherwise is refused, with who holds it", function()
    assert(connect("nic0", "thing key=t text=x"))
    local _, line, code = connect("nic1", "thing key=t text=y")
    assert.same({ "EBUSY", "NIC 1 (nic1): thing t: nic0 holds it with text x, and y is wanted" },
      { code, line })
    there(face_b, "thing key=t text=x")
    assert(disconnect "nic0")
    assert(connect("nic1", "thing key=t text=y"))
    there(face_b, "thing key=t text=y")
  end)

  it("has each field as long as somebody claims it", function()
    plan.remember("thing key=t text=was size=1")
    assert(connect("nic0", "thing key=t text=x"))
    assert(connect("nic1", "thing key=t size=2"))
    there "thing key=t text=x size=2"
    assert(disconnect "nic0")
    there "thing key=t text=was size=2"
    assert(disconnect "nic1")
    there "thing key=t text=was size=1"
    assert.same({}, files())
  end)

  it("can be changed back by who changed it, and by nobody else", function()
    plan.remember "face name=nic1 up=false"
    assert(connect("nic0", "face name=nic1 up=true"))
    assert(connect("nic0", "face name=nic1 up=false"))
    there "face name=nic1 up=false"
    assert(disconnect "nic0")
    plan.remember "face name=nic1 up=true"
    local _, line, code = connect("nic0", "face name=nic1 up=false")
    assert.equal("EOPNOTSUPP", code)
    assert.matches("up is true, and false is wanted; it belongs to somebody else, so moontap",
      line)
    there "face name=nic1 up=true"
  end)

  it("is given up by a NIC that no longer declares it", function()
    assert(connect("nic0", "thing key=t text=x", "thing key=u"))
    assert(connect("nic0", "thing key=u"))
    there(face_b, "thing key=u")
  end)

  it("is claimed by a NIC again when its run failed after giving it up", function()
    assert(connect("nic0", "thing key=t text=x"))
    assert.is_nil(connect("nic0", "thing key=u size=666"))
    assert.is_nil(connect("nic1", "thing key=t text=y"))
    there(face_b, "thing key=t text=x")
  end)
end)

describe("what is kept", function()
  local face, token = "face name=nic0 colour=none up=false", "token key=t text=x"

  it("stays when its NIC is disconnected, and is in no journal", function()
    assert(connect("nic0", token, "face name=nic0 colour=red"))
    assert.not_matches("token", read "nic/nic0")
    assert(disconnect "nic0")
    there(face, token)
    assert.same({}, files())
  end)

  it("stays when the policy no longer declares it", function()
    assert(connect("nic0", token, "face name=nic0 colour=red"))
    assert(connect("nic0", "face name=nic0 colour=red"))
    there("face name=nic0 colour=red up=false", token)
  end)

  it("goes with a run that is rolled back, if that run has added it", function()
    assert.is_nil(connect("nic0", token, "thing key=u size=666"))
    there(face)
    assert(connect("nic0", token))
    assert.is_nil(connect("nic0", token, "thing key=u size=666"))
    there(face, token)
  end)

  it("goes when its run was killed", function()
    assert(connect("nic0", "face name=nic0 colour=red"))
    write("run/nic0", read "nic/nic0":match "nic %C+\n" .. "+ 0 " .. token .. "\n")
    plan.remember("face name=nic0 colour=red up=false", token)
    assert(disconnect "nic0")
    there(face)
  end)
end)

describe("the state directory", function()
  local function refused(reason)
    local _, line = connect("nic0", "face name=nic0 colour=red")
    assert.equal(("state %s: %s"):format(state, reason), line)
    there "face name=nic0 colour=none up=false"
  end

  it("must belong to the caller", function()
    helper.run(("mkdir -m 700 %s; chown 12345 %s"):format(state, state))
    refused "it must belong to uid 0 and be writable by nobody else"
  end)

  it("must be writable by nobody else", function()
    helper.run(("mkdir %s; chmod 770 %s"):format(state, state))
    refused "it must belong to uid 0 and be writable by nobody else"
  end)

  it("may not be a link to somewhere else", function()
    helper.run(("mkdir -m 700 %s.other; ln -s %s.other %s"):format(state, state, state))
    refused "Not a directory"
  end)

  it("must be a directory", function()
    helper.run("touch " .. state)
    refused "Not a directory"
  end)

  it("may have a journal of another network namespace, which nobody touches", function()
    assert(connect("nic0", "face name=nic0 colour=red"))
    local journal = read "nic/nic0":gsub("netns=%d+", "netns=1")
    write("nic/nic0", journal)
    for _, try in ipairs { connect, disconnect } do
      local _, line, code = try("nic0", "face name=nic0 colour=blue")
      assert.equal("EXDEV", code)
      assert.matches("it is about a device of another network namespace", line)
    end
    there "face name=nic0 colour=red up=false"
    assert.equal(journal, read "nic/nic0")
  end)

  it("may have a damaged journal, which nobody touches, either", function()
    assert(connect("nic0", "face name=nic0 colour=red"))
    local journal = read "nic/nic0" .. "this is no step\n"
    write("nic/nic0", journal)
    for _, try in ipairs { connect, disconnect } do
      local _, line = try("nic0", "face name=nic0 colour=blue")
      assert.matches("^.*journal nic/nic0:3: ", line)
    end
    there "face name=nic0 colour=red up=false"
    assert.equal(journal, read "nic/nic0")
  end)
end)

describe("a lock", function()
  it("is waited for, and held by one at a time", function()
    local held = assert(plan.lock(state, "nic/nic0"))
    local dir = helper.folder()
    -- flock(1) holds it next, says so, and lets it go when it is told to
    helper.run(("flock %s/nic/nic0 sh -c 'touch %s/got; cat %s/go' >/dev/null 2>&1 &")
      :format(state, dir, dir))
    helper.run("mkfifo " .. dir .. "/go")
    assert.is_nil(io.open(dir .. "/got"))
    plan.unlock(held)
    helper.run(("timeout 10 sh -c 'until [ -e %s/got ]; do :; done; echo >%s/go'"):format(dir, dir))
    plan.unlock(assert(plan.lock(state, "nic/nic0")))
  end)
end)
