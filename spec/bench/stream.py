# stream.py - how much one TCP connection carries
#
#   stream.py receive ADDRESS          prints bytes a second, once the other has sent
#   stream.py send ADDRESS SECONDS
import socket, sys, time

PORT = 5001
what, address = sys.argv[1:3]

if what == "send":
    for _ in range(100):  # until the other listens
        try:
            s = socket.create_connection((address, PORT), 5)
            break
        except OSError:
            time.sleep(0.05)
    piece, begin = bytes(1 << 18), time.monotonic()
    while time.monotonic() - begin < float(sys.argv[3]):
        s.sendall(piece)
    s.close()
else:
    listener = socket.create_server((address, PORT))
    listener.settimeout(20)
    s, _ = listener.accept()
    room, total, begin = bytearray(1 << 20), 0, time.monotonic()
    while n := s.recv_into(room):
        total += n
    print(total / (time.monotonic() - begin))
