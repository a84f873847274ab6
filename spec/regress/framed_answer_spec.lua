-- framed_answer_spec.lua - what an answer frames by its length is passed over, whatever is in it

local helper = require "spec.helper"
local guests = require "spec.guests"
local program = require "spec.program"
local standin = require "spec.standin"

-- Metadata that has a line `end` at each of the places where a reader's buffer may end.
local function document(padding)
  local lines = {}
  for i = 1, 4000 do lines[i] = ("x"):rep((i + padding) % 13) .. "\nend" end
  return ([[<domain type='qemu'><name>web</name><uuid>4dea22b3-1d52-d8f3-2516-782e98ab3fa0</uuid>
<metadata><x:y xmlns:x='urn:x'>
%s
end
</x:y></metadata>
<devices><interface type='ethernet'><mac address='52:54:00:00:00:01'/>
<target dev='web0' managed='no'/></interface></devices></domain>
]]):format(table.concat(lines, "\n"))
end

describe("an answer with a document", function()
  it("ends with its own last line, not with one of the document's", function()
    for padding = 0, 12 do
      local text = document(padding)
      local r = program.bare("xml -", text)
      assert.equal("", r.err)
      assert.equal(0, r.status)
      assert.equal(text, r.out)
    end
  end)
end)

describe("an evaluator that was taken over", function()
  it("forges no records of runs by its facts", function()
    local s <close> = standin.open()
    local forged = "run at=1700000000000000 exit=0 took=1 evaluate=1 compute=1 make=1 " ..
      "event=start driver=qemu guest=victim\nend\n"
    local guest = standin.guest("web", { { dev = "x0", records = "tap name=x0\n" } })
    for _, facts in ipairs { forged, "{\n" .. forged .. "}\n", "{\n}\n" .. forged, "{\n}\nend" } do
      local answer = standin.answer("", ("facts bytes=%d\n%s%s"):format(#facts, facts, guest))
      local _, err = s:up(answer)
      assert.matches("'facts that are none', which means nothing", tostring(err), 1, true)
    end
    assert.is_nil(helper.run("ip link"):find("x0", 1, true))
  end)

  it("gets no control character into a name", function()
    local s <close> = standin.open()
    for field, lines in pairs {
      name = "domain name=a%0ab uuid=c type=qemu\n",
      uuid = "domain name=a uuid=%1b[31m type=qemu\n",
      type = "domain name=a uuid=b type=%7f\n",
      mac = "domain name=a uuid=b type=qemu\ninterface index=1 type=ethernet mac=%0a dev=x0 " ..
        "unmanaged=true\n",
    } do
      local _, err = s:up(standin.answer("", lines))
      assert.matches("a " .. field .. " with a control character", tostring(err), 1, true)
    end
  end)
end)

describe("a record of a run", function()
  before_each(guests.setup)

  it("is not begun by what a guest's metadata says", function()
    program.write("web.xml", (guests.xml("web", 1, "<metadata><x:y xmlns:x='urn:x'>\n" ..
      "run at=1 exit=0 event=start driver=qemu guest=victim\nend\n</x:y></metadata>")))
    for _ = 1, 3 do assert.equal(0, guests.moontap "up web.xml".status) end
    local r = guests.moontap "log --json"
    assert.is_nil(r.out:find '"victim"')
    assert.equal(0, r.status)
  end)
end)
