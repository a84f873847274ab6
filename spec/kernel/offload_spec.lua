-- offload_spec.lua - what devices do with packets for the kernel, as policies declare it
local guests = require "spec.guests"
local helper = require "spec.helper"
local kernel = require "internals.kernel"
local program = require "spec.program"

-- run(word, body of connect, guest) -> as program.moontap()
local function run(word, body, guest)
  program.write("p.lua", ([[allow{ link = "v0" }
    function connect(nic) tap(nic, { up = true }) %s end]]):format(body or ""))
  return program.moontap((word == "down" and "down " or "-p p.lua " .. word .. " ") ..
    (guest or "web") .. ".xml")
end

-- features(device): all that ethtool says
local function features(dev)
  return helper.run("ethtool -k " .. dev)
end

local function has(dev, line)
  assert.truthy(features(dev):find("\n%s*" .. line:gsub("[%-%[%]]", "%%%0")), line)
end

before_each(function()
  helper.run "ip link add v0 type veth peer name v1"
  program.write("web.xml", guests.xml("web", 1))
  program.write("mail.xml", guests.xml("mail", 2))
end)

describe("a device's offload", function()
  it("is what is declared, and goes back feature by feature", function()
    helper.run "ethtool -K v0 tx-tcp-mangleid-segmentation off"
    local before = features "v0"
    local r = run("up", "offload{ dev = 'v0', tso = false, tx = false, gro = true }")
    assert.same({ 0, "" }, { r.status, r.err })
    assert.matches("~ ethtool -K v0 tx off tso off gro on\n", r.out, 1, true)
    has("v0", "tcp-segmentation-offload: off")
    has("v0", "tx-checksumming: off")
    has("v0", "generic-receive-offload: on")
    assert.equal(0, run "down".status)
    assert.equal(before, features "v0")
  end)

  it("is compared by what is wanted: checksums take TSO away and bring it back", function()
    local before = features "v0"
    assert.equal(0, run("up", "offload{ dev = 'v0', tx = false, tso = true }").status)
    has("v0", "tx-tcp-segmentation: off [requested on]")
    assert.matches("^[^~]*$", run("plan", "offload{ dev = 'v0', tx = false, tso = true }").out)
    assert.matches("offload v0 +tx false +true +as put\n +tso true +as found +as put\n",
      program.moontap "status web".out)
    assert.equal(0, run "down".status)
    assert.equal(before, features "v0")
  end)

  it("is one for all NICs that need it", function()
    assert.equal(0, run("up", "offload{ dev = 'v0', gro = true }").status)
    local r = run("up", "offload{ dev = 'v0', gro = false }", "mail")
    assert.equal(4, r.status)
    assert.matches("web0 holds it with gro true, and false is wanted", r.err, 1, true)
    assert.equal(0, run("up", "offload{ dev = 'v0', gro = true }", "mail").status)
    assert.equal(0, run "down".status)
    has("v0", "generic-receive-offload: on")
    assert.equal(0, run("down", nil, "mail").status)
    has("v0", "generic-receive-offload: off")
  end)

  it("that somebody changed back is reported, and left as it is", function()
    run("up", "offload{ dev = 'v0', gro = true, tx = false }")
    helper.run "ethtool -K v0 tx on"
    assert.matches("offload v0 .*tx +false +true +true", program.moontap "status web".out)
    assert.equal(0, run "down".status)
    has("v0", "tx-checksumming: on")
    has("v0", "generic-receive-offload: off")
  end)

  it("is set on the tap that the plan makes", function()
    assert.equal(0, run("up", "offload{ dev = nic.dev, gro = false, sg = false }").status)
    has("web0", "generic-receive-offload: off")
    has("web0", "scatter-gather: off")
  end)

  for what, why in pairs {
    ["dev = 'v0', lro = true"] = "offload v0: lro is fixed: the device's driver never changes it",
    ["dev = nic.dev, lro = true"] =
      "the kernel reported success, but did not do it: lro is false, and true was asked for",
    ["dev = nic.dev, tx = false"] =
      "offload web0: tx: of a tap, the program that opens it sets that; in libvirt's XML: "
      .. "<driver><host csum='off'/></driver>",
    ["dev = nic.dev, tso = false"] = "<driver><host tso4='off'/></driver>",
    ["dev = 'v1', gro = true"] = "does not allow the link v1",
    ["dev = 'v0', gro = 'on'"] = "the string 'on' is not true or false",
  } do
    it("is refused with " .. what, function()
      local before = features "v0"
      local r = run("up", "offload{ " .. what .. " }")
      assert.is_true(r.status ~= 0)
      assert.truthy(r.err:find(why, 1, true), r.err)
      assert.equal(before, features "v0")
    end)
  end

  it("of which some features are on, and some off, stays as it is", function()
    helper.run "ethtool -K v0 tx-tcp6-segmentation off"
    local before = features "v0"
    local r = run("up", "offload{ dev = 'v0', tso = false }")
    assert.equal(4, r.status)
    assert.matches("of tso, %d features of %d are on, and moontap could not restore which: " ..
      "ethtool %-K v0 tso on", r.err)
    assert.equal(before, features "v0")
  end)

  it("of a fixed one that is as declared is fine", function()
    assert.equal(0, run("up", "offload{ dev = 'v0', lro = false }").status)
  end)

  it("is not to be read in a policy, which is said", function()
    assert.matches("host.offload: v0: a policy cannot read it",
      run("plan", "log(host.offload 'v0')").err, 1, true)
  end)
end)

describe("the kernel's features", function()
  local host

  before_each(function() host = assert(kernel.open()) end)
  after_each(function() host:close() end)

  it("are those of each device", function()
    local seen = {}
    for i, record in ipairs(host:list "offload") do
      seen[i] = record.dev
      assert.equal(record.text, host:get("offload dev=" .. record.dev).text)
    end
    table.sort(seen)
    assert.same(helper.devices "ip -j link", seen)
  end)

  it("are none of a device that is gone", function()
    assert.is_nil(host:get "offload dev=v7")
    local _, err = host:put("set", "offload dev=v7 gro=true")
    assert.equal("ENODEV", err.code)
  end)
end)
