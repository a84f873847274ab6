-- install_spec.lua - what `make install` puts into a folder runs from there, and goes again
local helper = require "spec.helper"
local program = require "spec.program"
local build = require "spec.embed.build"

local dest -- where it was installed

local function make(words)
  return helper.run(("cd '%s' && make -s --no-print-directory %s DESTDIR='%s'"):format(build.root,
    words, dest))
end

local function prefix()
  return dest .. "/usr/local"
end

local function files(folder)
  return helper.run(("cd '%s' 2>/dev/null && find . ! -type d | sort || true"):format(folder))
end

describe("make install", function()
  local said

  before_each(function()
    dest = helper.folder() .. "/dest"
    said = make "install"
    build.host()
  end)

  it("has links to the client", function()
    for _, name in ipairs { "qemu-ifup", "qemu-ifdown", "qemu", "lxc" } do
      assert.equal(prefix() .. "/bin/moontap-event\n",
        helper.run("readlink -f " .. prefix() .. "/libexec/moontap/" .. name))
    end
  end)

  it("has a client that becomes moontap where it is called otherwise", function()
    local r = program.run(prefix() .. "/libexec/moontap/qemu-ifup --help")
    assert.equal(0, r.status, r.err)
    assert.truthy(r.out:find "moontap plan")
    assert.truthy(program.run(prefix() .. "/bin/moontap-event status --state state").out
      :find "nothing is connected")
  end)

  it("has the manual, where man finds it", function()
    for _, page in ipairs { "1 moontap", "5 moontap-policy", "7 moontap-hooks" } do
      assert.matches("^" .. prefix():gsub("%p", "%%%0") .. "/share/man/man%d/moontap",
        helper.run(("man -M '%s/share/man' -w %s"):format(prefix(), page)))
    end
  end)

  it("lets services that replace nftables' ruleset put moontap's tables back", function()
    for _, service in ipairs { "nftables", "firewalld" } do
      assert.equal("[Service]\nExecStartPost=-/usr/local/bin/moontap reconcile\n" ..
        "ExecReload=-/usr/local/bin/moontap reconcile\n",
        helper.run(("grep -v '^#' %s/lib/systemd/system/%s.service.d/moontap.conf")
          :format(prefix(), service)))
    end
    make "uninstall"
    make "install UNIT_DIR=/etc/systemd/system"
    assert.truthy(files(dest .. "/etc/systemd/system"):find("./moontapd.service", 1, true))
    assert.truthy(files(dest .. "/etc/systemd/system")
      :find("./nftables.service.d/moontap.conf", 1, true))
    make "uninstall UNIT_DIR=/etc/systemd/system"
    assert.equal("", files(dest .. "/etc"))
  end)

  it("says what AppArmor is to be told", function()
    assert.truthy(said:find("/usr/local/bin/moontap{,-event} PUx,", 1, true))
  end)

  it("compiles no DESTDIR in", function()
    assert.equal("", helper.run("grep -rl '" .. dest .. "' '" .. dest .. "' || true"))
  end)

  it("installs a program that finds its modules, hooks and evaluator", function()
    for _, words in ipairs { "plan --json -p policy.lua --state state web.xml",
      "up -p policy.lua --state state web.xml", "status --state state",
      "down --state state web", "facts web.xml" } do
      local r = program.run(prefix() .. "/bin/moontap " .. words)
      assert.equal(0, r.status, r.out .. r.err)
    end
  end)

  it("installs entry points that run", function()
    helper.run "ip tuntap add dev tap7 mode tap && ip link set tap7 address fe:54:00:10:00:07"
    local entry = prefix() .. "/libexec/moontap/%s -p policy.lua --state state %s"
    local up = program.run(entry:format("qemu-ifup", "tap7"))
    assert.equal(0, up.status, up.err)
    assert.equal("tap7", helper.json "ip -j link show master br0"[1].ifname)
    assert.equal(0, program.run(entry:format("qemu-ifdown", "tap7")).status)
    local hook = program.run(entry:format("qemu", "web prepare begin -"), build.domain())
    assert.equal(0, hook.status, hook.err)
    assert.equal("web0", helper.json "ip -j link show master br0"[1].ifname)
    assert.equal(0, program.run(entry:format("qemu", "web release end -"), build.domain()).status)
    assert.equal(0, #helper.json "ip -j link show master br0")
  end)

  for _, how in ipairs { "shared", "static" } do
    it("installs a " .. how .. " library that pkg-config finds", function()
      local pkg = ("PKG_CONFIG_PATH='%s/lib/pkgconfig' pkg-config "):format(prefix())
      local flags = helper.run(pkg .. "--cflags moontap"):match "%C+"
      if how == "static" then
        flags = flags .. " " .. helper.run(pkg .. "--static --libs moontap"):match "%C+"
          :gsub("%-lmoontap", "-Wl,-Bstatic -lmoontap -Wl,-Bdynamic")
      else
        flags = ("%s %s -Wl,-rpath,'%s/lib'"):format(flags,
          helper.run(pkg .. "--libs moontap"):match "%C+", prefix())
      end
      build.compile("samples/embed/connect.c", "connect", flags)
      if how == "static" then -- a host's own folders are as a program's
        helper.run(("cp %s/connect %s/bin/host"):format(helper.folder(), prefix()))
      end
      for _, word in ipairs { "plan", "up", "down" } do
        local r = program.run(("%s %s policy.lua state"):format(
          how == "static" and prefix() .. "/bin/host" or "./connect", word), build.domain())
        assert.equal(0, r.status, r.out .. r.err)
        assert.truthy(r.out:find "NIC 1 web0: unmanaged")
      end
    end)
  end

  it("installs a Lua module", function()
    local r = program.run(([[
LUA_PATH='%s/share/lua/5.4/?.lua;%s/share/lua/5.4/?/init.lua' LUA_CPATH='%s/lib/lua/5.4/?.so' \
  lua5.4 '%s/samples/embed/connect.lua' up policy.lua state]]):format(prefix(), prefix(), prefix(),
      build.root), build.domain())
    if build.sanitized then return end
    assert.equal(0, r.status, r.err)
    assert.equal("web0", helper.json "ip -j link show master br0"[1].ifname)
  end)

  it("is undone by make uninstall, with the link of libvirt's hook", function()
    local folder = dest .. "/etc/libvirt/hooks/qemu.d"
    helper.run(("'%s/bin/moontap' install-hook --root '%s'"):format(prefix(), dest))
    helper.run(("test -L '%s/moontap' && ln -s /usr/bin/other '%s/other'"):format(folder, folder))
    make "uninstall"
    helper.run(("test -L '%s/other' && rm -r '%s/etc'"):format(folder, dest))
    assert.equal("", files(dest))
    assert.equal("", helper.run("find '" .. dest .. "' -name '*moontap*'"))
  end)
end)

describe("install-hook", function()
  local root, link

  local function run(words)
    return program.run(("'%s' %s --root root"):format(program.path, words))
  end

  before_each(function()
    root = helper.folder() .. "/root"
    link = root .. "/etc/libvirt/hooks/qemu.d/moontap"
  end)

  it("links the program where libvirt looks, once", function()
    local r = run "install-hook"
    assert.equal(0, r.status, r.err)
    assert.equal(program.path .. "-event\n", helper.run("readlink " .. link))
    assert.truthy(r.out:find "libvirt does not run: it finds the link when it starts")
    assert.truthy(r.out:find(program.path .. "{,-event} PUx,", 1, true))
    assert.truthy(run "install-hook".out:find "exists already")
    assert.truthy(run "uninstall-hook".out:find "deleted; libvirt needs no restart")
    assert.truthy(run "uninstall-hook".out:find "does not exist")
    assert.equal("", files(root))
  end)

  it("has a folder for each driver", function()
    assert.equal(0, run "install-hook --driver lxc".status)
    assert.equal(program.path .. "-event\n",
      helper.run("readlink " .. root .. "/etc/libvirt/hooks/lxc.d/moontap"))
    assert.equal(2, run "install-hook --driver xen".status)
  end)

  it("says that a running libvirt must be told", function()
    helper.run(("mkdir -p %s/run && echo 1 >%s/run/libvirtd.pid"):format(root, root))
    assert.truthy(run "install-hook".out:find("kill -HUP 1", 1, true))
  end)

  it("replaces another moontap's link", function()
    helper.run(("mkdir -p %s && ln -s /opt/old/bin/moontap %s"):format(link:match "(.*)/", link))
    assert.equal(0, run "install-hook".status)
    assert.equal(program.path .. "-event\n", helper.run("readlink " .. link))
  end)

  for what, command in pairs {
    ["a file"] = "echo >%s", ["another's link"] = "ln -s /bin/true %s",
  } do
    it("leaves alone " .. what .. " that is not ours", function()
      helper.run(("mkdir -p %s && " .. command):format(link:match "(.*)/", link))
      local before = helper.run("stat -c '%i %N' " .. link)
      for _, words in ipairs { "install-hook", "uninstall-hook" } do
        local r = run(words)
        assert.equal(4, r.status)
        assert.truthy(r.err:find "something else has this name; left as it is")
      end
      assert.equal(before, helper.run("stat -c '%i %N' " .. link))
    end)
  end

  it("links the place below a root that the program will be in", function()
    helper.run(("mkdir -p %s/usr/bin && cp '%s' %s/usr/bin/moontap"):format(root, program.path,
      root))
    local r = program.run(("%s/usr/bin/moontap install-hook --root %s"):format(root, root))
    assert.equal(0, r.status, r.err)
    assert.equal("/usr/bin/moontap\n", helper.run("readlink " .. link))
    assert.falsy(r.out:find "PUx")
  end)
end)
