-- versions_spec.lua - what check says by the rules of a version of libvirt, the QEMU driver's too
local domain = require "internals.domain"

local function check(interface, version, type)
  local xml = ("<domain type='%s'><name>g</name><devices>\n%s\n</devices></domain>"):format(
    type or "kvm", interface)
  local facts, err = domain.read(xml, { name = "x.xml", libvirt = version })
  return not facts and err or nil
end

local function nic(type, inside)
  return ("<interface type='%s'>%s</interface>"):format(type, inside or "")
end

local vhost = "<source type='unix' path='/s' mode='client'/>"
local virtio = "<model type='virtio'/>"
local vlan = "<vlan><tag id='42'/></vlan>"

-- An interface; words of the refusal; the versions that accept it.
local versions = {
  { nic("vhostuser", virtio .. "<backend type='passt'/>"), "must have a <source>", "11.1" },
  { nic("vhostuser", "<source path='/s' mode='client'/>" .. virtio), "type is missing", "11.1" },
  { nic("vhostuser", "<source type='unix' path='/s'/>" .. virtio), "mode is missing", "11.1" },
  { nic("vhostuser", "<source dev='eth0'/>" .. virtio), "type is missing", "11.1" },
  { nic("vhostuser", vhost .. virtio .. "<backend type='passt'/>"), "is for type='user'", "11.1" },
  { nic("vhostuser", vhost), "must be one of virtio's", "11.1" },
  { nic("ethernet", "<backend type='default'/>"), "must be passt", "11.3" },
  { nic("vds", "<source switchid='09b11c538b5c4eeb8f00d84eaa0aaa4f'/>"), "portid is missing",
    "11.3" },
  { nic("ethernet", "<source><route gateway='10.0.0.1'/></source>"), "address is missing",
    "12.2" },
  { nic("bridge", "<source bridge='b'/>" .. vlan), "<vlan>: QEMU has none", "11.0" },
}

describe("a newer libvirt accepts", function()
  for _, case in ipairs(versions) do
    it(case[1], function()
      local err = check(case[1], "9.0")
      assert.truthy(err and err:find(case[2], 1, true), err)
      assert.matches("%(by the rules of libvirt 9%.0%)$", err)
      assert.is_nil(check(case[1], case[3]))
      assert.is_nil(check(case[1], case[3] .. ".5"))
      assert.is_nil(check(case[1], "12.8"))
      assert.is_nil(check(case[1], "13.0"))
    end)
  end
end)

describe("a newer libvirt refuses", function()
  it("portForward without passt", function()
    local forward = nic("user", "<portForward proto='tcp'/>")
    assert.is_nil(check(forward, "9.0"))
    assert.matches("<portForward>: is for", check(forward, "11.3"))
    assert.is_nil(check(nic("user", "<backend type='passt'/><portForward proto='tcp'/>"), "11.3"))
  end)
  it("vlan on ethernet, whatever the driver", function()
    assert.is_nil(check(nic("ethernet", vlan), "11.3", "test"))
    assert.matches("<vlan>: is not for", check(nic("ethernet", vlan), "12.8", "test"))
  end)
end)

local ip4 = "<ip address='10.0.0.1' prefix='24'/>"
local route = "<route address='10.0.0.0' prefix='8' gateway='10.0.0.1'/>"

-- What only the QEMU driver refuses, in every version.
local qemu = {
  [nic("ethernet", ip4)] = "<ip>: QEMU has none",
  [nic("bridge", "<source bridge='b'/>" .. ip4)] = "<ip>: QEMU has none",
  [nic("ethernet", route)] = "<route>: QEMU has none",
  [nic("user", route)] = "<route>: QEMU has none",
  [nic("user", "<ip address='10.0.0.1' prefix='28'/>")] = "must be 4 to 27",
  [nic("user", "<ip address='fd00::1' prefix='96'/>")] = "must be 64",
  [nic("user", "<ip address='10.0.0.1' peer='10.0.0.2'/>")] = "has no peer",
  [nic("user", ip4 .. "<ip address='10.0.1.1'/>")] = "one of a family",
  [nic("ethernet", "<target managed='no'/>")] = "must have dev",
  [nic("ethernet", "<target dev='' managed='no'/>")] = "must have dev",
  [nic("ethernet", "<target dev='longer-than-a-name'/>")] = "1 to 15 bytes",
  [nic("bridge", "<source bridge='b'/><target dev='longer-than-a-name'/>")] = "1 to 15 bytes",
  [nic("user", vlan)] = "<vlan>: QEMU has none",
  [nic("direct", "<source dev='e' mode='bridge'/>" .. vlan)] = "<vlan>: QEMU has none",
  [nic("ethernet", "<coalesce><rx><frames max='7'/></rx></coalesce>")] = "<coalesce>: QEMU",
  [nic("user", "<mtu size='1400'/>")] = "<mtu>: QEMU has none",
  [nic("direct", "<source dev='e'/><mtu size='1400'/>")] = "<mtu>: QEMU has none",
  [nic("ethernet", virtio .. "<driver rx_queue_size='300'/>")] = "must be a power of two",
  [nic("ethernet", virtio .. "<driver tx_queue_size='300'/>")] = "must be a power of two",
  [nic("user", virtio .. "<driver queues='2'/>")] = "<driver queues=''>",
  [nic("bridge", "<source bridge='b'/><script path='/x'/>")] = "<script>: QEMU has none",
  [nic("user", "<backend tap='/dev/x'/>")] = "has no tap",
  [nic("hostdev", "<source><address type='pci' bus='3'/></source>" ..
    "<bandwidth><inbound average='1'/></bandwidth>")] = "<bandwidth>: QEMU has none",
  [nic("bridge", "<source bridge='b'/><virtualport type='openvswitch'/>" ..
    "<filterref filter='f'/>")] = "must not be with <virtualport>",
  [nic("ethernet", "<model type='e1000'/><teaming type='persistent'/>")] = "virtio <model>",
  [nic("ethernet", "<teaming type='transient' persistent='ua-x'/>")] = "is for type='hostdev'",
  [nic("vdpa", "<source dev='/dev/v'/><model type='e1000'/>")] = "one of virtio's",
}

describe("the QEMU driver refuses", function()
  for interface, words in pairs(qemu) do
    it(interface, function()
      for _, version in ipairs { "9.0", "11.3", "12.8" } do
        for _, type in ipairs { "kvm", "qemu", "hvf" } do
          local err = check(interface, version, type)
          assert.truthy(err and err:find(words, 1, true), err)
        end
        assert.is_nil(check(interface, version, "test"))
        assert.is_nil(check(interface, version, "xen"))
      end
      assert.is_nil(check(interface))
    end)
  end
  it("vlan on ethernet", function()
    for _, version in ipairs { "9.0", "11.3", "12.8" } do
      assert.matches("<vlan>: ", check(nic("ethernet", vlan), version))
    end
  end)
  it("not what passt can do", function()
    assert.is_nil(check(nic("user", "<backend type='passt'/><mtu size='1400'/>" .. ip4), "9.0"))
    assert.is_nil(check(nic("vhostuser", "<source dev='e'/><backend type='passt'/>" .. ip4),
      "11.3"))
    assert.matches("must be one of virtio's",
      check(nic("vhostuser", vhost .. "<model type='e1000'/>"), "11.3"))
  end)
  it("not what is right", function()
    assert.is_nil(check(nic("user", ip4 .. "<ip address='fd00::1' prefix='64'/>"), "9.0"))
    assert.is_nil(check(nic("ethernet", "<target dev='a-long-one%d'/>"), "9.0"))
    assert.is_nil(check(nic("direct", "<source dev='e' mode='passthrough'/>" .. vlan), "9.0"))
    assert.is_nil(check(nic("bridge", "<source bridge='b'/><virtualport type='openvswitch'/>" ..
      vlan), "9.0"))
    assert.is_nil(check(nic("ethernet", virtio .. "<driver queues='4' rx_queue_size='512'/>" ..
      "<mtu size='1400'/><script path='/x'/><backend tap='/dev/x'/>"), "9.0"))
  end)
end)
