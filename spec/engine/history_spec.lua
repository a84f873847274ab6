-- history_spec.lua - the records of runs when there are many, large, or damaged ones

local guests = require "spec.guests"
local helper = require "spec.helper"
local program = require "spec.program"

local moontap = guests.moontap

local function log(name)
  return program.read("state/log/" .. name)
end

describe("the records of runs", function()
  before_each(guests.setup)

  it("are of 256 guests: the one that was idle longest goes", function()
    assert.equal(0, moontap "up web.xml".status)
    helper.run(("cd %s/state/log && touch -d '2001-01-01' qemu-web && for i in $(seq 2 255); do " ..
      "cp qemu-web qemu-g$i; done; touch -d '2000-01-01' qemu-g77"):format(helper.folder()))
    assert.equal(0, moontap "up db.xml".status)
    assert.is_truthy(log "qemu-g77")
    program.write("more.xml", guests.xml("more", 3))
    assert.equal(0, moontap "up more.xml".status)
    assert.is_nil(log "qemu-g77")
    for _, name in ipairs { "qemu-web", "qemu-db", "qemu-more", "qemu-g78" } do
      assert.is_truthy(log(name), name)
    end
  end)

  it("of a run with very many steps say that they are cut", function()
    program.write("policy.lua", [[
      allow{ link = "br0", prefix = "10.0.0.0/8" }
      function connect(nic)
        tap(nic, { up = true })
        for i = 1, 500 do
          local net = ("10.%d.%d."):format(i // 250, i % 250)
          addr{ dev = "br0", address = net .. "1/32", broadcast = net .. "255" }
        end
      end]])
    assert.equal(0, moontap "up web.xml".status)
    assert.matches("\ncut\n", log "qemu-web", 1, true)
    local shown = moontap "log web -1"
    assert.equal(0, shown.status)
    assert.matches("10.0.1.1/32", shown.out, 1, true)
    assert.is_nil(shown.out:find("10.1.249.1/32", 1, true))
    assert.equal(0, moontap "down web".status)
  end)

  it("that are damaged hide no other", function()
    assert.equal(0, moontap "up web.xml".status)
    local good = log "qemu-web"
    local first = good:match "^[^\n]*\n"
    for _, bad in ipairs {
      first .. "+ 3 link name=x up=true\nend\n", first .. "nic index=1\nwhat is this\nend\n",
      first .. "facts bytes=99999\nend\n", first .. "\nend\n", first,
      first .. ("x "):rep(999) .. "\nend\n",
    } do
      program.write("state/log/qemu-web", bad .. good)
      local r = moontap "log -v"
      assert.equal(0, r.status)
      assert.matches("log/qemu-web: ", r.err, 1, true)
      assert.matches("web +%-1 .- up ", r.out)
      assert.equal(0, moontap "log web -1".status)
    end
    program.write("state/log/qemu-web", good .. first:sub(1, 40))
    assert.matches("web +%-1 .- up ", moontap "log".out)
  end)

  it("have no secrets of a whole object", function()
    program.write("web.xml", guests.xml("web", 1, [[<metadata><a:vm xmlns:a='urn:a'>
      <a:token><a:value>s3cr3t</a:value></a:token><a:rack>r7</a:rack></a:vm></metadata>]]))
    assert.equal(0, moontap "up web.xml".status)
    assert.is_nil(log "qemu-web":find("s3cr3t", 1, true))
    assert.is_truthy(log "qemu-web":find("r7", 1, true))
  end)

  it("cannot be kept where something else lies", function()
    helper.run(("mkdir -p -m 700 %s/state/log/qemu-web"):format(helper.folder()))
    assert.equal(0, moontap "up web.xml".status)
    assert.equal(0, moontap "log".status)
  end)
end)

describe("hook files", function()
  before_each(guests.setup)

  local function up(name)
    program.write("policy.lua", ([[local h = hook "%s" {}
      function connect(nic) tap(nic, { up = true }) end]]):format(name))
    return program.moontap "-p policy.lua --hooks more plan web.xml"
  end

  it("of the first directory hide those of the others", function()
    helper.run("mkdir " .. helper.folder() .. "/more")
    program.write("more/bridge.lua", "refuse 'mine'")
    assert.matches("refused: mine", up "bridge".err, 1, true)
  end)

  it("that are not there are said to be missing, with the nearest name", function()
    assert.matches("hook 'brige': .*there is no such hook; did you mean 'bridge'%?", up "brige".err)
  end)

  it("that lead nowhere are not there", function()
    helper.run(("mkdir %s/more && ln -s nowhere %s/more/lost.lua"):format(helper.folder(),
      helper.folder()))
    assert.matches("there is no such hook", up "lost".err, 1, true)
  end)
end)

describe("a NIC", function()
  before_each(guests.setup)

  local function xml(target)
    return ([[<domain type='qemu'><name>web</name><devices><interface type='ethernet'>
      <mac address='52:54:00:00:00:01'/>%s</interface></devices></domain>]]):format(target)
  end

  it("without a name waits for libvirt to give it one", function()
    local r = moontap("up -", xml "")
    assert.equal(0, r.status)
    assert.matches("libvirt names its device at start", r.out .. r.err, 1, true)
  end)

  it("that is unmanaged, and that no policy makes, must be there", function()
    local r = program.moontap("-p /nonexistent up -", xml "<target dev='w0' managed='no'/>")
    assert.equal(3, r.status)
    r = program.bare("--state state up -", xml "<target dev='w0' managed='no'/>")
    assert.equal(4, r.status)
    assert.matches("the device does not exist and no policy creates it", r.err, 1, true)
  end)
end)
