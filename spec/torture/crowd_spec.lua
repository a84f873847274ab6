-- crowd_spec.lua - many guests at once over a bridge of the host's, and a bridge and a veth that
-- their plans make; one in five is killed half-way
--
-- MOONTAP_SEED repeats an order, as far as the kernel's scheduler lets it.

local helper = require "spec.helper"
local program = require "spec.program"
local scenes = require "spec.torture.scenes"
local torture = require "spec.torture.torture"

local guests = torture.all and 200 or 40
local at_once = 20

-- The pool has an address for each guest, and none more.
local policy = [[
  local lan = hook "bridge" { bridge = "br0", isolated = true }
  local net = pool{ name = "crowd", range = "10.9.0.1-10.9.0.]] .. guests .. [[" }
  allow{ prefix = "198.51.100.0/24" }
  function connect(nic)
    lease(net)
    if nic.domain.name:find "[13579]$" then return lan(nic) end
    bridge{ name = "lan0" }
    link{ name = "lan0", mtu = 1500, up = true }
    addr{ dev = "lan0", address = "198.51.100.1/24" }
    tap(nic, { master = "lan0", mtu = 1500, up = true })
  end]]

local function guest_xml(number, dev)
  return (scenes.xml("g" .. number, { dev }):gsub("<uuid>.-</uuid>",
    ("<uuid>4dea22b3-1d52-d8f3-2516-782e98ab%04x</uuid>"):format(number + #dev * 1000)))
end

local function begin()
  torture.begin { host = [[
    ip link add br0 address 02:00:00:00:00:01 type bridge
    ip link set br0 mtu 1499
    ip link set br0 mtu 1500 up]], xml = "", policy = policy, changed = "" }
  for i = 1, guests do
    program.write(("g%d.xml"):format(i), guest_xml(i, "t" .. i))
  end
end

local function shuffled()
  local order = {}
  for i = 1, guests do
    table.insert(order, math.random(i), i)
  end
  return order
end

-- run(words, killed) for each guest, `at_once` at a time: its exit status by number
local function crowd(words, kill_one_in)
  local script = { "run() { n=$1; shift; \"$@\" 2>$n.err; echo $? >$n.status; }" }
  for i, guest in ipairs(shuffled()) do
    local kill = kill_one_in and i % kill_one_in == 0
    script[#script + 1] = ("run %d %s'%s' --state state %s &"):format(guest,
      kill and ("timeout -s KILL 0.0%02d "):format(math.random(2, 30)) or "", program.path,
      (words:gsub("%%", guest)))
    if i % at_once == 0 then
      script[#script + 1] = "wait"
    end
  end
  program.run(table.concat(script, "\n") .. "\nwait")
  local failed = {}
  for i = 1, guests do
    local status = program.read(i .. ".status")
    if status ~= "0\n" then
      failed[#failed + 1] = ("g%d: %s%s"):format(i, status, program.read(i .. ".err"))
    end
  end
  return failed
end

local seed = tonumber(os.getenv "MOONTAP_SEED") or os.time()

describe("many guests at once #torture", function()

  it("are connected and disconnected, and nothing is lost or left, seed " .. seed, function()
    math.randomseed(seed)
    begin()
    local before = torture.moment()
    for _ = 1, torture.all and 5 or 2 do
      crowd("up -p policy.lua g%.xml", 5)
      assert.same({}, crowd "up -p policy.lua g%.xml")
      local ports = helper.json "ip -j link show type tun"
      assert.equal(guests, #ports)
      for _, port in ipairs(ports) do
        assert.equal(port.ifname:find "[13579]$" and "br0" or "lan0", port.master)
      end
      assert.equal(guests .. "\n", program.run "ls state/lease/crowd | wc -l".out)
      crowd("down g%.xml", 5)
      assert.same({}, crowd "down g%.xml")
      assert.equal("", torture.since(before))
      torture.count("a crowd", ("%d guests"):format(guests), "killed", "nothing lost, nothing left")
    end
  end)
  after_each(torture.summary)

  -- A guest whose every request takes 20 ms, and meanwhile others that share all that it shares.
  it("do not wait #bare for one that is slow, but for one step of what they share", function()
    begin()
    program.write("slow.xml", guest_xml(2, "slow0"))
    program.write("slow.lua", policy:gsub("end%s*$", [[
        for i = 1, 20 do
          addr{ dev = nic.dev, address = "198.51.100." .. 100 + i .. "/32" }
        end
      end]]))
    local r = program.run(([[
      now() { read -r up rest </proc/uptime; echo ${up%%.*}${up#*.}; }
      begun=$(now)
      { %s >slow.out 2>&1; echo $? >slow.status; now >slow.end; } &
      for i in 2 4 6 8 10 12 14 16 18 20; do
        from=$(now)
        '%s' --state state up -p policy.lua g$i.xml >/dev/null || exit
        [ -e slow.end ] || echo $(($(now) - from))
      done
      wait
      echo slow $(($(cat slow.end) - begun))]]):format(
      torture.command("up -p slow.lua slow.xml", { what = "request", n = 0, fault = "slow-20" }),
      program.path))
    assert.same({ 0, "", "0\n" }, { r.status, r.err, program.read "slow.status" })
    local slow, longest, seen = tonumber(r.out:match "slow (%d+)"), 0, 0
    for line in r.out:gmatch "%C+" do -- hundredths of a second
      if line:find "^%d+$" then
        longest, seen = math.max(longest, tonumber(line)), seen + 1
      end
    end
    assert.is_true(seen >= 3, "the slow one was not slow: " .. r.out)
    assert.is_true(longest < slow / 2, r.out)
  end)
end)

-- libvirt's hook, QEMU's script and a person, all about one guest and at the same moment.
describe("events of one guest at the same moment #torture", function()
  local xml = scenes.xml("web", { "web0", "m1 managed" })
  local host = [[
    ip link add br0 address 02:00:00:00:00:01 type bridge
    ip link set br0 mtu 1499; ip link set br0 mtu 1500 up
    ip tuntap add dev m1 mode tap; ip link set m1 address fe:54:00:00:00:02 up]]
  local events = {
    "hook qemu web prepare begin - <guest.xml", "hook qemu web start begin - <guest.xml",
    "hook qemu web release end - <guest.xml", "ifup m1", "up guest.xml",
    "down --if-known web", "reconcile",
  }

  local function all_at_once(words)
    local script = {}
    for i, one in ipairs(words) do
      local run = one:find "^ifup" and "./qemu-ifup -p policy.lua --state state m1"
        or ("'%s' -p policy.lua --state state %s"):format(program.path, one)
      if one:find "^down" then run = run:gsub("-p policy.lua ", "") end
      script[i] = ("{ %s >%d.out 2>%d.err; echo $? >%d.status; } &"):format(run, i, i, i)
    end
    program.run(table.concat(script, "\n") .. "\nwait")
    for i, one in ipairs(words) do -- done, refused, or found half-done what another was about to do
      local status = tonumber(program.read(i .. ".status"))
      assert.is_true(status == 0 or status == 1 or status == 4,
        ("%s: %d: %s"):format(one, status, program.read(i .. ".err")))
    end
  end

  it("end in one order or another, and release leaves nothing, seed " .. seed, function()
    math.randomseed(seed)
    torture.begin { host = host, xml = xml, policy = [[
      local lan = hook "bridge" { bridge = "br0", isolated = true }
      allow{ prefix = "198.51.100.0/24" }
      function connect(nic)
        lan(nic)
        bridge{ name = "lan0" }
        link{ name = "lan0", mtu = 1500, up = true }
        addr{ dev = "lan0", address = "198.51.100.1/24" }
      end]] }
    helper.run(("ln -s '%s' '%s/qemu-ifup'"):format(program.script_path, helper.folder()))
    local before = torture.moment()
    for _ = 1, torture.all and 50 or 4 do
      local words = {}
      for _, one in ipairs(events) do
        table.insert(words, math.random(#words + 1), one)
      end
      all_at_once(words)
      assert.equal(0, program.moontap("down --if-known web").status)
      assert.equal(0, program.moontap("hook qemu web release end - <guest.xml").status)
      assert.equal("", torture.since(before))
      torture.count("events of one guest", "7 at the same moment", "none", "nothing is left")
    end
  end)
  after_each(torture.summary)
end)
