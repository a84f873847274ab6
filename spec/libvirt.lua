-- libvirt.lua - what libvirt does around its qemu hook, without libvirt
--
--   local guest = libvirt.guest { name = "web", { mac = ..., dev = "web0" }, ... }
--   guest:hook "prepare"           -- { status =, out =, err = }
--   guest:start()  guest:stop()    -- a whole life, every operation's result
--
-- The document of each operation shows what libvirt 9.0 shows at that stage: the id only while the
-- guest is there, aliases from start on, a generated name only while its tap is there, a managed
-- one not at release. Taps of managed NICs are made and gone when libvirt's are.

local helper = require "spec.helper"
local program = require "spec.program"

local M = {}

local guest = {}
guest.__index = guest

-- What follows the operation in the arguments, and what the document has.
local stages = {
  migrate = { "begin", unnamed = true },
  restore = { "begin", unnamed = true },
  prepare = { "begin", id = true, unnamed = true },
  start = { "begin", id = true, alias = true },
  started = { "begin", id = true, alias = true },
  reconnect = { "begin", id = true, alias = true },
  changed = { "begin", id = true, alias = true }, -- moontapd's: libvirt has no such operation
  stopped = { "end", alias = true, unnamed = true },
  release = { "end", alias = true, unnamed = true, freed = true },
}
M.operations = { "migrate", "restore", "prepare", "start", "started", "reconnect", "stopped",
  "release" }

-- guest{ name =, policy =, NIC... } with NIC = { mac =, dev =, unmanaged =, generated = }
function M.guest(g)
  g.policy = g.policy or "policy.lua"
  g.uuid = g.uuid or ("5d1f2f0c-4a3f-4f63-9e3c-%012x"):format(#g.name * 256 + g.name:byte())
  return setmetatable(g, guest)
end

local function interface(nic, i, stage)
  local named = nic.unmanaged or not (nic.generated and stage.unnamed or stage.freed)
  local target = named and ("<target dev='%s'%s/>"):format(nic.dev,
    nic.unmanaged and " managed='no'" or "") or ""
  local alias = stage.alias and ("<alias name='net%d'/>"):format(i - 1) or ""
  return ("<interface type='ethernet'><mac address='%s'/>%s<model type='virtio'/>%s</interface>")
    :format(nic.mac, target, alias)
end

-- g:xml(operation) -> the document on the hook's standard input
function guest:xml(operation)
  local stage, nics = stages[operation], {}
  for i, nic in ipairs(self) do
    nics[i] = interface(nic, i, stage)
  end
  return ("<domain type='qemu'%s>\n  <name>%s</name>\n  <uuid>%s</uuid>\n  <devices>\n    %s\n"
    .. "  </devices>\n</domain>\n"):format(stage.id and " id='1'" or "", self.name, self.uuid,
    table.concat(nics, "\n    "))
end

-- g:command(operation) -> the words after the program's name
function guest:command(operation)
  return ("-p %s --deadline 2 hook qemu %s %s %s -")
    :format(self.policy, self.name, operation, stages[operation][1])
end

-- g:hook(operation[, input]) -> as program.run()
function guest:hook(operation, input)
  return program.moontap(self:command(operation), input or self:xml(operation))
end

function guest:make_taps()
  for _, nic in ipairs(self) do
    if not nic.unmanaged then
      helper.run(("ip tuntap add dev %s mode tap && ip link set %s address %s up")
        :format(nic.dev, nic.dev, "fe" .. nic.mac:sub(3)))
    end
  end
end

function guest:drop_taps()
  for _, nic in ipairs(self) do
    if not nic.unmanaged then
      helper.run("ip link del " .. nic.dev)
    end
  end
end

-- g:start(), g:stop() -> the first result that is not the hook's silent yes, or nil
local function calls(self, ...)
  for _, operation in ipairs { ... } do
    if type(operation) == "function" then
      operation(self)
    else
      local r = self:hook(operation)
      if r.status ~= 0 or r.out ~= "" then
        return r
      end
    end
  end
end

function guest:start()
  return calls(self, "prepare", self.make_taps, "start", "started")
end

function guest:stop()
  return calls(self, self.drop_taps, "stopped", "release")
end

return M
