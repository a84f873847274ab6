-- qemu.lua - guests of guest.lua that QEMU runs, in a lab's host: a real kernel behind a tap, and
-- QEMU's own migration
local guests = require "spec.hosts.guest"

local M = {}

local Guest = setmetatable({}, { __index = guests.Guest })
Guest.__index = Guest

-- QEMU before 9.0 loses writes of a guest of TCG that is migrated, where its RAM is a multiple of
-- 256 KiB: "physmem: Fix migration dirty bitmap coherency with TCG memory access".
local MEMORY = 128 * 1024 + 8 .. "K"

local ARGUMENTS = "-netdev tap,id=net,ifname=%s0,script=no,downscript=no " ..
  "-device virtio-net-pci,netdev=net,mac=%s -qmp unix:%s,server=on,wait=off %s"

-- of(name, number, target) -> as guest.lua's; target: the address and port that it comes to
function M.of(name, number, target)
  local guest = setmetatable(guests.of(name, number), Guest)
  guest.target = target
  return guest
end

local function socket_of(guest) return "/run/lab/guests/" .. guest.name .. ".qmp" end

-- start(host, waits): QEMU, which waits there for a guest that comes, or boots one
function Guest:start(host, waits)
  local r = host:qemu { name = self.name, address = self.address .. "/24", memory = MEMORY,
    arguments = ARGUMENTS:format(self.name, self.mac, socket_of(self),
      waits and "-incoming defer" or "") }
  assert(r.status == 0, r.err)
  if not waits then host:booted(self.name) end
end

function Guest:stop(host) host:stop_qemu(self.name) end

-- sh(host, command) -> as the host's, in the guest; where it was started
function Guest:sh(host, command) return host:guest(self.name, command) end

-- switch(from, to) -> for how long it was paused, in ms
function Guest:switch(from, to)
  local move <close> = assert(io.popen(("python3 spec/hosts/move.py %s %s tcp:%s 2>&1"):format(
    from:outside(socket_of(self)), to:outside(socket_of(self)), self.target)))
  local text = move:read "a"
  return tonumber(text:match "^%d+") or error(text)
end

return M
