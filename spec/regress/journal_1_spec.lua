-- journal_1_spec.lua - a host is updated while its guests run: journals of format 1 are read
--
-- journal-1/ is the state directory that commit 71c97f3 left: a tap, a shared bridge with its
-- address, a veth, a tap of nobody that is known, a guest of another network namespace, a run that
-- was killed before it had a journal, a guest that is remembered, and the log. devices says which
-- ifindex each device had; network namespaces were 1111 and 2222.

local guests = require "spec.guests"
local helper = require "spec.helper"
local kernel = require "internals.kernel"
local netns = require "internals.netns"
local program = require "spec.program"

local fixture = helper.run "pwd":match "%C+" .. "/spec/regress/journal-1"

-- The devices, as that version made them.
local host = [[
  tap() {
    ip tuntap add dev $1 mode tap user 0
    echo 0 >/proc/sys/net/ipv6/conf/$1/accept_ra
    ip link set dev $1 address $2 mtu $4 alias "moontap $3" up
  }
  veth() {
    ip link add $1 address $2 type veth peer name $3 address $4
    ip link set $1 alias moontap up
    ip link set $3 alias moontap
  }
]]
local here = host .. [[
  ip link add sh0 address 92:9d:bd:a3:08:87 type bridge
  ip link set sh0 alias moontap up
  ip addr add 10.9.0.1/24 dev sh0
  tap jt0 fe:54:00:00:00:01 tap 1400
  tap jt1 fe:54:00:00:00:02 shared 1500
  ip link set jt1 master sh0
  tap jt2 fe:54:00:00:00:03 pair 1500
  veth pa0 de:9b:d8:a7:08:b8 pa1 2e:9a:d8:a7:08:b7
  ip tuntap add dev jt4 mode tap
  ip link set jt4 address fe:54:00:00:00:77 mtu 1400 up
  tap jt5 fe:54:00:00:00:05 killed 1500
  veth kx0 da:a8:36:7d:08:4f kx1 2a:a7:36:7d:08:4e
]]
local there = host .. "tap jt7 fe:54:00:00:00:04 other 1400"

local other -- the process that holds the other network namespace

local function cookie()
  local h <close> = assert(kernel.open())
  return ("%d"):format(h:cookie())
end

-- { ["5"] = "12" }: the fixture's ifindexes, as they are now
local function mapped(file)
  local now, map = {}, { ["0"] = "0" }
  for number, name in ("\n" .. helper.run "ip -o link"):gmatch "\n(%d+): ([^:@%s]+)" do
    now[name] = number
  end
  for line in io.lines(fixture .. "/" .. file) do
    local name, number = line:match "(%S+) (%d+)"
    map[number] = now[name]
  end
  return map
end

local function adapt(file, map, cookies)
  local text = program.read(file)
  text = text:gsub("netns=(%d+)", function(n) return "netns=" .. cookies[n] end)
    :gsub("ifindex=(%d+)", function(n) return "ifindex=" .. map[n] end)
    :gsub("%f[^\n%z]([-+~&!]) (%d+) ", function(op, n) return op .. " " .. map[n] .. " " end)
    :gsub("\nmade (%d+)", function(n) return "\nmade " .. map[n] end)
  program.write(file, text)
end

local function moontap(words)
  local r = program.moontap(words)
  return { r.status, r.out, r.err }
end

local function devices()
  local names = {}
  for name in ("\n" .. helper.run "ip -o link"):gmatch "\n%d+: ([^:@%s]+)" do
    names[#names + 1] = name
  end
  table.sort(names)
  return table.concat(names, " ")
end

describe("journals of format 1", function()
  before_each(function()
    local cookies = { ["2222"] = cookie() }
    helper.run(there)
    local map_there = mapped "devices-of-another"
    other = helper.run "sleep 100 >/dev/null 2>&1 & echo $!":match "%d+"
    assert(netns.unshare())
    helper.run "ip link set lo up"
    helper.run(here)
    cookies["1111"] = cookie()
    helper.run(("cp -r '%s/state' '%s/' && chmod -R go= '%s/state'"):format(fixture,
      helper.folder(), helper.folder()))
    local map = mapped "devices"
    for file in program.run "find state -type f ! -path '*/log/*'".out:gmatch "%C+" do
      adapt(file, file:find "jt7" and map_there or map, cookies)
    end
  end)
  after_each(function() helper.run("kill " .. other) end)

  it("are shown as what stands", function()
    local status, out, err = table.unpack(moontap "status --no-header")
    assert.same({ 0, "" }, { status, err })
    for _, line in ipairs {
      "tap +1 +jt0 .* connected", "shared +1 +jt1 .* connected", "pair +1 +jt2 .* connected",
      "jt4 .* connected", "killed +1 +jt5 .* run killed", "managed +1 .* waiting",
    } do
      assert.matches(line, out)
    end
    assert.not_matches("drifted", out)
  end)

  it("are finished by reconcile, and taken down", function()
    local status, _, err = table.unpack(moontap "reconcile")
    assert.same({ 0, "" }, { status, err })
    assert.equal("jt0 jt1 jt2 jt4 lo pa0 pa1 sh0", devices())
    for _, guest in ipairs { "tap", "shared", "pair", "jt4" } do
      local r = moontap("down " .. guest)
      assert.same({ 0, "" }, { r[1], r[3] })
    end
    assert.equal("jt4 lo", devices())
    assert.matches("mtu 1500 .* state DOWN", helper.run "ip link show jt4")
  end)

  it("are connected anew, and written in the format of now", function()
    for _, guest in ipairs { "tap", "shared", "pair" } do
      local status, _, err = table.unpack(moontap(("up -p '%s/policy.lua' '%s/%s.xml'"):format(
        fixture, fixture, guest)))
      assert.same({ 0, "" }, { status, err })
    end
    assert.matches("^nic dev=jt0 format=2 ", program.read "state/nic/jt0")
    assert.equal(0, moontap "down --all"[1])
    assert.equal("jt4 lo", devices())
    local left = program.state()
    left["domain/qemu-managed"] = nil -- its release is still to come
    left["nic/jt7"] = nil -- of the other network namespace, which takes it when it comes
    assert.same({}, left)
  end)

  it("of another network namespace go into its own folder, and down there", function()
    moontap "status"
    local r = program.run(("nsenter -t %s -n '%s' --state state down other"):format(other,
      program.path))
    assert.same({ 0, "" }, { r.status, r.err })
    r = program.run(("nsenter -t %s -n ip -o link"):format(other))
    assert.not_matches("jt7", r.out)
    assert.matches("jt0", devices())
  end)

  it("go on in the log", function()
    assert.matches("tap .* up .* done", moontap "log"[2])
  end)
end)

describe("a journal of a newer moontap", function()
  it("is refused in one line that names its format, and not touched", function()
    helper.run "ip tuntap add dev web0 mode tap"
    local text = "nic dev=web0 format=3 driver=qemu domain=web colour=red\n? web0\n"
    helper.run(("mkdir -p -m 700 '%s/state/nic'"):format(helper.folder()))
    program.write("state/nic/web0", text)
    for _, words in ipairs { "down web0", "up web.xml" } do
      program.write("web.xml", guests.xml("web", 1))
      local r = program.moontap(words)
      assert.equal(6, r.status)
      assert.matches("journal nic/web0:1: its format is 3, of a newer moontap; this one knows "
        .. "formats up to 2", r.err, 1, true)
      assert.equal(text, program.read "state/nic/web0")
    end
  end)
end)
