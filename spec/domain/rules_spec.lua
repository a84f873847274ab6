-- rules_spec.lua - every rule of the inventory, the parts and the rules, a case a line
--
-- { what is inside <interface>, the fact's path, its value }: nil for "no such fact";
-- { what is inside <interface>, refused = words of the message }.
local domain = require "internals.domain"
local support = require "spec.domain.support"

-- What an interface of each type must have.
local least = {
  user = "", ethernet = "", null = "", bridge = "<source bridge='br0'/>",
  network = "<source network='default'/>", direct = "<source dev='eth0'/>",
  internal = "<source name='x'/>", vdpa = "<source dev='/dev/vhost-vdpa-0'/>",
  server = "<source port='5'/>", client = "<source address='1.2.3.4' port='5'/>",
  mcast = "<source address='230.0.0.1' port='5'/>",
  udp = "<source address='1.2.3.4' port='5'><local address='1.2.3.5' port='6'/></source>",
  vhostuser = "<source type='unix' path='/s' mode='client'/><model type='virtio'/>",
  hostdev = "<source><address type='pci' bus='3'/></source>",
  vds = "<source switchid='09b11c538b5c4eeb8f00d84eaa0aaa4f' portid='1' portgroupid='g' " ..
    "connectionid='-2'/>",
}
local qbg = "managerid='11' typeid='0x12' typeidversion='2'"

local cases = {
  user = {
    { "", "type", "user" }, { "", "mac", nil }, { "", "unmanaged", false }, { "", "dev", nil },
    { "", "index", 1 }, { "", "source", nil },
    { "<mac address='52:54:0:A:bC:1'/>", "mac", "52:54:00:0a:bc:01" },
    { "<mac address='52:54:00:00:00:01 and more'/>", "mac", "52:54:00:00:00:01" },
    { "<mac/>", "mac", nil }, { "<mac/><mac address='52:54:00:00:00:01'/>", "mac", nil },
    { "<mac address=''/>", refused = "<mac address=''>: must be six" },
    { "<mac address='52-54-00-00-00-01'/>", refused = "must be six" },
    { "<mac address='52:54:00:00:00:001'/>", refused = "must be six" },
    { "<mac address='52:54:00:00:00:01x'/>", refused = "must be six" },
    { "<mac address='0x2:54:00:00:00:01'/>", refused = "must be six" },
    { "<mac address=' 52:54:00:00:00:01'/>", refused = "must be six" },
    { "<mac address='01:00:5e:00:00:01'/>", refused = "must be unicast" },
    { "<mac type='static' check='no'/>", "mac", nil },
    { "<mac type='x'/>", refused = "<mac type='x'>: must be generated or static" },
    { "<mac check='x'/>", refused = "<mac check='x'>: must be yes or no" },
    { "<source dev='eth0'/>", "source", nil },
    { "<source dev='eth0'/><backend type='passt'/>", "source.dev", "eth0" },
    { "<backend type='passt'/>", "backend.type", "passt" },
    { "<backend type='x'/>", refused = "must be passt" },
    { "<script path='/x'/>", "script", "/x" }, { "<script path=''/>", "script", nil },
    { "<script/><script path='/x'/>", "script", "/x" },
    { "<downscript path='/x'/>", "downscript", "/x" },
    { "<backenddomain name='d'/>", "backenddomain", "d" },
    { "<target dev='x0'/>", "target.dev", "x0" }, { "<target dev='x0'/>", "dev", nil },
    { "<target dev=''/>", "target.dev", "" }, { "<target dev=''/>", "dev", nil },
    { "<target/>", "target", nil }, { "<target/><target dev='x0'/>", "target", nil },
    { "<target dev='vnet3'/>", "dev", nil }, { "<target dev='macvtapx'/>", "dev", nil },
    { "<target dev='vnet3' managed='yes'/>", "target.dev", nil },
    { "<target dev='vnet3' managed='yes'/>", "target.managed", true },
    { "<target managed='maybe'/>", refused = "<target managed='maybe'>: must be yes or no" },
    { "<target managed=''/>", refused = "must be yes or no" },
    { "<target managed='no'/>",
      refused = "<target managed='no'>: is for type='ethernet', not 'user'" },
    { "<guest dev='eth7' actual='vnet1'/>", "guest.dev", "eth7" },
    { "<guest dev='eth7' actual='vnet1'/>", "guest.actual", "vnet1" },
    { "<guest dev=''/>", "guest", nil },
    { "<model type='VirtIO'/>", "model", "virtio" }, { "<model type='am79c973'/>", "model",
      "Am79C973" },
    { "<model type='my-card_1'/>", "model", "my-card_1" }, { "<model type='unknown'/>", "model",
      nil },
    { "<model type=''/>", "model", nil }, { "<model/><model type='e1000'/>", "model", "e1000" },
    { "<model type='a b'/>", refused = "<model type='a b'>: must be letters" },
    { "<driver name='x' queues='-1'/>", "driver", nil },
    { "<driver iommu='on'/>", refused = "<driver iommu=''>: is for a virtio <model>" },
    { "<driver packed='maybe'/>", refused = "must be on or off" },
    { "<filterref filter='f'/>", "filterref", nil },
    { "<tune><sndbuf>1600</sndbuf></tune>", "sndbuf", 1600 },
    { "<tune><sndbuf> +16</sndbuf></tune>", "sndbuf", 16 },
    { "<tune><sndbuf>0</sndbuf></tune>", "sndbuf", 0 },
    { "<tune><sndbuf><![CDATA[7]]></sndbuf></tune>", "sndbuf", 7 },
    { "<tune><sndbuf>1<x>2</x>3</sndbuf></tune>", "sndbuf", 123 },
    { "<tune/><tune><sndbuf>9</sndbuf></tune>", "sndbuf", 9 },
    { "<tune><sndbuf/></tune>", "sndbuf", nil },
    { "<tune><sndbuf>16 </sndbuf></tune>", refused = "<sndbuf>16 </sndbuf>: must be a number" },
    { "<tune><sndbuf>0x10</sndbuf></tune>", refused = "must be a number" },
    { "<tune><sndbuf>-1</sndbuf></tune>", refused = "must be a number" },
    { "<teaming type='persistent'/>", "teaming.type", "persistent" },
    { "<teaming type='transient' persistent='ua-x'/>", "teaming.persistent", "ua-x" },
    { "<teaming/>", "teaming", nil },
    { "<teaming persistent='ua-x'/>", refused = "<teaming>: attribute type is missing" },
    { "<teaming type='none'/>", refused = "must be persistent or transient" },
    { "<teaming type='transient'/>", refused = "needs persistent" },
    { "<teaming type='persistent' persistent='a'/>", refused = "must not have persistent" },
    { "<link state='down'/>", "link", "down" }, { "<link state=''/>", "link", nil },
    { "<link state='default'/>", refused = "<link state='default'>: must be up or down" },
    { "<mtu size='1500'/>", "mtu", 1500 }, { "<mtu size='0'/>", "mtu", nil },
    { "<mtu size='4294967295'/>", "mtu", 4294967295 },
    { "<mtu size='4294967296'/>", refused = "must be a number, 0 to 4294967295" },
    { "<mtu size='1500x'/>", refused = "must be a number" },
    { "<coalesce><rx><frames max='7'/></rx></coalesce>", "coalesce.rx_frames_max", 7 },
    { "<coalesce><rx/><rx><frames/><frames max='8'/></rx></coalesce>", "coalesce.rx_frames_max",
      8 },
    { "<coalesce/><coalesce><rx><frames max='7'/></rx></coalesce>", "coalesce", nil },
    { "<coalesce><rx><frames max='0'/></rx></coalesce>", "coalesce", nil },
    { "<coalesce><rx><frames max='x'/></rx></coalesce>", refused = "<frames max='x'>" },
    { "<port isolated='no'/>", "isolated", false },
    { "<port isolated='x'/>", refused = "must be yes or no" },
    { "<port isolated='yes'/>", refused = "is for type='network' and 'bridge', not 'user'" },
    { "<boot order='2'/>", "boot", 2 },
    { "<boot/>", refused = "<boot>: attribute order is missing" },
    { "<boot order='0'/>", refused = "must be a number, 1 to" },
    { "<boot order='1' loadparm='123456789'/>", refused = "must be 1 to 8" },
    { "<alias name='ua-x'/>", "alias", "ua-x" }, { "<alias name='net0'/>", "alias", nil },
    { "<alias name='ua-a.b'/>", "alias", nil },
    { "<rom enabled='x'/>", refused = "must be yes or no" },
    { "<rom enabled='no' bar='on'/>", refused = "must not have bar or file" },
    { "<acpi index='0'/>", refused = "must be a number, 1 to" },
    { "<master startport='x'/>", refused = "must be a number" },
    { "<address/>", refused = "<address>: attribute type is missing" },
    { "<address type='none'/>", refused = "must be pci," },
    { "<address type='pci' slot='32'/>", refused = "<address slot='0x20'>: must be at most 0x1f" },
    { "<address type='pci' bus='0x100'/>", refused = "must be at most 0xff" },
    { "<address type='pci' slot='x'/>", refused = "must be a number" },
    { "<address type='pci' function='8'/>", "type", "user" },
    { "<address type='pci' slot='1' function='8'/>", refused = "must be at most 0x7" },
    { "<address type='pci' multifunction='x'/>", refused = "must be on or off" },
    { "<address type='pci'><zpci uid='x'/></address>", refused = "<zpci uid='x'>" },
    { "<address type='ccw' cssid='254'/>", refused = "must have cssid, ssid and devno" },
    { "<address type='ccw' cssid='255' ssid='0' devno='0'/>", refused = "up to 254" },
    { "<address type='usb' port='1.2.3.4'/>", "type", "user" },
    { "<address type='usb' port='1.2.3.4.5'/>", refused = "numbers with ." },
    { "<address type='dimm'/>", refused = "<address slot=''>" },
    { "<address type='unassigned'/>", refused = "is for type='hostdev'" },
    { "<virtualport/>", refused = "<virtualport>: not for <interface type='user'>" },
    { "<source><ip address='1.2.3.4'/></source>", refused = "are for type='ethernet'" },
    { "<source><ip address='x'/></source>", refused = "<ip address='x'>" },
    { "<ip address='10.0.0.1'/>", "ips.1.address", "10.0.0.1" },
    { "<ip address='10.0.0.1'/>", "ips.1.family", "ipv4" },
    { "<ip address='10.0.0.1'/>", "ips.1.prefix", nil },
    { "<ip address='10.0.0.1' prefix='0'/>", "ips.1.prefix", nil },
    { "<ip address='10.0.0.1' prefix='32'/>", "ips.1.prefix", 32 },
    { "<ip address='10.1'/>", "ips.1.address", "10.0.0.1" },
    { "<ip address='4095'/>", "ips.1.address", "0.0.15.255" },
    { "<ip address='0x7f.010.1'/>", "ips.1.address", "127.8.0.1" },
    { "<ip address='FD00:0::01'/>", "ips.1.address", "fd00::1" },
    { "<ip address='::ffff:1.2.3.4'/>", "ips.1.address", "::ffff:1.2.3.4" },
    { "<ip address='fe80::1%3'/>", "ips.1.address", "fe80::1%3" },
    { "<ip address='::1' prefix='128'/>", "ips.1.prefix", 128 },
    { "<ip address='::1' family='ipv6' peer='::2'/>", "ips.1.peer", "::2" },
    { "<ip address='1.1.1.1'/><ip address='::1'/>", "ips.2.family", "ipv6" },
    { "<ip/>", refused = "<ip>: attribute address is missing" },
    { "<ip address=''/>", refused = "must be an IP address" },
    { "<ip address='1.2.3.4 '/>", refused = "must be an IP address" },
    { "<ip address='host'/>", refused = "must be an IP address" },
    { "<ip address='::1' family='ipv4'/>", refused = "of its family" },
    { "<ip address='1.2.3.4' family='ipv6'/>", refused = "of its family" },
    { "<ip address='1.2.3.4' family='x'/>", "ips.1.family", "ipv4" },
    { "<ip address='1.2.3.4' prefix='33'/>", refused = "<ip prefix='33'>: must be 0 to 32" },
    { "<ip address='::1' prefix='129'/>", refused = "must be 0 to 128" },
    { "<ip address='1.2.3.4' prefix='-4294967272'/>", "ips.1.prefix", 24 },
    { "<ip address='1.2.3.4' prefix='-1'/>", refused = "must be 0 to 32" },
    { "<ip address='1.2.3.4' peer='::1'/>", refused = "<ip peer='::1'>" },
    { "<route address='10.2.0.0' netmask='255.255.0.0' gateway='10.1.1.1'/>", "routes.1.netmask",
      "255.255.0.0" },
    { "<route address='10.2.0.0' prefix='16' gateway='1.1'/>", "routes.1.gateway", "1.0.0.1" },
    { "<route address='0.0.0.0' prefix='0' gateway='1.1.1.1'/>", "routes.1.prefix", 0 },
    { "<route address='0.0.0.0' gateway='1.1.1.1'/>", "routes.1.family", nil },
    { "<route family='ipv6' address='::' gateway='::1' metric='4'/>", "routes.1.metric", 4 },
    { "<route gateway='1.1.1.1'/>", refused = "<route>: attribute address is missing" },
    { "<route address='0.0.0.0'/>", refused = "<route>: attribute gateway is missing" },
    { "<route address='x' gateway='1.1.1.1'/>", refused = "<route address='x'>" },
    { "<route address='0.0.0.0' gateway='x'/>", refused = "<route gateway='x'>" },
    { "<route address='::' gateway='::1'/>", refused = "or family='ipv6'" },
    { "<route family='ipv5' address='::' gateway='::1'/>", refused = "must be ipv4 or ipv6" },
    { "<route family='ipv6' address='0.0.0.0' gateway='::1'/>", refused = "must be an IPv6" },
    { "<route address='10.2.0.0' gateway='1.1.1.1'/>", refused = "must be a network address" },
    { "<route address='10.2.0.1' prefix='16' gateway='1.1.1.1'/>", refused = "network address" },
    { "<route address='10.0.0.0' prefix='8' netmask='255.0.0.0' gateway='1.1.1.1'/>",
      refused = "must not be with a prefix" },
    { "<route family='ipv6' address='::' netmask='255.0.0.0' gateway='::1'/>",
      refused = "must not be with a prefix or IPv6" },
    { "<route address='10.0.0.0' netmask='::' gateway='1.1.1.1'/>", refused = "IPv4 netmask" },
    { "<route address='0.0.0.0' prefix='33' gateway='1.1.1.1'/>", refused = "must be 0 to 32" },
    { "<route address='0.0.0.0' metric='0' gateway='1.1.1.1'/>", refused = "<route metric='0'>" },
    { "<vlan><tag id='42'/></vlan>", "vlan.tags.1.id", 42 },
    { "<vlan><tag id='42'/></vlan>", "vlan.trunk", nil },
    { "<vlan trunk='YES'><tag id='42'/></vlan>", "vlan.trunk", true },
    { "<vlan trunk='No'><tag id='42'/></vlan>", "vlan.trunk", nil },
    { "<vlan trunk=''><tag id='1'/><tag id='2'/></vlan>", "vlan.trunk", true },
    { "<vlan><tag id='1' nativeMode='tagged'/></vlan>", "vlan.tags.1.native", "tagged" },
    { "<vlan><tag id='1' nativeMode='tagged'/><tag id='1'/></vlan>", "vlan.tags.2.native",
      "tagged" },
    { "<vlan/>", refused = "<vlan>: must have at least one <tag id=''/>" },
    { "<vlan><tag/></vlan>", refused = "<tag>: attribute id is missing" },
    { "<vlan><tag id='4096'/></vlan>", refused = "<tag id='4096'>: must be a number, 0 to 4095" },
    { "<vlan><tag id='1' nativeMode='default'/></vlan>", refused = "must be tagged or untagged" },
    { "<vlan><tag id='1' nativeMode='tagged'/><tag id='2' nativeMode='tagged'/></vlan>",
      refused = "a second native tag" },
    { "<vlan trunk='no'><tag id='1'/><tag id='2'/></vlan>", refused = "must be yes for several" },
    { "<vlan trunk='no'><tag id='1' nativeMode='tagged'/></vlan>", refused = "for a native tag" },
    { "<vlan trunk='x'><tag id='1'/></vlan>", refused = "<vlan trunk='x'>: must be yes or no" },
    { "<bandwidth/>", "bandwidth", nil },
    { "<bandwidth><inbound average='1' peak='2' burst='3'/></bandwidth>",
      "bandwidth.inbound.burst", 3 },
    { "<bandwidth><outbound average='1' peak='0'/></bandwidth>", "bandwidth.outbound.peak", nil },
    { "<bandwidth><inbound average='0'/></bandwidth>", "bandwidth.inbound", nil },
    { "<bandwidth><inbound/></bandwidth>", refused = "<inbound>: must have average or floor" },
    { "<bandwidth><inbound floor='1' peak='2'/></bandwidth>", refused = "need average" },
    { "<bandwidth><inbound average='-4'/></bandwidth>", refused = "<inbound average='-4'>" },
    { "<bandwidth><inbound average='1' floor='1'/></bandwidth>", refused = "floor is for" },
    { "<bandwidth><inbound average='1' floor='0'/></bandwidth>", "bandwidth.inbound.average", 1 },
    { "<bandwidth><inbound average='1'/><inbound average='1'/></bandwidth>", refused = "once" },
    { "<bandwidth classID='1'/>", refused = "<bandwidth classID='1'>" },
    { "<portForward proto='tcp' address='1.2.3.4'><range start='1' exclude='no'/></portForward>",
      "type", "user" },
    { "<portForward/>", refused = "<portForward>: attribute proto is missing" },
    { "<portForward proto='icmp'/>", refused = "must be tcp or udp" },
    { "<portForward proto='tcp' address='x'/>", refused = "<portForward address='x'>" },
    { "<portForward proto='tcp'><range start='0'/></portForward>", refused = "<range start='0'>" },
    { "<backend type='passt'/><portForward proto='tcp'><range to='1'/></portForward>",
      refused = "end, to and exclude need start" },
  },
  ethernet = {
    { "<target dev='x0'/>", "dev", "x0" }, { "<target dev=''/>", "dev", nil },
    { "<target dev='x0' managed='no'/>", "unmanaged", true },
    { "<target dev='vnet7' managed='no'/>", "dev", "vnet7" },
    { "<target managed='no'/>", "dev", nil },
    { "<source><ip address='1.2.3.4' prefix='24'/></source>", "source.ips.1.prefix", 24 },
    { "<source><route address='0.0.0.0' gateway='1.2.3.4'/></source>", "source.routes.1.gateway",
      "1.2.3.4" },
    { "<model type='virtio'/><driver name='vhost' queues='4' rx_queue_size='256'/>",
      "driver.queues", 4 },
    { "<model type='virtio'/><driver queues='1'/>", "driver", nil },
    { "<model type='virtio'/><driver queues='0' tx_queue_size='0'/>", "driver", nil },
    { "<model type='virtio'/><driver queues=' +08'/>", "driver.queues", 8 },
    { "<model type='virtio'/><driver queues='0x8'/>", refused = "<driver queues='0x8'>" },
    { "<model type='virtio'/><driver name='kvm'/>", refused = "must be qemu or vhost" },
    { "<model type='virtio'/><driver txmode='x'/>", refused = "must be iothread or timer" },
    { "<model type='virtio'/><driver ioeventfd='yes'/>", refused = "must be on or off" },
    { "<model type='virtio'/><driver/><driver><host csum='off'/></driver>", "driver.host.csum",
      false },
    { "<model type='virtio'/><driver><guest ufo='on'/></driver>", "driver.guest.ufo", true },
    { "<model type='virtio-transitional'/><driver iommu='on'/>", "driver.iommu", true },
    { "<model type='virtio'/><backend vhost='//dev///vhost/'/>", "backend.vhost", "//dev/vhost" },
    { "<backend vhost='/dev/vhost'/>", "backend", nil },
    { "<backend tap='///dev//net/tun/'/>", "backend.tap", "/dev/net/tun" },
    { "<backend tap='x://y//z'/>", "backend.tap", "x://y//z" },
    { "<backend type='passt'/>", refused = "<backend type='passt'>: is for type='user'" },
    { "<filterref filter='f'/>", "filterref.filter", "f" },
    { "<filterref filter='f'><parameter name='B' value='1'/><parameter name='A' value='2'/>" ..
      "<parameter name='A' value='1'/></filterref>", "filterref.parameters.1.value", "1" },
    { "<filterref filter='f'><parameter name='a b' value='1'/><parameter name='A' value=''/>" ..
      "<parameter name='A' value='1-1'/></filterref>", "filterref.parameters", nil },
    { "<filterref><parameter name='A' value='1'/></filterref>", "filterref", nil },
    { "<virtualport type='openvswitch'/>", refused = "not for <interface type='ethernet'>" },
  },
  network = {
    { "", "source.network", "default" }, { "<port isolated='yes'/>", "isolated", true },
    { "<bandwidth><inbound floor='5'/></bandwidth>", "bandwidth.inbound.floor", 5 },
    { "<bandwidth><outbound average='1' floor='5'/></bandwidth>",
      refused = "floor is for <inbound>" },
    { "<virtualport/>", "virtualport.type", nil },
    { "<virtualport><parameters profileid='p'/></virtualport>", "virtualport.parameters.profileid",
      "p" },
    { "<virtualport type='802.1Qbg'/>", "virtualport.type", "802.1Qbg" },
  },
  bridge = {
    { "", "source.bridge", "br0" },
    { "<virtualport/>", refused = "<virtualport>: attribute type is missing" },
    { "<virtualport type='x'/>", refused = "must be 802.1Qbg, 802.1Qbh, openvswitch or midonet" },
    { "<virtualport type='openvswitch'/>", "virtualport.type", "openvswitch" },
    { "<virtualport type='openvswitch'/><port isolated='yes'/>",
      refused = "not with <virtualport" },
    { "<virtualport type='openvswitch'><parameters interfaceid=" ..
      "' 09B11C53 8b5c-4eeb8f00d84eaa0aaa4f'/></virtualport>", "virtualport.parameters.interfaceid",
      "09b11c53-8b5c-4eeb-8f00-d84eaa0aaa4f" },
    { "<virtualport type='openvswitch'><parameters interfaceid='x'/></virtualport>",
      refused = "<parameters interfaceid='x'>: must be a UUID" },
    { "<virtualport type='openvswitch'><parameters typeid='1'/></virtualport>",
      refused = "<parameters typeid='1'>: not for this type" },
    { "<virtualport type='midonet'/>", refused = "needs parameter interfaceid" },
    { "<virtualport type='802.1Qbh'><parameters profileid=''/></virtualport>",
      refused = "needs parameter profileid" },
    { "<virtualport type='802.1Qbh'><parameters profileid='" .. ("x"):rep(40) ..
      "'/></virtualport>",
      refused = "at most 39 bytes" },
    { "<virtualport type='802.1Qbg'/>", refused = "needs parameter managerid" },
    { "<virtualport type='802.1Qbg'><parameters " .. qbg .. "/></virtualport>",
      "virtualport.parameters.typeid", "18" },
    { "<virtualport type='802.1Qbg'><parameters " .. qbg:gsub("'11'", "'256'") ..
      "/></virtualport>",
      refused = "<parameters managerid='256'>: must be 0 to 255" },
    { "<virtualport type='802.1Qbg'><parameters " .. qbg:gsub("'11'", "'-4294967295'") ..
      "/></virtualport>", "virtualport.parameters.managerid", "1" },
  },
  direct = {
    { "", "source.mode", "vepa" },
    { "<source mode='warp'/>", "source.mode", "vepa" },
    { "<virtualport type='802.1Qbh'><parameters profileid='p'/></virtualport>",
      "virtualport.parameters.profileid", "p" },
  },
  hostdev = {
    { "", "source.address.bus", "0x03" }, { "", "source.address.domain", "0x0000" },
    { "", "managed", nil },
    { "<driver name='vfio'/>", "driver.name", "vfio" },
    { "<driver name='vhost'/>", refused = "must be kvm, vfio or xen" },
    { "<model type='virtio'/><driver queues='x'/>", "driver", nil },
    { "<teaming type='transient' persistent='a'/>", "teaming.type", "transient" },
    { "<address type='pci' slot='1'/>", "type", "hostdev" },
    { "<address type='unassigned'/>", "type", "hostdev" },
    { "<address type='ccw'/>", refused = "must be pci, as the source's" },
  },
  vhostuser = {
    { "", "source.path", "/s" }, { "", "source.type", "unix" },
    { "<model type='e1000'/>", "model", "virtio" },
  },
  server = { { "", "source.port", "5" }, { "", "source.address", nil } },
  udp = { { "", "source.local.port", "6" } },
  vds = { { "", "source.connectionid", "-2" },
    { "", "source.switchid", "09b11c53-8b5c-4eeb-8f00-d84eaa0aaa4f" } },
  vdpa = { { "", "source.dev", "/dev/vhost-vdpa-0" } },
  internal = { { "", "source.name", "x" } },
}

local function at(facts, path)
  for key in path:gmatch "[^.]+" do
    if facts == nil then return nil end
    facts = facts[tonumber(key) or key]
  end
  return facts
end

local function read(interface, options)
  options = options or { inactive = true }
  options.name = "x.xml"
  local facts, err = domain.read(support.domain(interface), options)
  return facts and facts.nics[1], err
end

-- By the rules of a libvirt; 9.0's unless another is said.
local function check(interface, options)
  options = options or {}
  options.libvirt = options.libvirt or "9.0"
  options.inactive = not options.live
  return select(2, read(interface, options))
end

local function refused(err, words)
  assert.truthy(err and err:find("^xml x%.xml:2: ") and err:find(words, 1, true), err)
end

for type, list in pairs(cases) do
  describe("type " .. type, function()
    for _, case in ipairs(list) do
      local interface = ("<interface type='%s'>%s%s</interface>"):format(type, least[type], case[1])
      it((case[1] == "" and "alone" or case[1]) .. (case[2] and " " .. case[2] or ""), function()
        if case.refused then return refused(check(interface), case.refused) end
        local nic, err = read(interface)
        assert(nic, err)
        assert.equal(case[3], at(nic, case[2]))
      end)
    end
  end)
end

describe("an interface", function()
  it("is of type user when it does not say", function()
    assert.equal("user", read("<interface/>").type)
  end)
  it("of an unknown type is refused", function()
    refused(check "<interface type='nonsense'/>",
      "<interface type='nonsense'>: must be user, ethernet, vhostuser,")
    refused(check "<interface type=''/>", "<interface type=''>")
  end)
  for type, inside in pairs(least) do
    if inside ~= "" then
      it("of type " .. type .. " must have its source", function()
        refused(check(("<interface type='%s'/>"):format(type)), "must have ")
        for attribute in inside:match("<source ?([^>]*)"):gmatch "(%w+)='" do
          local err = check(("<interface type='%s'>%s</interface>"):format(type,
            inside:gsub(" " .. attribute .. "='[^']*'", "", 1)))
          refused(err, "<source>: attribute " .. attribute .. " is missing")
        end
      end)
    end
  end
  it("reads what is in no namespace", function()
    assert.is_nil(read("<interface><x:model xmlns:x='u' type='e1000'/></interface>").model)
    assert.is_nil(read("<interface><model xmlns='u' type='e1000'/></interface>").model)
    assert.equal(0, #domain.read(support.domain "<interface xmlns='u'/>").nics)
  end)
  it("ignores what it does not know", function()
    assert(read "<interface nonsense='1'><nonsense/><mac nonsense='1'/>text</interface>")
  end)
  it("has two attributes of its own", function()
    assert.is_true(read("<interface trustGuestRxFilters='yes'/>").trust_guest_rx_filters)
    refused(check "<interface trustGuestRxFilters='on'/>", "must be yes or no")
    local hostdev = "<interface type='hostdev' managed='%s'>" .. least.hostdev .. "</interface>"
    assert.is_true(read(hostdev:format "yes").managed)
    assert.is_nil(read(hostdev:format "nonsense").managed)
    assert.is_nil(read("<interface managed='yes'/>").managed)
  end)
end)

describe("a hostdev interface", function()
  local function hostdev(inside, attributes, how)
    return (how or read)(("<interface type='hostdev'%s>%s</interface>"):format(attributes or "",
      inside))
  end
  it("may be of USB, by address or by vendor and product", function()
    local nic = hostdev("<source startupPolicy='optional'>" ..
      "<address type='usb' bus='0x1' device='2'/></source>")
    assert.same({ type = "usb", bus = "1", device = "2" }, nic.source.address)
    assert.equal("optional", nic.source.startupPolicy)
    assert(hostdev "<source><vendor id='0x12'/><product id='0'/></source>")
  end)
  for inside, words in pairs {
    ["<source/>"] = "must have <address type=''>, pci or usb",
    ["<source><address type='x'/></source>"] = "must be pci or usb",
    ["<source><vendor id='1'/></source>"] = "must have <vendor> and <product>",
    ["<source><vendor id='0'/><product id='0'/></source>"] = "<vendor id='0'>",
    ["<source><address type='usb' bus='1'/></source>"] = "<address device=''>",
    ["<source startupPolicy='optional'><address type='pci'/></source>"] = "is for usb",
    ["<source><address type='pci' slot='0x20'/></source>"] = "must be at most 0x1f",
    ["<source writeFiltering='x'><address type='pci'/></source>"] = "must be yes or no",
  } do
    it("refuses " .. inside, function() refused(hostdev(inside, "", check), words) end)
  end
  it("has no attribute of another host device", function()
    refused(hostdev(least.hostdev, " model='x'", check), "<interface model='x'>: not for")
  end)
end)

describe("a vhostuser interface", function()
  local function vhost(mode, inside, model, how)
    return (how or read)(("<interface type='vhostuser'><source type='unix' path='/s' mode='%s'>" ..
      "%s</source><model type='%s'/></interface>"):format(mode, inside, model or "virtio"))
  end
  it("may reconnect", function()
    local nic = vhost("client", "<reconnect enabled='yes' timeout='10'/>")
    assert.same({ enabled = true, timeout = 10 }, nic.source.reconnect)
    assert.same({ enabled = false }, vhost("client",
      "<reconnect enabled='no' timeout='x'/>").source.reconnect)
    assert.is_nil(vhost("client", "<reconnect timeout='x'/>").source.reconnect)
  end)
  it("must be right", function()
    refused(vhost("client", "<reconnect enabled='yes'/>", nil, check),
      "attribute timeout is missing")
    refused(vhost("server", "<reconnect enabled='yes' timeout='1'/>", nil, check),
      "is for mode='client'")
    refused(vhost("x", "", nil, check), "must be client or server")
    refused(vhost("client", "", "e1000", check), "must be one of virtio's")
  end)
end)

describe("a live document", function()
  local function live(interface) return read(interface, {}) end
  it("keeps generated names and aliases", function()
    local nic = live(
      "<interface type='ethernet'><target dev='vnet3'/><alias name='net0'/></interface>")
    assert.equal("vnet3", nic.dev)
    assert.equal("net0", nic.alias)
  end)
  it("says what a network became", function()
    local uuid = "09b11c53-8b5c-4eeb-8f00-d84eaa0aaa4f"
    local text = "<interface type='bridge'><source network='n' portid='%s' bridge='virbr0' " ..
      "portgroup='p' macTableManager='libvirt'/></interface>"
    assert.same({ network = "n", portid = uuid, bridge = "virbr0", portgroup = "p",
      macTableManager = "libvirt" }, live(text:format(uuid)).source)
    assert.same({ bridge = "virbr0" }, read(text:format(uuid)).source)
    assert.same({ network = "n" },
      read("<interface type='network'><source network='n' portid='x'/></interface>").source)
    refused(check("<interface type='network'><source network='n' portid='x'/></interface>",
      { live = true }), "must be a UUID")
  end)
  it("drops names with the driver's prefix, too, when inactive", function()
    local vif = "<interface type='ethernet'><target dev='vif1.0'/></interface>"
    assert.equal("vif1.0", read(vif).dev)
    assert.is_nil(read(vif, { inactive = true, prefix = "vif" }).dev)
  end)
end)

describe("facts of newer versions", function()
  it("are a driver's of a host device", function()
    local nic = assert(read("<interface type='hostdev'><source><address type='pci'/></source>" ..
      "<driver name='vfio' model='mlx5_vfio_pci' iommufd='yes'/></interface>"))
    assert.same({ name = "vfio", model = "mlx5_vfio_pci", iommufd = true }, nic.driver)
    assert.is_nil(nic.unknown)
  end)
  it("are passt's names, and its device", function()
    local nic = assert(read("<interface type='vhostuser'><source dev='eth0'/>" ..
      "<backend type='passt' hostname='h' fqdn='h.example'/></interface>"))
    assert.same({ type = "passt", hostname = "h", fqdn = "h.example" }, nic.backend)
    assert.same({ dev = "eth0" }, nic.source)
  end)
  it("are the MAC that a running guest has given itself", function()
    local mac = "<interface><mac address='52:54:00:00:00:01' " ..
      "currentAddress='52:54:00:00:00:0A'/></interface>"
    assert.equal("52:54:00:00:00:0a", read(mac, {}).mac_current_address)
    assert.is_nil(read(mac).mac_current_address)
    assert.equal("52:54:00:00:00:01", read(mac).mac)
  end)
  it("are a model, in whatever case", function()
    assert.equal("igb", read("<interface><model type='IGB'/></interface>").model)
  end)
  it("are a route to everywhere", function()
    local nic = assert(read("<interface type='ethernet'><source>" ..
      "<route gateway='10.0.0.1'/><route family='ipv6' gateway='fe80::1' prefix='0'/>" ..
      "</source></interface>"))
    assert.same({ { gateway = "10.0.0.1" }, { family = "ipv6", gateway = "fe80::1", prefix = 0 } },
      nic.source.routes)
    assert.is_nil(nic.unknown)
  end)
  it("are no backend, when it is the default", function()
    assert.is_nil(read("<interface><backend type='default'/></interface>").backend)
  end)
end)

describe("aliases of users", function()
  it("are of one device, when an interface is among them", function()
    local one = "<interface><alias name='ua-x'/></interface>"
    refused(check(one .. one), "<alias name='ua-x'>: must be of one device")
    refused(check(one .. "<disk><alias name='ua-x'/></disk>"), "must be of one device")
    assert(read(one .. "<disk><alias name='ua-y'/></disk><serial><alias name='ua-y'/></serial>"))
  end)
end)

describe("the domain", function()
  local function facts(head, options)
    return domain.read("<domain type='kvm' id='7'>" .. head .. "</domain>", options)
  end
  it("has its own facts", function()
    local d = facts([[<name>a</name><uuid>C7A5FDBDEDAF9455926AD65C16DB1809</uuid><title>T</title>
      <description>D</description><os><type arch='x'>hvm</type></os>]]).domain
    assert.same({ name = "a", uuid = "c7a5fdbd-edaf-9455-926a-d65c16db1809", type = "kvm", id = 7,
      title = "T", description = "D", os_type = "hvm", metadata = {} }, d)
    assert.is_nil(facts("<name>a</name>", { inactive = true }).domain.id)
  end)
  it("has metadata, whatever it is", function()
    local d = facts([[<name>a</name><metadata>
      <m:net xmlns:m="urn:m" vlan="5" m:x="y"> text <!-- no --><m:port from='80'/> more
      </m:net><plain/></metadata>]]).domain
    assert.same({
      { ns = "urn:m", name = "net", attributes = { vlan = "5", x = "y" }, text = "text  more",
        children = { { ns = "urn:m", name = "port", attributes = { from = "80" },
          children = {} } } },
      { name = "plain", attributes = {}, children = {} },
    }, d.metadata)
  end)
  for head, words in pairs {
    [""] = "<domain>: must have a <name>", ["<name/>"] = "must have a <name>",
    ["<name>a/b</name>"] = "<name>a/b</name>: must not have /",
    ["<name>a</name><uuid>x</uuid>"] = "<uuid>x</uuid>: must be a UUID",
  } do
    it("refuses " .. (head == "" and "no name" or head), function()
      local _, err = facts(head)
      assert.truthy(err:find(words, 1, true), err)
    end)
  end
  it("must be a domain", function()
    local _, err = domain.read("<network/>", { name = "n.xml" })
    assert.equal("xml n.xml:1: <network>: must be <domain>", err)
  end)
end)
