-- output_spec.lua - output that cannot be written: of every subcommand said, and never a false "ok"

local helper = require "spec.helper"
local program = require "spec.program"
local json = require "dkjson"

local tables = json.decode(helper.run("'" .. program.path .. "' help --json"))

local xml = [[
<domain type='kvm'><name>web</name><uuid>5e9a2d4c-0000-4000-8000-000000000001</uuid><devices>
<interface type='ethernet'><mac address='52:54:00:10:00:01'/>
<target dev='web0' managed='no'/></interface></devices></domain>
]]

-- Of each subcommand: command lines that print something, and the status when that cannot be done.
local lines = {
  plan = { 4, "plan -p policy.lua web.xml", "plan -p policy.lua --sh other.xml",
    "plan -p policy.lua --json web.xml" },
  up = { 7, "up -p policy.lua web.xml", "up -p policy.lua --json web.xml" },
  down = { 7, "down web", "down --json web" },
  status = { 4, "status", "status web", "status --json", "status --watch" },
  why = { 4, "why web", "why web --json" },
  doctor = { 3, "doctor --root root", "doctor --root root --json" },
  graph = { 4, "graph", "graph --svg" },
  reconcile = { 7, "reconcile", "reconcile --json" },
  announce = { 7, "announce web", "announce web --json" },
  lease = { 7, "lease", "lease --json" },
  log = { 4, "log", "log web -1", "log web --json" },
  replay = { 4, "replay web", "replay --json web" },
  facts = { 4, "facts web.xml" },
  xml = { 4, "xml -p policy.lua web.xml" },
  check = { 4, "check policy.lua web.xml" },
  hook = { 4, "hook -p policy.lua qemu web migrate begin - <managed.xml" },
  ["install-hook"] = { 7, "install-hook --root root" },
  ["uninstall-hook"] = { 7, "uninstall-hook --root root" },
  repl = { 4, "repl -e 1", "repl -e 'print(1)'", "repl -e 'io.write(1)'" },
  help = { 4, "help", "help link", "help --json", "plan --help", "--version" },
}

local function setup()
  program.write("web.xml", xml)
  program.write("other.xml", (xml:gsub("web", "other")))
  program.write("managed.xml", (xml:gsub(" managed='no'", "")))
  program.write("policy.lua", "function decide() return 'unmanaged' end\n"
    .. "local lan = pool{ name = 'lan', range = '10.0.0.10-10.0.0.20' }\n"
    .. "function connect(nic) tap(nic, {}) lease(lan) end")
  assert.equal(0, program.moontap("up -p policy.lua web.xml").status)
end

-- doctor says by its status what it found, even when that cannot be written.
local function expected(status, found)
  return found ~= 0 and found or status
end

for _, command in ipairs(tables.commands) do
  local name = command.name

  describe("moontap " .. name, function()
    before_each(setup)
    local state = table.concat(command.options, " "):find "state" and "--state state " or ""

    local function run(words)
      return program.bare(state .. words)
    end

    for i = 2, #(lines[name] or {}) do
      local line = lines[name][i]

      local function status_of()
        if name ~= "doctor" then return lines[name][1] end
        return expected(3, run(line).status)
      end

      it("says that a disk is full: " .. line, function()
        local status = status_of()
        local r = run(line .. " >/dev/full")
        assert.same({ status = status, out = "",
          err = "moontap: standard output: No space left on device\n" }, r)
      end)

      it("says that standard output is closed: " .. line, function()
        local status = status_of()
        assert.same({ status = status, out = "",
          err = "moontap: standard output: Bad file descriptor\n" },
          run(line .. " >&-"))
      end)

      it("is content with a reader that has read enough: " .. line, function()
        local status = expected(0, name == "doctor" and run(line).status or 0)
        local r = program.run(("{ '%s' %s%s; echo $? >status; } | true")
          :format(program.path, state, line))
        assert.same({ "", status .. "\n" }, { r.err, program.read "status" })
      end)
    end

    it("is one of those that are tried here", function()
      assert.is_table(lines[name], name)
    end)
  end)
end

describe("what cannot be told", function()
  before_each(setup)

  it("is done all the same: down, and up", function()
    assert.equal(7, program.moontap("down web >/dev/full").status)
    assert.equal("", helper.run "ip -br link show type tun")
    assert.equal(7, program.moontap("up -p policy.lua web.xml >/dev/full").status)
    helper.run "ip link show web0"
  end)

  it("is not written into a journal, where standard output is closed", function()
    program.moontap("down web")
    assert.equal(7, program.moontap("up -p policy.lua web.xml <&- >&- 2>err").status)
    for _, text in pairs(program.state()) do assert.not_matches("ip tuntap", text) end
    assert.equal(0, program.moontap("down web").status)
    assert.equal("", helper.run "ip -br link show type tun")
  end)

  it("keeps no guest from starting, where libvirt expects nothing", function()
    program.moontap("down web")
    for _, event in ipairs{ "prepare begin", "start begin", "started begin", "stopped end",
      "release end" } do
      assert.same({ status = 0, out = "", err = "" }, program.moontap(
        ("hook -p policy.lua qemu web %s - <web.xml >/dev/full"):format(event)), event)
    end
  end)

  it("is said of a change at the prompt with a status of its own", function()
    assert.equal(7, program.moontap("repl -p policy.lua -e 'up()' web.xml >/dev/full").status)
    program.moontap("down web")
    for chunk, status in pairs {
      ['print(moontap.bridge.ensure{ name = "b0" })'] = 7,
      ['print(moontap.bridge.ensure({ name = "b1" }, { dry = true }))'] = 4,
      ['print(1) moontap.open{ state = "state", policy = "policy.lua" }:up(io.open "web.xml")'] = 7,
      ['print(1) os.exit(0)'] = 4,
      ['print(1) os.exit(true, true)'] = 4,
      ['os.exit(5)'] = 5,
      ['print(1) os.exit(false)'] = 1,
      ['print(1) error "no"'] = 3,
      ['print('] = 3,
    } do
      assert.equal(status, program.moontap(("repl -e '%s' >/dev/full"):format(chunk)).status, chunk)
    end
    assert.equal(7, program.moontap("repl -e 'moontap.bridge.delete \"b0\"' >/dev/full").status)
  end)

  it("is an error in the log, where libvirt was to read it", function()
    program.moontap("hook -p policy.lua qemu web migrate begin - <managed.xml >/dev/full")
    assert.matches("standard output: No space left on device", program.moontap("log web").out)
  end)
end)
