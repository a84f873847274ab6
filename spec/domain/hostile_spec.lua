-- hostile_spec.lua - documents that mean harm: an answer or a clear refusal, in bounded time
local domain = require "internals.domain"
local support = require "spec.domain.support"

local function refused(xml, words, line, libvirt)
  local facts, err = domain.read(xml, { name = "x.xml", libvirt = libvirt })
  assert.is_nil(facts)
  assert.truthy(err:find(("^xml x%%.xml:%s: "):format(line or "%d+")), err)
  assert.truthy(err:find(words, 1, true), err)
end

local plain = support.domain "<interface type='ethernet'/>"

local function utf16(s, mark, first)
  return mark .. s:gsub(".", first and "\0%0" or "%0\0")
end

describe("a hostile document", function()
  local start
  local most = os.getenv "MOONTAP_WATCHED" and 500 or 5 -- seconds; valgrind takes fifty for one
  before_each(function() start = os.clock() end)
  after_each(function() assert.truthy(os.clock() - start < most, "took too long") end)

  it("has a DTD", function()
    refused("<!DOCTYPE domain>" .. plain, "<!DOCTYPE>", 1)
    refused("<!DOCTYPE domain SYSTEM 'http://127.0.0.1:1/x.dtd'>" .. plain, "<!DOCTYPE>")
    refused("<!DOCTYPE domain [<!ENTITY % p SYSTEM 'file:///etc/passwd'> %p;]>" .. plain,
      "<!DOCTYPE>")
  end)
  it("has an external entity", function()
    refused("<!DOCTYPE d [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>" .. plain:gsub("web", "&x;"),
      "<!DOCTYPE>")
    refused("<domain><name>&x;</name></domain>", "not well-formed: Entity 'x' not defined")
  end)
  it("is a billion laughs", function()
    local dtd = { '<!ENTITY l0 "lol">' }
    for i = 1, 20 do dtd[#dtd + 1] = ('<!ENTITY l%d "%s">'):format(i, ("&l" .. i - 1 ..
      ";"):rep(10)) end
    refused("<!DOCTYPE d [" .. table.concat(dtd) .. "]><domain><name>&l20;</name></domain>",
      "<!DOCTYPE>")
  end)
  it("asks for a catalog or a style sheet", function()
    local pi = "<?oasis-xml-catalog catalog='file:///etc/passwd'?>" ..
      "<?xml-stylesheet href='http://127.0.0.1:1/'?>"
    assert(domain.read(pi .. plain))
  end)
  it("is 100 MB of nesting", function()
    refused(("<a>"):rep(100 * 1024 * 1024 // 3), "larger than 8 MiB", 1)
  end)
  it("nests too deep", function()
    local function deep(n)
      local head = "<metadata>" .. ("<a>"):rep(n) .. ("</a>"):rep(n) .. "</metadata>"
      return support.domain("", head)
    end
    assert(domain.read(deep(254)))
    refused(deep(255), "nested deeper than 256")
    refused(("<a>"):rep(2000000), "nested deeper than 256")
  end)
  it("is many small elements", function()
    refused("<domain>" .. ("<a/>"):rep(2000000) .. "</domain>",
      "more memory than a domain may take")
  end)
  it("is invalid UTF-8", function()
    refused(plain:gsub("web", "w\xffb"), "not well-formed")
    refused(plain:gsub("web", "w\xc0\x80b"), "not well-formed")
    refused(plain:gsub("web", "\xed\xa0\x80"), "not well-formed")
  end)
  it("has NUL bytes", function()
    refused(plain .. "\0", "NUL byte", 4)
    refused("\0" .. plain, "NUL byte", 1)
    refused(plain:gsub("web", "w\0b"), "NUL byte", 1)
    refused(plain:gsub("web", "&#0;"), "not well-formed")
  end)
  it("has control characters", function()
    refused(plain:gsub("web", "\1"), "not well-formed")
    refused(plain:gsub("web", "&#1;"), "not well-formed")
  end)
  it("is UTF-16, which is read", function()
    local le, be = utf16(plain, "\xff\xfe"), utf16(plain, "\xfe\xff", true)
    assert.equal("web", domain.read(le).domain.name)
    assert.equal("web", domain.read(be).domain.name)
    assert.equal("web", domain.read(utf16("<?xml version='1.0' encoding='UTF-16'?>" .. plain,
      "\xff\xfe")).domain.name)
    assert.equal("web", domain.read(utf16("<?xml version='1.0' encoding='EBCDIC-US'?>" .. plain,
      "\xff\xfe")).domain.name)
    refused(utf16(plain, ""), "NUL byte")
    refused(le:sub(1, -4), "not well-formed")
    local smile = utf16("", "\xff\xfe") .. "\x3d\xd8\x00\xde"
    assert.equal("é€😀", domain.read((le:gsub("w\0e\0b\0", "\xe9\0\xac\x20" ..
      smile:sub(3)))).domain.name)
    refused(le:gsub("w\0e\0b\0", "\x3d\xd8"), "not well-formed")
  end)
  it("is in another encoding", function()
    local head = "<?xml version='1.0' encoding='%s'?>"
    for _, name in ipairs { "UTF-8", "utf-8", "UTF8", "utf8", "US-ASCII", "ASCII", "ascii",
      "ISO-8859-1", "ISO-LATIN-1", "iso-latin-1" } do
      assert.equal("web", domain.read(head:format(name) .. plain).domain.name)
    end
    for _, name in ipairs { "ISO-8859-1", "iso-8859-1", "ISO-LATIN-1" } do
      assert.equal("é", domain.read(head:format(name) .. plain:gsub("web", "\xe9")).domain.name)
    end
    for _, name in ipairs { "UTF-8", "utf8" } do
      assert.equal("é", domain.read(head:format(name) .. plain:gsub("web", "é")).domain.name)
      refused(head:format(name) .. plain:gsub("web", "\xe9"), "not well-formed")
    end
    refused(head:format "US-ASCII" .. plain:gsub("web", "é"), "no US-ASCII", 1)
    refused(head:format "ascii" .. "\n" .. plain:gsub("web", "é"), "no US-ASCII", 2)
    for _, name in ipairs { "UTF-7", "EBCDIC-US", "BIG5", "ISO-8859-15", "../../x", "ucs4",
      "UTF-16" } do
      refused(head:format(name) .. plain, "must be UTF-8, ISO-8859-1 or US-ASCII", 1)
    end
    refused("\x4c\x6f\xa7\x94" .. plain, "does not start with <")
    refused("\xef\xbb\xbf", "not well-formed")
    assert(domain.read("\xef\xbb\xbf" .. plain))
  end)
  it("is no XML", function()
    refused("", "empty", 1)
    refused("  \n ", "not well-formed")
    refused("x", "does not start with <")
    refused("<", "not well-formed")
    refused(plain .. plain, "not well-formed")
    refused(plain:gsub("</name>", ""), "not well-formed")
    refused(plain:gsub("type='kvm'", "type='kvm' type='x'"), "not well-formed")
    refused(plain:gsub("'kvm'", "'k<m'"), "not well-formed")
  end)
  it("has an attribute of 1 MB", function()
    local long = ("x"):rep(1024 * 1024)
    assert.equal(long, domain.read(support.domain("<interface type='ethernet'>" ..
      "<target dev='" .. long .. "'/></interface>")).nics[1].dev)
    refused(support.domain("<interface type='" .. long .. "'/>"), "<interface type='xxx", 2, "9.0")
  end)
  it("has many attributes", function()
    local list = {}
    for i = 1, 20000 do list[i] = ("a%d=''"):format(i) end
    assert(domain.read(support.domain("<interface " .. table.concat(list, " ") .. "/>")))
  end)
  it("has 10000 interfaces", function()
    local facts = domain.read(support.domain(("<interface type='ethernet'/>"):rep(10000)))
    assert.equal(10000, #facts.nics)
    assert.equal(10000, facts.nics[10000].index)
  end)
  it("has an error in its 10000th interface, beyond line 65535", function()
    local xml = support.domain(("<interface>\n\n\n\n\n\n\n\n</interface>"):rep(9999) ..
      "<interface type='x'/>")
    refused(xml, "<interface type='x'>", 9999 * 8 + 2, "12.8")
  end)
  it("says things twice: the first counts", function()
    local facts = domain.read(support.domain([[<interface type='bridge'>
      <source bridge='a'/><source bridge='b'/><target dev='a'/><target dev='b'/>
      <mac address='52:54:00:00:00:01'/><mac address='x'/></interface>]]))
    assert.equal("a", facts.nics[1].source.bridge)
    assert.equal("a", facts.nics[1].dev)
    assert.equal("52:54:00:00:00:01", facts.nics[1].mac)
  end)
  it("forges no second line in a message", function()
    local _, err = domain.read(support.domain "<interface type='a&#10;b&#13;c'/>",
      { libvirt = "9.0" })
    assert.is_nil(err:find "[\r\n]")
  end)
  it("takes no more memory than it may", function()
    local facts, err = domain.read(support.domain(("<interface/>"):rep(1000)), { limit = 65536 })
    assert.is_nil(facts)
    assert.truthy(err:find "memory")
  end)
end)
