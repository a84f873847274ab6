-- errors_spec.lua - what can be wrong with Open vSwitch, and the words for it: the real daemons
-- killed, hung, read-only, somebody else's; each time everything is as it was before

local helper = require "spec.helper"
local netns = require "internals.netns"
local ovs = require "spec.ovs"
local program = require "spec.program"

local RUN = "/run/openvswitch/"

local function no_tap()
  return not helper.run "ip -br link":match "mytap0"
end

-- up (or plan) fails with these words, and leaves nothing.
local function fails(text, r)
  r = r or ovs.moontap "up web.xml"
  assert.equal(4, r.status, r.err)
  assert.is_truthy(r.err:find(text, 1, true), r.err)
  assert.is_true(no_tap())
  assert.same({}, program.state())
end

describe("an Open vSwitch that #ovs", function()
  ovs.around()
  before_each(function()
    ovs.guest()
    ovs.policy 'bridge = "br-a", tag = 10, wait = 1'
  end)

  it("does not run: its socket is missing, or nobody listens", function()
    local words = "Open vSwitch is not running: " .. RUN .. "db.sock: "
    ovs.signal("ovsdb-server", "KILL")
    for _, subcommand in ipairs { "plan", "up" } do
      fails(words .. "Connection refused (systemctl status openvswitch-switch)",
        ovs.moontap(subcommand .. " web.xml"))
    end
    helper.run("rm -f " .. RUN .. "db.sock")
    fails(words .. "No such file or directory (systemctl status openvswitch-switch)")
  end)

  it("does not run keeps no tap from being made that is none of its ports", function()
    ovs.policy(nil, "tap(nic, { up = true })")
    ovs.signal("ovsdb-server", "KILL")
    assert.equal(0, ovs.moontap "up web.xml".status)
    assert.equal(0, ovs.down().status)
  end)

  it("belongs to another user, to a root without CAP_DAC_OVERRIDE", function()
    helper.run(("chown 998 %sdb.sock; chmod 0700 %sdb.sock"):format(RUN, RUN))
    local r = program.run(("setpriv --bounding-set=-dac_override,-dac_read_search " ..
      "'%s' --state state up -p policy.lua web.xml"):format(program.path))
    helper.run(("chown 0 %sdb.sock"):format(RUN))
    fails("Permission denied: it belongs to uid 998, mode 0700: run moontap as that user, or " ..
      "put root into its group (libvirt's scripts may lack CAP_DAC_OVERRIDE)", r)
  end)

  it("hangs: ovsdb-server is asked once, and not waited for longer than 5 s", function()
    ovs.signal("ovsdb-server", "STOP")
    fails("Open vSwitch does not answer: ovsdb-server hangs")
    ovs.signal("ovsdb-server", "CONT")
    assert.equal("", ovs.ports())
  end)

  it("is read-only, as the backup of another server", function()
    local ctl = "ovs-appctl -T 20 -t ovsdb-server ovsdb-server/"
    helper.run(ctl .. "set-active-ovsdb-server tcp:127.0.0.1:9; " .. ctl ..
      "connect-active-ovsdb-server")
    local r = ovs.moontap "up web.xml"
    helper.run(ctl .. "disconnect-active-ovsdb-server")
    fails("Open vSwitch: not allowed", r)
  end)

  it("has no such bridge: the ones that it has are named", function()
    ovs.policy 'bridge = "br-x", tag = 10'
    local words = "there is no Open vSwitch bridge br-x; this host's: "
    local r = ovs.moontap "plan web.xml"
    fails(words, r)
    assert.is_truthy(r.err:find("br-a, br-b", 1, true) or r.err:find("br-b, br-a", 1, true), r.err)
    helper.run "ip link add br-x type bridge"
    fails("; br-x is a Linux bridge: use hook \"bridge\"", ovs.moontap "plan web.xml")
  end)

  it("has lost ovs-vswitchd: it does not take the device in time", function()
    ovs.signal("ovs-vswitchd", "STOP")
    local r = ovs.moontap "up web.xml"
    assert.matches("Open vSwitch did not take mytap0 up in 1 s: ovs%-vswitchd does not answer " ..
      "%(asked for configuration %d+, it has %d+%)", r.err)
    fails("", r)
    assert.equal("", ovs.ports())
  end)

  it("runs in another network namespace: it has no such device, or another one", function()
    assert(netns.unshare())
    fails("Open vSwitch: could not open network device mytap0 (No such device)")
    assert.equal("", ovs.ports())
    helper.run(("nsenter --net=%s ip tuntap add dev mytap0 mode tap"):format(ovs.NAMESPACE))
    local r = ovs.moontap "up web.xml"
    assert.matches("it took another device of this name: ifindex %d+ instead of %d+", r.err)
    fails("", r)
  end)

  it("cannot limit what a guest sends, since the kernel cannot", function()
    ovs.policy 'bridge = "br-a", tag = 10, ingress_rate = 1000, ingress_burst = 100'
    helper.run [[ip link add d0 type veth; tc qdisc add dev d0 handle ffff: ingress]]
    local can = os.execute [[tc filter add dev d0 parent ffff: matchall action police \
      rate 1mbit burst 10k >/dev/null 2>&1]]
    if can then
      assert.equal(0, ovs.moontap "up web.xml".status)
      assert.matches("police", helper.run "tc filter show dev mytap0 parent ffff:")
    else
      fails "Open vSwitch did not limit what the guest sends: this kernel may lack act_police"
    end
  end)

  it("does not set the MTU that it is asked for, since the device cannot have it", function()
    program.write("policy.lua", [[allow{ link = "br-a", vid = 10 }
      function connect(nic)
        tap(nic, { up = true })
        ovs_port{ dev = nic.dev, bridge = "br-a", tag = 10, mtu_request = 65535, wait = 1 }
      end]])
    fails "Open vSwitch did not set the MTU of mytap0 to 65535: it is 1500"
    assert.equal("", ovs.ports())
  end)

  it("has no OVN behind it: this host is no chassis, or its bridge is another one", function()
    program.write("policy.lua", [[allow{ link = "br-a", iface_id = "web-1" }
      function connect(nic)
        tap(nic, { up = true })
        ovs_port{ dev = nic.dev, bridge = "br-a", iface_id = "web-1", wait = 1 }
      end]])
    local words = "OVN did not install the logical port web-1 in 1 s: "
    fails(words .. "this host is no OVN chassis: ovn-remote is not set")
    ovs.vsctl "--no-wait set open . external_ids:ovn-remote=tcp:127.0.0.1:9"
    fails(words .. "ovn-controller looks at br-int only")
    ovs.vsctl "--no-wait clear open . external_ids"
    assert.equal("", ovs.ports())
  end)
end)
