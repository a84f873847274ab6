-- host_spec.lua - devices by name and index, odd names, filters, errors in the kernel's words
local helper = require "spec.helper"
local kernel = require "internals.kernel"

describe("the host", function()
  local host

  before_each(function()
    host = assert(kernel.open())
    helper.run [[ip link add dev br0 type bridge
      ip link add dev v0 type veth peer name v1; ip link set dev v0 master br0 alias hello
      ip link set dev v0 up]]
  end)
  after_each(function() host:close() end)

  it("has the cookie of its namespace", function()
    local cookie = host:cookie()
    local other <close> = assert(kernel.open())
    assert.equal(cookie, other:cookie())
    assert(require "internals.netns".unshare())
    local elsewhere <close> = assert(kernel.open())
    assert.not_equal(cookie, elsewhere:cookie())
  end)

  it("knows a device by name, and by index under any name", function()
    local d = assert(host:device "v0")
    local peer = assert(host:device "v1")
    assert.same({ "v0", "veth", "br0", "hello", peer.ifindex, 1500, true },
      { d.name, d.kind, d.master, d.alias, d.peer, d.mtu, d.up })
    helper.run "ip link set dev v0 name v9"
    assert.equal("v9", host:device(d.ifindex).name)
  end)

  it("says ENODEV of a device that is not there", function()
    for _, what in ipairs { "nope", 4711, 0, "", "a name that is far too long", "a/b" } do
      local _, err = host:device(what)
      assert.equal("ENODEV", err.code)
    end
  end)

  it("does not take a device's other name for its name", function()
    helper.run "ip link property add dev v0 altname uplink"
    local _, device = host:device "uplink"
    local _, link = host:get "link name=uplink"
    assert.equal("that is another name of v0: use this one", device.text)
    assert.equal(device.text, link.text)
  end)

  it("takes names of any bytes that the kernel takes, for sh, too", function()
    for name, escaped in pairs {
      ["a.b"] = "a.b", ["\x01\x7f\xff"] = "%01%7f\xff", ["'\"$;`\\&|"] = "'\"$;`\\&|",
      ["-x"] = "-x", ["none"] = "%6eone", ["été"] = "été",
    } do
      assert(host:put("add", "bridge name=" .. escaped), name)
      assert.equal(name, host:get("bridge name=" .. escaped).name)
      helper.run(host:sh("set", ("link name=%s mtu=1400 up=true"):format(escaped)))
      assert.equal(1400, host:get("link name=" .. escaped).mtu)
      local put = ("conf dev=%s family=ipv6 accept_ra=0"):format(escaped)
      assert(host:put("set", put))
      assert.equal(0, host:get(("conf dev=%s family=ipv6"):format(escaped)).accept_ra)
      helper.run(host:sh("delete", "bridge name=" .. escaped))
    end
  end)

  it("lists what fits the keys, and links of a master", function()
    local function names(filter)
      local all = {}
      for _, r in ipairs(host:list(filter)) do
        all[#all + 1] = r.name or r.dev
      end
      table.sort(all)
      return all
    end

    assert.same({ "br0", "lo", "v0", "v1" }, names "link")
    assert.same({ "v0" }, names "link master=br0")
    assert.same({ "br0", "lo", "v1" }, names "link master=none")
    assert.same({}, names "link master=nope")
    assert.same({ "br0" }, names "bridge")
    assert.same({ "v0" }, names "port")
    assert.same({ "v0", "v1" }, names "veth")
  end)

  it("asks for routes of one table, or device", function()
    helper.run [[ip addr add 10.0.0.1/24 dev br0; ip link set dev br0 up
      ip route add 198.51.100.0/24 via 10.0.0.9 table 77
      ip route add 198.51.100.0/24 dev v0
      ip route add 203.0.113.0/24 nexthop via 10.0.0.8 nexthop via 10.0.0.9
      ip route add 203.0.113.0/25 via 10.0.0.9 tos 4]]
    local function dsts(filter)
      local all = {}
      for _, r in ipairs(host:list(filter)) do
        all[#all + 1] = r.dst .. " " .. r.table
      end
      return table.concat(all, ", ")
    end

    assert.equal("198.51.100.0/24 77, 198.51.100.0/24 254, 203.0.113.0/24 254", dsts "route")
    assert.equal("198.51.100.0/24 77", dsts "route table=77")
    assert.equal("", dsts "route table=78")
    assert.equal("198.51.100.0/24 254", dsts "route dev=v0")
    assert.equal("", dsts "route dev=nope")
  end)

  it("gives the kernel's own words", function()
    helper.run "ip link set dev br0 up"
    assert(host:put("add", "addr dev=br0 address=192.0.2.1/24"))
    for put, line in pairs {
      ["link name=v0 mtu=65536"] =
        "link.set v0: Invalid argument: mtu greater than device maximum",
      ["link name=v1 master=nope"] = "link.set v1: master: there is no device nope",
      ["link name=v1 master=v0"] = "link.set v1: Operation not supported",
      ["port dev=v1 isolated=true"] = "port.set v1: the device is in no bridge",
    } do
      local _, err = host:put("set", put)
      assert.equal(line, err.line)
    end
    for put, line in pairs {
      ["addr dev=br0 address=192.0.2.1/24"] =
        "addr.add 192.0.2.1/24 on br0: File exists: ipv4: Address already assigned",
      ["route dst=198.51.100.0/24 via=203.0.113.1"] =
        "route.add 198.51.100.0/24: Network is unreachable: Nexthop has invalid gateway",
      ["neigh dev=br0 dst=192.0.2.9"] =
        "neigh.add 192.0.2.9 on br0: Invalid argument: No link layer address given",
    } do
      assert.equal(line, select(2, host:put("add", put)).line)
    end
  end)

  it("refuses what the kernel would take and do otherwise", function()
    for _, put in ipairs {
      "route dst=192.0.2.1/24 dev=v0", "route dst=2001:db8::/32 dev=v0 scope=link",
      "route dst=2001:db8::/32 dev=v0 via=192.0.2.1", "route dst=192.0.2.0/24 src=2001:db8::1",
      "addr dev=v0 address=192.0.2.1/24 peer=192.0.2.2",
      "addr dev=v0 address=2001:db8::1/64 broadcast=192.0.2.255",
      "neigh dev=v0 dst=192.0.2.1 proxy=true lladdr=02:00:00:00:00:01",
      "veth name=x", "conf dev=v0 family=ipv4 accept_ra=0",
    } do
      local _, err = host:put("add", put)
      assert.equal("EINVAL", err.code, put)
    end
  end)

  it("counts learned neighbours and the kernel's own routes as absent", function()
    helper.run [[ip link set dev br0 up; ip addr add 192.0.2.1/24 dev br0
      ip neigh add 192.0.2.9 dev br0 lladdr 02:00:00:00:00:09 nud stale]]
    assert.is_nil(host:get "neigh dev=br0 dst=192.0.2.9")
    assert.is_nil(host:get "route dst=192.0.2.0/24")
    assert(host:put("add", "neigh dev=br0 dst=192.0.2.9 lladdr=02:00:00:00:00:01"))
    assert.equal("02:00:00:00:00:01", host:get "neigh dev=br0 dst=192.0.2.9".lladdr)
    assert.equal("EEXIST", select(2, host:put("add", "route dst=192.0.2.0/24 dev=br0")).code)
  end)

  it("says what depends on what would be taken back", function()
    assert.equal("v0 is in it", host:busy("delete", "bridge name=br0"))
    helper.run "ip link set dev v0 nomaster; ip link set dev br0 up"
    assert.is_false(host:busy("delete", "bridge name=br0"))
    assert.is_false(host:busy("set", "link name=br0 up=false"))
    helper.run [[echo 0 >/proc/sys/net/ipv4/conf/br0/promote_secondaries
      ip addr add 192.0.2.1/24 dev br0; ip addr add 192.0.2.2/24 dev br0
      ip addr add 192.0.2.3/25 dev br0]]
    for _, busy in ipairs {
      host:busy("delete", "bridge name=br0"), host:busy("set", "link name=br0 up=false"),
    } do
      assert.is_truthy(busy:find "^192%.0%.2%.%d/2%d is on it$", busy)
    end
    assert.is_false(host:busy("set", "link name=br0 up=true"))
    assert.equal("192.0.2.2/24 would go with it",
      host:busy("delete", "addr dev=br0 address=192.0.2.1/24"))
    for _, address in ipairs { "192.0.2.2/24", "192.0.2.3/25" } do
      assert.is_false(host:busy("delete", "addr dev=br0 address=" .. address))
    end
    helper.run "echo 1 >/proc/sys/net/ipv4/conf/br0/promote_secondaries"
    assert.is_false(host:busy("delete", "addr dev=br0 address=192.0.2.1/24"))
  end)

  it("reads a long list whole", function()
    helper.run [[i=0; while [ $i -lt 300 ]; do
      echo "link add dev n$i type bridge"; i=$((i + 1)); done | ip -batch -]]
    assert.equal(300 + 1, #host:list "bridge")
    assert.equal(300 + 4, #host:list "link")
  end)
end)
