-- unit_spec.lua - the installed units, by a real systemd: the socket starts the service, which does
-- all that it does elsewhere, as hardened as it is there

local build = require "spec.embed.build"
local daemon = require "spec.service.daemon"
local helper = require "spec.helper"
local program = require "spec.program"
local snapshot = require "spec.snapshot"

local DEST = "/run/unit"

-- read(path) -> what is in a file; "": there is none
local function read(path)
  local f <close> = io.open(path)
  return f and f:read "a" or ""
end

-- Installed once, without the program: what the service does not do fails.
local function install()
  if program.run("test -d " .. DEST).status == 0 then return end
  helper.run(("cd '%s' && make -s --no-print-directory install DESTDIR=%s && rm %s/usr/local/bin/*")
    :format(build.root, DEST, DEST))
  helper.run(("cp '%s/moontap-event' %s/usr/local/bin"):format(program.path:match "(.*)/", DEST))
end

local Systemd = {}
Systemd.__index = Systemd

-- sh(command) -> as program.run(), of a command where that systemd is
function Systemd:sh(command, input)
  return program.run(("nsenter -t %s -m -p -w sh -c '%s'"):format(self.pid,
    command:gsub("'", "'\\''")), input)
end

function Systemd:ok(command, input)
  local r = self:sh(command, input)
  assert(r.status == 0, command .. "\n" .. r.out .. r.err)
  return r.out
end

function Systemd.log() return program.read "systemd.log" end

Systemd.__close = function(self)
  helper.run(("kill -9 %s; tail --pid=%s -f /dev/null"):format(self.outer, self.outer))
  helper.run(("unshare --mount sh '%s/spec/service/systemd.sh' x %s end"):format(build.root,
    self.name))
end

-- boot() -> a systemd in the test's network namespace, that listens for moontap
local function boot()
  install()
  local self = setmetatable({ name = "moontap-spec-" .. helper.folder():match "[^/]+$" }, Systemd)
  self.outer = program.run(([[
    unshare --mount --propagation private --pid --fork --kill-child \
      sh '%s/spec/service/systemd.sh' %s %s >systemd.log 2>&1 </dev/null &
    echo $!]]):format(build.root, DEST, self.name)).out:match "%d+"
  self.pid = daemon.wait_for("systemd", function()
    local pid = read(("/proc/%s/task/%s/children"):format(self.outer, self.outer)):match "%d+"
    return pid and program.run(("nsenter -t %s -m -p systemctl is-active moontap.socket")
      :format(pid)).out == "active\n" and pid
  end)
  return self
end

local SAMPLES = build.root .. "/samples"

-- Those that need the most of the host: /proc/sys, /dev, /run, nftables, tc. With
-- MOONTAP_TORTURE=all all of them.
local chosen = { dhcp = true, macvtap = true, nat = true, rate = true, routed = true }
local function is_tried(sample)
  return os.getenv "MOONTAP_TORTURE" == "all" or chosen[sample.name]
end

describe("moontapd by systemd", function()
  it("is started by the first event, and again after a restart, a stop and a kill", function()
    local s <close> = boot()
    s:ok("cat >/etc/moontap/policy.lua", [[allow{ link = "br0" }
      function connect(nic) tap(nic, { master = "br0", up = true, alias = "one" }) end]])
    helper.run "ip link add br0 type bridge"
    local function event(name, dev)
      if name == "qemu-ifup" then helper.run("ip tuntap add dev " .. dev .. " mode tap") end
      assert.same({ status = 0, out = "", err = "" },
        s:sh(("/usr/local/libexec/moontap/%s %s"):format(name, dev)))
      assert.equal(name == "qemu-ifup" and "one" or nil,
        helper.run("ip link show " .. dev):match "alias (%g+)")
    end
    assert.equal("inactive\n", s:sh "systemctl is-active moontapd".out)
    event("qemu-ifup", "tap0")
    assert.equal("active\n", s:ok "systemctl is-active moontapd")
    s:ok "systemctl restart moontapd"
    event("qemu-ifdown", "tap0")
    event("qemu-ifup", "tap1")
    s:ok "systemctl stop moontapd"
    event("qemu-ifdown", "tap1")
    event("qemu-ifup", "tap2")
    s:ok "systemctl kill -s KILL moontapd"
    daemon.wait_for("another one", function()
      return s:sh "systemctl show -p NRestarts moontapd".out == "NRestarts=1\n"
    end)
    event("qemu-ifdown", "tap2")
    s:ok "systemctl reload moontapd"
    event("qemu-ifup", "tap3")
  end)

  for _, sample in ipairs(helper.samples()) do
    local dir = SAMPLES .. "/" .. sample.name
    local status = tonumber(read(dir .. "/status"):match "%d+") or 0

    if is_tried(sample) then
      -- without the sample's tag: not in the VM, where a systemd starts for minutes
      it(("connects the sample %s, and takes everything back"):format(sample.name), function()
        local s <close> = boot()
        s:ok(("cd %s; cp policy.lua /etc/moontap 2>/dev/null; sh -e host.sh"):format(dir))
        local before, domain = snapshot.take(), read(dir .. "/domain.xml")
        local function call(what)
          local r = s:sh(("cd %s; PYTHONDONTWRITEBYTECODE=1 python3 ../embed/varlink.py %s")
            :format(dir, what), domain)
          return r.status, r.out .. r.err .. s.log()
        end
        local up, said = call "up"
        assert.equal(status, up, said)
        assert.equal(status == 0 and said:find "add " ~= nil,
          snapshot.difference(before, snapshot.take()) ~= "", said)
        assert.equal(0, (call "down"))
        assert.equal("", snapshot.difference(before, snapshot.take()))
      end)
    end
  end

  it("is exposed as little as its documents say", function()
    install()
    local said = helper.run(("systemd-analyze security --offline=true %s/moontapd.service")
      :format(DEST .. "/usr/local/lib/systemd/system"))
    local level = tonumber(said:match "Overall exposure level for moontapd.service: ([%d.]+)")
    assert.is_true(level < 5, said)
  end)
end)
