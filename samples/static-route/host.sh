# Nothing but the loopback is needed.
ip link set lo up
