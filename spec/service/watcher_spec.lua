-- watcher_spec.lua - drift while moontapd runs: what it repairs, what it reports, what it leaves

local daemon = require "spec.service.daemon"
local helper = require "spec.helper"
local program = require "spec.program"

local policy = [[
  allow{ link = "br0", prefix = "192.0.2.0/24" }
  allow{ prefix = "198.51.100.0/24" }
  function connect(nic)
    tap(nic, { master = "br0", up = true })
    port{ dev = nic.dev, isolated = true, hairpin = true }
    addr{ dev = "br0", address = "192.0.2.1/24" }
    route{ dev = "br0", dst = "198.51.100.0/25" }
    neigh{ dev = "br0", dst = "192.0.2.77", proxy = true }
  end]]

local bridged = [[
  allow{ link = "br0" }
  function connect(nic) tap(nic, { master = "br0", up = true }) end]]

local function xml(name, mac)
  return ([[<domain type='qemu'><name>%s</name><devices><interface type='ethernet'>
    <mac address='52:54:00:00:00:%02x'/><target dev='%s0' managed='no'/></interface></devices>
    </domain>]]):format(name, mac or 1, name)
end

local function up(name, mac)
  local r = program.moontap("-p policy.lua up -", xml(name, mac))
  assert.equal(0, r.status, r.err)
end

local function add_bridge() helper.run "ip link add br0 type bridge && ip link set br0 up" end

local function delete_bridge() helper.run "ip link del br0" end

local function again()
  delete_bridge()
  add_bridge()
end

local function start(words)
  local d = daemon.start("--spares 1 " .. (words or ""))
  if words ~= "--no-watch" then d:watcher() end
  return d
end

local function master(dev) return helper.run("ip link show " .. dev):match "master (%g+)" end

-- wait_for_line(text) -> once the log has it
local function wait_for_line(text)
  daemon.wait_for(text, function() return program.read "moontapd.log":find(text, 1, true) end)
end

local function count(text)
  local n, at = 0, 0
  while true do
    at = program.read "moontapd.log":find(text, at + 1, true)
    if not at then return n end
    n = n + 1
  end
end

-- trace(watcher) -> the pid of an strace that writes the files that it opens to `trace`
local function trace(watcher)
  local pid = program.run(("strace -f -qq -e trace='?open,openat' -o trace -p %d & echo $!")
    :format(watcher)).out:match "%d+"
  daemon.wait_for("strace", function()
    return helper.run(("cat /proc/%d/status"):format(watcher)):find "TracerPid:%s+[1-9]"
  end)
  return pid
end

local function drift() return program.moontap "status".out:match "\n    ([^\n]*)" end

describe("moontapd's watcher", function()
  before_each(function()
    program.write("policy.lua", policy)
    add_bridge()
  end)

  it("restores what a NIC had in a bridge that is deleted and created again", function()
    up "web"
    local d <close> = start()
    again()
    wait_for_line "br0 is back: web0 is its port again (web)\n"
    assert.equal("br0", master "web0")
    local port = helper.run "bridge -d link show dev web0"
    assert.matches("isolated on", port)
    assert.matches("hairpin on", port)
    assert.matches("192.0.2.1/24", helper.run "ip addr show br0", 1, true)
    assert.matches("198.51.100.0/25", helper.run "ip route", 1, true)
    assert.matches("192.0.2.77", helper.run "ip neigh show proxy", 1, true)
    assert.is_nil(drift())
    assert.is_true(d:lives())
    assert.equal(0, program.moontap "down web".status)
    assert.is_falsy(helper.run "ip addr show br0":find("192.0.2.1/24", 1, true))
    assert.is_falsy(helper.run "ip route":find("198.51.100.0/25", 1, true))
  end)

  for _, deed in ipairs { "nft flush ruleset", "nft flush table bridge moontap",
    "nft delete table bridge moontap",
    [[nft replace rule bridge moontap guard_mac handle \
      $(nft -a list chain bridge moontap guard_mac | sed -n 's/.*tagged.*# handle //p') \
      accept]] } do
    it("puts guards back within a second after " .. deed:match "[^\n\\]*", function()
      program.write("policy.lua", [[local lan = hook "bridge" { bridge = "br0" }
        local guard = hook "guard" { addresses = {
          web = { "10.0.0.1", "2001:db8::1" }, mail = { "10.0.0.2", "10.7.0.0/24" } } }
        function connect(nic) lan(nic) guard(nic) end]])
      up "web"
      up("mail", 2)
      local was = helper.run "nft list ruleset"
      local d <close> = start()
      helper.run(deed)
      helper.run "sleep 1"
      assert.equal(was, helper.run "nft list ruleset")
      wait_for_line "nftables' ruleset has changed: "
      assert.is_nil(drift())
      assert.is_true(d:lives())
      assert.equal(0, program.moontap "down web".status)
      assert.equal(0, program.moontap "down mail".status)
      assert.equal("", helper.run "nft list ruleset")
    end)
  end

  it("leaves the rulesets of others alone, and is not woken by guests' elements", function()
    program.write("policy.lua", [[local lan = hook "bridge" { bridge = "br0" }
      local guard = hook "guard" { level = "mac" }
      function connect(nic) lan(nic) guard(nic) end]])
    up "web"
    local d <close> = start()
    helper.run [[nft add table ip filter; nft add chain ip filter x; nft add rule ip filter x drop
      nft flush table ip filter; nft delete table ip filter]]
    helper.run "sleep 0.5"
    assert.is_nil(program.read "moontapd.log":find("ruleset", 1, true))
    assert.is_true(d:lives())
  end)

  it("asks no policy for that", function()
    up "web"
    local d <close> = start()
    program.write("policy.lua", "function connect(nic) tap(nic, { mtu = 1400 }) end")
    again()
    wait_for_line "br0 is back: web0 is its port again (web)\n"
    assert.matches("mtu 1500", helper.run "ip link show web0", 1, true)
    assert.is_true(d:lives())
  end)

  it("waits for a bridge that stays away, or down, and says so", function()
    up "web"
    local d <close> = start()
    delete_bridge()
    wait_for_line "br0 is gone: web0 waits for it\n"
    helper.run "ip link add br0 type bridge"
    wait_for_line "br0 is down: web0 waits for it\n"
    assert.is_nil(master "web0")
    helper.run "ip link set br0 up"
    wait_for_line "br0 is back: web0 is its port again (web)\n"
    assert.is_nil(drift())
    assert.is_true(d:lives())
  end)

  it("has one line for all NICs that wait for a bridge", function()
    program.write("policy.lua", bridged)
    up "web"
    up("db", 2)
    local d <close> = start()
    delete_bridge()
    wait_for_line "br0 is gone: db0 and 1 more wait for it\n"
    add_bridge()
    wait_for_line "br0 is back: web0 is its port again (web)\n"
    assert.equal("br0", master "db0")
    assert.equal(1, count "wait")
    assert.is_true(d:lives())
  end)

  it("restores routes and proxy neighbours that went when their device was set down", function()
    up "web"
    local d <close> = start()
    helper.run "ip link set br0 down; ip link set br0 up"
    assert.equal("", helper.run "ip neigh show proxy")
    wait_for_line "br0 is up again: web0 has again what it had there (web)\n"
    assert.matches("198.51.100.0/25", helper.run "ip route", 1, true)
    assert.matches("192.0.2.77", helper.run "ip neigh show proxy", 1, true)
    assert.is_true(d:lives())
  end)

  it("reports a port that somebody took out of its bridge, once, and leaves it", function()
    program.write("policy.lua", bridged)
    up "web"
    local d <close> = start()
    local line = "web0 has left br0 by somebody's hand: moontap reconcile web\n"
    helper.run "ip link set web0 nomaster"
    wait_for_line(line)
    helper.run "ip link set br0 alias x"
    helper.run "sleep 0.5"
    assert.is_nil(master "web0")
    assert.equal(1, count(line))
    assert.is_true(d:lives())
  end)

  it("reports what somebody deleted, and leaves it", function()
    up "web"
    local d <close> = start()
    for command, line in pairs {
      ["ip route del 198.51.100.0/25"] = "route 198.51.100.0/25 on br0 is gone",
      ["ip addr del 192.0.2.1/24 dev br0"] = "addr 192.0.2.1/24 on br0 is gone",
      ["ip link set web0 down"] = "link web0: up is false, moontap had put true",
    } do
      helper.run(command)
      wait_for_line(line .. ", by somebody's hand: moontap reconcile web\n")
      assert.equal(line, drift())
      assert.equal(0, program.moontap "reconcile web".status)
      assert.is_nil(drift())
    end
    assert.is_true(d:lives())
  end)

  it("reports queues and filters that somebody takes away, or sets", function()
    program.write("policy.lua", [[local lan = hook "bridge" { bridge = "br0" }
      local slow = hook "rate" { inbound = "20mbit", outbound = "20mbit" }
      function connect(nic) lan(nic) slow(nic) end]])
    local d <close> = start()
    up "web"
    local ifb = helper.run "ip -o link show type ifb":match "mi%-[^:@]+"
    for command, line in pairs {
      ["tc qdisc change dev $ifb root handle 6d: tbf rate 1mbit burst 64kb latency 50ms"] =
        "tbf $ifb: rate is 125000, moontap had put 2500000",
      ["tc qdisc del dev $ifb root"] = "tbf $ifb is gone",
      ["tc filter del dev web0 egress"] = "redirect egress on web0 is gone",
      ["tc qdisc del dev web0 clsact"] = "clsact web0 is gone",
    } do
      helper.run((command:gsub("$ifb", ifb)))
      wait_for_line((line:gsub("$ifb", ifb)) .. ", by somebody's hand: moontap reconcile web\n")
      assert.equal(0, program.moontap "reconcile web".status)
      assert.is_nil(drift())
    end
    assert.is_true(d:lives())
  end)

  it("reports a port that is in another bridge", function()
    program.write("policy.lua", bridged)
    up "web"
    local d <close> = start()
    helper.run "ip link add br1 type bridge; ip link set web0 master br1"
    wait_for_line "web0 has left br0 by somebody's hand: moontap reconcile web\n"
    up("xyz", 2) -- looked at after web0
    again()
    wait_for_line "br0 is back: xyz0 is its port again (xyz)\n"
    assert.equal("br1", master "web0")
    assert.is_true(d:lives())
  end)

  it("repairs a NIC three times a minute at most", function()
    program.write("policy.lua", bridged)
    up "web"
    local d <close> = start()
    for i = 1, 3 do
      again()
      daemon.wait_for("repair " .. i, function() return master "web0" end)
    end
    again()
    wait_for_line "br0 is back, but web0 was repaired 3 times within a minute: it waits (web)\n"
    assert.is_nil(master "web0")
    assert.equal(3, count "web0 is its port again")
    assert.equal(0, program.moontap "reconcile web".status)
    assert.equal("br0", master "web0")
    assert.is_true(d:lives())
  end)

  it("waits while another process works on the NIC", function()
    program.write("policy.lua", bridged)
    up "web"
    local d <close> = start()
    local lock = program.run "flock state/nic/web0 sleep 600 >/dev/null 2>&1 & echo $!".out
    daemon.wait_for("the lock", function()
      return program.run "flock -n state/nic/web0 true".status ~= 0
    end)
    again()
    helper.run "sleep 0.6"
    assert.is_nil(master "web0")
    helper.run("kill $(cat /proc/" .. lock:match "%d+" .. "/task/*/children) " .. lock)
    wait_for_line "br0 is back: web0 is its port again (web)\n"
    assert.is_true(d:lives())
  end)

  it("looks at everything when it has missed something", function()
    program.write("policy.lua", bridged)
    up "web"
    up("db", 2)
    local d <close> = start()
    local watcher = d:watcher()
    helper.run("kill -STOP " .. watcher)
    helper.run [[ip link add br9 type bridge; ip link set br9 up
      for i in $(seq 6000); do echo "link set br9 alias x$i"; done | ip -batch -]]
    helper.run "ip link set db0 nomaster"
    again()
    helper.run("kill -CONT " .. watcher)
    wait_for_line "too much has changed at once: every NIC is looked at\n"
    wait_for_line "br0 is back: web0 is its port again (web)\n"
    assert.equal("br0", master "web0")
    assert.is_true(d:lives())
  end)

  it("is started again when it is killed, and looks at everything then", function()
    program.write("policy.lua", bridged)
    up "web"
    local d <close> = start()
    local first = d:watcher()
    helper.run("kill -STOP " .. first)
    helper.run "ip link set web0 nomaster"
    helper.run("kill -9 " .. first)
    wait_for_line "the watcher was ended by signal 9\n"
    wait_for_line("link web0: master is none, moontap had put br0, since before moontapd " ..
      "watched: moontap reconcile web\n")
    assert.is_true(d:watcher() ~= first)
    assert.equal(0, program.moontap "reconcile web".status)
    again()
    wait_for_line "br0 is back: web0 is its port again (web)\n"
    assert.is_true(d:lives())
  end)

  it("waits, too, for a bridge that was gone before it started", function()
    program.write("policy.lua", bridged)
    up "web"
    delete_bridge()
    local d <close> = start()
    wait_for_line "br0 is gone: web0 waits for it\n"
    add_bridge()
    wait_for_line "br0 is back: web0 is its port again (web)\n"
    assert.equal("br0", master "web0")
    assert.is_true(d:lives())
  end)

  it("opens no file when no device that a journal may name comes or goes", function()
    program.write("policy.lua", bridged)
    local d <close> = start()
    local tracer = trace(d:watcher())
    helper.run [[ip link add br1 type bridge; ip link set br1 up; ip addr add 192.0.2.9/24 dev br1
      ip tuntap add dev tap7 mode tap; ip link set tap7 up; ip link set tap7 master br1
      ip link del tap7; ip route add 198.51.100.0/24 dev br1; ip route del 198.51.100.0/24 dev br1]]
    helper.run "sleep 0.5"
    assert.equal("", program.read "trace" or "")
    delete_bridge() -- that the trace has what is opened
    daemon.wait_for("a look", function() return (program.read "trace" or ""):find "state" end)
    assert.is_falsy(program.read "trace":find "nic/")
    helper.run("kill " .. tracer)
    assert.is_true(d:lives())
  end)

  it("looks at no journal for the start and the end of a guest", function()
    program.write("policy.lua", bridged)
    up("db", 2)
    local d <close> = start()
    local tracer = trace(d:watcher())
    up "web"
    assert.equal(0, program.moontap "down web".status)
    helper.run "sleep 0.5"
    assert.equal("", program.read "trace" or "")
    helper.run("kill " .. tracer)
    assert.is_true(d:lives())
  end)

  it("nor for a guest with a limit, nor for others' queues and filters", function()
    program.write("policy.lua", [[local slow = hook "rate" { inbound = "20mbit" }
      function connect(nic) tap(nic) slow(nic) end]])
    local d <close> = start()
    local tracer = trace(d:watcher())
    up "web"
    helper.run [[ip link add v0 type veth peer name v1; ip link set v0 up
      tc qdisc add dev v0 clsact
      for i in 1 2; do
        tc filter add dev v0 ingress prio $i protocol ip u32 match u32 0 0 action drop
        tc qdisc replace dev v0 root handle 7: tbf rate ${i}mbit burst 64kb latency 50ms
      done]]
    helper.run "sleep 0.5"
    assert.equal("", program.read "trace" or "")
    helper.run("kill " .. tracer)
    assert.is_true(d:lives())
  end)

  it("does not run with --no-watch", function()
    program.write("policy.lua", bridged)
    up "web"
    local d <close> = start "--no-watch"
    d:ready(1)
    assert.same({}, d:named "moontapd-watch")
    again()
    helper.run "sleep 0.5"
    assert.is_nil(master "web0")
  end)
end)
