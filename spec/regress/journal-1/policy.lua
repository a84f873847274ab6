allow{ prefix = "10.9.0.0/16" }
function decide(nic)
  if nic.domain.name ~= "managed" and nic.domain.known ~= false then return "unmanaged" end
end
function connect(nic)
  local name = nic.domain.name
  if name == "shared" then
    bridge{ name = "sh0" }
    link{ name = "sh0", up = true }
    addr{ dev = "sh0", address = "10.9.0.1/24" }
    tap(nic, { master = "sh0", up = true })
  elseif name == "pair" then
    veth{ name = "pa0", peer = "pa1" }
    link{ name = "pa0", up = true }
    tap(nic, { up = true })
  elseif name == "killed" then
    veth{ name = "kx0", peer = "kx1" }
    link{ name = "kx0", up = true }
    tap(nic, { up = true })
  elseif name == "" or name == "managed" then
    link{ name = nic.dev, mtu = 1400, up = true }
  else
    tap(nic, { up = true, mtu = 1400 })
  end
end
