-- build.lua - programs that embed moontap, built and run in the test's folder
local helper = require "spec.helper"
local program = require "spec.program"

local M = {}

M.root = helper.run("pwd"):match "%C+"
M.build = program.path:match "(.*)/"
M.cc = os.getenv "CC" or "cc"
M.sanitized = os.getenv "SAN" and os.getenv "SAN" ~= ""

local warnings = "-std=c11 -Wall -Wextra -Werror -g "
local sanitize = M.sanitized and "-fsanitize=address,undefined " or ""

-- compile(source, program, flags): in the test's folder, from anywhere in the tree
function M.compile(source, name, flags)
  helper.run(("cd '%s' && %s %s%s -o %s '%s/%s' %s"):format(helper.folder(), M.cc, warnings,
    sanitize, name, M.root, source, flags))
end

-- here(source, program, flags): with the library as built
function M.here(source, name, flags)
  M.compile(source, name, ("-I'%s/src' %s -L'%s' -lmoontap -Wl,-rpath,'%s'"):format(M.root,
    flags or "", M.build, M.build))
end

-- lua(words): the Lua that runs a script with the module as built
M.lua = ("LUA_PATH='%s/lua/?.lua;%s/lua/?/init.lua' LUA_CPATH='%s/lib/lua/5.4/?.so' %s"):format(
  M.root, M.root, M.build, os.getenv "LUA" or "lua5.4")

M.bridged = [[
local lan = hook "bridge" { bridge = "br0", unknown = true }
function connect(nic)
  lan(nic)
end
]]

-- domain(dev) -> XML of a guest with one unmanaged NIC
function M.domain(dev)
  return ([[
<domain type='qemu'>
  <name>web</name>
  <uuid>5d1f2f0c-4a3f-4f63-9e3c-0a6f2d6b1c01</uuid>
  <memory>1</memory>
  <os><type>hvm</type></os>
  <devices>
    <interface type='ethernet'>
      <mac address='52:54:00:10:00:01'/>
      <target dev='%s' managed='no'/>
    </interface>
  </devices>
</domain>
]]):format(dev or "web0")
end

-- host(): a bridge, a policy, a guest
function M.host()
  helper.run "ip link add br0 address 02:00:00:00:00:01 type bridge && ip link set br0 up"
  program.write("policy.lua", M.bridged)
  program.write("web.xml", M.domain())
end

return M
