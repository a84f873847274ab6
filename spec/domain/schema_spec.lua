-- schema_spec.lua - a document against a RELAX NG schema, and what libvirt's own would refuse
local domain = require "internals.domain"
local support = require "spec.domain.support"

local schema = [[
<grammar xmlns="http://relaxng.org/ns/structure/1.0">
  <start><element name="domain">
    <attribute name="type"/>
    <zeroOrMore><element name="name"><text/></element></zeroOrMore>
    <element name="devices"><text/></element>
  </element></start>
</grammar>]]

local function with_file(text, f)
  local path = os.tmpname()
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
  local ok, err = pcall(f, path)
  os.remove(path)
  if not ok then error(err, 0) end
end

describe("a schema", function()
  it("accepts", function()
    with_file(schema, function(path)
      assert.is_true(domain.validate(path, support.domain("", "")))
    end)
  end)
  it("refuses, with the line and the element", function()
    with_file(schema, function(path)
      local ok, err = domain.validate(path, support.domain("<interface/>", ""), { name = "a.xml" })
      assert.is_nil(ok)
      assert.truthy(err:find "^xml a%.xml:%d+: .*interface")
    end)
  end)
  it("may be missing or broken", function()
    local ok, err = domain.validate("/nonexistent.rng", support.domain "")
    assert.is_nil(ok)
    assert.truthy(err:find "^schema /nonexistent%.rng")
    with_file("<grammar>", function(path)
      ok, err = domain.validate(path, support.domain "")
      assert.is_nil(ok)
      assert.truthy(err:find "^schema ")
    end)
  end)
  it("does not open what the reader refuses", function()
    with_file(schema, function(path)
      local ok, err = domain.validate(path, "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><domain/>")
      assert.is_nil(ok)
      assert.truthy(err:find "DOCTYPE")
    end)
  end)
end)

describe("what libvirt's schema refuses of what libvirt accepts", function()
  local function note(target)
    return domain.note(support.domain("<interface type='ethernet'>" .. target .. "</interface>"), 1)
  end
  it("is a target without dev", function()
    assert.truthy(note "<target managed='yes'/>":find "without dev")
  end)
  it("is a name of other letters: a template, or an empty one", function()
    for _, name in ipairs { "tap%d", "a b", "" } do
      assert.truthy(note("<target dev='" .. name .. "'/>"):find "it wants letters")
    end
  end)
  it("is not one with dev, nor none", function()
    assert.is_nil(note "<target dev='aZ09_.-\\:/'/>")
    assert.is_nil(note "<target dev='x' managed='yes'/>")
    assert.is_nil(note "")
  end)
end)
