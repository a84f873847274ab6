-- rewrite_spec.lua - only what must change is changed
local domain = require "internals.domain"
local support = require "spec.domain.support"

local function rewritten(inside, edit, options)
  if edit then edit.index = edit.index or 1 end
  local out, err = domain.rewrite(support.domain(inside), edit and { edit } or {}, options)
  if not out then return out, err end
  return out:match "<devices>\n(.*)\n</devices>"
end

local inactive = { inactive = true }

describe("rewrite", function()
  local open = "<interface type='ethernet'>%s</interface>"
  for _, case in ipairs {
    -- before, edit, after; after false: nothing changes
    { open:format "<target dev='x0'/>", { managed = "no" },
      open:format "<target dev='x0' managed='no'/>" },
    { open:format "<target dev='x0' managed='no'/>", { managed = "no" }, false },
    { open:format "<target dev='x0' managed='no'/>", { managed = false },
      open:format "<target dev='x0'/>" },
    { open:format "<target managed='no' dev='x0'/>", { managed = false },
      open:format "<target dev='x0'/>" },
    { open:format "<target managed='no'/>", { managed = false }, open:format "" },
    { open:format "<target managed='no'>\n </target>", { managed = false }, open:format "" },
    { open:format "<target managed='no'><!-- x --></target>", { managed = false },
      open:format "<target><!-- x --></target>" },
    { open:format "<target managed='no' other='1'/>", { managed = false },
      open:format "<target other='1'/>" },
    { open:format "<target managed='no' dev='x0'/>", { dev = "y0" },
      open:format "<target managed='no' dev='y0'/>" },
    { open:format "<target managed='no'/>", { dev = "y0" },
      open:format "<target dev='y0' managed='no'/>" },
    { open:format "<target dev='x0'/>", { dev = false }, open:format "" },
    { open:format "<target dev='x0'/><target dev='y0'/>", { dev = false },
      open:format "<target/><target dev='y0'/>" },
    { open:format "<target dev='x0'/>", { dev = "x0" }, false },
    { open:format '<target\n  dev = "x0"\n  />', { managed = "no" },
      open:format '<target\n  dev = "x0" managed="no"\n  />' },
    { open:format '<target\n  dev = "x0"\n  managed\t=\n"yes"  />', { managed = "no" },
      open:format '<target\n  dev = "x0"\n  managed\t=\n"no"  />' },
    { open:format '<target\n  dev = "x0"\n  managed\t=\n"yes"  />', { managed = false, dev = "y" },
      open:format '<target\n  dev = "y"  />' },
    { open:format "<target xmlns:dev='u' a='/>' dev='x&#48;'/>", { dev = "y" },
      open:format "<target xmlns:dev='u' a='/>' dev='y'/>" },
    { open:format "<target dev='x0'></target>", { managed = "yes" },
      open:format "<target dev='x0' managed='yes'></target>" },
    { open:format "", { managed = "no", dev = "x0" },
      open:format "<target dev='x0' managed='no'/>" },
    { "<interface type='ethernet'/>", { managed = "no", dev = "x0" },
      "<interface type='ethernet'><target dev='x0' managed='no'/></interface>" },
    { '<interface type="ethernet" />', { managed = "no", dev = "x0" },
      '<interface type="ethernet" ><target dev="x0" managed="no"/></interface>' },
    { open:format "\n\t<mac/>\r\n    <x/><!-- y -->\n", { managed = "no", dev = "x0" },
      open:format "\n\t<mac/>\r\n    <x/>\r\n    <target dev='x0' managed='no'/><!-- y -->\n" },
    { open:format "<!-- <target dev='c'/> --><target dev='x0'/><target dev='y0'/>",
      { managed = "no" },
      open:format "<!-- <target dev='c'/> --><target dev='x0' managed='no'/><target dev='y0'/>" },
    { open:format "<target dev='vnet0'/>", nil, false },
    { open:format "\n  <target dev='vnet0'/>\n", nil, open:format "\n", inactive },
    { open:format "<target dev='macvtap1' managed='yes'/>", nil,
      open:format "<target managed='yes'/>", inactive },
    { open:format "<target dev='vnet0' managed='no'/>", nil, false, inactive },
    { open:format "<target dev='vnet0' managed='no'/>", { managed = false }, open:format "",
      inactive },
    { open:format "<target dev='vnet0'/>", { managed = "no" },
      open:format "<target dev='vnet0' managed='no'/>", inactive },
    { open:format "<target dev='tap0'/>", nil, false, inactive },
    { open:format "<target dev='vif1.0'/>", nil, open:format "", { inactive = true,
      prefix = "vif" } },
    { "<interface><target dev='vnet1'/></interface>", nil, "<interface></interface>", inactive },
  } do
    it(case[1]:gsub("%s+", " "), function()
      local after, err = rewritten(case[1], case[2], case[4])
      assert.is_nil(err)
      assert.equal(case[3], after)
      if after then assert.is_false(rewritten(after, case[2], case[4])) end
    end)
  end

  for _, case in ipairs {
    { "<interface/>", { managed = "no", dev = "x" }, "is for type='ethernet', not 'user'" },
    { "<interface/>", { index = 2, dev = "x" }, "edit of nic 2: there is none" },
    { "<interface/>", { index = 0, dev = "x" }, "edit of nic 0: there is none" },
    { "<interface/>", { dev = "a'b" }, "is no name for a device" },
    { "<interface/>", { dev = "" }, "is no name for a device" },
    { open:format "<target managed='x'/>", { managed = "yes" }, "must be yes or no" },
  } do
    it("refuses " .. case[3], function()
      local out, err = rewritten(case[1], case[2])
      assert.is_nil(out)
      assert.truthy(err:find(case[3], 1, true), err)
    end)
  end

  it("refuses a second edit of one NIC", function()
    local out, err = domain.rewrite(support.domain "<interface/>", { { index = 1 }, { index = 1 } })
    assert.is_nil(out)
    assert.truthy(err:find "there is another")
  end)

  it("changes several NICs, and keeps what is around them", function()
    local xml = "<?xml version='1.0'?>\r\n<!-- a --><?pi?>" .. support.domain(
      "<interface type='ethernet'><target dev='é'/></interface>\n<disk/>" ..
      "<interface/><interface type='ethernet'/>"):gsub("<devices>", "%0<![CDATA[<interface/>]]>")
    local out = domain.rewrite(xml, { { index = 3, dev = "c", managed = "no" },
      { index = 1, managed = "no" } })
    local expected = xml:gsub("'é'", "%0 managed='no'"):gsub("type='ethernet'/>",
      "type='ethernet'><target dev='c' managed='no'/></interface>")
    assert.equal(expected, out)
  end)

  it("refuses to change what is not UTF-8, and only that", function()
    local xml = "<?xml version='1.0' encoding='ISO-8859-1'?>" ..
      support.domain "<interface type='ethernet'/><!-- \xe9 -->"
    assert.is_false(domain.rewrite(xml, {}))
    local out, err = domain.rewrite(xml, { { index = 1, dev = "x" } })
    assert.is_nil(out)
    assert.truthy(err:find "must be in UTF%-8 to be changed")
    for _, name in ipairs { "UTF-8", "utf8", "ascii", "ISO-LATIN-1" } do
      local plain = xml:gsub("ISO%-8859%-1", name):gsub("\xe9", "")
      assert(domain.rewrite(plain, { { index = 1, dev = "x" } }))
      assert(domain.rewrite("\xef\xbb\xbf" .. plain, { { index = 1, dev = "x" } }))
    end
  end)
end)

-- All documents of the verdicts, each NIC of type ethernet turned over.
describe("every document that libvirt accepts", function()
  local function without_targets(xml)
    return (xml:gsub("%s*<target[^>]*/>", ""):gsub("%s*<target[^>]*>%s*</target>", ""))
  end

  local function turn(xml, unmanaged)
    local facts, edits = domain.read(xml), {}
    for i, nic in ipairs(facts.nics) do
      if nic.type == "ethernet" then edits[#edits + 1] = assert(domain.decide(xml, i,
        unmanaged)) end
    end
    return assert(domain.rewrite(xml, edits) ~= nil and { domain.rewrite(xml, edits) })[1], facts
  end

  local function check_turned(xml)
    local out, facts = turn(xml, true)
    if not out then return xml end
    assert.is_false((turn(out, true)))
    assert.equal(without_targets(xml), without_targets(out))
    for i, nic in ipairs(domain.read(out).nics) do
      local before = facts.nics[i]
      if nic.type == "ethernet" then
        assert.is_true(nic.unmanaged)
        assert.truthy(nic.dev and not domain.generated(nic.dev) or before.unmanaged)
        nic.target, nic.dev, nic.unmanaged = before.target, before.dev, before.unmanaged
      end
      assert.is_nil(support.difference(before, nic))
    end
    return out
  end

  it("is turned unmanaged, and back", function()
    local there = support.each_verdict(function(doc)
      if not doc.ok then return end
      local out = check_turned(doc.xml)
      local back = turn(out, false) or out
      assert.is_false((turn(back, false)))
      assert.equal(without_targets(doc.xml), without_targets(back))
    end)
    if not there then return pending(support.no_verdicts) end
  end)

  it("loses its generated names, and nothing else", function()
    local there = support.each_verdict(function(doc)
      if not doc.ok then return end
      local out = domain.rewrite(doc.xml, {}, inactive)
      assert.is_not_nil(out)
      if not out then return end
      assert.is_false(domain.rewrite(out, {}, inactive))
      assert.equal(without_targets(doc.xml), without_targets(out))
      local before, after = domain.read(doc.xml, inactive), domain.read(out, inactive)
      assert.is_nil(support.difference(before, after))
    end)
    if not there then return pending(support.no_verdicts) end
  end)
end)
