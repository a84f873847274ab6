-- How a user's devices are called was read from memory that had been freed: OpenTap found no free
-- name, and bridge helper and type='bridge' failed.

local daemon = require "spec.service.daemon"
local helper = require "spec.helper"
local program = require "spec.program"
local varlink = require "spec.service.varlink"

it("a user's tap is called as the grant says", function()
  helper.run "ip link add br0 type bridge; ip link set br0 up"
  program.write("web.xml", "<domain/>")
  program.write("policy.lua", [[local lan = hook "bridge" { bridge = "br0", unknown = true,
      users = { "65534" } }
    function connect(nic) lan(nic) end]])
  local _ <close> = daemon.start()
  for _ = 1, 3 do
    local tap = varlink.python "become(65534)\ncall(service(), 'OpenTap', bridge='br0')"
    assert.matches("^u65534%-", tap.dev or tap.why)
  end
end)
