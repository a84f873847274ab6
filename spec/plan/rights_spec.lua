-- rights_spec.lua - what allow{...} lets a plan use: a value is inside as a whole, or is refused

local rights = require "internals.rights"

-- what was allowed; values that are inside of it; and some that are not, or not wholly
local cases = {
  { allow = { { "vid", "100-199" } },
    inside = { "pvid=100", "pvid=199", "tagged=100-199", "tagged=120,130-140", "tagged=none" },
    outside = { "pvid=99", "pvid=200", "tagged=99-100", "tagged=199-200", "tagged=1,150",
                "tagged=1-4094" } },
  { allow = { { "vid", "20" }, { "vid", "30-40" }, { "vid", "41-50" } },
    inside = { "pvid=20", "tagged=20,35", "tagged=30-50", "tagged=20,40-41" },
    outside = { "pvid=21", "tagged=20-30", "tagged=29-50", "tagged=30-51" } },
  { allow = { { "vid", "35-50" }, { "vid", "30-40" } }, inside = { "tagged=30-50" },
    outside = { "tagged=30-51" } },
  { allow = { { "ports", "8000-8999" } },
    inside = { "port=8000-8999", "port=8080", "count=8000" },
    outside = { "port=80", "port=7999-8000", "port=8999-9000", "port=0-65535", "pvid=8",
                "count=18446744073709551615", "count=4294975296" } },
  { allow = { { "ports", "0-65535" } }, inside = { "port=0-65535", "port=65535" },
    outside = { "count=65536" } },
  { allow = { { "iface_id", "web-*" } }, inside = { "iface_id=web-", "iface_id=web-1-2" },
    outside = { "iface_id=web", "iface_id=dbweb-1", "iface_id=we" } },
  { allow = { { "iface_id", "*-lan-*0" } },
    inside = { "iface_id=-lan-0", "iface_id=a-lan-lan-10" },
    outside = { "iface_id=-lan-", "iface_id=lan-0", "iface_id=a-lan-01" } },
  { allow = { { "iface_id", "db" } }, inside = { "iface_id=db" },
    outside = { "iface_id=db1", "iface_id=d", "iface_id=*" } },
  { allow = { { "prefix", "10.0.0.0/9" } }, inside = { "net=10.0.0.0/9", "ip=10.127.255.255" },
    outside = { "net=10.0.0.0/8", "ip=10.128.0.0", "ip=::a00:0" } },
  { allow = {}, inside = { "tagged=none" },
    outside = { "pvid=1", "iface_id=x", "port=1", "ip=::" } },
  -- what a process that was taken over might say
  { allow = { { "vid", "x" }, { "vid", "" }, { "vid", "4095" }, { "vid", "9-5" }, { "vid", "5," } },
    inside = {}, outside = { "pvid=5", "pvid=9" } },
}

describe("what a policy's top level allows", function()
  it("is all that a plan may use, and the whole of it", function()
    for _, case in ipairs(cases) do
      for _, word in ipairs(case.inside) do
        assert(rights.check("thing name=x " .. word, case.allow))
      end
      for _, word in ipairs(case.outside) do
        local may, why = rights.check("thing name=x " .. word, case.allow)
        assert.is_nil(may, word)
        assert.matches("does not allow the", why)
      end
    end
  end)

  it("is said with the line that would allow it", function()
    for word, line in pairs {
      ["pvid=7"] = "allow{ vid = 7 }", ["tagged=7,9-10"] = 'allow{ vid = "7,9-10" }',
      ["port=80-90"] = 'allow{ ports = "80-90" }', ["ip=10.0.0.1"] = 'allow{ prefix = "10.0.0.1" }',
      ["iface_id=web"] = 'allow{ iface_id = "web" }',
    } do
      local _, why = rights.check("thing name=x " .. word, {})
      assert.is_truthy(why:find(line, 1, true), why)
      assert.matches("policy.lua:1", why)
    end
  end)
end)
