-- prefixed_metadata_spec.lua - what moontap's metadata said with moontap's own prefix was ignored

local guests = require "spec.guests"
local program = require "spec.program"

describe("a guest whose metadata has moontap's prefix all through", function()
  before_each(guests.setup)

  local function plan(inside)
    program.write("p.lua", [[local net = hook "libvirt" { bridge = "br0" }
      function connect(nic) net(nic) end]])
    return program.moontap("plan -p p.lua -", guests.xml("web", 1, ([[<metadata>
      <moontap:interface xmlns:moontap='urn:moontap'>%s</moontap:interface></metadata>]])
      :format(inside)))
  end

  it("gets what it asks for", function()
    local r = plan "<moontap:port isolated='yes'/>"
    assert.same({ 0, "" }, { r.status, r.err })
    assert.matches("bridge link set dev web0 isolated on", r.out, 1, true)
  end)

  it("is told in one line what is not understood", function()
    local r = plan "<moontap:ports isolated='yes'/><moontap:filter/>"
    assert.equal(0, r.status)
    assert.equal("moontap: web: passed over, for it is unknown to this moontap: NIC 1: <ports> " ..
      "<filter> in moontap's metadata: must be mac=, bridge=, <vlan>, <port> or <portForward>\n",
      r.err)
  end)
end)
