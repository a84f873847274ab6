-- SPDX-License-Identifier: LGPL-2.1-or-later
-- ovn.lua - bind the NIC to a logical switch port of OVN
--
--   local net = hook "ovn" {
--     port = { web = "web-eth0", ["52:54:00:10:00:02"] = "mail-eth0" },
--   }
--
--   function connect(nic)
--     net(nic)
--   end
--
-- options
--   port          the logical switch port (an iface-id), by the guest's name or by the NIC's MAC;
--                 or a function of nic that returns it, beside allow{ iface_id = … }; needed
--   bridge        the bridge of Open vSwitch that ovn-controller looks at; without it "br-int"
--   version       the port's iface-id-ver, where OVN has one: a text, or a function of nic
--   migration     "late" (without the option): a guest that arrives by migration gets its port when
--                 it runs, by `moontap up NAME`. "multichassis": at once, where the operator's tool
--                 has set requested-chassis=SOURCE,TARGET and activation-strategy=rarp before. With
--                 neither, OVN would give the port to the target while the guest runs elsewhere
--   wait          seconds until OVN has installed the port; else 10; 0: do not wait for it
--   mtu           of the NIC's device; without it 1442, what Geneve leaves of 1500
--   user, group   the owner of an unmanaged NIC's tap: a name or a number
--   unknown, macs   as for hook bridge

local takes = {
  "port", -- needed
  port = "table|function", bridge = "ovs_port.bridge", version = "string|function",
  migration = '"late"|"multichassis"', wait = "ovs_port.wait", mtu = "link.mtu",
  user = "tap.user", group = "tap.group", unknown = 'boolean|"qemu"', macs = "table",
}

-- 1500 without the outer IPv4, UDP and Geneve headers, OVN's option there, and the inner Ethernet
-- header: 20 + 8 + 8 + 8 + 14
local GENEVE_MTU = 1442

local function allow_ports(ports)
  for _, port in pairs(type(ports) == "table" and ports or {}) do
    if type(port) ~= "string" then return "port: names of logical switch ports expected" end
    allow{ iface_id = port }
  end
end

local function version_of(options, nic)
  if type(options.version) == "function" then return options.version(nic) end
  return options.version
end

local function mtu_of(options, nic)
  local mtu = options.mtu or GENEVE_MTU
  if nic.mtu and nic.mtu > mtu then
    refuse(("the XML says <mtu size='%d'/>, and in OVN's tunnels %d is the most: give the hook " ..
      "mtu = %d, or mend the XML"):format(nic.mtu, mtu, nic.mtu))
  end
  return options.mtu or default(mtu)
end

return function(options)
  local why, bridge = allow_ports(options.port), options.bridge or "br-int"
  if why then return nil, why end
  allow{ link = bridge }

  return function(nic, guest, given)
    local port = given(options.port) or
      refuse("ovn: no logical switch port is written down for " .. guest)
    local later = nic.domain.incoming and options.migration ~= "multichassis"
    tap(nic, {
      mtu = mtu_of(options, nic), user = options.user, group = options.group, up = true,
    })
    -- A port without a logical one draws nothing, and shows that Open vSwitch takes the device.
    ovs_port{
      dev = nic.dev, bridge = bridge, iface_id = not later and port or nil,
      iface_id_ver = not later and version_of(options, nic) or nil, attached_mac = nic.mac,
      vm_id = nic.domain.uuid, iface_status = "active", wait = not later and options.wait or nil,
    }
  end
end, takes
