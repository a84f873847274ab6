# gap.py ADDRESS - ask an address every 5 ms, until SIGTERM; prints then the longest time without an
# answer, in milliseconds, and how many answers came
import select, signal, socket, sys, time

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.connect((sys.argv[1], 7))
s.setblocking(False)
last, longest, answers, asking = time.monotonic(), 0, 0, True


def stop(*_):
    global asking
    asking = False


signal.signal(signal.SIGTERM, stop)
print("asking", flush=True)
while asking:
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
        longest = max(longest, now - last)
        last = now
        time.sleep(0.004)
print("%.0f %d" % (max(longest, time.monotonic() - last) * 1000, answers))
