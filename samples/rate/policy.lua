-- The guest gets 100 Mbit/s and sends 20 Mbit/s, with bursts of up to 50. What libvirt does to the
-- tap's root qdisc when the guest starts changes nothing: each direction has a device of its own.
local lan = hook "bridge" { bridge = "br0" }
local slow = hook "rate" {
  inbound = "100mbit", outbound = "20mbit", outbound_peak = "50mbit", outbound_burst = "1M",
}

function connect(nic)
  lan(nic)
  slow(nic)
end
