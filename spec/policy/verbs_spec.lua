-- verbs_spec.lua - what a policy declares, and what it may not
local helper = require "spec.policy.helper"

-- The only line that connect() says with this body.
local function said(body, more)
  local lines = helper.connect(body, more)
  assert.equal(1, #lines, table.concat(lines, "\n"))
  return lines[1]
end

local function text(body, more)
  return (said(body, more):gsub("^error code=3 at=policy.lua:1 text=", ""))
end

describe("a verb", function()
  for body, line in pairs {
    ['link{ name = "br0" }'] = "link name=br0",
    ['link{ name = "br0", up = true, mtu = 1500 }'] = "link name=br0 mtu=1500 up=true",
    ['link{ name = "br0", up = false }'] = "link name=br0 up=false",
    ['link{ name = "br0", mtu = 1500.0 }'] = "link name=br0 mtu=1500",
    ['link{ name = "eth1", master = false, alias = false }']
      = "link name=eth1 master=none alias=none",
    ['link{ name = "eth1", alias = "none" }'] = "link name=eth1 alias=none",
    ['link{ name = "eth1", alias = "a b%\\n" }'] = "link name=eth1 alias=a b%\n",
    ['link{ name = "eth1", address = "52:54:00:AA:00:01" }']
      = "link name=eth1 address=52:54:00:aa:00:01",
    ['port{ dev = "eth1", isolated = true, cost = 4 }'] = "port dev=eth1 isolated=true cost=4",
  } do
    it("says what it is given: " .. body, function()
      assert.equal(line, said(body))
    end)
  end

  for body, why in pairs {
    ['link{ mastr = "br0", name = "eth1" }']
      = "link: unknown field 'mastr'; did you mean 'master'?",
    ['link{ name = "eth1", zz = 1, aa = 2, mm = 3 }']
      = "link: unknown field 'aa'; its fields: name, mtu, " ..
      "base_mtu, address, master, alias, txqueuelen, group, gso_max_size, gso_max_segs, " ..
      "gro_max_size, gso_ipv4_max_size, up",
    ['link{ up = true }'] = "link: 'name' is missing",
    ['link{ name = false }'] = "link: name: it cannot be none, but "
      .. "a device name of 1..15 bytes without blanks, '/', ':' or '%'",
    ['link{ "eth1" }'] = "link: fields have names, and this one is a number",
    ['link{ name = "eth1", mtu = "big" }'] = "link: mtu: the string 'big' is not 68..65575 bytes",
    ['link{ name = "eth1", mtu = "1500" }'] = "link: mtu: the string '1500' is not 68..65575 bytes",
    ['link{ name = "eth1", mtu = 1 }'] = "link: mtu: '1' is not 68..65575 bytes",
    ['link{ name = "eth1", mtu = -1 }'] = "link: mtu: '-1' is not 68..65575 bytes",
    ['link{ name = "eth1", mtu = 1500.5 }'] = "link: mtu: 1500.5 is not 68..65575 bytes",
    ['link{ name = "eth1", mtu = 0/0 }'] = "link: mtu: -nan is not 68..65575 bytes",
    ['link{ name = "eth1", mtu = true }'] = "link: mtu: true is not 68..65575 bytes",
    ['link{ name = "eth1", mtu = {} }'] = "link: mtu: a table is not 68..65575 bytes",
    ['link{ name = "eth1", mtu = false }'] = "link: mtu: it cannot be none, but 68..65575 bytes",
    ['link{ name = "eth1", up = "yes" }'] = "link: up: the string 'yes' is not true or false",
    ['link{ name = "eth1", up = 1 }'] = "link: up: 1 is not true or false",
    ['link{ name = "eth1", alias = "a\\0b" }']
      = "link: alias: a string with a NUL byte is not a text of 1..255 bytes",
    ['link{ name = "../x" }'] = "link: name: '../x' is not "
      .. "a device name of 1..15 bytes without blanks, '/', ':' or '%'",
    ['link{ name = "eth1", address = "52:54" }'] = "link: address: '52:54' is not "
      .. "a MAC address such as 52:54:00:12:34:56",
    ['link "eth1"'] = "bad argument #1 to 'link' (one table of fields expected)",
    ['link()'] = "bad argument #1 to 'link' (one table of fields expected)",
  } do
    it("refuses " .. body, function()
      assert.equal(why, text(body))
    end)
  end

  it("refuses a mistake in the same words every time", function()
    local body = "link{ name = 'eth1', mtu = 1, txqueuelen = -1, group = 'x', up = 5 }"
    for _ = 1, 20 do assert.equal("link: mtu: '1' is not 68..65575 bytes", text(body)) end
  end)

  it("declares nothing at the top level, nor in decide()", function()
    local why = "text=link: nothing can be declared before connect() runs"
    assert.same({ "error code=3 at=policy.lua:2 " .. why },
      helper.run("\nlink{ name = 'eth1' }").lines)
    assert.same({ "error code=3 at=policy.lua:1 " .. why },
      helper.run("function decide() link{ name = 'eth1' } end").lines)
  end)

  it("returns nothing", function()
    assert.equal("log text=0", helper.connect("log(select('#', link{ name = 'a' }))")[2])
  end)

  it("says its line when that is another one than the last verb's", function()
    local got = helper.run [[
      function connect(nic)
        link{ name = 'a' } link{ name = 'b' }
        link{ name = 'c' }
      end]]
    assert.same({
      "nic index=1 dev=mytap0 mac=52:54:00:aa:bb:01",
      "at place=policy.lua:2", "link name=a", "link name=b",
      "at place=policy.lua:3", "link name=c",
    }, got.lines)
  end)

  it("may be called so many times and no more", function()
    local lines, got = helper.connect("for i = 1, 16384 do link{ name = 'a' .. i } end")
    assert.equal(16384, #lines)
    assert.is_nil(got.code)
    lines, got = helper.connect("for i = 1, 1e6 do link{ name = 'a' .. i } end")
    assert.equal("error code=5 at=policy.lua:1 text=declared more than 16384 records",
      lines[#lines])
    assert.equal("E2BIG", got.code)
  end)

  it("is there for every kind but tap, which has a word of its own", function()
    assert.equal("tap: it takes the nic that is being connected", text('tap{ name = "x" }'))
  end)
end)

describe("tap", function()
  -- A guest is no router of the host's.
  local distrust = "conf dev=mytap0 family=ipv6 accept_ra=0 default=accept_ra"
  local unmanaged = { nics = { helper.nic { target = { dev = "mytap0", managed = false } } } }
  local function one(fields)
    fields.target = { dev = "mytap0", managed = false }
    return { nics = { helper.nic(fields) } }
  end

  it("is link{} for a managed NIC, whose tap is not its business", function()
    assert.same({ "link name=mytap0 mtu=1500 master=br0 up=true default=mtu",
      "link name=br0 base_mtu=1500", distrust },
      helper.connect "tap(nic, { master = 'br0', up = true, user = 'alice', multi_queue = true })")
  end)

  it("makes an unmanaged NIC's tap, with libvirt's MAC for it", function()
    assert.same({
      "tap name=mytap0 user=0 multi_queue=false vnet_hdr=true default=user,multi_queue,vnet_hdr",
      "link name=mytap0 address=fe:54:00:aa:bb:01 up=true default=address", distrust,
    }, helper.connect("tap(nic, { up = true })", unmanaged))
    assert.same({
      "tap name=mytap0 user=0 multi_queue=true vnet_hdr=false default=user,multi_queue,vnet_hdr",
      "link name=mytap0 address=fa:54:00:aa:bb:01 default=address", distrust,
    }, helper.connect("tap(nic)",
      one { mac = "fe:54:00:aa:bb:01", model = "rtl8139", driver = { queues = 4 } }))
  end)

  it("makes it with a virtio header for the models for which libvirt does", function()
    for model, has in pairs { virtio = true, e1000e = true, igb = true, vmxnet3 = true,
      e1000 = false, rtl8139 = false } do
      assert.matches("vnet_hdr=" .. tostring(has),
        helper.connect("tap(nic)", one { mac = "52:54:00:aa:bb:01", model = model })[1])
    end
  end)

  it("lets the options have the last word", function()
    assert.same({
      "tap name=mytap0 multi_queue=true vnet_hdr=false user=alice group=kvm-1",
      "link name=mytap0 address=02:00:00:00:00:01", distrust,
    }, helper.connect([[tap(nic, { user = "alice", group = "kvm-1", multi_queue = true,
      vnet_hdr = false, address = "02:00:00:00:00:01" })]], unmanaged))
    assert.same("tap name=mytap0 user=1000 multi_queue=false vnet_hdr=true "
      .. "default=multi_queue,vnet_hdr",
      helper.connect("tap(nic, { user = 1000 })", unmanaged)[1])
  end)

  for body, why in pairs {
    ["tap(nic, { usr = 'alice' })"] = "tap: unknown field 'usr'; did you mean 'user'?",
    ["tap(nic, { mastr = 'br0' })"] = "tap: unknown field 'mastr'; did you mean 'master'?",
    ["tap(nic, { name = 'eth0' })"] = "tap: 'name' is the nic's and cannot be given",
    ["tap(nic, 'br0')"] = "tap: a table of fields expected, not a string",
    ["tap(nic, { user = 'a b' })"]
      = "tap: user: the string 'a b' is not a user of this host, by name or number",
    ["tap(nic, { user = '1000' })"]
      = "tap: user: the string '1000' is not a user of this host, by name or number",
    ["tap()"] = "tap: it takes the nic that is being connected",
    ["tap({ dev = 'eth0' }, {})"] = "tap: it takes the nic that is being connected",
    ["tap(nic.target, {})"] = "tap: it takes the nic that is being connected",
    ["tap(nic.domain.nics[2], {})"] = "tap: it takes the nic that is being connected",
  } do
    it("refuses " .. body, function()
      assert.equal(why, text(body, { nics = { unmanaged.nics[1], helper.nic() } }))
    end)
  end

  it("needs a device", function()
    assert.equal("tap: this nic has no device yet",
      text("tap(nic)", { nics = { helper.nic { target = false } } }))
  end)
end)

describe("default", function()
  it("is a value that is marked, in each verb", function()
    assert.same({ "link name=br0 mtu=1400 up=true default=mtu" },
      helper.connect "link{ name = 'br0', mtu = default(1400), up = true }")
    assert.same({ "link name=br0 master=none alias=x default=master,alias" },
      helper.connect "link{ name = 'br0', master = default(false), alias = default(default 'x') }")
    assert.same("tap name=mytap0 multi_queue=true vnet_hdr=true user=alice "
      .. "default=user,vnet_hdr",
      helper.connect("tap(nic, { user = default 'alice', multi_queue = true })",
        { nics = { helper.nic { target = { dev = "mytap0", managed = false } } } })[1])
  end)

  it("of nil is nil", function()
    assert.same({ "link name=br0 up=true" },
      helper.connect "link{ name = 'br0', mtu = default(nil), up = true }")
  end)

  for body, why in pairs {
    ["link{ name = 'br0', mtu = default(1) }"] = "link: mtu: '1' is not 68..65575 bytes",
    ["link{ name = 'br0', mtu = default{} }"] = "link: mtu: a table is not 68..65575 bytes",
    ["link{ name = default 'br0' }"]
      = "link: name: it says which object is meant, and cannot be a default",
    ["host.link{ mtu = default(1500) }"] = "host.link: mtu: a default is not 68..65575 bytes",
    ["link{ name = 'br0', mtu = default(1500) - 50 }"]
      = "attempt to perform arithmetic on a default value",
    ["log(default(1).x)"] = "attempt to index a default value",
    ["getmetatable(default(1)).x = 1"] = "attempt to index a boolean value",
    ["default()"] = "bad argument #1 to 'default' (value expected)",
  } do
    it("refuses " .. body, function()
      assert.is_truthy(text(body):find(why, 1, true), text(body))
    end)
  end

  it("is no value of an option, nor of a right", function()
    local got = helper.run("allow{ link = default 'br0' }")
    assert.matches("allow: link: a default is not a device name", got.lines[1])
  end)
end)
