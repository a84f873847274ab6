-- rate_spec.lua - the verb rate: what it declares, and what it refuses

local helper = require "spec.policy.helper"

local function text(body, more)
  local lines = helper.connect(body, more)
  return (lines[#lines]:gsub("^error code=3 at=policy.lua:1 text=", ""))
end

-- Fields of rate, as tbf gets them: "rate burst peak".
local function queue(fields)
  for _, line in ipairs(helper.connect("rate{ dev = nic.dev, " .. fields .. " }")) do
    local said = line:match "^tbf dev=%S+ (.*)$"
    if said then return (said:gsub("%l+=", "")) end
  end
end

describe("rate", function()
  it("is one device, queue and redirect for each direction, with the sides of a tap", function()
    assert.same({
      "ifb name=mi-mytap0", "link name=mi-mytap0 up=true",
      "tbf dev=mi-mytap0 rate=2500000 burst=64", "clsact dev=mytap0",
      "redirect dev=mytap0 direction=egress to=mi-mytap0",
      "ifb name=mo-mytap0", "link name=mo-mytap0 up=true",
      "tbf dev=mo-mytap0 rate=1000000 burst=128 peak=2000000", "clsact dev=mytap0",
      "redirect dev=mytap0 direction=ingress to=mo-mytap0",
    }, (helper.connect [[rate{ dev = nic.dev, inbound = "20mbit", outbound = 1000,
      outbound_burst = 128, outbound_peak = "2MB/s" }]]))
  end)

  it("has the other sides for a macvtap", function()
    local lines = helper.connect([[tap(nic, { macvtap = "eno1" })
      rate{ dev = nic.dev, inbound = 1000 }]],
      { nics = { helper.nic { target = { dev = "mytap0", managed = "no" } } } })
    assert.equal("redirect dev=mytap0 direction=ingress to=mi-mytap0", lines[#lines])
    assert.matches("tap: call it before rate(): the sides", text(
      "rate{ dev = nic.dev, inbound = 1000 } tap(nic, { macvtap = 'eno1' })",
      { nics = { helper.nic { target = { dev = "mytap0", managed = "no" } } } }), 1, true)
  end)

  for fields, said in pairs {
    ["inbound = 2500"] = "2500000 64",
    ["inbound = 2.5"] = "2500 64",
    ["inbound = '20mbit'"] = "2500000 64",
    ["inbound = '20 Mbit/s'"] = "2500000 64",
    ["inbound = '2.5MB/s'"] = "2500000 64",
    ["inbound = '2500kB/s'"] = "2500000 64",
    ["inbound = '1gbit'"] = "125000000 1220",
    ["inbound = '100Gbit'"] = "12500000000 122070",
    ["inbound = '64000bit', inbound_burst = '16k'"] = "8000 16",
    ["outbound = 2500, outbound_burst = '256k'"] = "2500000 256",
    ["outbound = 2500, outbound_burst = '1.5MiB', outbound_peak = 5000"] = "2500000 1536 5000000",
    ["outbound = 2500, outbound_burst = 1024"] = "2500000 1024",
  } do
    it("takes libvirt's units, and texts: " .. fields, function()
      assert.equal(said, queue(fields))
    end)
  end

  local rates = " is not a number of kB/s, as in libvirt's XML, or a text such as \"20mbit\" or " ..
    "\"2.5MB/s\""
  local bursts = " is not a number of KiB, as in libvirt's XML, or a text such as \"256k\""
  for fields, why in pairs {
    [""] = "rate: inbound or outbound is missing",
    ["inbound = 'fast'"] = "rate: inbound: 'fast'" .. rates,
    ["inbound = '20'"] = "rate: inbound: '20'" .. rates,
    ["inbound = '20mbps'"] = "rate: inbound: '20mbps'" .. rates,
    ["inbound = '20Mb/s'"] = "rate: inbound: '20Mb/s'" .. rates,
    ["inbound = '1.2.3mbit'"] = "rate: inbound: '1.2.3mbit'" .. rates,
    ["inbound = '20MB'"] = "rate: inbound: '20MB'" .. rates,
    ["inbound = true"] = "rate: inbound: a boolean" .. rates,
    ["inbound = {}"] = "rate: inbound: a table" .. rates,
    ["inbound = 0"] = "rate: inbound: '0' is not 1000..12500000000 bytes/s",
    ["inbound = -5"] = "rate: inbound: '-5000' is not 1000..12500000000 bytes/s",
    ["inbound = 0/0"] = "rate: inbound: '-1' is not 1000..12500000000 bytes/s",
    ["inbound = math.huge"] = "rate: inbound: '-1' is not 1000..12500000000 bytes/s",
    ["inbound = '1tbit'"] = "rate: inbound: '125000000000' is not 1000..12500000000 bytes/s",
    ["inbound = 1, inbound_burst = '256'"] = "rate: inbound_burst: '256'" .. bursts,
    ["inbound = 1, inbound_burst = '5mbit'"] = "rate: inbound_burst: '5mbit'" .. bursts,
    ["inbound = 1, inbound_burst = 1"] = "rate: inbound_burst: '1' is not 2..2097151 KiB",
    ["inbound = 1, inbound_burst = 1000"] =
      "tbf: mi-mytap0: the burst is more than is sent in 240 s",
    ["inbound_peak = 5"] = "rate: inbound_peak needs inbound",
    ["inbound = 5, outbound_burst = 5"] = "rate: outbound_burst needs outbound",
    ["inbound = 5, inbound_peak = 5"] =
      "rate: inbound_peak must be more than inbound, which is the average",
    ["inbound = 5, outbond = 5"] = "rate: unknown field 'outbond'; did you mean 'outbound'?",
    ["inbound = 5, zz = 5"] = "rate: unknown field 'zz'; its fields: dev, inbound, inbound_burst, "
      .. "inbound_peak, outbound, outbound_burst, outbound_peak",
    ["inbound = 5, 6"] = "rate: fields have names, and this one is a number",
  } do
    it("refuses " .. fields, function()
      assert.equal(why, text("rate{ dev = nic.dev, " .. fields .. " }"))
    end)
  end

  for body, why in pairs {
    ["rate 'web0'"] = "rate: one table of fields expected",
    ["rate{ inbound = 5 }"] = "rate: dev: the name of the NIC's device expected",
    ["rate{ dev = 'eth0', inbound = 5 }"] = "rate: eth0 is not the device of this NIC, mytap0",
    ["rate{ dev = nic.dev, inbound = 5, floor = 5 }"] = "rate: floor: it takes a part of the",
    ["rate{ dev = nic.dev, inbound = 5, inbound_floor = 5 }"] = "rate: inbound_floor: it takes a",
  } do
    it("refuses " .. body, function()
      assert.equal(why, text(body):sub(1, #why))
    end)
  end

  it("is refused where the XML has libvirt's <bandwidth>", function()
    assert.matches("rate: libvirt's <bandwidth> is there, in the XML of this NIC",
      text("rate{ dev = nic.dev, inbound = 5 }",
        { nics = { helper.nic { bandwidth = { inbound = { average = 1000 } } } } }), 1, true)
  end)

  it("names the devices of long names differently, and in 15 bytes", function()
    local seen = {}
    for _, dev in ipairs { "abcdefghijkl", "abcdefghijklm", "abcdefghijklmn", "abcdefghijklmno",
      "abcdefghijklmnp" } do
      local lines = helper.connect("rate{ dev = nic.dev, inbound = 5, outbound = 5 }",
        { nics = { helper.nic { target = { dev = dev } } } })
      for _, line in ipairs(lines) do
        local name = line:match "^ifb name=(.*)"
        if name then
          assert.is_true(#name <= 15)
          assert.is_nil(seen[name])
          seen[name] = true
        end
      end
    end
    assert.is_true(seen["mi-abcdefghijkl"])
  end)
end)
