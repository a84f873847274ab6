-- SPDX-License-Identifier: LGPL-2.1-or-later
-- dhcp.lua - let a dnsmasq give the guest its address and name by DHCP
--
--   local lan = hook "bridge" { bridge = "br0" }
--   local dhcp = hook "dhcp" {
--     dir = "/run/moontap-dhcp", pid = "/run/dnsmasq.pid",
--     addresses = { web = "10.0.0.5", mail = { "10.0.0.6", "fd00::6" } },
--   }
--
--   function connect(nic)
--     lan(nic)
--     dhcp(nic)
--   end
--
-- options
--   dir           the folder that dnsmasq has as --dhcp-hostsdir; needed. moontap writes a file for
--                 each NIC into it while the NIC is connected
--   pid           the file that dnsmasq has as --pid-file: without it, dnsmasq serves a host whose
--                 guest is gone until it is told to forget it, or ends
--   addresses     by the guest's name, or by the NIC's MAC: an address, or a list of one for IPv4
--                 and one for IPv6
--   pool          for whoever has none in addresses: what pool{} returned, or a list of a pool for
--                 IPv4 and one for IPv6. The NIC keeps its address: `help lease`
--   names         true: the guest's name is the host name that it gets, if it can be one
--   unknown, macs   as for hook bridge
--
-- Who runs dnsmasq, and on which bridge, is the host's matter: moontap only tells it who is there.

local takes = {
  "dir", -- needed
  dir = "dhcp_host.dir", pid = "dhcp_host.pid", addresses = "table", pool = "table",
  names = "boolean",
  unknown = 'boolean|"qemu"', macs = "table",
}

local function list_of(addresses)
  return type(addresses) == "table" and addresses or { addresses }
end

-- What a record of kind dhcp_host has of a list of addresses.
local function fields_of(addresses)
  local fields = {}
  for _, address in ipairs(addresses) do
    local field = tostring(address):find(":", 1, true) and "address6" or "address"
    if fields[field] then
      refuse(("dhcp: a NIC gets one address of a family, not both %s and %s"):format(
        fields[field], address))
    end
    fields[field] = address
  end
  return fields
end

local words = { ignore = true, infinite = true } -- of dnsmasq's, in the place of a name

-- What dnsmasq takes for a host name, and not for an address or a time: kind dhcp_host checks it.
local function host_name(name)
  if words[name:lower()] then return end
  local plain = ("." .. name .. "."):gsub("%.%w[%w-]*%f[.]", "")
  local short = plain == "." and #name < 64 and not name:find "%-%f[.\0]"
  return short and name:find "%a" and not name:find "^%d+%a$" and name or nil
end

-- The addresses that the NIC has of the pool, or of each of them.
local function of_pools(pool, nic)
  local addresses = {}
  for i, one in ipairs(#pool > 0 and pool or { pool }) do addresses[i] = lease(one, nic) end
  return addresses
end

return function(options)
  allow{ path = options.dir }
  if options.pid then allow{ path = options.pid } end
  for _, addresses in pairs(options.addresses or {}) do
    for _, address in ipairs(list_of(addresses)) do
      if not pcall(allow, { prefix = address }) then
        return nil, ("addresses: '%s' is no address"):format(address)
      end
    end
  end

  return function(nic, guest, given)
    local written = given(options.addresses)
    if options.addresses and not written and not options.pool then
      refuse("dhcp: no address is written down for " .. guest)
    elseif not nic.mac then
      refuse "dhcp: the XML has no <mac>, by which dnsmasq would know the NIC"
    end
    if not written and options.pool then written = of_pools(options.pool, nic) end
    local host = fields_of(list_of(written))
    host.mac, host.dir, host.pid = nic.mac, options.dir, options.pid
    host.name = options.names and host_name(guest) or nil
    dhcp_host(host)
  end
end, takes
