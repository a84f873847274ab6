# guest.py TAP NETNS MAC ADDRESS [paused] - a guest without QEMU: relays between a tap of the host's
# and eth0 of a network namespace, and announces itself by RARP when it runs
#
# SIGUSR1: it runs. SIGUSR2: it is paused, and loses what it gets. It prints when.
import ctypes, fcntl, os, select, signal, struct, sys, time

TUNSETIFF, IFF_TAP, IFF_NO_PI = 0x400454CA, 0x0002, 0x1000


def open_tap(name):
    fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TAP | IFF_NO_PI))
    return fd


tap, netns, mac, address = sys.argv[1:5]
outside = open_tap(tap)
netns = os.open("/run/netns/" + netns, os.O_RDONLY)
if ctypes.CDLL(None, use_errno=True).setns(netns, 0):
    raise OSError(ctypes.get_errno(), "setns")
inside = open_tap("eth0")
if os.system("ip link set lo up; ip link set eth0 address %s mtu 1400 up; ip addr add %s dev eth0"
             % (mac, address)):
    raise SystemExit("eth0 has no address")

running = False


# QEMU's net/announce.c sends several.
def run(*_):
    global running
    running = True
    own = bytes.fromhex(mac.replace(":", ""))
    rarp = struct.pack("!HHBBH", 1, 0x0800, 6, 4, 3) + 2 * (own + bytes(4))
    os.write(outside, b"\xff" * 6 + own + b"\x80\x35" + rarp + bytes(18))
    print("runs %.3f" % time.monotonic(), flush=True)


def pause(*_):
    global running
    running = False
    print("paused %.3f" % time.monotonic(), flush=True)


def relay(source, target):
    try:
        frame = os.read(source, 65536)
        if running:
            os.write(target, frame)
    except OSError:  # the device is down, or the other end's queue is full
        pass


signal.signal(signal.SIGUSR1, run)
signal.signal(signal.SIGUSR2, pause)
if sys.argv[5:] != ["paused"]:
    run()
print("ready", flush=True)
while True:
    for source in select.select([outside, inside], [], [])[0]:
        relay(source, inside if source == outside else outside)
