-- event_spec.lua - moontap-event: what it hands over to the service, and when it becomes moontap
--
-- worker.py plays the service; beside a copy of the client stands a moontap that prints what it was
-- called with and exits with 42.

local helper = require "spec.helper"
local program = require "spec.program"

local CLIENT = program.path .. "-event"
local MIB = 1024 * 1024
local tools -- a folder with what is compiled once

local function exists(name)
  return program.read(name) ~= nil
end

-- prepare(): the client by each of its names, and what it falls back to
local function prepare()
  program.run(([[
    mkdir -p bin bin/lxc.d bin/network.d && cp '%s' bin/ && cp %s/moontap bin/
    for name in qemu-ifup qemu-ifdown qemu lxc other; do ln -sf moontap-event bin/$name; done
    ln -sf ../moontap-event bin/lxc.d/moontap; ln -sf ../moontap-event bin/network.d/qemu
  ]]):format(CLIENT, tools))
end

-- against(steps, command, input, at) -> as program.run(), of the client, with the service at a path
local function against(steps, command, input, at)
  prepare()
  program.write("steps", steps)
  program.write("command", command)
  return program.run(([[
    MOONTAP_EVENT_SOCKET=$PWD/sock FLAVOUR=plum \
      python3 '%s/spec/client/worker.py' "%s" "$(cat steps)" "$(cat command)"]])
    :format(helper.run("pwd"):match "%C+", at or "$PWD/sock"), input)
end

local ALL = "words accept:5000 go"
local HOOK = "bin/qemu web prepare begin -"

local function fell_back(result, words)
  assert.equal(words .. "|plum\n", result.out)
  assert.equal(42, result.status, result.err)
  assert.equal("", result.err)
end

local function did_not_fall_back(result)
  assert.is_false(exists "fallback", result.out)
end

describe("moontap-event", function()
  lazy_setup(function()
    tools = helper.run("mktemp -d"):match "%C+"
    helper.run(("cc -o %s/moontap spec/client/moontap.c"):format(tools))
  end)

  lazy_teardown(function()
    helper.run("rm -rf " .. tools)
  end)

  describe("with a service", function()
    it("hands over its name and words, and exits as it is answered", function()
      program.write("text", "qemu-ifup: no such bridge\n")
      local result = against(ALL .. " done:3 end", "bin/qemu-ifup tap0")
      assert.equal(3, result.status)
      assert.equal("qemu-ifup: no such bridge\n", result.err)
      assert.equal("", result.out)
      local version = program.run("'" .. program.path .. "' --version").out:match "moontap (%S+)"
      assert.equal("moontap-event 1\n" .. version .. "\nbin/qemu-ifup\ntap0\n",
        program.read "words")
      did_not_fall_back(result)
    end)

    it("hands over a hook's standard input, sealed and rewound", function()
      local xml = ("<domain/>\n"):rep(20000)
      local result = against(ALL .. " done:0", "cat | " .. HOOK, xml)
      assert.same({ 0, "", "" }, { result.status, result.out, result.err })
      assert.equal("bin/qemu\nweb\nprepare\nbegin\n-\n", program.read "words":match "\n.-\n(.*)")
      assert.equal(xml, program.read "input")
      assert.equal("14 at 0", program.read "seals")
    end)

    it("hands over a file as standard input, from where it is", function()
      against(ALL .. " done:0", "{ read -r line; " .. HOOK .. "; }", "<first/>\n<domain/>\n")
      assert.equal("<domain/>\n", program.read "input")
    end)

    it("hands over an empty standard input, and one that is closed", function()
      for _, from in ipairs { "</dev/null", "<&-" } do
        local result = against(ALL .. " done:0", HOOK .. from)
        assert.equal(0, result.status, result.err)
        assert.equal("", program.read "input")
        program.run "rm sock input"
      end
    end)

    it("waits for a standard input that has nothing yet, and does not block", function()
      local slow = [[python3 -c 'import os, subprocess, sys, time
r, w = os.pipe()
os.set_blocking(r, False)
p = subprocess.Popen(sys.argv[1:], stdin=r)
time.sleep(0.2)
os.write(w, b"<domain/>")
os.close(w)
sys.exit(p.wait())' ]]
      assert.equal(0, against(ALL .. " done:0", slow .. HOOK).status)
      assert.equal("<domain/>", program.read "input")
    end)

    it("neither reads nor sends the standard input of a script", function()
      local result = against(ALL .. " done:0", "{ bin/qemu-ifup tap0; cat; }", "left\n")
      assert.equal("left\n", result.out)
    end)

    it("knows a hook script by libvirt's folder", function()
      against(ALL .. " done:0", "bin/lxc.d/moontap web prepare begin -")
      assert.matches("\nbin/lxc.d/moontap\nweb\n", program.read "words", 1, true)
    end)

    it("takes no word of a hook as an option: a guest's name may begin so", function()
      against(ALL .. " done:0", "bin/qemu -p prepare begin -")
      assert.matches("\nbin/qemu\n-p\n", program.read "words", 1, true)
    end)

    it("prints what is for standard output, all of it", function()
      local xml = ("<domain/>\n"):rep(30000)
      program.write("output", xml)
      program.write("text", "qemu: noted\n")
      local result = against(ALL .. " done:0", HOOK .. " | { sleep 0.1; cat; }")
      assert.same({ 0, "qemu: noted\n" }, { result.status, result.err })
      assert.equal(xml, result.out)
    end)

    it("fails when standard output cannot be written, as moontap does", function()
      program.write("output", "<domain/>\n")
      local result = against(ALL .. " done:0", HOOK .. " >/dev/full")
      assert.equal(4, result.status)
      assert.equal("qemu: standard output could not be written (errno 28)\n", result.err)
      program.run "rm sock"
      assert.equal(1, against(ALL .. " done:1", HOOK .. " >/dev/full").status)
    end)

    it("fails when standard output is closed, and writes into nothing else", function()
      program.write("output", "<domain/>\n")
      program.write("text", "text\n")
      local result = against(ALL .. " done:0 end", HOOK .. " <&- >&- 2>&-")
      assert.same({ 4, "", "" }, { result.status, result.out, result.err })
      did_not_fall_back(result)
    end)

    it("is content when its reader has read enough", function()
      program.write("output", ("<domain/>\n"):rep(30000))
      local result = against(ALL .. " done:0", "{ " .. HOOK .. "; echo $? >status; } | true")
      assert.equal("0\n", program.read "status")
      assert.equal("", result.err)
    end)

    it("hands over the taps that the caller left open", function()
      helper.run "ip tuntap add mode tap tap7; ip tuntap add mode tap tap8"
      local leave = [[python3 -c 'import fcntl, os, struct, sys
for name, at in (b"tap7", 7), (b"tap8", 100):
    tap = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(tap, 0x400454ca, struct.pack("16sH22x", name, 0x1002))
    os.dup2(tap, at, inheritable=True)
os.execv(sys.argv[1], sys.argv[1:])' ]]
      local result = against(ALL .. " done:0", leave .. "bin/qemu-ifdown tap7")
      assert.equal(0, result.status, result.err)
      assert.equal("tap7 tap8", program.read "taps")
    end)

    it("asks the service of the host unless the environment names another", function()
      helper.run "mkdir -p /run/moontap.sock"
      local result = against(ALL .. " done:9", "unset MOONTAP_EVENT_SOCKET; bin/qemu-ifup tap0",
        nil, "/run/moontap.sock/event")
      helper.run "rm -r /run/moontap.sock"
      assert.equal(9, result.status, result.err)
    end)

    it("asks the one of the host when it has more rights than its caller", function()
      local result = against("nobody", "chmod 4755 bin/moontap-event; chmod -R a+rwX . bin;" ..
        "setpriv --reuid 65534 --regid 65534 --clear-groups bin/qemu-ifup tap0")
      fell_back(result, "bin/qemu-ifup|tap0")
    end)
  end)

  -- what becomes moontap at once, and without a word to the service
  describe("becomes moontap", function()
    it("for options, and for words that are not an event's", function()
      for _, words in ipairs { "qemu-ifup -v tap0", "qemu-ifup --help", "qemu-ifup", "qemu-ifup ''",
          "qemu-ifup tap0 tap1", "qemu -p p.lua web prepare begin -", "lxc web prepare begin",
          "other tap0", "moontap-event up web", "network.d/qemu web prepare begin -" } do
        local result = against("nobody", "bin/" .. words, "input")
        fell_back(result, "bin/" .. words:gsub("''", ""):gsub(" ", "|"))
        assert.equal("input", program.read "fallback")
        program.run "rm sock"
      end
    end)

    it("where standard error is a terminal", function()
      local result = against("nobody", "script -qec 'bin/qemu-ifup tap0' /dev/null </dev/null")
      assert.equal(42, result.status, result.err)
      assert.matches("bin/qemu-ifup|tap0|plum", result.out, 1, true)
    end)

    it("where no service is, and copies nothing", function()
      for _, steps in ipairs { "nobody", "refuse" } do
        local result = against(steps, (steps == "nobody" and "rm sock;" or "") .. "cat |" .. HOOK,
          "<domain/>")
        fell_back(result, (HOOK:gsub(" ", "|")))
        assert.equal("<domain/>", program.read "fallback")
        program.run "rm -f sock"
      end
    end)

    it("where the socket is root's, and the caller is not", function()
      local result = against("nobody", "chmod -R a+rwX . bin;" ..
        "setpriv --reuid 65534 --regid 65534 --clear-groups bin/qemu-ifup tap0")
      fell_back(result, "bin/qemu-ifup|tap0")
    end)

    it("where the backlog is full", function()
      fell_back(against("full", "bin/qemu-ifup tap0"), "bin/qemu-ifup|tap0")
    end)

    it("where the path of the socket is too long", function()
      fell_back(against("nobody", "MOONTAP_EVENT_SOCKET=/" .. ("x"):rep(108) ..
        " bin/qemu-ifup tap0"), "bin/qemu-ifup|tap0")
    end)

    it("for words that have no room in a message", function()
      local name = ("x"):rep(16384)
      fell_back(against("end", "bin/qemu-ifup " .. name), "bin/qemu-ifup|" .. name)
    end)

    it("for more taps than a message takes", function()
      local leave = [[python3 -c 'import fcntl, os, struct, sys
for i in range(17):
    tap = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(tap, 0x400454ca, struct.pack("16sH22x", b"tap%d" % i, 0x1002))
    os.set_inheritable(tap, True)
os.execv(sys.argv[1], sys.argv[1:])' ]]
      fell_back(against("end", leave .. "bin/qemu-ifdown tap7"), "bin/qemu-ifdown|tap7")
    end)
  end)

  -- what the service answers, or does not, before the event is its own
  describe("becomes moontap with the whole of standard input", function()
    local xml = "<domain>" .. ("x"):rep(200000) .. "</domain>\n"

    local function with_input(steps, from)
      local result = against(steps, (from or "cat |") .. HOOK, xml)
      fell_back(result, (HOOK:gsub(" ", "|")))
      assert.equal(xml, program.read "fallback")
    end

    it("when it is told to", function() with_input "words elsewhere" end)

    it("when a file was its standard input", function()
      with_input("words elsewhere", "")
    end)

    it("when the service goes before it accepts", function()
      with_input "words"
      assert.equal(xml, program.read "input")
    end)

    it("when the service goes before it reads", function() with_input "sleep:0.1" end)

    it("when the service goes after `go`, whether it has read that or not", function()
      with_input(ALL)
      program.run "rm sock"
      with_input "words accept:5000 sleep:0.2"
    end)

    it("when the answer is malformed, and tells the service to do nothing", function()
      for _, steps in ipairs { "words raw:x end", "words done:0 end", "words accept:0 end",
          "words raw:Axxx1234z end", "words raw: end" } do
        with_input(steps)
        assert.is_false(exists "gone", steps)
        program.run "rm sock fallback"
      end
    end)

    it("when the service is silent for two seconds", function()
      local before = program.run "date +%s%N".out
      with_input "words end"
      local took = (program.run "date +%s%N".out - before) / 1e9
      assert.is_true(took > 1.9 and took < 10, "took " .. took)
    end)

    it("when that is larger than the service takes", function()
      local result = against("end", "head -c 9000000 /dev/zero | tee whole |" .. HOOK)
      fell_back(result, (HOOK:gsub(" ", "|")))
      assert.equal(0, program.run "cmp whole fallback".status)
    end)

    it("when that is as large as the service takes", function()
      local result = against("words elsewhere",
        ("head -c %d /dev/zero | tee whole | %s"):format(8 * MIB, HOOK))
      fell_back(result, (HOOK:gsub(" ", "|")))
      assert.equal(0, program.run "cmp whole fallback && cmp whole input".status)
    end)
  end)

  it("leaves a standard input that was closed as it was, when it becomes moontap", function()
    local result = against("words elsewhere", HOOK .. " <&-")
    assert.equal(43, result.status)
  end)

  -- a second applier beside one that lives would be worse than an event that failed
  describe("never becomes moontap after `go` while the service lives", function()
    local function failing(steps, command, status, line)
      local result = against(steps, command)
      assert.same({ status, line }, { result.status, result.err })
      did_not_fall_back(result)
      program.run "rm sock"
    end

    it("and is silent", function()
      failing("words accept:200 go end", "bin/qemu-ifup tap0", 4,
        "qemu-ifup: moontapd did not answer within 1 s\n")
      failing("words accept:1001 go end", HOOK, 4, "qemu: moontapd did not answer within 2 s\n")
    end)

    it("and is silent while nobody may be killed for it", function()
      for _, operation in ipairs { "started", "reconnect", "stopped", "release" } do
        failing("words accept:100 go end", ("bin/lxc web %s begin -"):format(operation), 0,
          "lxc: moontapd did not answer within 1 s\n")
      end
      failing("words accept:100 go end", "bin/lxc web start begin -", 4,
        "lxc: moontapd did not answer within 1 s\n")
    end)

    it("and answers what is none", function()
      for _, answer in ipairs { "raw:x", "raw:Xxxx1234", "elsewhere", "accept:5", "done:256",
          "raw:", "shut" } do
        failing(ALL .. " " .. answer .. " end", "bin/qemu-ifup tap0", 4,
          "qemu-ifup: moontapd's answer is malformed\n")
      end
    end)
  end)

  it("fails where moontap is not beside it", function()
    local result = against("nobody", "rm bin/moontap; bin/qemu-ifup -x")
    assert.equal(4, result.status)
    assert.matches("^qemu%-ifup: /.*/bin/moontap cannot be executed %(errno 2%)\n$", result.err)
  end)

  it("is a program without libraries", function()
    local segments = helper.run(("readelf -lW '%s'"):format(CLIENT))
    assert.not_matches("INTERP", segments, 1, true)
    assert.not_matches("DYNAMIC", segments, 1, true)
    assert.not_matches("RWE", segments, 1, true)
  end)

  it("makes few system calls #bare", function()
    local function calls_of(command)
      against(ALL .. " done:0", "strace -o calls -e signal=none -- " .. command, "<domain/>")
      program.run "rm sock"
      local names = {}
      for name in program.read "calls":gmatch "([%w_]+)%(" do names[#names + 1] = name end
      return (table.concat(names, " "):gsub("(getdents64) [ioctl ]*( getdents64)", "%1%2"))
    end
    if tonumber(helper.run(("stat -Lc %%s '%s'"):format(CLIENT))) > 100000 then
      return pending "it has a libc"
    end
    -- Between the two getdents64 one ioctl for each descriptor above 2.
    assert.equal("execve ioctl socket connect openat getdents64 getdents64 close sendmsg ppoll " ..
      "recvmsg sendmsg ppoll recvmsg exit_group", calls_of "bin/qemu-ifup tap0")
    assert.equal("execve ioctl socket connect memfd_create read write read fcntl lseek sendmsg " ..
      "ppoll recvmsg sendmsg ppoll recvmsg exit_group", calls_of(HOOK))
  end)
end)
