-- command_line_spec.lua - words and options: what is taken, what is refused, and how it is said

local helper = require "spec.helper"
local program = require "spec.program"
local json = require "dkjson"

local bare, moontap = program.bare, program.moontap

local takes = {
  plan = "policy state hooks deadline json sh name uuid all ovsdb",
  up = "policy state hooks deadline json name uuid keep ovsdb",
  down = "state json force name uuid dev if-known all netns-gone ovsdb",
  status = "state json watch check openmetrics no-header name uuid dev ovsdb",
  doctor = "policy state hooks deadline json root name uuid ovsdb",
  why = "policy state hooks deadline json name uuid dev ovsdb",
  graph = "state svg png name uuid ovsdb",
  reconcile = "policy state hooks deadline json name uuid dev dry-run ovsdb",
  announce = "state json name uuid dev ovsdb",
  log = "state json run clear name uuid dev",
  replay = "policy state hooks deadline json sh run name uuid dev ovsdb",
  facts = "state name uuid inactive prefix",
  xml = "policy hooks deadline inactive prefix",
  check = "hooks deadline schema libvirt",
  hook = "policy state hooks deadline ovsdb",
  help = "json",
}

local subcommands = "there are: plan, up, down, status, doctor, why, graph, reconcile, " ..
  "announce, lease, log, replay, facts, xml, check, hook, install-hook, uninstall-hook, repl, help"

-- What an option is given with.
local values = { ovsdb = " x", policy = " x.lua", state = " x", hooks = " x", deadline = " 1",
  prefix = " x",
  schema = " x", run = " 1", name = " x", uuid = " x", dev = " x",
  ["netns-gone"] = " 1" }

local function words(list)
  local set = {}
  for word in list:gmatch "%g+" do
    set[word] = true
  end
  return set
end

local all = words("policy state hooks deadline json sh inactive prefix schema force watch run "
  .. "replay svg png name uuid dev if-known netns-gone keep all dry-run check "
  .. "openmetrics no-header clear ovsdb")

-- Of what a monitoring system asks, it is that nothing could be found out.
local function wrong_usage(subcommand)
  return subcommand == "doctor" and 3 or 2
end

local function says(status, err, r)
  assert.same({ status = status, out = "", err = err }, r)
end

for subcommand, list in pairs(takes) do
  describe("moontap " .. subcommand, function()
    local expected = words(list .. " verbose help version")

    it("lists in its help the options that it takes", function()
      local help = bare("help " .. subcommand)
      local listed = {}
      for option in help.out:gmatch "\n  ....%-%-([%w-]+)" do
        listed[option] = true
      end
      assert.same(expected, listed)
      assert.matches("^moontap " .. subcommand .. " ", help.out)
      assert.same(bare(subcommand .. " --help"), bare("-h " .. subcommand .. " any words"))
      assert.equal(bare(subcommand .. " --help").out,
        help.out:match "^.-version            the version\n" ..
        (subcommand == "doctor" and help.out:match "\nexit status:.*" or ""))
    end)

    it("refuses the others", function()
      for option in pairs(all) do
        if not expected[option] then
          says(wrong_usage(subcommand), ("moontap: '%s' takes no option --%s; try: moontap help\n")
            :format(subcommand, option),
            bare(("%s --%s%s a b c d e"):format(subcommand, option, values[option] or "")))
        end
      end
    end)

    it("tells the version", function()
      assert.same(bare "--version", bare(subcommand .. " --version"))
    end)

    it("wants the right number of words", function()
      if subcommand == "graph" then
        return -- any number is right
      end
      local any = ("plan up down check announce"):find(subcommand, 1, true)
      local r = bare(subcommand .. (any and "" or " a b c d e f"))
      assert.equal(wrong_usage(subcommand), r.status)
      assert.matches("^moontap: usage: moontap " .. subcommand .. " [^\n]+\n$", r.err)
    end)
  end)
end

describe("the command line", function()
  it("without a word is a mistake, and shows the help", function()
    local help = bare "help"
    says(2, help.out, bare "")
    assert.same(help, bare "--help")
    assert.equal(0, help.status)
  end)

  it("has its options before and after the words", function()
    for _, line in ipairs { "--json status", "status --json", "--json -v status" } do
      assert.equal("[]\n", moontap(line).out, line)
    end
  end)

  it("has nothing but words after --", function()
    says(2, "moontap: there is no subcommand '--json'; " .. subcommands .. "\n", bare "-- --json")
  end)

  local wrong = {
    ["pln x"] = "there is no subcommand 'pln'; did you mean 'plan'?",
    ["frobnicate"] = "there is no subcommand 'frobnicate'; " .. subcommands,
    ["frobnicate --help"] = "there is no subcommand 'frobnicate'; " .. subcommands,
    ["pln --help"] = "there is no subcommand 'pln'; did you mean 'plan'?",
    ["hook zorg web prepare begin -"] = "there is no driver 'zorg'; " ..
      "there are: qemu, lxc, libxl, bhyve",
    ["hook qemu web zorg begin -"] = "there is no operation 'zorg'; there are: " ..
      "migrate, restore, prepare, start, started, reconnect, changed, stopped, release, attach, " ..
      "shutdown, reload, updated, port-created, port-deleted",
    ["plan --jsno x"] = "there is no option '--jsno'; did you mean '--json'?",
    ["plan --xyzzy x"] = "there is no option '--xyzzy'; try: moontap help",
    ["plan -xv x"] = "there is no option '-x'; try: moontap help",
    ["plan x -p"] = "-p wants a value; try: moontap help",
    ["plan x --state"] = "--state wants a value; try: moontap help",
    ["plan --deadline 0 x"] = "--deadline '0' is not 0.1..3600 seconds; try: moontap help",
    ["plan --deadline 3m x"] = "--deadline '3m' is not 0.1..3600 seconds; try: moontap help",
    ["help rout"] = "there is no help on 'rout'; did you mean 'route'?",
    ["help stats"] = "there is no help on 'stats'; did you mean 'status'?",
    ["help xyzzyx"] = "there is no help on 'xyzzyx'; try: moontap help",
  }
  for line, answer in pairs(wrong) do
    it("'" .. line .. "' is answered with what is wrong", function()
      says(2, "moontap: " .. answer .. "\n", bare(line))
    end)
  end

  it("gives libvirt's four words to the hook, whatever the guest is called", function()
    for _, guest in ipairs { "web", "-x", "--json", "up", "help" } do
      local r = program.run(("ln -sf '%s' qemu && ./qemu --state state %s stopped end -")
        :format(program.path, guest))
      assert.same({ status = 0, out = "", err = "" }, r, guest)
    end
  end)
end)

describe("moontap help", function()
  for _, kind in ipairs { "tap", "bridge", "link", "port", "addr", "route" } do
    it("knows the kind " .. kind, function()
      local help = bare("help " .. kind)
      assert.equal(0, help.status)
      assert.matches("^" .. kind .. "{...}: ", help.out)
      assert.matches("%(must%s+be%s+given%)", help.out)
    end)
  end

  it("says after a subcommand what else is called so", function()
    assert.matches("\n\nup is a field of link, too: moontap help link\n$", bare "help up".out)
    assert.matches("\n\nlog%(%.%.%.%)\n", bare "help log".out)
    for _, word in ipairs{ "up", "log" } do
      assert.matches("the version\n$", bare(word .. " --help").out)
    end
  end)

  it("has no line that a terminal of 80 columns would break", function()
    local tables = json.decode(bare "help --json".out)
    local topics = { "" }
    for _, list in ipairs{ tables.commands, tables.scripts, tables.kinds, tables.topics } do
      for _, one in ipairs(list) do
        if one.of ~= "repl" and not one.name:find "KIND" then topics[#topics + 1] = one.name end
      end
    end
    for _, kind in ipairs(tables.kinds) do
      for _, field in ipairs(kind.fields) do topics[#topics + 1] = field.name end
    end
    for _, word in ipairs(topics) do
      local r = bare("help " .. word)
      assert.same({ 0, "" }, { r.status, r.err }, word)
      for line in r.out:gmatch "[^\n]+" do
        assert.is_true(utf8.len(line) <= 80, word .. ": " .. line)
      end
    end
  end)

  it("knows a field, of each kind that has it", function()
    local help = bare "help mtu"
    assert.equal(0, help.status)
    assert.matches("^link%.mtu\n  mtu .*68%.%.%d+ bytes", help.out)
    assert.matches("\nroute%.mtu\n", help.out)
  end)
end)

local xml = [[
<domain type='qemu'><name>web</name><devices><interface type='ethernet'>
  <target dev='web0' managed='no'/>
</interface></devices></domain>]]

describe("moontap up", function()
  before_each(function()
    program.write("policy.lua", "function connect(nic) tap(nic, { up = true }) end")
    program.write("web.xml", xml)
  end)

  it("colours what it prints for a terminal, and never with NO_COLOR", function()
    for environment, coloured in pairs { [""] = true, ["NO_COLOR="] = true,
      ["NO_COLOR=1"] = false } do
      local plan = ("'%s' --state state plan -p policy.lua web.xml"):format(program.path)
      local out = program.run(("%s script -qec \"%s\" /dev/null"):format(environment, plan)).out
      assert.matches("ip tuntap add", out)
      assert.equal(coloured, out:find "\27%[32m" ~= nil, environment)
    end
    assert.not_matches("\27", moontap("plan -p policy.lua web.xml").out)
  end)

  it("connects even when nobody reads what it prints", function()
    local up = ("'%s' --state state up -p policy.lua web.xml"):format(program.path)
    local r = program.run(("{ %s; echo $? >status; } | true"):format(up))
    assert.same({ "", "0\n" }, { r.err, program.read "status" })
    helper.run "ip link show web0"
  end)
end)
