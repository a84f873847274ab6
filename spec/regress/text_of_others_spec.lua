-- text_of_others_spec.lua - what somebody else wrote reaches no terminal, log or command as it is

local guests = require "spec.guests"
local helper = require "spec.helper"
local program = require "spec.program"

-- Controls, what is invisible, what turns the direction of writing, what is no UTF-8.
local controls, others = {}, {}
for byte = 1, 31 do controls[#controls + 1] = string.char(byte) end
controls[#controls + 1] = "\127"
for code = 0x80, 0x9f do others[#others + 1] = utf8.char(code) end
for _, code in ipairs { 0xad, 0x61c, 0x180e, 0x200b, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202d,
  0x202e, 0x2060, 0x2066, 0x2069, 0xfeff, 0xe0041 } do
  others[#others + 1] = utf8.char(code)
end
local broken = {
  "\x9b", "\xff", "\xc2", "\xe2\x80", "\xed\xa0\x80", "\xc0\x9b", "\xf5\x80\x80\x80",
}

local function all(...)
  local list = {}
  for _, part in ipairs { ... } do table.move(part, 1, #part, #list + 1, list) end
  return list
end

-- Nothing in it but lines of UTF-8 that anybody may see.
local function assert_clean(text, what)
  assert(utf8.len(text), what .. ": no UTF-8")
  for _, c in ipairs(all(controls, others)) do
    assert(c == "\n" or not text:find(c, 1, true), what .. " has " .. ("%q"):format(c))
  end
end

local function xml(name, dev)
  dev = dev:gsub("'", "&apos;")
  return ([[<domain type='qemu'><name>%s</name><uuid>4dea22b3-1d52-d8f3-2516-782e98ab3fa0</uuid>
    <metadata><x:y xmlns:x='urn:x' z='%s'>%s</x:y></metadata>
    <devices><interface type='ethernet'><mac address='52:54:00:00:00:01'/>
    <target dev='%s' managed='no'/></interface></devices></domain>]]):format(name, name, name, dev)
end

local function run(command, input)
  local stateless = command:find "^facts" or command:find "^check" or command:find "^help"
  local r = program.bare((stateless and "" or "--state state ") .. command, input)
  assert_clean(r.out, command .. ": output")
  assert_clean(r.err, command .. ": error")
  return r
end

describe("text of others", function()
  before_each(function()
    guests.setup()
    program.write("policy.lua", [[
      local lan = hook "bridge" { bridge = "br0" }
      function connect(nic)
        log("for " .. nic.domain.name)
        if nic.domain.name:find "^no" then refuse("not " .. nic.domain.name) end
        if nic.domain.name:find "^bad" then error(nic.domain.name .. "?") end
        lan(nic)
      end]])
  end)

  local name = table.concat(others)

  for _, dev in ipairs { "w\u{9b}31m", "w\u{202e}x", "a'b\u{85}c", "\u{ad}\u{2066}x" } do
    it("is shown clean by every subcommand: " .. ("%q"):format(dev), function()
      program.write("guest.xml", xml("we" .. name .. "b", dev))
      for _, command in ipairs {
        "plan -p policy.lua ./guest.xml", "plan --json -p policy.lua ./guest.xml",
        "facts ./guest.xml", "check ./guest.xml", "doctor -p policy.lua ./guest.xml",
        "up -v -p policy.lua ./guest.xml", "status", "status --json", "graph", "log", "log --json",
        "repl -p policy.lua ./guest.xml -e 'nics[1]'",
        "repl -p policy.lua ./guest.xml -e 'print(domain.name) plan()'",
        "reconcile", "doctor", "down -v ./guest.xml",
      } do
        local r = run(command)
        assert(r.status == 0 or command:find "doctor", command .. r.err)
      end
    end)

    it("is made by the commands of a plan, too: " .. ("%q"):format(dev), function()
      program.write("guest.xml", xml("web", dev))
      local sh = run "plan --sh -p policy.lua ./guest.xml"
      assert.equal(0, sh.status)
      program.write("plan.sh", sh.out)
      assert.equal(0, program.run("sh -e plan.sh").status)
      assert.matches(dev .. ":", helper.run "ip link", 1, true)
      helper.run("ip link del dev \"" .. dev .. "\"")
    end)
  end

  it("is clean in errors and refusals", function()
    for _, first in ipairs { "no", "bad" } do
      program.write("guest.xml", xml(first .. name, "web0"))
      for _, command in ipairs { "plan -p policy.lua ./guest.xml", "up -p policy.lua ./guest.xml",
        "hook -p policy.lua qemu x prepare begin - <guest.xml", "log", "log x -1" } do
        run(command)
      end
    end
  end)

  it("is clean in what the caller's own words come back in", function()
    program.write("guest.xml", xml("web", "web0"))
    for _, word in ipairs(all({ table.concat(all(controls, others)) }, broken)) do
      for _, command in ipairs {
        "status %s", "help %s", "plan ./%s", "up -p %s ./guest.xml", "%s",
      } do
        run(command:format("'x" .. word .. "'"))
      end
    end
  end)

  it("is clean in a hook's error, whatever the guest is called", function()
    program.write("guest.xml", xml("web", "web0"))
    program.write("refuse.lua", "function connect(nic) refuse(nic.domain.name .. '" ..
      "\\27[31m\\xc2\\x9b\\xff') end")
    for _, c in ipairs(all({ table.concat(controls) }, broken)) do
      local r = run("hook -p refuse.lua qemu 'x" .. c .. "y' prepare begin - <guest.xml")
      assert.equal(1, r.status)
      assert.equal(1, select(2, r.err:gsub("\n", "")))
    end
  end)
end)
