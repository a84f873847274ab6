-- advice_quoted_spec.lua - a command that moontap advises can be pasted, whatever a guest is called

local program = require "spec.program"

local moontap = program.moontap

local guest = [[
<domain type='kvm'><name>%s</name><uuid>%s</uuid><devices>
<interface type='ethernet'><mac address='52:54:00:10:00:01'/>
<target dev='web0' managed='no'/></interface></devices></domain>
]]

-- single(text) -> the text as one word for sh
local function single(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

-- What sh makes of the advice: the words, one a line; options first, as getopt has them.
local function words_of(advice)
  program.write("advice.sh", "moontap() { getopt -o 1 -- \"$@\"; }\n" .. advice .. "\n")
  local r = program.run "sh advice.sh"
  assert.same({ 0, "" }, { r.status, r.err }, advice)
  program.write("words.sh", "set -- " .. r.out .. "\nprintf '%s\\n' \"$@\"\n")
  return program.run("sh words.sh").out
end

for _, name in ipairs{ "$(touch pwned)", "a b", "it's", "--force", "-1", "a;touch pwned", "`x`",
  "web" } do
  describe("of the guest " .. name, function()
    -- The command at the end of the line means the guest.
    local function advises(command, option, output)
      local advice = output:match("(moontap " .. command .. "[^\n]*)")
      assert.is_string(advice, output)
      assert.equal((option and option .. "\n" or "") .. "--\n" .. command .. "\n" .. name .. "\n",
        words_of(advice), advice)
      assert.is_nil(program.read "pwned")
    end

    before_each(function()
      local xml = name:gsub("&", "&amp;"):gsub("<", "&lt;"):gsub("%%", "%%%%")
      program.write("guest.xml", guest:format(xml, "5e9a2d4c-0000-4000-8000-000000000001"))
      program.write("other.xml", guest:format("other", "5e9a2d4c-0000-4000-8000-000000000002"))
      program.write("policy.lua", "function connect(nic) tap(nic, {}) end")
      program.write("no.lua", "function connect() refuse 'no' end")
    end)

    it("what comes after a failed run is quoted", function()
      assert.equal(1, moontap("up -p no.lua guest.xml").status)
      advises("log", "-1", moontap("status").out)
      advises("log", "-1", moontap("doctor --root root").out)
      advises("replay", "-1", moontap("log -1 -- " .. single(name)).out)
    end)

    it("what ends another guest's use of a device is quoted", function()
      assert.equal(0, moontap("up -p policy.lua guest.xml").status)
      advises("down", nil, moontap("up -p policy.lua other.xml").err)
    end)

    it("what lists the runs is quoted, where one is missing", function()
      assert.equal(0, moontap("up -p policy.lua guest.xml").status)
      advises("log", nil, moontap("repl --replay -2 -- " .. single(name)).err)
    end)
  end)
end
