-- completion_spec.lua - what bash and zsh complete, asked of bash and zsh
local helper = require "spec.helper"
local program = require "spec.program"
local tmux = require "spec.tmux"
local json = require "dkjson"

local build = program.path:match "^(.*)/"
local tables = json.decode(helper.run("'" .. program.path .. "' help --json"))

local guest = [[
<domain type='kvm'><name>%s</name><devices><interface type='ethernet'>
<target dev='%s' managed='no'/></interface></devices></domain>
]]

-- Files, a policy, a connected guest, one that failed, and a tap.
local function setup()
  program.write("web.xml", guest:format("web", "web0"))
  program.write("lost.xml", guest:format("my lost guest", "lost0"))
  program.write("policy.lua", "function connect(nic)\n" ..
    "  if nic.dev == 'lost0' then refuse 'no' end tap(nic, {})\nend")
  helper.run("mkdir '" .. helper.folder() .. "/folder'; ip tuntap add dev tap7 mode tap")
  assert.equal(0, program.moontap("up -p policy.lua web.xml").status)
  assert.equal(1, program.moontap("up -p policy.lua lost.xml").status)
end

-- bash(words...) -> what it offers for the last of them, as a set and a list
local function bash(...)
  local words = { ... }
  for i, word in ipairs(words) do words[i] = "'" .. word .. "'" end
  program.write("ask.bash", ([[
PATH='%s':$PATH
. '%s/doc/completion/moontap.bash' || exit
COMP_WORDS=(%s)
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
$(complete -p "${COMP_WORDS[0]##*/}" | sed 's/complete -F \([^ ]*\) .*/\1/')
for word in "${COMPREPLY[@]}"; do printf '%%s\n' "$word"; done
]]):format(build, build, table.concat(words, " ")))
  local r = program.run "bash --norc ask.bash"
  assert.equal("", r.err)
  local set, list = {}, {}
  for word in r.out:gmatch "[^\n]+" do
    assert.is_nil(set[word], word .. " twice")
    set[word] = true
    list[#list + 1] = word
  end
  return set, list
end

local function offers(expected, ...)
  local _, list = bash(...)
  table.sort(list)
  assert.same(expected, list)
end

local function every_command()
  local all = {}
  for i, command in ipairs(tables.commands) do all[i] = { "moontap", command.name, command } end
  for _, script in ipairs(tables.scripts) do all[#all + 1] = { script.name, nil, script } end
  return all
end

describe("bash completes", function()
  it("every subcommand", function()
    local set, list = bash("moontap", "")
    for _, command in ipairs(tables.commands) do assert.is_true(set[command.name], command.name) end
    assert.equal(#tables.commands, #list)
    offers({ "plan" }, "moontap", "pl")
    offers({ "status" }, "moontap", "--state", "/x", "-v", "st")
  end)

  it("every option of each subcommand, and no other", function()
    for _, one in ipairs(every_command()) do
      local words = { one[1], one[2], "-" }
      if not one[2] then words = { one[1], "-" } end
      local set = bash(table.unpack(words))
      local n = 0
      for _, name in ipairs(one[3].options) do
        assert.is_true(set["--" .. name], one[3].name .. " --" .. name)
        n = n + 1
      end
      for _, option in ipairs(tables.options) do
        if option.letter and set["--" .. option.name] then
          assert.is_true(set["-" .. option.letter])
        end
        if set["--" .. option.name] then n = n - 1 end
      end
      assert.equal(0, n, one[3].name)
    end
  end)

  it("what each option takes", function()
    setup()
    offers({ "folder" }, "moontap", "plan", "--state", "fo")
    offers({ "policy.lua" }, "moontap", "plan", "-p", "po")
    offers({ "policy.lua" }, "moontap", "plan", "--policy", "=", "po")
    offers({ "lxc", "qemu" }, "moontap", "install-hook", "--driver", "")
    offers({ "start", "started" }, "moontap", "repl", "--event", "start")
    offers({}, "moontap", "plan", "--deadline", "")
  end)

  it("files of XML, and folders on the way", function()
    setup()
    for _, command in ipairs{ "plan", "facts", "xml", "doctor" } do
      offers({ "folder", "lost.xml", "state", "web.xml" }, "moontap", command, "")
    end
  end)

  it("guests that are connected, and those that are on record; devices after them", function()
    setup()
    for _, command in ipairs{ "log", "replay" } do
      offers({ "my lost guest", "web" }, "moontap", command, "--state", "state", "")
      offers({ "my lost guest" }, "moontap", command, "--state", "state", "my\\ l")
      offers({ "my lost guest" }, "moontap", command, "--state", "state", '"my l')
    end
    for _, command in ipairs{ "status", "reconcile" } do
      offers({ "web" }, "moontap", command, "--state", "state", "")
    end
    offers({ "web", "web.xml" }, "moontap", "down", "--state", "state", "we")
    offers({ "web", "web.xml" }, "moontap", "up", "--state", "state", "we")
    offers({ "web", "web.xml" }, "moontap", "repl", "--replay", "--state", "state", "we")
    offers({ "web0" }, "moontap", "down", "--state", "state", "web", "")
    offers({ "web0" }, "moontap", "down", "--state", "state", "web", "web1", "w")
  end)

  it("guests by their names, and never one as an option", function()
    setup()
    for i, name in ipairs{ 'say "a"', "back\\slash", "$(touch pwned)", "--force", "büro" } do
      program.write("odd.xml", guest:format(name, "odd" .. i))
      assert.equal(0, program.moontap("up -p policy.lua odd.xml").status)
    end
    local names = { "$(touch pwned)", "back\\slash", "büro", 'say "a"', "web" }
    offers(names, "moontap", "status", "--state", "state", "")
    table.insert(names, 2, "--force")
    offers(names, "moontap", "status", "--state", "state", "--", "")
    offers({ "--force" }, "moontap", "status", "--state", "state", "--", "--f")
    assert.is_nil(program.read "pwned")
  end)

  it("a guest with blanks, quoted once, at the prompt", function()
    setup()
    program.write("policy.lua", "function connect(nic) tap(nic, {}) end")
    assert.equal(0, program.moontap("up -p policy.lua lost.xml").status)
    program.write("rc.bash", ("PS1='bash> ' PATH='%s':$PATH\n. '%s/doc/completion/moontap.bash'\n")
      :format(build, build))
    tmux.start "bash --noprofile --rcfile rc.bash -i"
    tmux.wait "^bash>$"
    for typed, seen in pairs{ ["my"] = "my\\ lost\\ guest", ['"my'] = '"my lost guest"',
      ["'my l"] = "'my lost guest'", ["my\\ l"] = "my\\ lost\\ guest" } do
      for _, command in ipairs{ "status", "down" } do
        tmux.type(("moontap %s --state state %s"):format(command, typed))
        tmux.keys "Tab"
        local screen = tmux.wait "guest"
        assert.truthy(screen:find(" state " .. seen, 1, true), screen)
        tmux.keys "C-u"
        tmux.keys "C-l"
        tmux.wait "^bash>$"
      end
    end
    tmux.stop()
  end)

  it("words of help, of the hook's command line, and taps", function()
    setup()
    offers({ "txqueuelen" }, "moontap", "help", "txq")
    offers({ "host.link", "host.links" }, "moontap", "help", "host.link")
    offers({ "lxc", "qemu" }, "moontap", "hook", "")
    offers({ "prepare" }, "moontap", "hook", "qemu", "web", "p")
    offers({ "tap7" }, "qemu-ifup", "ta")
    offers({ "tap7", "web0" }, "/usr/libexec/moontap/qemu-ifdown", "")
    offers({}, "moontap", "install-hook", "")
  end)
end)

describe("zsh completes", function()
  before_each(function()
    setup()
    program.write(".zshrc", ([[
PS1='zsh> ' LISTMAX=999 PATH='%s':$PATH
fpath=('%s/doc/completion' $fpath)
autoload -U compinit
compinit -u -d ./dump
zstyle ':completion:*' menu no
]]):format(build, build))
    tmux.start "ZDOTDIR=. zsh -d -i"
    tmux.wait "^zsh>$"
  end)
  after_each(tmux.stop)

  -- What is on the screen when what is typed has been completed, and the line is empty again.
  local function ask(text, pattern)
    tmux.type(text)
    tmux.keys "Tab"
    local screen = tmux.wait(pattern)
    tmux.keys "C-u"
    tmux.keys "C-l"
    tmux.wait "^zsh>$"
    return screen
  end

  it("every subcommand, with what it does", function()
    local screen = ask("moontap ", "uninstall%-hook ")
    for _, command in ipairs(tables.commands) do
      assert.truthy(screen:find(command.name:gsub("%-", "%%-") .. " +%-%- " ..
        command.doc:sub(1, 20):gsub("%p", "%%%0")), command.name)
    end
  end)

  it("every option of each subcommand", function()
    for _, one in ipairs(every_command()) do
      local last = one[3].options[#one[3].options]
      local screen = ask(one[1] .. " " .. (one[2] and one[2] .. " " or "") .. "--",
        "%-%-" .. last .. " ")
      local takes = {}
      for _, name in ipairs(one[3].options) do takes[name] = true end
      for _, option in ipairs(tables.options) do
        local offered = screen:find("%-%-" .. option.name:gsub("%-", "%%-") .. "%f[^%w]")
        assert.same({ one[3].name, option.name, takes[option.name] },
          { one[3].name, option.name, offered and true })
      end
    end
  end)

  it("files, guests, devices, taps and words of help", function()
    ask("moontap plan we", "plan web%.xml")
    ask("moontap check po", "check policy%.lua")
    ask("moontap down --state state web w", "web web0")
    ask("moontap status --state state ", "state web")
    ask("moontap log --state state my", "my\\ lost\\ guest")
    ask("moontap status --state state we", "state web")
    ask("moontap repl --event prep", "prepare")
    ask("moontap plan --state fo", "folder/")
    ask("moontap help mt", "help mtu")
    ask("qemu-ifup ta", "tap7")
    ask("moontap hook qemu web rel", "release")
  end)
end)
