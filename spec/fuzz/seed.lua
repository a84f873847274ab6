-- seed.lua - files to begin with: seed.lua TARGET DIRECTORY
local target, directory = arg[1], arg[2]
local n = 0

local function write(text)
  n = n + 1
  local file <close> = assert(io.open(("%s/%04d"):format(directory, n), "w"))
  file:write(text)
end

-- Of the XML: each document of libvirt's verdicts, where they are.
local function documents()
  local ok, support = pcall(require, "spec.domain.support")
  if ok then
    support.each_verdict(function(doc) write(doc.xml) end)
  end
end

local function steps()
  write [[
nic dev=u0 driver=qemu domain=web uuid=4dea mac=52:54:00:00:00:01 index=1 ifindex=12 netns=1 by=up
+ 0 tap name=u0 user=1000 multi_queue=true
made 12
~ 12 link name=u0 mtu=9000 alias=moontap%20web | mtu=1500 alias=none
& 0 link name=br0 mtu=9000 | mtu=1500
existed
! 0 addr dev=br0 address=10.0.0.1/24
+ 7 route dst=10.0.0.0/8 table=254 metric=0 dev=eth0 via=10.0.0.1 proto=109
- 7 neigh dev=eth0 dst=2001:db8::1 proxy=true
= 7 conf dev=eth0 family=ipv6 forwarding=true | forwarding=false
~ 3 port dev=u0 isolated=true cost=5 | isolated=false cost=2
done
]]
end

local seeds = {
  domain_read = documents,
  domain_rewrite = documents,
  journal = steps,
  record = function()
    write "tap name=u0 user=1000 group=none multi_queue=true vnet_hdr=false"
    write "link name=u0 mtu=9000 address=fe:54:00:00:00:01 master=none alias=a%20b up=true"
    write "route dst=2001:db8::/32 table=100 metric=5 dev=eth0 via=fe80::1 src=::1 scope=global"
    write "addr dev=br0 address=10.0.0.1/24 peer=10.0.0.2/24 broadcast=none scope=link nodad=false"
    write "neigh dev=eth0 dst=10.0.0.1 proxy=true lladdr=02:00:00:00:00:01 router=true"
    write "conf dev=all family=ipv4 forwarding=true rp_filter=2"
    write "veth name=a peer=b"
    write "bridge name=br0 stp=true"
    write "port dev=u0 isolated=true priority=63"
  end,
  value = function()
    for i, text in ipairs {
      "vnet0", "br0", "a text", "9000", "true", "fe:54:00:00:00:01", "2001:db8::1", "10.0.0.1/24",
      "green", "root", "0", "8000-8099", "20,30-40",
    } do
      write(string.char(i - 1) .. text)
    end
  end,
  answer = function()
    write [[
policy checksum=0123456789abcdef
allow link=br0 prefix=10.0.0.0/8
allow table=100
loaded
domain name=web uuid=4dea22b3-1d52-d8f3-2516-782e98ab3fa0 type=qemu
interface index=1 type=ethernet mac=52:54:00:00:00:01 dev=u0 unmanaged=true
interface index=2 type=network mac=52:54:00:00:00:02
facts bytes=3
abcxml bytes=2
<a
nic index=1 decision=unmanaged
at place=policy.lua:12
tap name=u0
link name=u0 master=br0 mtu=1400 up=true default=mtu,up
link name=u0 mtu=1300
bridge name=lan0
veth name=a peer=b
addr dev=lan0 address=10.0.0.1/24
route dst=10.1.0.0/16 dev=u0 table=100
log text=a%20b
error code=5 op=x on=y at=policy.lua:3 text=z
end
]]
    write "refuse at=policy.lua:9 text=no\nend\n"
  end,
  argv = function()
    for _, line in ipairs {
      "hooks/qemu\0web\0prepare\0begin\0-", "qemu-ifup\0-p\0policy.lua\0tap0",
      "moontap\0up\0--state=x\0web.xml\0001\0--json", "lxc\0--state\0x\0a\0start\0b\0-",
      "moontap\0log\0-12\0--run\0002", "moontap\0plan\0--sh\0--deadline\0001e2\0-\0--\0-v",
      "version=0.1.0\0fd=3\0name=web\0hooks=a\0hooks=b\0want=7\0only=1\0managed=1\0memory=65536",
    } do
      write(line)
    end
  end,
}

if seeds[target] then
  seeds[target]()
end
