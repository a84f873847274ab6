-- samples_spec.lua - samples/embed: built, run, and each gets the same outcome as data
local helper = require "spec.helper"
local program = require "spec.program"
local build = require "spec.embed.build"

local made = "  add tap web0: ip tuntap add dev web0 mode tap"

local function shows(out, ...)
  for _, text in ipairs { ... } do
    assert.truthy(out:find(text, 1, true), text .. "\nis not in\n" .. out)
  end
end

local ways = {
  ["connect.c"] = function()
    build.here("samples/embed/connect.c", "connect")
    return "./connect"
  end,
  ["connect.lua"] = function()
    return build.lua .. " " .. build.root .. "/samples/embed/connect.lua"
  end,
  ["connect.py"] = function()
    return ("MOONTAP='%s' python3 %s/samples/embed/connect.py"):format(program.path, build.root)
  end,
}

for name, prepare in pairs(ways) do
  describe(name, function()
    local function run(words, xml)
      return program.run(("%s %s policy.lua state"):format(prepare(), words), xml or build.domain())
    end

    it("plans, connects and disconnects, and gets what was done", function()
      build.host()
      local plan = run "plan"
      assert.equal("", plan.err)
      shows(plan.out, "guest web\nNIC 1 web0: unmanaged, decided: as the XML says\n", made)
      assert.equal(1, #helper.json "ip -j link show type bridge")
      assert.equal(0, #helper.json "ip -j link show master br0")

      local up = run "up"
      assert.same({ status = 0, out = plan.out, err = "" }, up)
      assert.equal("web0", helper.json "ip -j link show master br0"[1].ifname)
      shows(run "up".out, "  same tap web0: ")

      local down = run "down"
      assert.equal(0, down.status)
      shows(down.out, "  undone: delete tap web0: ip link del dev web0\n")
      assert.equal(0, #helper.json "ip -j link show master br0")
    end)

    it("gets the error as data", function()
      program.write("policy.lua", "function connect(nic) refuse 'not today' end\n")
      local r = run "up"
      assert.equal(1, r.status)
      shows(r.out, "error EPERM: NIC 1 (web0), policy.lua:1: refused : not today\n")
    end)

    it("gets the kernel's words, and nothing is changed", function()
      build.host()
      program.write("policy.lua", [[
function connect(nic)
  tap(nic, { mtu = 65521 })
  addr{ dev = nic.dev, address = "10.0.0.1/24" }
  route{ dst = "10.9.0.0/16", via = "192.0.2.1", dev = nic.dev }
end
allow{ prefix = "0.0.0.0/0" }
]])
      local r = run "up"
      assert.equal(4, r.status, r.out .. r.err)
      assert.truthy(r.out:find "error %u+: NIC 1 %(web0%), policy.lua:4: route", r.out)
      assert.equal("", helper.run "ip -o link show type tun")
    end)
  end)
end

describe("threads.c", function()
  it("runs events among busy threads, and none hangs", function()
    build.host()
    build.here("samples/embed/threads.c", "threads",
      "-D_GNU_SOURCE -pthread " .. helper.run "pkg-config --cflags --libs libxml-2.0":match "%C+")
    local runs = os.getenv "MOONTAP_THREAD_RUNS" or "60"
    local r = program.run(("timeout 600 ./threads %s policy.lua state"):format(runs))
    assert.equal("", r.err)
    assert.truthy(r.out:find("^" .. runs .. " runs, 0 failed"), r.out)
    assert.equal(0, r.status)
  end)
end)
