-- sh_unnamed_spec.lua - $DEV, a device that libvirt will name, was quoted away from sh

local kernel = require "internals.kernel"
local program = require "spec.program"

describe("a command for a device without a name", function()
  local host

  before_each(function() host = assert(kernel.open()) end)
  after_each(function() host:close() end)

  local function command(name)
    return host:sh("set", ("link name=%s up=true"):format(name))
  end

  it("has it as sh's own variable", function()
    assert.equal("ip link set dev $DEV up\n", command "$DEV")
    assert.equal("ip link set dev $DEV2 up\n", command "$DEV2")
  end)

  it("has everything else as it is, whatever it looks like", function()
    for _, name in ipairs { "$(reboot)", "$DEVICE", "$DEV2x", "$DEV$(x)", "x$HOME", "$", "`x`" } do
      local r = program.run((command(name):gsub("^ip", "printf '%%s\\n'")))
      assert.equal(("link\nset\ndev\n%s\nup\n"):format(name), r.out)
    end
  end)
end)
