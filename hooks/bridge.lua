-- bridge.lua: put the NIC into a bridge
return function(options)
  return function(nic)
    tap(nic, { master = options.bridge, mtu = options.mtu, up = true })
  end
end
