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

local policy = [[
  local lan = hook "bridge" { bridge = "br0", isolated = true }
  allow{ prefix = "198.51.100.0/24" }
  function connect(nic)
    if nic.domain.name:find "[13579]$" then return lan(nic) end
    bridge{ name = "lan0" }
    link{ name = "lan0", mtu = 1500, up = true }
    addr{ dev = "lan0", address = "198.51.100.1/24" }
    tap(nic, { master = "lan0", mtu = 1500, up = true })
  end]]

local function begin()
  torture.begin { host = [[
    ip link add br0 address 02:00:00:00:00:01 type bridge
    ip link set br0 mtu 1499
    ip link set br0 mtu 1500 up]], xml = "", policy = policy, changed = "" }
  for i = 1, guests do
    program.write(("g%d.xml"):format(i), scenes.xml("g" .. i, { "t" .. i })
      :gsub("<uuid>.-</uuid>", ("<uuid>4dea22b3-1d52-d8f3-2516-782e98ab%04x</uuid>"):format(i)))
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

describe("many guests at once", function()
  local seed = tonumber(os.getenv "MOONTAP_SEED") or os.time()

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
      crowd("down g%.xml", 5)
      assert.same({}, crowd "down g%.xml")
      assert.equal("", torture.since(before))
      torture.count("a crowd", ("%d guests"):format(guests), "killed", "nothing lost, nothing left")
    end
  end)
  after_each(torture.summary)
end)
