-- session_tap_spec.lua - the hook of a libvirt without privilege passed a tap that its user cannot
-- open: another's, of other queues, or no tap at all

local helper = require "spec.helper"
local moontap = require "moontap"
local program = require "spec.program"

local function xml(driver)
  return ([[<domain type='qemu'><name>web</name><devices><interface type='ethernet'>
    <mac address='52:54:00:00:00:01'/><target dev='web0' managed='no'/><model type='virtio'/>%s
    </interface></devices></domain>]]):format(driver or "")
end

local queues = "<driver name='vhost' queues='4'/>"

-- The hook as a libvirt without CAP_NET_ADMIN runs it.
local function hook(operation, document, user)
  helper.run(("chmod 755 '%s'"):format(helper.folder()))
  return program.run(("setpriv --bounding-set=-net_admin --inh-caps=-net_admin %s '%s' " ..
    "--state state hook qemu web %s begin -"):format(user or "--reuid 0", program.path, operation),
    document)
end

local function assert_refused(why, ...)
  local r = hook("prepare", ...)
  assert.not_equal(0, r.status)
  assert.matches("web0", r.err, 1, true)
  assert.matches(why, r.err, 1, true)
  assert.matches("run: moontap up GUEST.xml, as root", r.err, 1, true)
end

describe("the hook of a session's libvirt", function()
  it("lets in what its user may open", function()
    for _, words in ipairs { "", "user 0", "group 0", "user 0 group 0" } do
      helper.run("ip tuntap add dev web0 mode tap " .. words)
      for _, operation in ipairs { "prepare", "start" } do
        assert.same({ 0, "" }, { hook(operation, xml()).status, program.read "stderr" })
      end
      helper.run "ip link del web0"
    end
    helper.run "ip tuntap add dev web0 mode tap multi_queue"
    assert.equal(0, hook("prepare", xml(queues)).status)
  end)

  it("refuses a tap of another user or group", function()
    helper.run "ip tuntap add dev web0 mode tap user 1"
    assert_refused("the tap is of uid 1, and uid 0 may not open it", xml())
    helper.run "ip link del web0; ip tuntap add dev web0 mode tap group 1"
    assert_refused("the tap is of gid 1, and uid 0, no member, may not open it", xml())
    helper.run "ip link del web0; ip tuntap add dev web0 mode tap user 0 group 1"
    assert_refused("the tap is of gid 1", xml())
    assert.equal(0, hook("prepare", xml(), "--reuid 0 --groups 1").status)
  end)

  it("refuses a tap of other queues", function()
    helper.run "ip tuntap add dev web0 mode tap"
    assert_refused("the XML has 4 queues, and the tap no multi_queue", xml(queues))
    helper.run "ip link del web0; ip tuntap add dev web0 mode tap multi_queue"
    assert_refused("the tap has multi_queue, and the XML one queue", xml())
  end)

  it("refuses what is no tap", function()
    for add, said in pairs {
      ["ip link add web0 type veth peer name end0"] = "is no tap: it is a veth",
      ["ip link add web0 type bridge"] = "is no tap: it is a bridge",
      ["ip tuntap add dev web0 mode tun"] = "is no tap: it is a tun",
    } do
      helper.run(add)
      assert_refused(said, xml())
      helper.run "ip link del web0"
    end
  end)

  it("refuses a tap that somebody has open, until libvirt has opened it itself", function()
    helper.run "ip tuntap add dev web0 mode tap; ip link set web0 up"
    local fd <close> = assert(moontap.tap.open "web0") -- luacheck: ignore
    assert_refused("the tap is in use", xml())
    assert.equal(0, hook("start", xml()).status)
  end)

  it("refuses a tap that is not there", function()
    assert_refused("there is no such device", xml())
  end)
end)
