-- vxlan_hook_spec.lua - hook vxlan: what it declares, for one NIC and several, beside other hooks
local guests = require "spec.guests"
local helper = require "spec.helper"
local kernel = require "internals.kernel"
local program = require "spec.program"
local snapshot = require "spec.snapshot"

local GROUP = [[{ id = 100, bridge = "lab0", dev = "up0", src = "192.0.2.1", group = "239.0.0.1" }]]

-- run(word, options of hook vxlan, name, body, top, mtu of the XML)
local function run(word, options, name, body, top, mtu)
  program.write("policy.lua", ("local lab = hook 'vxlan' %s\n%s\nfunction connect(nic) %s end\n")
    :format(options, top or "", body or "lab(nic)"))
  local xml = guests.xml(name or "web", #(name or "web"))
  if mtu then xml = xml:gsub("<target", ("<mtu size='%d'/><target"):format(mtu)) end
  return guests.moontap(word .. " -", xml)
end

describe("hook vxlan", function()
  local before

  before_each(function()
    guests.underlay()
    before = snapshot.take()
  end)

  it("makes the bridge and the VXLAN for the first NIC, until the last is gone", function()
    for _, name in ipairs { "web", "mail" } do
      local r = run("up", GROUP, name)
      assert.same({ 0, "" }, { r.status, r.err })
    end
    local vx = helper.link "vx100"
    assert.same({ "lab0", 1450, "up0", "239.0.0.1", "192.0.2.1", 4789 }, { vx.master, vx.mtu,
      vx.linkinfo.info_data.link, vx.linkinfo.info_data.group, vx.linkinfo.info_data["local"],
      vx.linkinfo.info_data.port })
    assert.same({ "lab0", 1450, "lab0", 1450 }, { helper.link "web0".master, helper.link "web0".mtu,
      helper.link "mail0".master, helper.link "mail0".mtu })
    assert.equal(1450, helper.link "lab0".mtu)
    assert.equal(0, program.moontap "down web".status)
    assert.equal("lab0", helper.link "vx100".master)
    assert.equal(0, program.moontap "down mail".status)
    assert.equal("", snapshot.difference(before, snapshot.take()))
  end)

  it("takes the MTU from the device that packets leave by, and from the version of IP", function()
    helper.run "ip link set up1 mtu 9000; ip link set up0 mtu 9000"
    assert.equal(0, run("up", GROUP).status)
    assert.same({ 8950, 8950 }, { helper.link "vx100".mtu, helper.link "web0".mtu })
    assert.equal(0, program.moontap "down web".status)
    assert.equal(0,
      run("up", [[{ id = 100, bridge = "lab0", dev = "up0", group = "ff05::1" }]]).status)
    assert.same({ 8930, 8930 }, { helper.link "vx100".mtu, helper.link "web0".mtu })
  end)

  it("refuses a guest whose <mtu> is larger", function()
    assert.equal(0, run("plan", GROUP, "web", nil, nil, 1450).status)
    local r = run("plan", GROUP, "web", nil, nil, 1451)
    assert.matches("the XML says <mtu size='1451'/>, and in the VXLAN 100 1450 is the most", r.err,
      1, true)
    assert.equal(1, r.status)
  end)

  it("needs its options alone for its rights, and no other network gets any", function()
    local r = run("plan", GROUP, "web", "vxlan{ name = 'vx101', id = 101 }")
    assert.matches("does not allow the vni 101", r.err, 1, true)
  end)

  it("goes with hook bridge in any order", function()
    local top = [[local port = hook "bridge" { bridge = "lab0", create = true, isolated = true }]]
    for _, body in ipairs { "lab(nic) port(nic)", "port(nic) lab(nic)" } do
      local r = run("up", GROUP, "web", body, top)
      assert.same({ 0, "" }, { r.status, r.err })
      assert.same({ 1450, "lab0" }, { helper.link "web0".mtu, helper.link "web0".master })
      assert.is_true(helper.json "bridge -j -d link show dev web0"[1].isolated)
      assert.equal(0, program.moontap "down web".status)
      assert.equal("", snapshot.difference(before, snapshot.take()))
    end
  end)

  it("gives the VXLAN to a bridge that is there, which stays", function()
    helper.run "ip link add lab0 address 02:00:00:00:00:01 type bridge; ip link set lab0 up"
    before = snapshot.take()
    assert.equal(0, run("up", GROUP).status)
    assert.equal("lab0", helper.link "vx100".master)
    assert.equal(0, program.moontap "down web".status)
    assert.equal("", snapshot.difference(before, snapshot.take()))
  end)

  it("learns nothing where a routing daemon knows who is where", function()
    assert.equal(0, run("up", [[{ id = 100, bridge = "lab0", dev = "up0", src = "192.0.2.1",
      evpn = true, name = "lab-vx" }]]).status)
    assert.is_false(helper.link "lab-vx".linkinfo.info_data.learning)
    local port = helper.json "bridge -j -d link show dev lab-vx"[1]
    assert.same({ false, true }, { port.learning, port.neigh_suppress })
  end)

  it("names nothing that doctor misses before the first NIC is there", function()
    run("plan", GROUP)
    assert.not_matches("link missing", program.moontap("-p policy.lua doctor --json").out)
  end)

  local has_fdb = false
  for _, kind in ipairs(kernel.kinds()) do has_fdb = has_fdb or kind.name == "fdb" end
  if not has_fdb then return end

  it("sends broadcasts to each peer but this host", function()
    local r = run("up", [[{ id = 100, bridge = "lab0", dev = "up0", src = "192.0.2.1",
      peers = { "192.0.2.1", "192.0.2.2", "192.0.2.3" } }]])
    assert.same({ 0, "" }, { r.status, r.err })
    local flood = {}
    for dst in helper.run "bridge fdb show dev vx100":gmatch "00:00:00:00:00:00 dst (%g+)" do
      flood[#flood + 1] = dst
    end
    table.sort(flood)
    assert.same({ "192.0.2.2", "192.0.2.3" }, flood)
    assert.equal(0, program.moontap "down web".status)
    assert.equal("", snapshot.difference(before, snapshot.take()))
  end)
end)

-- Sends two datagrams that must not be cut to pieces, and prints how long those are that come back.
local ECHO = [[
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("10.9.9.2", 7))
while True:
    data, sender = s.recvfrom(2048); s.sendto(data, sender)
]]
local ASK = [[
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(0.2)
s.setsockopt(socket.IPPROTO_IP, 10, 2) # IP_MTU_DISCOVER, IP_PMTUDISC_DO
for size in (56, 1422): # with its headers 1450
    for _ in range(100):
        s.sendto(b"x" * size, ("10.9.9.2", 7))
        try: print(len(s.recv(2048))); break
        except socket.timeout: pass
]]

describe("hook vxlan on two hosts", function()
  local pid

  -- A command in the other host's network namespace.
  local function there(command)
    return program.run(("nsenter -n -t %s sh -c '%s'"):format(pid, command))
  end

  before_each(function()
    pid = helper.run("unshare -n sleep 120 >/dev/null 2>&1 & echo $!"):match "%d+"
    helper.run(([[ip link add up0 type veth peer name up1
      for i in $(seq 100); do ip link set up1 name up0 netns %s && break; sleep 0.1; done
      ip link set up0 up; ip addr add 192.0.2.1/24 dev up0]]):format(pid))
    there "ip link set lo up; ip link set up0 up; ip addr add 192.0.2.2/24 dev up0"
  end)
  after_each(function() helper.run("kill " .. pid) end)

  it("is one network, by a list of peers, with no packet too large for the way", function()
    program.write("policy.lua", [[local peers = { "192.0.2.1", "192.0.2.2" }
      local lab = hook "vxlan" { id = 100, bridge = "lab0", dev = "up0", peers = peers }
      function connect(nic)
        lab(nic)
        -- moontap derives them from the host, and here both are one
        local last = host.addr{ dev = "up0", address = "192.0.2.1/24" } and 1 or 2
        link{ name = "lab0", address = "02:00:00:00:01:0" .. last }
        link{ name = "vx100", address = "02:00:00:00:02:0" .. last }
      end]])
    program.write("web.xml", guests.xml("web", 1))
    local up = ("'%s' --state %%s up -p policy.lua web.xml && ip addr add 10.9.9.%%d/24 dev lab0")
      :format(program.path)
    assert.equal(0, program.run(up:format("state", 1)).status)
    assert.equal(0, there(up:format("state-there", 2):gsub("'", "")).status)
    assert.equal(1, select(2, helper.run "bridge fdb show dev vx100":gsub("self static", "")))
    program.write("echo.py", ECHO)
    program.write("ask.py", ASK)
    there "python3 echo.py >/dev/null 2>&1 & echo $! >echo.pid"
    assert.equal("56\n1422\n", program.run "python3 ask.py".out)
    there "kill $(cat echo.pid); ip addr flush dev lab0" -- a bridge with somebody's address stays
    helper.run "ip addr flush dev lab0"
    assert.equal(0, program.moontap("down web").status)
    assert.equal(0, there(program.path .. " --state state-there down web").status)
    for _, links in ipairs { helper.run "ip -br link", there "ip -br link".out } do
      assert.is_nil(links:find "vx100" or links:find "lab0")
    end
  end)
end)
