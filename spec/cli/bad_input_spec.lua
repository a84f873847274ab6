-- bad_input_spec.lua - what can be wrong with a host, a policy and a document: one clear line, the
-- right exit code, and a host unchanged

local helper = require "spec.helper"
local program = require "spec.program"
local snapshot = require "spec.snapshot"

local bridge = "ip link add br0 address 02:00:00:00:00:01 type bridge && ip link set br0 up"
local nic = "<target dev='web0' managed='no'/>"
local lan = [[
local lan = hook "bridge" { bridge = "br0" }
function connect(nic) lan(nic) end
]]

local function document(inside)
  return ("<domain type='qemu'>\n<name>web</name>\n<devices>\n<interface type='ethernet'>"
    .. "<mac address='52:54:00:00:00:01'/>%s</interface>\n</devices>\n</domain>\n"):format(inside)
end

-- Each: what is wrong = { host =, policy =, xml =, up = (words after up), status, line }
local cases = {
  ["a bridge that is not there"] = {
    4, policy = "function connect(nic) tap(nic, { master = 'br9' }) end\nallow { link = 'br9' }",
    line = "web: NIC 1 %(web0%), policy.lua:1: link web0: master: there is no device br9",
  },
  ["a bridge that a hook misses"] = {
    1, host = "true",
    line = "bridge.lua:%d+: refused: there is no bridge br0, which the policy names; "
      .. "this host's bridges: none\n$",
  },
  ["a link that the policy's top level did not name"] = {
    3, policy = "function connect(nic)\n  tap(nic, { master = 'br' .. 0 })\nend",
    line = "^moontap: web: NIC 1 %(web0%), policy.lua:2: link: .* does not allow the link br0: ",
  },
  ["a routing table outside of the range that is allowed"] = {
    3, policy = "allow{ prefix = '10.0.0.0/8', table = '100-199' }\nfunction connect(nic)\n"
      .. "  tap(nic, { up = true })\n  route{ dst = '10.0.0.0/24', dev = nic.dev, table = 199 }\n"
      .. "  route{ dst = '10.0.1.0/24', dev = nic.dev }\n"
      .. "  route{ dst = '10.0.0.0/24', dev = nic.dev, table = 200 }\nend",
    line = "policy.lua:6: route: .* does not allow the table 200: .* allow{ table = 200 }",
  },
  ["a device of that name that is no tap"] = {
    4, host = bridge .. "; ip link add web0 type veth peer name web1; ip link set web0 type bridge"
      .. " 2>/dev/null; ip link del web0; ip link add web0 type dummy || ip link add web0 type "
      .. "bridge",
    line = "^moontap: web: NIC 1 %(web0%): the device exists, but is no tap: "
      .. "it is a %a+",
  },
  ["a tap of another owner"] = {
    4, host = bridge .. "; ip tuntap add dev web0 mode tap user 7",
    policy = "function connect(nic) tap(nic, { user = 8 }) end",
    line = "^moontap: web: NIC 1 %(web0%), policy.lua:1: tap web0: "
      .. "somebody else created the device already: user is 7, and 8 is wanted; "
      .. "if it is a leftover: ip link del dev web0\n$",
  },
  ["a tap without the queues that the XML wants"] = {
    4, host = bridge .. "; ip tuntap add dev web0 mode tap user 0 vnet_hdr",
    policy = "function connect(nic) tap(nic, {}) end",
    xml = document(nic .. "<model type='virtio'/><driver queues='4'/>"),
    line = "tap web0: somebody else created the device already: multi_queue is false, "
      .. "and true is wanted",
  },
  ["a name that is too long"] = {
    3, xml = document "<target dev='a-name-that-is-long' managed='no'/>",
    line = "^moontap: .*a%-name%-that%-is%-long",
  },
  ["a value out of its range"] = {
    3, policy = "function connect(nic)\n\n  tap(nic, { mtu = 1 }) end",
    line = "^moontap: web: NIC 1 %(web0%), policy.lua:3: .*mtu",
  },
  ["a field that no kind has"] = {
    3, policy = "function connect(nic) tap(nic, { mastr = 'br0' }) end",
    line = "policy.lua:1: .*did you mean 'master'?",
  },
  ["an address on a device that is not there"] = {
    4, policy = "allow { link = 'no0', prefix = '10.0.0.0/8' }\n"
      .. "function connect(nic) tap(nic, {}) addr { dev = 'no0', address = '10.0.0.1/24' } end",
    line = "^moontap: web: NIC 1 %(web0%), policy.lua:2: addr 10.0.0.1/24 on no0: dev: "
      .. "there is no device no0",
  },
  ["a policy that is not there"] = {
    3, up = "-p nowhere.lua -", line = "^moontap: policy nowhere.lua: No such file or directory",
  },
  ["a policy that others may write"] = {
    3, mode = "chmod 666",
    line = "^moontap: policy policy.lua: .* mode 0666; .* read it, then chmod go%-w\n$",
  },
  ["a policy of another owner"] = {
    3, mode = "chown 12345",
    line = "^moontap: policy policy.lua: it belongs to uid 12345 .* read it, then chown root\n$",
  },
  ["a policy that is a folder"] = {
    3, up = "-p . -", line = "^moontap: policy %.: ",
  },
  ["a policy with a syntax error"] = {
    3, policy = "\nfunction connect(nic", line = "^moontap: policy.lua:2: ",
  },
  ["a policy that fails"] = {
    3, policy = "function connect(nic)\n  nic.nothing.at_all = 1\nend",
    line = "^moontap: web: NIC 1 %(web0%), policy.lua:2: attempt to index a nil value",
  },
  ["a policy that loops"] = {
    5, up = "-p policy.lua --deadline 1 -",
    policy = "function connect(nic)\n  while true do end\nend",
    line = "^moontap: web: NIC 1 %(web0%), policy.lua:2: ",
  },
  ["a policy that loops in a library's function"] = {
    5, up = "-p policy.lua --deadline 1 -",
    policy = "function connect(nic)\n  return ('a'):rep(99):find(('a-'):rep(20) .. 'b')\nend",
    line = "^moontap: .*",
  },
  ["a policy that eats memory"] = {
    5, policy = "function connect(nic)\n  local t = {}\n  while true do t[#t + 1] = {} end\nend",
    line = "^moontap: web: NIC 1 %(web0%), policy.lua:?3?: .*memory",
  },
  ["a document that is none"] = {
    3, xml = "this is no XML", line = "^moontap: .*<stdin>:1",
  },
  ["a document that ends early"] = {
    3, xml = document(nic):sub(1, 60), line = "^moontap: .*<stdin>:%d",
  },
  ["an empty document"] = { 3, xml = "", line = "^moontap: .*<stdin>" },
  ["a document of something else"] = {
    3, xml = "<network><name>x</name></network>", line = "^moontap: .*<stdin>",
  },
  ["a document with a DTD"] = {
    3, xml = "<!DOCTYPE domain [<!ENTITY a 'b'>]>\n" .. document(nic), line = "^moontap: .*<stdin>",
  },
  ["a document that is not there"] = {
    3, up = "-p policy.lua nowhere.xml", line = "^moontap: xml nowhere.xml: No such file",
  },
  ["a document that is a folder"] = {
    3, up = "-p policy.lua ./", line = "^moontap: .*Is a directory",
  },
  ["no permission"] = {
    4, as = "setpriv --inh-caps -net_admin --bounding-set -net_admin",
    line = "^moontap: .*it needs root, or CAP_NET_ADMIN",
  },
}

for name, case in pairs(cases) do
  describe(name, function()
    before_each(function()
      helper.run(case.host or bridge)
      program.write("policy.lua", case.policy or lan)
      program.run((case.mode or "true") .. " policy.lua")
    end)

    for _, subcommand in ipairs { "plan", "up" } do
      if subcommand == "up" or not case.as then
        it("ends " .. subcommand .. " with one clear line, and changes nothing", function()
          local before = snapshot.take()
          local r = program.run(("%s '%s' --state state %s %s"):format(case.as or "", program.path,
            subcommand, case.up or "-p policy.lua -"), case.xml or document(nic))
          assert.matches(case.line, r.err)
          assert.matches("^[^\n]+\n$", r.err)
          assert.equal(case[1], r.status)
          assert.equal("", r.out)
          assert.equal("", snapshot.difference(before, snapshot.take()))
          assert.same({}, program.state())
        end)
      end
    end
  end)
end
