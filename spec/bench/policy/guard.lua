local lan = hook "bridge" { bridge = "br0" }
local guard = hook "guard" { addresses = { web = { "10.0.0.5" } } }

function connect(nic)
  lan(nic)
  guard(nic)
end
