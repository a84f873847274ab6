-- text_spec.lua - facts as text, and back
local domain = require "internals.domain"
local support = require "spec.domain.support"

describe("facts as text", function()
  it("has a line a fact", function()
    local text = assert(domain.print(support.domain "<interface type='ethernet'/>"))
    assert.equal([[
{
{domain
$name=web
$uuid=c7a5fdbd-edaf-9455-926a-d65c16db1809
$type=kvm
[metadata
]
}
[nics
{
#index=1
$type=ethernet
?unmanaged=no
}
]
}
]], text)
  end)

  it("escapes %, =, line ends and control bytes, and no others", function()
    local xml = support.domain "<interface><target dev='a%&#10;&#9;=é'/></interface>"
    local text = assert(domain.print(xml))
    assert.truthy(text:find("$dev=a%25%0a%09=é", 1, true))
    assert.equal(text, domain.parse(text))
  end)

  it("comes back the same", function()
    local there = support.each_verdict(function(doc)
      local text = domain.print(doc.xml)
      if text then assert.equal(text, domain.parse(text)) end
    end)
    if not there then return pending(support.no_verdicts) end
  end)

  it("comes back the same for metadata as deep as XML may be", function()
    local deep = ("<a>"):rep(250) .. ("</a>"):rep(250)
    local text = assert(domain.print(support.domain("", "<metadata>" .. deep .. "</metadata>")))
    assert.equal(text, domain.parse(text))
  end)

  for what, text in pairs {
    ["nothing"] = "", ["an empty line"] = "{\n\n}\n", ["no last line end"] = "{\n}",
    ["an open object"] = "{\n", ["a wrong end"] = "{\n]\n", ["an end with a name"] = "{\n}x\n",
    ["two trees"] = "{\n}\n{\n}\n", ["an unknown mark"] = "!a=1\n", ["no ="] = "$a\n",
    ["= in an object's name"] = "{a=b\n}\n", ["a bad escape"] = "$a=%4\n",
    ["an upper case escape"] = "$a=%4A\n", ["an escaped NUL"] = "$a=%00\n",
    ["a NUL"] = "$a=\0\n", ["text for a number"] = "#a=x\n", ["a number with blanks"] = "#a= 1\n",
    ["a number with a plus"] = "#a=+1\n", ["too large a number"] = "#a=9223372036854775808\n",
    ["text for a boolean"] = "?a=true\n", ["a carriage return"] = "{\r\n}\n",
    ["deep nesting"] = ("{\n"):rep(2000) .. ("}\n"):rep(2000),
  } do
    it("refuses " .. what, function()
      local parsed, err = domain.parse(text)
      assert.is_nil(parsed)
      assert.truthy(err:find "^facts line %d+: ")
    end)
  end

  it("is bounded by the pool", function()
    local text = "[\n" .. ("$=x\n"):rep(10000) .. "]\n"
    assert.truthy(domain.parse(text))
    local parsed, err = domain.parse(text, { limit = 4096 })
    assert.is_nil(parsed)
    assert.truthy(err:find "memory")
  end)
end)
