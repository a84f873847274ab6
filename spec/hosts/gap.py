# gap.py ADDRESS - ping an address every 5 ms, until SIGTERM; prints then the longest time without an
# answer, in milliseconds, and how many answers came
import os, select, signal, socket, struct, sys, time

s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
s.connect((sys.argv[1], 0))
s.setblocking(False)
own = os.getpid() & 0xFFFF
last, longest, answers, asking = time.monotonic(), 0, 0, True


def stop(*_):
    global asking
    asking = False


def ask(number):
    words = (0x0800, own, number & 0xFFFF)  # an echo request, and RFC 1071's sum of it
    total = sum(words)
    total = (total & 0xFFFF) + (total >> 16)
    total = (total & 0xFFFF) + (total >> 16)
    try:
        s.send(struct.pack("!HHHH", words[0], ~total & 0xFFFF, *words[1:]))
    except OSError:  # nobody has answered ARP
        pass


def is_answer(packet):
    header = (packet[0] & 15) * 4
    return packet[header] == 0 and packet[header + 4 : header + 6] == struct.pack("!H", own)


signal.signal(signal.SIGTERM, stop)
print("asking", flush=True)
number = 0
while asking:
    number += 1
    ask(number)
    until = time.monotonic() + 0.005
    while asking and time.monotonic() < until:
        if not select.select([s], [], [], max(0, until - time.monotonic()))[0]:
            break
        try:
            packet = s.recv(2048)
        except OSError:  # ICMP: unreachable
            continue
        if is_answer(packet):
            now = time.monotonic()
            answers += 1
            longest = max(longest, now - last)
            last = now
print("%.0f %d" % (max(longest, time.monotonic() - last) * 1000, answers))
