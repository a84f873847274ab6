-- host_reads_spec.lua - what a policy sees of the kernel, and hooks/bridge.lua, which looks at it
local helper = require "spec.policy.helper"
local run = require "spec.helper".run

local function connect(body, more)
  more = more or {}
  more.host = true
  return helper.connect(body, more)
end

describe("host", function()
  before_each(function()
    run [[ip link add br0 type bridge && ip link add va type veth peer name vb &&
      ip link set va master br0 && ip link set br0 mtu 9000 && ip link set lo up &&
      ip link set vb alias 'two words']]
  end)

  for body, line in pairs {
    ["log(host.link('br0').mtu, host.link{ name = 'br0' }.up)"] = "9000 false",
    ["log(host.link 'eth7')"] = "nil",
    ["local l = host.link 'va' log(l.master, host.link('br0').master)"] = "br0 false",
    ["log(host.link('vb').alias)"] = "two words",
    ["local s = '' for _, l in ipairs(host.links{ master = 'br0' }) do s = s .. l.name end log(s)"]
      = "va",
    ["local n = {} for i, l in ipairs(host.links()) do n[i] = l.name end table.sort(n) "
      .. "log(table.concat(n, ' '))"]
      = "br0 lo va vb",
    ["log(#host.links{ mtu = 9000 }, #host.links{ mtu = 9000, up = true }, "
      .. "#host.links{ master = false, mtu = 9000 })"]
      = "1 0 1",
    ["log(#host.links{ master = 'none' }, #host.bridges(), host.bridges()[1].name)"] = "0 1 br0",
    ["log(host.addr{ address = '127.0.0.1/8', dev = 'lo' }.dev, #host.addrs{ dev = 'br0' })"]
      = "lo 0",
  } do
    it("can be read: " .. body, function()
      assert.equal("log text=" .. line, connect(body)[1])
    end)
  end

  for body, why in pairs {
    ["host.link()"] = "host.link: a table of fields expected, not a nil",
    ["host.link{}"] = "host.link: 'name' is missing",
    ["host.link{ nam = 'br0' }"] = "host.link: unknown field 'nam'; did you mean 'name'?",
    ["host.link 'a/b'"] = "host.link: name: 'a/b' is not "
      .. "a device name of 1..15 bytes without blanks, '/', ':' or '%'",
    ["host.links 'br0'"] = "host.links: a table of fields expected, not a string",
    ["host.links{ mtu = 'x' }"] = "host.links: mtu: the string 'x' is not 68..65575 bytes",
    ["host.taps{ user = 'alice' }"] = "host.taps: user: a number expected here, not a name",
    ["host.lnik 'br0'"] = "attempt to call a nil value (field 'lnik')",
  } do
    it("refuses " .. body, function()
      assert.equal("error code=3 at=policy.lua:1 text=" .. why, connect(body)[1])
    end)
  end

  it("can be read at the top level, and in decide(), too", function()
    assert.equal("log text=9000", helper.run("log(host.link('br0').mtu)", { host = true }).lines[1])
    assert.equal("log text=9000",
      helper.run("function decide() log(host.link('br0').mtu) end", { host = true }).lines[1])
  end)

  it("is not there without a handle on it", function()
    assert.equal("error code=3 at=policy.lua:1 text=host.link: the host cannot be read here",
      helper.connect("host.link 'lo'", { host = false })[1])
  end)
end)

describe("hooks/bridge.lua", function()
  local hooks = {}
  do
    local file <close> = assert(io.open "hooks/bridge.lua")
    hooks.bridge = file:read "a"
  end
  local function said(options, nic)
    local got = helper.run("lan = hook 'bridge' {" .. options
      .. "}\nfunction connect(nic) lan(nic) end",
      { hooks = hooks, host = true, nics = { helper.nic(nic) } })
    local lines = {}
    for _, line in ipairs(got.lines) do
      local aside = line:find "^nic " or line:find "^at "
      if not aside then lines[#lines + 1] = line end
    end
    return lines
  end
  local unmanaged = { target = { dev = "mytap0", managed = false } }

  before_each(function()
    run "ip link add br0 mtu 9000 type bridge"
  end)

  local distrust = "conf dev=mytap0 family=ipv6 accept_ra=0 default=accept_ra" -- tap() says so

  it("puts a NIC into a bridge, with the bridge's MTU", function()
    assert.same({ "allow link=br0 option=bridge",
      "link name=mytap0 mtu=9000 master=br0 up=true default=mtu",
      "link name=br0 base_mtu=9000", distrust },
      said "bridge = 'br0'")
  end)

  it("takes its own option before the bridge's, and never a smaller <mtu>", function()
    assert.equal("link name=mytap0 mtu=9000 master=br0 up=true default=mtu",
      said("bridge = 'br0'", { mtu = 1400 })[2])
    assert.equal("link name=mytap0 mtu=1300 master=br0 up=true",
      said("bridge = 'br0', mtu = 1300", { mtu = 1200 })[2])
  end)

  it("takes a larger <mtu> where max_mtu allows it, and refuses it where not", function()
    assert.equal("link name=mytap0 mtu=9100 master=br0 up=true default=mtu",
      said("bridge = 'br0', max_mtu = 9200", { mtu = 9100 })[2])
    assert.matches("refuse at=bridge:%d+ text=the XML says <mtu size='9001'/>, and in br0 9000",
      said("bridge = 'br0'", { mtu = 9001 })[2])
    assert.matches("in br0 1400 is the most", said("bridge = 'br0', mtu = 1400", { mtu = 1500 })[2])
  end)

  it("makes an unmanaged NIC's tap for its user", function()
    local lines = said("bridge = 'br0', user = 'alice'", unmanaged)
    assert.equal("tap name=mytap0 multi_queue=false vnet_hdr=true user=alice " ..
      "default=multi_queue,vnet_hdr",
      lines[#lines - 3])
    assert.equal("link name=mytap0 mtu=9000 address=fe:54:00:aa:bb:01 master=br0 up=true " ..
      "default=mtu,address", lines[#lines - 2])
  end)

  it("sets its port", function()
    assert.equal("port dev=mytap0 isolated=true learning=false cost=100",
      said("bridge = 'br0', isolated = true, learning = false, cost = 100")[5])
  end)

  it("refuses when there is no such bridge", function()
    local line = said("bridge = 'br1'")[2]
    assert.is_truthy(line:find "^refuse at=bridge:%d+ text=there is no bridge br1, "
      .. "which the policy names; this host's bridges: br0$")
  end)

  it("says whose mistake an option is", function()
    assert.same({ "allow link=br0 option=brigde",
      "error code=3 at=policy.lua:1 text=bridge: there is no option 'brigde'; " ..
        "did you mean 'bridge'?" },
      said "brigde = 'br0'")
    assert.equal("error code=3 at=policy.lua:1 text=bridge: the option 'bridge' is missing",
      said ""[1])
  end)
end)
