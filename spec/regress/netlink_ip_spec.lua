-- netlink_ip_spec.lua - an address of sixteen bytes and of a family that is no IP's
--
-- Its text was nobody's, and was copied from nowhere: a neighbour of a strange kernel's ended the
-- program.

local kernel = require "internals.kernel"

describe("an address that the kernel tells", function()
  it("is of IPv4 or of IPv6, and as long as those are", function()
    local four, sixteen = "\10\0\0\1", ("\0"):rep(15) .. "\1"
    assert.equal("10.0.0.1", kernel.ip(2, four, 0))
    assert.equal("::1", kernel.ip(10, sixteen, 0))
    for family = 0, 255 do
      if family ~= 2 then assert.is_nil(kernel.ip(family, four, 0)) end
      if family ~= 10 then assert.is_nil(kernel.ip(family, sixteen, 0)) end
      assert.is_nil(kernel.ip(family, "", 0))
    end
    assert.is_nil(kernel.ip(2, four, 33))
    assert.is_nil(kernel.ip(10, sixteen, 129))
  end)
end)
