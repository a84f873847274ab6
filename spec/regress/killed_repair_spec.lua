-- killed_repair_spec.lua - moontapd's watcher was killed in the midst of a repair: the next watcher
-- neither undid what was begun nor said a word

local daemon = require "spec.service.daemon"
local helper = require "spec.helper"
local program = require "spec.program"
local torture = require "spec.torture.torture"

local bridge = "ip link add br7 type bridge; ip link set br7 up"

describe("a repair #bare that is killed", function()
  it("is undone by the next watcher, which says what is to be done", function()
    helper.run(bridge)
    program.write("policy.lua", [[allow{ link = "br7" }
      function connect(nic) tap(nic, { master = "br7", up = true }) end]])
    program.write("web.xml", [[<domain type='qemu'><name>web</name>
      <devices><interface type='ethernet'><mac address='52:54:00:00:00:01'/>
      <target dev='web0' managed='no'/></interface></devices></domain>]])
    local d <close> = daemon.start("", torture.environment{ who = "moontapd-watch",
      what = "change", n = 1, fault = "before" })
    d:watcher()
    assert.equal(0, program.moontap "-p policy.lua up web.xml".status)
    helper.run("ip link del br7; " .. bridge)
    daemon.wait_for("a line of the log", function()
      return program.read "moontapd.log":find(": moontap reconcile web\n", 1, true)
    end)
    assert.matches(" drifted\n", program.moontap "status".out)
    assert.equal(0, program.moontap "reconcile web".status)
    assert.matches("master br7", helper.run "ip link show web0")
  end)
end)
