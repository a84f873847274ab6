-- guests.lua - what specs of the program need: a bridge, a policy that uses it, guests' documents

local helper = require "spec.helper"
local program = require "spec.program"

local M = {}

M.policy = [[
local lan = hook "bridge" { bridge = "br0" }
allow{ prefix = "10.0.0.0/24" }
function connect(nic)
  addr{ dev = "br0", address = "10.0.0.1/24" }
  lan(nic)
end
]]

-- xml(name, number, inside) -> a guest with one NIC, unmanaged: NAME0, 52:54:00:00:00:NUMBER
function M.xml(name, number, inside)
  return ([[
<domain type='qemu'><name>%s</name><uuid>5d1f2f0c-4a3f-4f63-9e3c-0a6f2d6b1c%02x</uuid>%s
<devices><interface type='ethernet'><mac address='52:54:00:00:00:%02x'/>
<target dev='%s0' managed='no'/></interface></devices></domain>
]]):format(name, number, inside or "", number, name)
end

-- setup(): br0, policy.lua, web.xml and db.xml; moontap(words, input) with that policy
function M.setup()
  helper.run "ip link add br0 address 02:00:00:00:00:01 type bridge && ip link set br0 up"
  program.write("policy.lua", M.policy)
  program.write("web.xml", M.xml("web", 1))
  program.write("db.xml", M.xml("db", 2))
end

-- underlay(): up0, which would lead to other hosts, and this host's address on it, 192.0.2.1
function M.underlay()
  helper.run [[ip link add up0 address 02:00:00:00:00:02 type veth peer name up1
    ip link set up0 up; ip link set up1 up; ip addr add 192.0.2.1/24 dev up0]]
end

-- in_root(commands): in root/, where the files of a host that doctor is to look at are made up
function M.in_root(commands)
  helper.run(("cd %s/root && { %s\n}"):format(helper.folder(), commands))
end

-- moontap(words, input): with that policy, where a subcommand takes one
function M.moontap(words, input)
  local subcommand = words:match "%g+"
  local takes = ("plan up hook replay reconcile doctor xml"):find(subcommand, 1, true)
  return program.moontap((takes and "-p policy.lua " or "") .. words, input)
end

-- connect(word, name, body, top) -> as program.run(): plan or up of the guest NAME, by a policy
-- whose connect() declares the tap and has this body; top: what its top level says, a line
function M.connect(word, name, body, top)
  program.write("policy.lua", ("%s\nfunction connect(nic) tap(nic) %s end\n"):format(top, body))
  return M.moontap(word .. " -", M.xml(name, #name))
end

-- prepare(name): libvirt's operation, with the guest's document
function M.prepare(name)
  return M.moontap(("hook qemu %s prepare begin - <%s.xml"):format(name, name))
end

return M
