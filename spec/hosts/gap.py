# gap.py ADDRESS SECONDS - ask an address every 5 ms for so long; prints the longest time without an
# answer, in milliseconds, and how many answers came
import os, select, socket, sys, time

address, seconds = sys.argv[1], float(sys.argv[2])
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.connect((address, 7))
s.setblocking(False)
end, last, longest, answers = time.monotonic() + seconds, None, 0, 0
print("asking", flush=True)
while time.monotonic() < end:
    try:
        s.send(b"x")
    except OSError:  # nobody has answered ARP
        pass
    if select.select([s], [], [], 0.005)[0]:
        try:
            s.recv(64)
        except OSError:  # ICMP: unreachable
            continue
        now = time.monotonic()
        answers += 1
        longest = max(longest, now - (last or now))
        last = now
        time.sleep(0.004)
print("%.0f %d" % (longest * 1000, answers))
