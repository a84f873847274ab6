-- doctor_vlans_spec.lua - what doctor finds of VLANs, on a kernel whose bridges know them

local helper = require "spec.helper"
if not helper.kernel_has "bridge_vlan" then return end

local guests = require "spec.guests"
local json = require "dkjson"
local program = require "spec.program"

local POLICY = [[
local lan = hook "bridge" { bridge = "br0", user = 0 }
local office = hook "vlan" { bridge = "br0", id = 20, %s }
function connect(nic)
  lan(nic)
  if nic.domain.name == "web" then office(nic) end
end
]]

local function findings()
  local found = {}
  for _, f in ipairs((json.decode(program.bare("doctor --root root --json").out))) do
    found[#found + 1] = f.check .. ": " .. f.found .. "; " .. f.todo
  end
  return found
end

local function up(name, options)
  program.write("root/etc/moontap/policy.lua", POLICY:format(options or ""))
  program.write(name .. ".xml", guests.xml(name, 1))
  local r = program.bare("--state root/run/moontap -p root/etc/moontap/policy.lua up " ..
    name .. ".xml")
  assert.same({ 0, "" }, { r.status, r.err })
end

describe("doctor #bridge_vlan", function()
  before_each(function()
    helper.run [[set -e
      ip link add br0 address 02:00:00:00:00:01 type bridge vlan_filtering 1 vlan_default_pvid 0
      ip link set br0 up
      ip link add eth0 address 02:00:00:00:00:02 type veth peer name eth1
      ip link set eth0 master br0 up]]
    helper.run(("cd %s; mkdir -p root/etc/moontap root/dev/net root/run;" ..
      "mknod root/dev/net/tun c 10 200; chmod 666 root/dev/net/tun"):format(helper.folder()))
  end)

  it("finds guests in a VLAN that leads nowhere, until the uplink or the host is in it", function()
    up "web"
    assert.same({ "VLAN without uplink: guests are in VLAN 20 of br0, and no uplink of it is: " ..
      "eth0 is not; name the uplink in the policy, see moontap help hook vlan; or: " ..
      "bridge vlan add dev eth0 vid VLAN" }, findings())
    helper.run "bridge vlan add dev eth0 vid 20"
    assert.same({}, findings())
    helper.run "bridge vlan del dev eth0 vid 20; bridge vlan add dev br0 vid 20 self"
    assert.same({}, findings())
  end)

  it("is content with a policy that names the uplink, and with a bridge that has none", function()
    up("web", "uplink = 'eth0'")
    assert.same({}, findings())
    assert.equal(0, program.bare("--state root/run/moontap down web").status)
    up "web"
    assert.equal(1, #findings())
    helper.run "ip link set eth0 nomaster"
    assert.same({}, findings())
  end)

  it("finds a guest in the VLAN of ports that nobody puts into one", function()
    helper.run "ip link set br0 type bridge vlan_default_pvid 1"
    up "db"
    local found = findings()
    assert.equal(1, #found)
    assert.matches("default VLAN: db0 is in VLAN 1 of br0, as is each port that nobody puts " ..
      "into another, and the policy does not allow that VLAN; ", found[1], 1, true)
    helper.run "ip link set br0 type bridge vlan_default_pvid 0"
    assert.same({}, findings())
  end)
end)
