-- check_schema_spec.lua - check took --schema and did nothing with it

local helper = require "spec.helper"
local program = require "spec.program"

-- Two files, since libvirt's is many that include each other.
local schema = [[
<grammar xmlns="http://relaxng.org/ns/structure/1.0">
  <include href="name.rng"/>
  <start><element name="domain">
    <attribute name="type"/>
    <ref name="name"/>
    <element name="devices"><empty/></element>
  </element></start>
</grammar>]]

local name = [[
<grammar xmlns="http://relaxng.org/ns/structure/1.0">
  <define name="name"><element name="name"><text/></element></define>
</grammar>]]

local function domain(devices)
  return ("<domain type='qemu'>\n<name>web</name>\n<devices>%s</devices></domain>"):format(devices)
end

describe("check --schema", function()
  local function check(file, xml)
    program.write("domain.xml", xml)
    return program.run(("'%s' check --schema %s domain.xml"):format(program.path, file))
  end

  before_each(function()
    program.write("domain.rng", schema)
    program.write("name.rng", name)
  end)

  it("accepts what the schema accepts", function()
    assert.same({ status = 0, out = "domain.xml: ok, by the rules of libvirt 12.8\n", err = "" },
      check("domain.rng", domain ""))
  end)

  it("refuses what only the schema refuses, with the line", function()
    local xml = domain "\n<interface type='user'/>"
    assert.equal(0, program.run(program.path .. " check -", xml).status)
    local r = check("domain.rng", xml)
    assert.equal(3, r.status)
    assert.equal("", r.out)
    assert.matches("^moontap: xml domain%.xml:[34]: .*\n$", r.err)
  end)

  it("takes the schema's word for words that are new", function()
    program.write("domain.rng", (schema:gsub("<empty/>", [[<element name="interface">
      <attribute name="type"/><element name="link"><attribute name="state"/><empty/></element>
      </element>]])))
    local xml = domain "<interface type='new'><link state='new'/></interface>"
    assert.equal(3, program.run(program.path .. " check -", xml).status)
    local r = check("domain.rng", xml)
    assert.equal(0, r.status)
    assert.matches("unknown", r.err)
  end)

  it("says that the schema cannot be read", function()
    local r = check("nowhere.rng", domain "")
    assert.equal(3, r.status)
    assert.matches("^moontap: schema nowhere%.rng.*\n$", r.err)
    program.write("domain.rng", "<grammar>")
    assert.equal(3, check("domain.rng", domain "").status)
  end)

  it("reads a schema that only root may read", function()
    helper.run("chmod 600 " .. helper.folder() .. "/*.rng")
    assert.equal(0, check("domain.rng", domain "").status)
  end)
end)
