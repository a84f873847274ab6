# frames.py - send frames from one device for some seconds; how many of them came out of another
#
#   frames.py FROM TO SECONDS: prints frames a second. UDP, 64 bytes, from 10.0.0.5 with the MAC
#   52:54:00:00:00:05.
import socket, struct, sys, time

source, sink, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 50, 1, 0, 64, 17, 0, bytes([10, 0, 0, 5]),
                 bytes([10, 0, 0, 1]))
words = struct.unpack("!10H", ip)
total = sum(words)
total = (total & 0xffff) + (total >> 16)
ip = ip[:10] + struct.pack("!H", total ^ 0xffff) + ip[12:]
frame = bytes.fromhex("0200000000015254000000050800") + ip + \
    struct.pack("!HHHH", 1000, 53, 30, 0) + bytes(22)
out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
out.bind((source, 0))


def received():
    with open("/sys/class/net/%s/statistics/rx_packets" % sink) as f:
        return int(f.read())


before, begin = received(), time.monotonic()
while time.monotonic() - begin < seconds:
    for _ in range(64):
        try:
            out.send(frame)
        except OSError:
            pass
took = time.monotonic() - begin
time.sleep(0.1)
print((received() - before) / took)
