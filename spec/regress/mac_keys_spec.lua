-- mac_keys_spec.lua - hooks routed, nat and dhcp did not find what was written down by a MAC in
-- capital letters; only guard did

local guests = require "spec.guests"
local helper = require "spec.helper"
local program = require "spec.program"

describe("what a hook has by a NIC's MAC, in capital letters, is for that NIC:", function()
  before_each(function()
    guests.setup()
    helper.run("sysctl -qw net.ipv4.ip_forward=1; mkdir " .. helper.folder() .. "/hosts")
  end)

  local by_mac = '{ ["52:54:00:00:00:AB"] = { "10.0.0.5" } }'
  for hook, case in pairs {
    routed = { "addresses = %s", "ip route add 10.0.0.5/32 dev web0" },
    guard = { "addresses = %s", "host4 { '\"web0\"' . 10.0.0.5 }" },
    nat = { [[public = "192.0.2.1", addresses = %s,
      forwards = { ["52:54:00:00:00:AB"] = { "tcp 80" } }]], ". tcp . 80 : 10.0.0.5" },
    dhcp = { 'dir = "$folder/hosts", addresses = %s', ",10.0.0.5" },
  } do
    it(hook, function()
      program.write("p.lua", ([[local h = hook "%s" { %s }
        local lan = hook "bridge" { bridge = "br0" }
        function connect(nic) %s h(nic) end]]):format(hook,
        (case[1]:format(by_mac):gsub("$folder", helper.folder())),
        hook == "routed" and "" or "lan(nic)"))
      local r = program.moontap("plan -p p.lua -", guests.xml("web", 0xab))
      assert.same({ 0, "" }, { r.status, r.err })
      assert.matches(case[2], r.out, 1, true)
    end)
  end

  for _, hook in ipairs { "routed", "guard", "nat" } do
    it(hook .. " says for whom it expects a list", function()
      program.write("p.lua", ([[local h = hook "%s" { addresses = { web = "10.0.0.5" } }
        function connect(nic) h(nic) end]]):format(hook))
      assert.matches(hook .. ": addresses: a list expected for web", program.bare "check p.lua".err,
        1, true)
    end)
  end
end)
