-- large_metadata_spec.lua - metadata that no policy looked at took all memory that its Lua may have

local program = require "spec.program"

describe("a guest with 300,000 elements of metadata", function()
  before_each(function()
    program.write("g.xml", "<domain type='kvm'><name>g</name><metadata>" ..
      "<m:a xmlns:m='http://example.org/m'>" .. ("<m:e/>"):rep(300000) ..
      "</m:a></metadata><devices><interface type='ethernet'><target dev='g0' managed='no'/>" ..
      "</interface></devices></domain>")
  end)

  local function plan(policy)
    program.write("p.lua", "function connect(nic) " .. policy .. " end")
    return program.moontap "plan -p p.lua g.xml"
  end

  it("is planned", function()
    local r = plan "tap(nic, { up = true })"
    assert.same({ 0, "" }, { r.status, r.err })
  end)

  it("goes through every operation of libvirt's hook, and is forgotten", function()
    program.write("p.lua", "function connect(nic) tap(nic, { up = true }) end")
    for _, operation in ipairs { "prepare", "start", "started", "stopped", "release" } do
      local r = program.run(("'%s' --state state -p p.lua hook qemu g %s begin - <g.xml")
        :format(program.path, operation))
      assert.same({ operation, 0, "" }, { operation, r.status, r.err })
    end
    assert.same({}, program.state())
  end)

  it("may be looked at", function()
    local r = plan [[
      local a = nic.domain.metadata[1]
      local n = 0
      for _, e in ipairs(a.children) do n = n + (e.name == "e" and 1 or 0) end
      for _, e in pairs(a.children) do n = n + (e.ns == a.ns and 1 or 0) end
      if n ~= 600000 or #a.children ~= 300000 or a ~= nic.domain.metadata[1] then
        refuse("it is " .. n)
      end
      tap(nic, {})]]
    assert.same({ 0, "" }, { r.status, r.err })
  end)
end)

describe("a guest with more elements of metadata than can be remembered", function()
  it("is refused for that", function()
    program.write("g.xml", "<domain type='kvm'><name>g</name><metadata>" ..
      "<m:a xmlns:m='http://example.org/m'>" .. ("<m:e/>"):rep(1200000) ..
      "</m:a></metadata><devices><interface type='ethernet'><target dev='g0' managed='no'/>" ..
      "</interface></devices></domain>")
    program.write("p.lua", "function connect() end")
    local r = program.run(("'%s' --state state -p p.lua hook qemu g prepare begin - <g.xml")
      :format(program.path))
    assert.equal(3, r.status)
    assert.matches("its facts are larger than 32 MiB", r.err)
  end)
end)
