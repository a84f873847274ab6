-- machine.lua - what the machine has and no spec shall see: its policy, its state, its habits
--
-- The machine may run moontap and libvirt, and whoever starts the specs may have settings of their
-- own. So specs have an empty /run, /etc/moontap and /var/lib/moontap, a home that nobody lives in,
-- and of what the kernel hands on to each new network namespace the values that it has by itself.

local machine = require "internals.machine"

local M = {}

local HOME = "/run/home"

-- What is said there changes what programs say, or what a shell reads before it begins.
local FORGOTTEN = [[
  BASH_ENV CDPATH EDITRC ENV INPUTRC LANGUAGE LUA_INIT LUA_INIT_5_4 MANPATH NO_COLOR PAGER
  POSIXLY_CORRECT TMUX XDG_CONFIG_HOME XDG_RUNTIME_DIR XDG_STATE_HOME ZDOTDIR
]]

-- hide(): once, before the first spec; as root
function M.hide()
  machine.habits()
  for name in FORGOTTEN:gmatch "%S+" do machine.setenv(name) end
  machine.setenv("LC_ALL", "C.UTF-8")
  machine.setenv("HOME", HOME)
  local ok, err = machine.mounts()
  if not ok then
    error(err .. ": as root; in another release's tree that pivot_root entered, not chroot", 0)
  end
  if not os.execute "mkdir -p /var/lib/moontap 2>/dev/null" then -- root of a user namespace
    assert(machine.empty "/var/lib")
    assert(os.execute "mkdir -p /var/lib/moontap")
  end
  for _, folder in ipairs { "/run", "/etc/moontap", "/var/lib/moontap" } do
    assert(machine.empty(folder))
  end
  assert(os.execute('mkdir -p /run/lock "${TMPDIR:-/tmp}" ' .. HOME))
end

-- A new network namespace has IPv4 settings of the first one; IPv6's are the kernel's own:
-- net/ipv4/devinet.c devinet_init_net(), net/ipv6/addrconf.c addrconf_init_net()
local ON = { accept_redirects = true, secure_redirects = true, send_redirects = true,
  shared_media = true }
local SETTINGS = [[
  forwarding accept_redirects accept_local arp_accept arp_announce arp_filter arp_ignore
  arp_notify proxy_arp rp_filter secure_redirects send_redirects shared_media src_valid_mark
  promote_secondaries route_localnet
]]

-- settle(): in each new network namespace
function M.settle()
  for _, device in ipairs { "all", "default", "lo" } do
    for name in SETTINGS:gmatch "%S+" do
      local f <close> = assert(io.open(("/proc/sys/net/ipv4/conf/%s/%s"):format(device, name), "w"))
      assert(f:write(ON[name] and "1" or "0"))
    end
  end
end

return M
