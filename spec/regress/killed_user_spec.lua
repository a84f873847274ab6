-- killed_user_spec.lua - the process that connected a user's NIC was killed when it had made the
-- tap: the next `up` of the user was refused, since the tap was in no journal, and so "not yours"

local daemon = require "spec.service.daemon"
local helper = require "spec.helper"
local program = require "spec.program"
local torture = require "spec.torture.torture"

local function up()
  return program.run(([[MOONTAP_EVENT_SOCKET=$PWD/sock/event \
    setpriv --reuid=65534 --regid=65534 --clear-groups '%s' up web.xml]]):format(program.path))
end

describe("a user's process #bare that is killed with the tap made", function()
  it("leaves nothing that keeps the user's guest from its next start", function()
    program.write("policy.lua", [[allow{ user = "65534" }
      function connect(nic) tap(nic, { up = true, alias = "one" }) end]])
    program.write("web.xml", [[<domain type='qemu'><name>web</name>
      <devices><interface type='ethernet'><mac address='52:54:00:00:00:01'/>
      <target dev='u65534-web' managed='no'/></interface></devices></domain>]])
    helper.run(("chmod 755 '%s'"):format(helper.folder()))
    local d <close> = daemon.start("", torture.environment{ who = "moontapd-caller",
      what = "change", n = 5, fault = "after" })
    local r = up()
    assert.equal(4, r.status, r.err)
    assert.matches("u65534%-web", helper.run "ip -o link show type tun")
    r = up()
    assert.same({ 0, "" }, { r.status, r.err })
    assert.matches("alias one", helper.run "ip link show u65534-web")
    assert.is_true(d:lives())
  end)
end)
