-- lookup_spec.lua - what an event costs does not depend on how many others are connected, and the
-- links by which it finds its own never lose a journal, nor invent one

local helper = require "spec.helper"
local libvirt = require "spec.libvirt"
local program = require "spec.program"

local scripts = program.path:gsub("moontap$", "") .. "qemu-%s -p policy.lua --state state %s"
local MANY = 64

local function guest(n)
  return libvirt.guest {
    name = "g" .. n, uuid = ("5d1f2f0c-4a3f-4f63-9e3c-0a6f2d6b%04x"):format(n),
    { mac = ("52:54:00:00:%02x:01"):format(n), dev = "u" .. n, unmanaged = true },
    { mac = ("52:54:00:00:%02x:02"):format(n), dev = "m" .. n } }
end

-- As libvirt does it: its tap has the MAC of its rule before the script runs.
local function make_tap(n)
  helper.run(("ip tuntap add m%d mode tap; ip link set m%d address fe:54:00:00:%02x:02 up")
    :format(n, n, n))
end

local function ok(r)
  assert.same({ 0, "" }, { r.status, r.err })
end

local function connect(n)
  ok(guest(n):hook "prepare")
  make_tap(n)
  ok(program.run(scripts:format("ifup", "m" .. n)))
  ok(guest(n):hook "start")
end

-- calls(command, input) -> how often it opens a file, asks the kernel and reads its answer; the
-- files
local function calls(command, input)
  program.write("stdin", input or "")
  helper.run(("cd '%s' && strace -f -qq -e trace=openat,sendto,recvmsg -o trace %s <stdin")
    :format(helper.folder(), command))
  local count, files = 0, {}
  for line in program.read "trace":gmatch "[^\n]+" do
    count = count + 1
    files[line:match '"([^"]*)"' or ""] = true
  end
  return count, files
end

-- What each event costs, by name, of a guest that is connected and goes.
local function costs(n)
  local cost, opened, g = {}, {}, guest(n)
  local function try(name, command, input)
    local count, files = calls(command, input)
    cost[name] = count
    for file in pairs(files) do opened[file] = true end
  end
  local function hook(operation)
    try(operation, ("'%s' --state state %s"):format(program.path, g:command(operation)),
      g:xml(operation))
  end
  hook "prepare"
  make_tap(n)
  try("ifup", scripts:format("ifup", "m" .. n))
  hook "start"
  hook "started"
  try("ifdown", scripts:format("ifdown", "m" .. n))
  helper.run("ip link del m" .. n)
  hook "stopped"
  hook "release"
  return cost, opened
end

describe("an event", function()
  before_each(function()
    helper.run "ip link add br0 address 02:00:00:00:00:01 type bridge; ip link set br0 up"
    program.write("policy.lua", [[
      local lan = hook "bridge" { bridge = "br0", unknown = true }
      function connect(nic) lan(nic) end]])
    connect(1)
  end)

  it("opens as many files and asks the kernel as often, however many are connected", function()
    local one = costs(100)
    for n = 2, MANY do connect(n) end
    local many, opened = costs(101)
    for name, count in pairs(many) do
      assert(count <= one[name] + 1, ("%s: %d, with one connected %d")
        :format(name, count, one[name]))
    end
    for file in pairs(opened) do
      assert.is_nil(file:match "^nic/[um]%d%d?$")
      assert.is_nil(file:match "^domain/qemu%-g%d%d?$")
    end
  end)

  local function links()
    return program.run "cd state/lookup && find . -type l | sort".out
  end

  it("has links for it that come and go with what they name", function()
    assert.equal("./complete\n./guest/qemu-g1/m1\n./guest/qemu-g1/u1\n" ..
      "./tap/fe:54:00:00:01:02/qemu-g1\n./tap/u1/qemu-g1\n", links())
    helper.run "ip link del m1"
    ok(guest(1):hook "stopped")
    ok(guest(1):hook "release")
    assert.equal("./complete\n", links())
    assert.same({}, program.state())
  end)

  it("finds what was connected before there were links", function()
    for _, gone in ipairs { "state/lookup", "state/lookup/complete" } do
      helper.run(("rm -r '%s/%s'"):format(helper.folder(), gone))
      make_tap(2)
      ok(guest(2):hook "prepare")
      ok(program.run(scripts:format("ifup", "m2")))
      assert.is_truthy(links():find("./guest/qemu-g1/m1\n./guest/qemu-g1/u1", 1, true))
      helper.run "ip link del m2"
      ok(guest(2):hook "release")
    end
    helper.run(("rm -r '%s/state/lookup'"):format(helper.folder()))
    helper.run "ip link del m1"
    ok(guest(1):hook "release")
    assert.same({}, program.state())
    assert.is_nil(helper.run "ip -br link":find "u1")
  end)

  it("believes a journal, and not a link to it", function()
    local folder = helper.folder() .. "/state/lookup/"
    helper.run(([[cd '%s' && mkdir guest/qemu-g2 tap/m9 &&
      ln -s ../../../nic/u1 ../../../nic/x9 guest/qemu-g2 &&
      ln -s ../../../domain/qemu-g1 tap/m9]]):format(folder))
    ok(guest(2):hook "release")
    assert.is_truthy(program.state()["nic/u1"])
    helper.run "ip tuntap add m9 mode tap"
    ok(program.run(scripts:format("ifup", "m9")))
    assert.matches("known=false", program.state()["nic/m9"])
  end)

  it("leaves it to reconcile to mend the links", function()
    local before, folder = links(), helper.folder() .. "/state/lookup/"
    helper.run(("cd '%s' && rm -r guest/qemu-g1 tap/u1; mkdir guest/qemu-g2 tap/m9 tap/m8; " ..
      "ln -s ../../../nic/x9 guest/qemu-g2; ln -s ../../../domain/qemu-g9 tap/m9"):format(folder))
    ok(program.moontap "reconcile")
    assert.equal(before, links())
    helper.run(("cd '%s/guest' && mkdir qemu-g2 && ln -s ../../../nic/x9 qemu-g2"):format(folder))
    ok(program.moontap "status")
    assert.equal(before, links())
    assert.is_nil(program.state()["nic/x9"])
  end)
end)

describe("what is left of a guest whose tap is gone", function()
  before_each(function()
    helper.run "ip link add br0 type bridge"
    program.write("policy.lua", [[
      allow{ prefix = "198.51.100.0/24", link = "br0" }
      function connect(nic)
        neigh{ dev = "br0", dst = "198.51.100." .. nic.index, proxy = true }
        tap(nic, { up = true })
      end]])
    ok(guest(1):hook "prepare")
    helper.run "ip link del u1"
    ok(guest(1):hook "release") -- and once more, as if a process had been killed before it
  end)

  it("is finished by the guest that comes with the same name", function()
    ok(guest(2):hook "prepare")
    helper.run "ip link del u2"
    program.run "rm state/domain/qemu-g2"
    local other = guest(3)
    other[1].dev = "u2"
    ok(other:hook "prepare")
    assert.matches("domain=g3", program.state()["nic/u2"])
    ok(other:hook "release")
    assert.same({}, program.state())
  end)

  it("is finished by anybody's down, and not by another guest's event", function()
    ok(guest(2):hook "prepare")
    helper.run "ip link del u2"
    program.run "rm state/domain/qemu-g2"
    ok(guest(3):hook "prepare")
    ok(guest(3):hook "release")
    assert.is_truthy(program.state()["nic/u2"])
    assert.equal(0, program.moontap "down --if-known g3".status)
    assert.same({}, program.state())
    assert.equal("", helper.run "ip neigh show proxy")
  end)
end)
