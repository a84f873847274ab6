-- openmetrics_spec.lua - status --openmetrics, as both parsers read it: that of OpenMetrics, and
-- that of Prometheus' text format, which node_exporter's textfile collector takes

local guests = require "spec.guests"
local helper = require "spec.helper"
local json = require "dkjson"
local program = require "spec.program"

local moontap = guests.moontap

-- Both must find the same samples: as JSON, { "NAME LABEL=VALUE ...": number }.
local parse = [[
import json, sys
from prometheus_client import parser
from prometheus_client.openmetrics import parser as openmetrics

def samples(families):
    found = {}
    for sample in (s for family in families for s in family.samples):
        name = ' '.join([sample.name] + ['%s=%s' % pair for pair in sorted(sample.labels.items())])
        assert sample.timestamp is None and name not in found, name
        found[name] = sample.value
    return found

text = sys.stdin.read()
strict = samples(openmetrics.text_string_to_metric_families(text))
assert strict == samples(parser.text_string_to_metric_families(text))
json.dump(strict, sys.stdout)
]]

-- metrics() -> the samples by name and labels, and the text
local function metrics()
  local printed = moontap "status --openmetrics"
  assert.same({ 0, "" }, { printed.status, printed.err })
  program.write("parse.py", parse)
  local parsed = program.run("/usr/bin/python3 parse.py", printed.out)
  assert.same({ 0, "" }, { parsed.status, parsed.err })
  return json.decode(parsed.out), printed.out
end

-- those(all, name) -> the samples of one metric by their labels, without those that are 0
local function those(all, name)
  local found = {}
  for key, value in pairs(all) do
    local labels = key:match("^" .. name .. " (.*)$")
    if labels and value ~= 0 then found[labels] = value end
  end
  return found
end

local durations = "moontap_log_run_duration_seconds_"

describe("status --openmetrics", function()
  before_each(guests.setup)

  it("has every state on a host without guests, and writes nothing", function()
    local all = metrics()
    local states = json.decode(program.bare "help --json".out).states
    for _, state in ipairs(states) do
      assert.equal(0, all["moontap_nics state=" .. state.name], state.name)
    end
    assert.equal(10, #states)
    assert.same({ 0, 0, 0, 0, 0 }, { all.moontap_guests, all.moontap_nics_differ,
      all[durations .. "gcount"], all[durations .. "bucket le=+Inf"],
      all.moontap_last_run_timestamp_seconds })
    local version = program.bare "--version".out:match "moontap (%C+)"
    assert.same({ ["version=" .. version] = 1 }, those(all, "moontap_build_info"))
    assert.same({}, program.state())
  end)

  it("has no type that the older format lacks, and ends as OpenMetrics wants it", function()
    local _, text = metrics()
    local n = 0
    for type in text:gmatch "# TYPE %g+ (%g+)\n" do
      assert.equal("gauge", type)
      n = n + 1
    end
    assert.equal(9, n)
    assert.matches("\n# EOF\n$", text)
  end)

  it("counts guests, NICs and runs, and names no guest", function()
    moontap "up web.xml"
    guests.prepare "db"
    moontap "down db"
    local all, text = metrics()
    assert.equal(2, all.moontap_guests)
    assert.same({ ["state=connected"] = 1, ["state=waiting"] = 1 }, those(all, "moontap_nics"))
    assert.same({ ["event=up result=done"] = 1, ["event=prepare result=done"] = 1,
      ["event=down result=done"] = 1 }, those(all, "moontap_log_runs"))
    assert.is_true(math.abs(all.moontap_last_run_timestamp_seconds - os.time()) < 60)
    assert.is_nil(text:find "web" or text:find "db")
  end)

  it("counts each tap of an unknown guest as a guest", function()
    program.write("policy.lua", "function connect(nic) end")
    for _, dev in ipairs { "tap1", "tap2" } do
      helper.run(("ip tuntap add dev %s mode tap"):format(dev))
      program.run(("ln -sf '%s' qemu-ifup"):format(program.path))
      assert.equal(0, program.run("./qemu-ifup --state state -p policy.lua " .. dev).status)
    end
    assert.equal(2, metrics().moontap_guests)
  end)

  it("has the durations of the records", function()
    moontap "up web.xml"
    moontap "up db.xml"
    local all = metrics()
    local within, sum = {}, 0
    for _, guest in ipairs { "web", "db" } do
      local us = tonumber(program.read("state/log/qemu-" .. guest):match " took=(%d+)")
      sum = sum + us
      for key in pairs(all) do
        local le = key:match("^" .. durations .. "bucket (le=.*)$")
        local bound = le and tonumber((le:gsub("^le=", ""))) or math.huge
        if le and us < bound * 1e6 + 0.5 then within[le] = (within[le] or 0) + 1 end
      end
    end
    assert.same(within, those(all, durations .. "bucket"))
    assert.equal(2, within["le=+Inf"])
    assert.equal(2, all[durations .. "gcount"])
    assert.is_true(math.abs(sum / 1e6 - all[durations .. "gsum"]) < 1e-6)
  end)

  it("counts only the runs that are kept", function()
    for _ = 1, 11 do
      moontap "up web.xml"
      moontap "down web"
    end
    local all = metrics()
    assert.equal(20, all[durations .. "gcount"])
    assert.same({ ["event=up result=done"] = 10, ["event=down result=done"] = 10 },
      those(all, "moontap_log_runs"))
    moontap "log --clear"
    all = metrics()
    assert.equal(0, all[durations .. "gcount"])
    assert.same({}, those(all, "moontap_log_runs"))
  end)

  it("counts a NIC that somebody changed, or whose device is gone", function()
    moontap "up web.xml"
    moontap "up db.xml"
    helper.run "ip link set web0 mtu 1400"
    local all = metrics()
    assert.same({ ["state=connected"] = 1, ["state=drifted"] = 1 }, those(all, "moontap_nics"))
    assert.equal(1, all.moontap_nics_differ)
    helper.run "ip link set db0 down; ip link del db0"
    all = metrics()
    assert.same({ ["state=device gone"] = 1, ["state=drifted"] = 1 }, those(all, "moontap_nics"))
    assert.same({ 2, 2 }, { all.moontap_guests, all.moontap_nics_differ })
  end)

  it("finishes nothing", function()
    program.write("policy.lua", "function connect(nic) tap(nic, { up = true }) end")
    moontap "up web.xml"
    helper.run "ip link del web0"
    local before = program.state()
    assert.same({ ["state=gone, nothing left"] = 1 }, those(metrics(), "moontap_nics"))
    assert.same(before, program.state())
  end)

  it("counts a NIC whose journal cannot be read as such, and not as changed", function()
    moontap "up web.xml"
    moontap "up db.xml"
    helper.run(("sed -i '1s/format=2/format=7/' '%s/state/nic/web0'"):format(helper.folder()))
    local all = metrics()
    assert.same({ ["state=connected"] = 1, ["state=unreadable"] = 1 }, those(all, "moontap_nics"))
    assert.equal(0, all.moontap_nics_differ)
  end)

  it("counts runs that failed, by how they ended", function()
    program.write("policy.lua", "function connect(nic) refuse 'not today' end")
    assert.equal(1, moontap "up web.xml".status)
    assert.equal(1, moontap "up web.xml".status)
    assert.equal(0, moontap "hook qemu db started begin - <db.xml".status)
    assert.same({ ["event=up result=refused"] = 2,
      ["event=started result=failed, guest runs on"] = 1 }, those(metrics(), "moontap_log_runs"))
  end)

  it("escapes a label, and adds up what it cannot tell apart", function()
    for number, event in ipairs { "u%22p%5C%0A", "u%22p%5C%09", "%FF" } do
      local name = "g" .. number
      moontap("up -", guests.xml(name, number))
      helper.run(("sed -i 's/ event=up / event=%s /' '%s/state/log/qemu-%s'")
        :format(event, helper.folder(), name))
    end
    assert.same({ ['event=u"p\\  result=done'] = 2, ["event=? result=done"] = 1 },
      those(metrics(), "moontap_log_runs"))
  end)

  it("prints nothing when something cannot be read", function()
    program.write("no-folder", "")
    local r = program.bare "status --openmetrics --state no-folder"
    assert.equal(4, r.status)
    assert.equal("", r.out)
    assert.matches("^moontap: [^\n]+\n$", r.err)
  end)

  it("is refused beside what it is no form of", function()
    for _, words in ipairs { "web", "--name web", "--json", "--watch", "--no-header" } do
      local r = moontap("status --openmetrics " .. words)
      assert.same({ 2, "" }, { r.status, r.out })
      assert.matches("--openmetrics is about all guests: without GUEST, --json, ", r.err, 1, true)
    end
    local r = moontap "status --openmetrics --check"
    assert.same({ 3, "" }, { r.status, r.out }) -- a monitoring plugin's: unknown
    assert.matches("--check is about all guests", r.err, 1, true)
  end)
end)
