-- SPDX-License-Identifier: LGPL-2.1-or-later
-- lab.lua - a private world with a real libvirtd and real QEMU guests; README.md says how to use it
local lab = {}

local OWN = "/run/lab"              -- the lab's own folder, inside
local GUESTS = OWN .. "/guests"     -- serial lines and pid files
local IMAGE = OWN .. "/build/guest" -- the guests' kernel and initramfs
local POLL = 0.05

-- root, and one ordinary user that init.sh makes; each may have a libvirtd.
local ROOT = {
  name = "root", home = "/run/root", uri = "qemu:///system",
  conf = "/etc/libvirt", pidfile = "/run/libvirtd.pid", log = "/var/log/libvirt/libvirtd.log",
}
local ALICE = {
  name = "alice", uid = 7777, home = "/run/alice", uri = "qemu:///session",
  runtime = "/run/user/7777", conf = "/run/alice/.config/libvirt",
  pidfile = "/run/user/7777/libvirt/libvirtd.pid", log = "/run/alice/libvirtd.log",
}

-- libvirt probes QEMU again at each start when /dev/kvm is there but not for QEMU's user; the rest
-- is what needs cgroups, a mount namespace of QEMU's own, or virtlogd.
local QEMU_CONF = [[
user = "$user"
group = "$user"
security_driver = "none"
cgroup_controllers = []
namespaces = []
stdio_handler = "file"
]]

-- Each lab is a host of its own: libvirt refuses to migrate between two of the same uuid.
local LIBVIRTD_CONF = [[
auth_unix_ro = "none"
auth_unix_rw = "none"
log_outputs = "3:file:$log"
host_uuid = "$uuid"
]]

-- --- the machine's side --------------------------------------------------------------------------

-- The one place where text becomes a word of the shell.
function lab.quote(text)
  return "'" .. tostring(text):gsub("'", "'\\''") .. "'"
end
local quote = lab.quote

local function slurp(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read "a"
end

local function spill(path, text)
  local file <close> = assert(io.open(path, "wb"))
  assert(file:write(text))
end

local function line_of(command)
  local pipe = assert(io.popen(command))
  local line = pipe:read "l"
  pipe:close()
  return line
end

local repository = line_of "pwd -P"
local build = os.getenv "MOONTAP_BUILD" or repository .. "/build"

local function now()
  local seconds = slurp("/proc/uptime"):match "%S+"
  return tonumber(seconds)
end

-- A template whose $words are filled in.
local function fill(template, values)
  return (template:gsub("%$(%l+)", values))
end

local function check_programs(programs, target)
  local missing = line_of("for p in " .. programs ..
    "; do command -v $p >/dev/null || echo $p; done")
  assert(not missing, ("there is no %s; make %s"):format(missing, target))
end

-- Loading this file does no harm anywhere; opening a lab says what it lacks.
local function check_machine(bare)
  assert(line_of "id -u" == "0", "a lab needs root")
  check_programs("unshare nsenter setpriv busybox ip", "deps-check")
  if bare then return end
  check_programs("libvirtd virsh qemu-system-x86_64", "deps-guest")
  local everybody = "setpriv --reuid=65534 --regid=65534 --clear-groups test -r "
  assert(line_of(everybody .. quote(repository .. "/Makefile") .. " && echo yes"),
    repository .. ": an ordinary user's guest cannot reach it; it is below a folder that is closed")
  local image = quote(build .. "/guest/initramfs")
  assert(line_of("test -r " .. image .. " && echo yes"), "there is no guest; make guest-image")
end

-- --- opening and closing -------------------------------------------------------------------------

local World = {}
World.__index = World

-- Starts init.sh and waits for its pid. The lab lives as long as the pipe to it: it ends, with all
-- that runs in it, when that is closed and also when this process dies.
local function start_init(cgroups)
  local dir = line_of "mktemp -d"
  os.execute("mkfifo " .. dir .. "/pid")
  local life = assert(io.popen(("exec unshare --mount --propagation private --net --pid --uts " ..
    "--ipc --fork --kill-child sh spec/guest/lab/init.sh %s %s %s >%s/pid 2>%s/err")
    :format(quote(repository), quote(build), cgroups, dir, dir), "w"))
  local pid = line_of("head -n 1 " .. dir .. "/pid")
  local complaint = slurp(dir .. "/err")
  os.execute("rm -r " .. dir)
  if not pid then
    life:close()
    error("the lab did not start: " .. complaint)
  end
  return life, pid
end

local function configure_libvirt(self)
  for _, world in ipairs { self, self.user } do
    local who = world.who
    world:write(who.conf .. "/qemu.conf", fill(QEMU_CONF, { user = who.name }))
    world:write(who.conf .. "/libvirtd.conf", fill(LIBVIRTD_CONF,
      { log = who.log, uuid = line_of "cat /proc/sys/kernel/random/uuid" }))
  end
end

local function furnish(self, options)
  if not options.bare then configure_libvirt(self) end
  if options.hook then self:link(options.hook, "/etc/libvirt/hooks/qemu") end
  for name, program in pairs(options.hook_d or {}) do
    self:link(program, "/etc/libvirt/hooks/qemu.d/" .. name)
  end
  for path, text in pairs(options.files or {}) do self:write(path, text) end
  if options.libvirtd ~= false and not options.bare then self:start_libvirtd() end
end

-- The lab of that pid, which another process may have opened and will close.
function lab.at(pid, env)
  local self = setmetatable({ pid = pid, who = ROOT, env = env or {}, number = 0 }, World)
  self.root = self
  self.user = setmetatable({ who = ALICE }, { __index = self })
  return self
end

-- open{ files = {[path] = text}, hook = path, hook_d = {[name] = path}, env = {[name] = value},
--       libvirtd = false, cgroups = true, bare = true }: cgroups = true for what does not start
-- without them; bare = true for a host without libvirt and guests, which needs neither
function lab.open(options)
  options = options or {}
  check_machine(options.bare)
  local life, pid = start_init(options.cgroups or false)
  local self = lab.at(pid, options.env)
  self.life = life
  local ok, err = xpcall(furnish, debug.traceback, self, options)
  if not ok then
    self:close()
    error(err, 2)
  end
  return self
end

function World:close()
  if not self.life then return end
  if os.getenv "MOONTAP_HOLD" then
    io.stderr:write("spec/guest/lab/enter ", self.pid, "  (Enter closes it) ")
    io.read()
  end
  local life = self.life
  self.life = nil
  life:write "end\n"
  assert(life:close(), "the lab left its cgroups on the machine")
end
World.__close = World.close

-- --- commands and files --------------------------------------------------------------------------

local function environment(self)
  local who = self.who
  local names = {
    PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    LC_ALL = "C", HOME = who.home, USER = who.name, LOGNAME = who.name, SHELL = "/bin/sh",
    LIBVIRT_DEFAULT_URI = who.uri,
    XDG_RUNTIME_DIR = who.runtime,
    MOONTAP_BUILD = build,
  }
  for name, value in pairs(self.env) do names[name] = value end
  local words = {}
  for name, value in pairs(names) do words[#words + 1] = quote(name .. "=" .. value) end
  return table.concat(words, " ")
end

-- How the machine's shell gets a command into the lab, as self's user, in the repository.
function World:entering(command)
  local become = ""
  if self.who.uid then
    become = ("setpriv --reuid=%d --regid=%d --clear-groups --inh-caps=-all "):format(
      self.who.uid, self.who.uid)
  end
  return ("nsenter --target %s --mount --net --pid --uts --ipc env -i %s %ssh -c %s"):format(
    self.pid, environment(self), become, quote("cd " .. quote(repository) .. "; " .. command))
end

-- Where the machine sees a file of the lab.
function World:outside(path)
  return "/proc/" .. self.pid .. "/root" .. path
end

-- Runs a command of the machine's to its end. popen, since what it starts does not inherit the
-- pipe to init.sh, as it would from execute; files, since a pipe waits for what is left running.
local function run(self, command, seconds)
  local out, err = self:outside(OWN .. "/out"), self:outside(OWN .. "/err")
  os.remove(out)
  os.remove(err)
  local _, how, status = io.popen(("exec timeout --foreground %g %s </dev/null >%s 2>%s"):format(
    seconds or 60, command, out, err)):close()
  if how == "signal" then status = 128 + status end
  return { status = status, out = slurp(out), err = slurp(err) }
end

-- Runs a command, 60 s at most: { status =, out =, err = }. What it leaves running in the
-- background is not waited for.
function World:sh(command, seconds)
  return run(self, self:entering(command), seconds)
end

-- The output of a command that must succeed.
function World:ok(command, seconds)
  local result = self:sh(command, seconds)
  if result.status ~= 0 then
    error(("%s\nstatus %d\n%s%s"):format(command, result.status, result.out, result.err), 2)
  end
  return result.out
end

function World:read(path)
  return slurp(self:outside(path))
end

-- A file of self's user; one that begins with #! is a program.
function World:write(path, text)
  local mode = text:find "^#!" and 755 or 644
  local name, folder = quote(path), quote(path:match "^(.*)/")
  self:ok(("mkdir -p %s && rm -f %s && : >%s && chmod %d %s"):format(
    folder, name, name, mode, name))
  spill(self:outside(path), text)
end

-- The path of a new file with this text.
function World:file(text)
  self.root.number = self.root.number + 1
  local path = ("%s/files/%d"):format(OWN, self.root.number)
  self:write(path, text)
  return path
end

function World:link(target, path)
  self:ok(("mkdir -p %s && ln -sfn %s %s"):format(quote(path:match "^(.*)/"), quote(target),
    quote(path)))
end

-- Polls a command or a function until it is content, and returns what the function returned.
function World:wait(condition, seconds, what)
  local done = condition
  if type(condition) == "string" then
    done = function() return self:sh(condition).status == 0 end
  end
  local deadline = now() + (seconds or 10)
  repeat
    local value = done()
    if value then return value end
    os.execute("sleep " .. POLL)
  until now() > deadline
  error(("waited %g s for: %s"):format(seconds or 10, what or tostring(condition)), 2)
end

-- --- libvirt -------------------------------------------------------------------------------------

-- libvirtd -d returns before its drivers are there, and also when they fail.
function World:start_libvirtd()
  self:ok "libvirtd -d"
  local up = pcall(self.wait, self, "virsh -q uri", 10)
  if not up then error("libvirtd does not answer:\n" .. self:read(self.who.log), 2) end
end

-- Guests go on running meanwhile.
function World:restart_libvirtd()
  local pidfile = self.who.pidfile
  self:ok("kill $(cat " .. pidfile .. ")")
  self:wait("test ! -e " .. pidfile, 10, "libvirtd to end")
  self:start_libvirtd()
end

function World:virsh(...)
  local words = { "virsh -q" }
  for _, word in ipairs { ... } do words[#words + 1] = quote(word) end
  return self:ok(table.concat(words, " "))
end

-- Defines a domain and returns its name.
function World:define(xml)
  local name = xml:match "<name>(.-)</name>"
  self:make_serial(name)
  self:virsh("define", self:file(xml))
  return name
end

-- Defines and starts one.
function World:start(xml)
  local name = self:define(xml)
  self:virsh("start", name)
  return name
end

-- A cable between two labs: eth0 in each, or the name, of these addresses.
function lab.cable(one, address, other, other_address, name)
  name = name or "eth0"
  assert(os.execute(("ip link add %s netns %s type veth peer name %s netns %s"):format(
    name, one.pid, name, other.pid)))
  for host, own in pairs { [one] = address, [other] = other_address } do
    host:ok(("ip addr add %s dev %s && ip link set %s up"):format(own, name, name))
  end
end

-- Moves a running guest to another lab, which a cable's address leads to. As sh.
function World:migrate(name, other, address)
  local function uri(world)
    return quote("qemu+unix:///system?socket=" .. world:outside "/run/libvirt/libvirt-sock")
  end
  other:make_serial(name)
  return run(self, ("virsh -q -c %s migrate --live %s %s --migrateuri tcp://%s"):format(
    uri(self), quote(name), uri(other), address))
end

-- --- guests --------------------------------------------------------------------------------------

-- Bridges of a known MAC: one that the kernel chose goes away with the last port.
function World:bridge(name, ...)
  self.root.number = self.root.number + 1
  self.root:ok(("ip link add %s address 02:00:00:00:00:%02x type bridge && ip link set %s up")
    :format(name, self.root.number % 256, name))
  for _, address in ipairs { ... } do
    self.root:ok(("ip addr add %s dev %s"):format(address, name))
  end
end

-- A guest's serial lines: a log of the console, and two fifos to a shell.
function World:make_serial(name)
  local pipe = quote(GUESTS .. "/" .. name)
  self:ok(("for f in %s.in %s.out; do test -p $f || mkfifo -m 666 $f; done"):format(pipe, pipe))
end

local function list(value)
  return type(value) == "table" and value or { value }
end

local function kernel_words(options)
  local words = { "console=ttyS0 quiet panic=-1 rdinit=/init nokaslr " ..
    "mitigations=off cryptomgr.notests" }
  for _, name in ipairs { "address", "gateway" } do
    local value = table.concat(list(options[name]), ",")
    if value ~= "" then words[#words + 1] = name .. "=" .. value end
  end
  return table.concat(words, " ")
end

local DOMAIN = [[
<domain type='qemu'>
  <name>$name</name>
  $uuid
  $metadata
  <memory unit='MiB'>$memory</memory>
  <os>
    <type arch='x86_64' machine='pc'>hvm</type>
    <kernel>$image/vmlinuz</kernel>
    <initrd>$image/initramfs</initrd>
    <cmdline>$cmdline</cmdline>
  </os>
  <features><acpi/></features>
  <devices>
    <controller type='usb' model='none'/>
    <memballoon model='none'/>
    <serial type='file'><source path='$pipe.log'/><target port='0'/></serial>
    <channel type='pipe'><source path='$pipe'/><target type='virtio' name='shell'/></channel>
    $interfaces
  </devices>
</domain>
]]

-- domain{ name =, uuid =, metadata =, memory =, interfaces = xml or list of it,
--         address =, gateway = : eth0's, a text or a list } -> domain XML
function lab.domain(options)
  local values = {
    name = options.name or "guest",
    uuid = options.uuid and "<uuid>" .. options.uuid .. "</uuid>" or "",
    metadata = options.metadata and "<metadata>" .. options.metadata .. "</metadata>" or "",
    memory = options.memory or 128,
    image = IMAGE,
    cmdline = kernel_words(options),
    pipe = GUESTS .. "/" .. (options.name or "guest"),
    interfaces = table.concat(list(options.interfaces), "\n"),
  }
  return fill(DOMAIN, values)
end

-- qemu{ name =, arguments = "-netdev … -device …", memory =, address =, gateway = }: a guest
-- without libvirt. As sh; status 0 says that it runs, stop_qemu ends it.
function World:qemu(options)
  local pipe = GUESTS .. "/" .. options.name
  self:make_serial(options.name)
  return self:sh(table.concat({
    "exec qemu-system-x86_64 -nodefaults -display none -machine pc,accel=tcg -daemonize",
    "-pidfile", quote(pipe .. ".pid"),
    "-m", options.memory or 128,
    "-kernel", IMAGE .. "/vmlinuz", "-initrd", IMAGE .. "/initramfs",
    "-append", quote(kernel_words(options)),
    "-serial", quote("file:" .. pipe .. ".log"),
    "-chardev", quote("pipe,id=shell,path=" .. pipe),
    "-device virtio-serial-pci -device virtserialport,chardev=shell,name=shell",
    options.arguments,
  }, " "))
end

function World:stop_qemu(name)
  local pidfile = quote(GUESTS .. "/" .. name .. ".pid")
  self:ok("kill $(cat " .. pidfile .. ")")
  self:wait("test ! -e " .. pidfile, 10, name .. " to end")
end

function World:guest_log(name)
  return self:read(GUESTS .. "/" .. name .. ".log")
end

-- Waits until a guest is up; about 5 s after its start.
function World:booted(name)
  self:wait(function() return self:guest_log(name):find("guest: ready", 1, true) end, 60,
    "the guest " .. name .. " to boot")
  return name
end

-- As sh, in a guest.
function World:guest(name, command)
  self:booted(name)
  return self:sh(("sh spec/guest/lab/guest.sh %s %s"):format(
    quote(GUESTS .. "/" .. name), quote(command)))
end

-- One answer within the seconds given? From the lab's host, or from the guest of that name.
function World:ping(address, name)
  local command = "busybox ping -c 1 -W 1 " .. quote(address)
  return (name and self:guest(name, command) or self:sh(command)).status == 0
end

function World:wait_ping(address, name)
  return self:wait(function() return self:ping(address, name) end, 30,
    ("%s to reach %s"):format(name or "the host", address))
end

-- --- comparing -----------------------------------------------------------------------------------

function World:snapshot()
  return self.root:ok "sh spec/guest/lab/snapshot.sh"
end

local function lines_of(text)
  local lines, is = {}, {}
  for line in text:gmatch "[^\n]+" do
    lines[#lines + 1] = line
    is[line] = true
  end
  return lines, is
end

-- The lines that only one of two snapshots has, "" when they are the same.
function lab.difference(before, after)
  local old, was = lines_of(before)
  local new, is = lines_of(after)
  local found = {}
  for _, line in ipairs(old) do if not is[line] then found[#found + 1] = "- " .. line end end
  for _, line in ipairs(new) do if not was[line] then found[#found + 1] = "+ " .. line end end
  return table.concat(found, "\n")
end

return lab
