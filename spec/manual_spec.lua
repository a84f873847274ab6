-- manual_spec.lua - the manual's pages say what the program says, and their examples run
local helper = require "spec.helper"
local program = require "spec.program"
local json = require "dkjson"

local build = program.path:match "^(.*)/"
local tables = json.decode(helper.run("'" .. program.path .. "' help --json"))

local function read(path)
  local file <close> = assert(io.open(path))
  return file:read "a"
end

-- page(name) -> as man(1) shows it, on lines wide enough for anything
local function page(name)
  return helper.run(("MANWIDTH=500 LC_ALL=C.UTF-8 man -l '%s/doc/%s'"):format(build, name))
end

-- The part of a page below one of its headings.
local function section(text, heading)
  text = text .. "\nEND"
  return assert(text:match("\n" .. heading:gsub("%p", "%%%0") .. "\n(.-)\n%u"),
    heading .. " is no section")
end

local function takes(subcommand, option)
  for _, command in ipairs(tables.commands) do
    if command.name == subcommand then
      return (" " .. table.concat(command.options, " ") .. " "):find(" " .. option .. " ", 1, true)
    end
  end
end

local function names_of(list)
  local names = {}
  for i, one in ipairs(list) do names[i] = one.name end
  return names
end

local function sorted(list)
  local names = names_of(list)
  table.sort(names)
  return names
end

-- blocks(page, heading) -> array of the literal blocks below a heading of the page's source
local function blocks(name, heading)
  local source = read("doc/" .. name .. ".scd") .. "\n# END\n"
  local found = {}
  local text = heading and assert(source:match("\n# " .. heading .. "\n(.-)\n# %u")) or source
  for code in text:gmatch "\n```\n(.-)\n```" do found[#found + 1] = code end
  return found
end

local pages = { "moontap.1", "moontap-policy.5", "moontap-hooks.7", "moontap-stops.7",
  "moontapd.8" }

describe("the manual", function()
  it("names what the program reads of its environment", function()
    local text = section(page "moontap.1", "ENVIRONMENT")
    local read_by = { TERM = "libedit", TZ = "localtime", PATH = "posix_spawnp" }
    for line in helper.run("grep -rh --include=*.c --include=*.lua --exclude-dir=service getenv " ..
      "src lua")
      :gmatch "%C+" do
      for name in line:match("getenv(.*)"):gmatch '"([A-Z_]+)"' do read_by[name] = "getenv" end
    end
    assert.truthy(read_by.NO_COLOR and read_by.HOME and read_by.XDG_STATE_HOME)
    for name, by in pairs(read_by) do
      assert.truthy((" " .. text):find("[ \n]" .. name .. "[,\n]"), name .. ", by " .. by)
    end
  end)

  it("names what the service reads of its environment", function()
    local text, n = section(page "moontapd.8", "ENVIRONMENT"), 0
    for name in helper.run "grep -rh getenv src/service":gmatch '"([A-Z_]+)"' do
      assert.truthy((" " .. text):find("[ \n]" .. name .. "[,\n]"), name)
      n = n + 1
    end
    assert.is_true(n > 4)
  end)

  it("has the service's options, as it says them itself", function()
    local said = helper.run("'" .. program.path .. "d' --help")
    local text, n = section(page "moontapd.8", "OPTIONS"), 0
    for option in said:gmatch "%-%-(%l+)" do
      if not ("help version"):find(option) then
        assert.truthy(text:find("--" .. option, 1, true), option)
        n = n + 1
      end
    end
    assert.is_true(n > 5)
  end)

  it("is what man can show without a complaint", function()
    for _, name in ipairs(pages) do
      assert.equal("", helper.run(
        ("LC_ALL=C.UTF-8 man --warnings=w -l '%s/doc/%s' 2>&1 >/dev/null"):format(build, name)))
      assert.matches("^" .. name:match "^[%a-]+":gsub("-", "%%-") .. "%(", page(name))
    end
  end)

  it("leaves nothing unreplaced", function()
    for _, name in ipairs(pages) do assert.is_nil(page(name):find("{{", 1, true)) end
  end)

  it("refers to pages that there are", function()
    for _, name in ipairs(pages) do
      for other, number in page(name):gmatch "(moontap[%a-]*)%((%d)%)" do
        assert.truthy(io.open("doc/" .. other .. "." .. number .. ".scd")):close()
      end
    end
  end)
end)

describe("moontap(1)", function()
  local text

  before_each(function() text = page "moontap.1" end)

  it("has every subcommand, with its words, its line and its options", function()
    local part = section(text, "SUBCOMMANDS")
    for _, command in ipairs(tables.commands) do
      local called = "moontap " .. command.name ..
        (command.arguments ~= "" and " " .. command.arguments or "")
      assert.truthy(section(text, "SYNOPSIS"):find("       " .. called, 1, true), called)
      local at = part:match("       " .. called:gsub("%p", "%%%0") .. "\n(.-)\n       %l")
        or part:match("       " .. called:gsub("%p", "%%%0") .. "\n(.*)")
      assert.truthy(at, called)
      assert.truthy(at:lower():find(command.doc:lower(), 1, true), command.doc)
      for _, option in ipairs(command.options) do
        if not ("verbose help version"):find(option) then
          assert.truthy(at:find("--" .. option, 1, true), called .. " --" .. option)
        end
      end
    end
  end)

  it("has every option, with its letter and its argument", function()
    local part = section(text, "OPTIONS")
    for _, option in ipairs(tables.options) do
      local words = (option.letter and "-" .. option.letter .. ", " or "") .. "--" .. option.name
        .. (option.argument and " " .. option.argument or "")
      assert.truthy(part:find("       " .. words .. "\n", 1, true), words)
    end
  end)

  it("has every exit status", function()
    local part = section(text, "EXIT STATUS")
    for _, exit in ipairs(tables.exits) do
      assert.matches("\n       " .. exit.status .. "\n +" .. exit.doc:sub(1, 1):upper(),
        "\n" .. part)
      assert.truthy(part:find(exit.doc:sub(2), 1, true), exit.doc)
    end
  end)

  it("has every state of an interface, under words that scripts rely on", function()
    local part = section(text, "SUBCOMMANDS")
    assert.same({ "connected", "device gone", "drifted", "gone, nothing left", "in progress",
      "libvirt's own", "nothing declared", "run killed", "unreadable", "waiting" },
      sorted(tables.states))
    for _, state in ipairs(tables.states) do
      local line = state.name .. ": " .. state.doc .. "."
      assert.truthy(part:find(line, 1, true), line)
    end
  end)

  it("has every metric", function()
    local part, n = section(text, "METRICS"), 0
    for name in program.moontap "status --openmetrics".out:gmatch "# TYPE (%g+) " do
      assert.matches("%f[%w_]" .. name .. "%f[^%w_]", part)
      n = n + 1
    end
    assert.equal(9, n)
  end)

  it("has examples that run", function()
    helper.run "ip link add br0 type bridge"
    program.write("web.xml", read "samples/unmanaged-bridge/domain.xml")
    program.write("new.lua", blocks("moontap-policy.5", "EXAMPLES")[1])
    program.run("sed 's/<name>.*</<name>web</' web.xml >w && mv w web.xml")
    local examples = blocks("moontap.1", "EXAMPLES")
    assert.is_true(#examples > 4)
    for _, example in ipairs(examples) do
      for command in example:gmatch "# moontap ([^\n]+)" do
        local subcommand, rest = command:match "^(%S+)%s(.*)$"
        local own = (takes(subcommand, "policy") and " -p new.lua" or "") .. -- else /etc's
          (takes(subcommand, "state") and " --state state " or " ")
        local r = program.bare(subcommand .. own .. rest)
        assert.equal(0, r.status, command .. "\n" .. r.err)
      end
    end
    assert.matches("ip tuntap add", program.read "web.sh")
  end)
end)

describe("moontap-policy(5)", function()
  local text

  before_each(function() text = page "moontap-policy.5" end)

  it("has every kind with every field: what it takes, how ip(8) spells it, what is special",
    function()
      local part = section(text, "KINDS") .. "\n   end"
      for _, kind in ipairs(tables.kinds) do
        local of = part:match("\n   " .. kind.name .. "{%.%.%.}\n(.-)\n   %l")
        assert.truthy(of, kind.name)
        assert.truthy(of:lower():find(kind.doc:lower(), 1, true), kind.doc)
        for _, field in ipairs(kind.fields) do
          local at = "       " .. field.name .. " = " .. field.expects
          local from = assert.truthy((of:find(at, 1, true)), kind.name .. at)
          local line = of:sub(from):match "^[^\n]*\n([^\n]*)"
          for _, says in ipairs{ field.doc, field.word or "", field.off or "",
            table.unpack(field.notes) } do
            assert.truthy(line:lower():find(says:lower(), 1, true), line .. "\n" .. says)
          end
        end
      end
    end)

  it("has every function that a policy has", function()
    local words = 0
    for _, topic in ipairs(tables.topics) do
      if topic.of == "policy" then
        assert.truthy(text:find("\n       " .. topic.text:match "^[^\n]*", 1, true), topic.name)
        words = words + 1
      end
    end
    assert.is_true(words > 15)
  end)

  -- Those about VLANs, or the others.
  local function try_examples(n, about_vlans)
    local examples = {}
    for _, example in ipairs(blocks "moontap-policy.5") do
      if (example:find "vlan{" ~= nil) == about_vlans then examples[#examples + 1] = example end
    end
    assert.equal(n, #examples)
    for i, example in ipairs(examples) do
      if i == 1 then
        helper.run("ip link add br0 type bridge" .. (about_vlans and " vlan_filtering 1" or ""))
        helper.run "ip link add eno1 master br0 type veth"
      end
      program.write("policy.lua", example)
      program.write("web.xml", read "samples/unmanaged-bridge/domain.xml")
      program.write("web.xml", program.bare "-p policy.lua xml web.xml".out) -- as it decides
      local r = program.moontap "-p policy.lua plan web.xml"
      assert.same({ i, 0, "" }, { i, r.status, r.err })
      assert.matches("\n  %+ ip tuntap add", r.out)
      assert.equal(0, program.moontap "-p policy.lua up web.xml".status)
      assert.equal(0, program.moontap "down web".status)
    end
  end

  it("has examples that make a plan", function() try_examples(8, false) end)

  if helper.kernel_has "bridge_vlan" then
    it("has examples of VLANs that make a plan #bridge_vlan", function() try_examples(1, true) end)
  end
end)

describe("moontap-hooks(7)", function()
  local text

  before_each(function() text = page "moontap-hooks.7" end)

  it("has every link to the program", function()
    for _, script in ipairs(tables.scripts) do
      assert.truthy(text:find("\n       " .. script.name .. " " .. script.arguments, 1, true))
    end
  end)

  it("has every ready-made hook with every option", function()
    local hooks = helper.run "ls hooks"
    for name in hooks:gmatch "([%w_-]+)%.lua" do
      local part = (section(text, "READY-MADE HOOKS") .. "\n   end")
        :match("\n   " .. name .. "\n(.-)\n   %l")
      assert.truthy(part, name)
      for option in read("hooks/" .. name .. ".lua"):gmatch "options%.([%w_]+)" do
        assert.matches("%f[%w_]" .. option .. "%f[^%w_]", part)
      end
    end
  end)

  it("has every operation of libvirt's that moontap knows", function()
    for _, operation in ipairs{ "prepare", "start", "started", "stopped", "release", "migrate",
      "restore", "reconnect", "changed", "attach" } do
      assert.matches("\n       [%l, ]*%f[%l]" .. operation .. "%f[%L]", text)
      assert.equal(0, program.moontap("hook qemu g " .. operation .. " begin -",
        "<domain type='kvm'><name>g</name></domain>").status, operation)
    end
  end)

  it("has an example of a hook that runs", function()
    local written = blocks("moontap-hooks.7", "WRITING A HOOK")
    helper.run("mkdir " .. helper.folder() .. "/hooks && ip link add br0 type bridge")
    program.write("hooks/quiet.lua", written[1])
    program.write("policy.lua", written[2])
    program.write("web.xml", read "samples/unmanaged-bridge/domain.xml")
    local r = program.moontap "plan --hooks hooks -p policy.lua web.xml"
    assert.matches("bridge link set dev mytap0 learning off flood off", r.out)
  end)
end)

it("names every name once", function()
  for _, list in ipairs{ tables.commands, tables.options, tables.exits, tables.kinds } do
    local seen = {}
    for _, name in ipairs(names_of(list)) do
      assert.is_nil(seen[name])
      seen[name] = true
    end
  end
end)

describe("moontap-stops(7)", function()
  it("quotes what moontap says, word for word", function()
    local source = helper.run "find src -name '*.c' | sort | xargs cat"
      :gsub('"\n%s*"', ""):gsub("%%%%", "%%")
    local n = 0
    for line in read "doc/moontap-stops.7.scd":gmatch '\n(".-)\n' do
      for words in line:gmatch '"(.-)"' do
        assert.truthy(source:find(words, 1, true), words)
        n = n + 1
      end
    end
    assert.is_true(n > 25)
  end)
end)
