-- SPDX-License-Identifier: LGPL-2.1-or-later
-- rate.lua - limit how much the NIC gets and sends
--
--   local lan = hook "bridge" { bridge = "br0" }
--   local slow = hook "rate" { inbound = "20mbit", outbound = "20mbit" }
--
--   function connect(nic)
--     lan(nic)
--     slow(nic)
--   end
--
-- options
--   inbound       what the guest gets, on average: a number of kB/s, as in libvirt's <bandwidth>,
--                 or a text: "20mbit", "2.5MB/s"
--   inbound_peak   the rate of a burst, in the same units; without it, bursts have no limit
--   inbound_burst   what comes at once after a pause: a number of KiB, or a text: "256k"; without
--                 it, what comes in 10 ms, but at least 64 KiB
--   outbound, outbound_peak, outbound_burst   the same of what the guest sends
--   unknown, macs   as for hook bridge
--
-- Each direction has a device of its own (mi-… and mo-…), with a queue that waits: nothing is on
-- the root qdisc of the NIC's device, which libvirt replaces when the guest starts. Call it after
-- hook macvtap, and in any order with others. An XML with <bandwidth> is refused, since libvirt
-- would limit the NIC, too.

local takes = {
  inbound = "rate.inbound", inbound_peak = "rate.inbound_peak",
  inbound_burst = "rate.inbound_burst", outbound = "rate.outbound",
  outbound_peak = "rate.outbound_peak", outbound_burst = "rate.outbound_burst",
  floor = "rate.floor", inbound_floor = "rate.floor", -- to say why there is none
  unknown = 'boolean|"qemu"', macs = "table",
}

local function wrong(options)
  if not (options.inbound or options.outbound) then return "inbound or outbound is missing" end
  for _, side in ipairs { "inbound", "outbound" } do
    for _, more in ipairs { "_peak", "_burst" } do
      if options[side .. more] and not options[side] then
        return side .. more .. " needs " .. side
      end
    end
  end
end

return function(options)
  local why = wrong(options)
  if why then return nil, why end

  return function(nic)
    rate{
      dev = nic.dev,
      inbound = options.inbound, inbound_peak = options.inbound_peak,
      inbound_burst = options.inbound_burst,
      outbound = options.outbound, outbound_peak = options.outbound_peak,
      outbound_burst = options.outbound_burst,
    }
  end
end, takes
