# SPDX-License-Identifier: LGPL-2.1-or-later
# worker.py - plays moontapd to one client: worker.py SOCKET STEPS COMMAND
#
# Listens, runs COMMAND by sh, plays STEPS to the client that connects, and exits as COMMAND did.
# Steps, one a word: words (receive them), accept:MS, elsewhere, go (receive it), done:STATUS (with
# the text of the file "text", and the descriptor of the file "output", where there are such),
# raw:TEXT, sleep:SECONDS, shut (its own direction only), end (read up to the end of file), full
# (fill the backlog; nobody accepts).
# What came is in files: words, a line each; input, the first descriptor of a hook; seals; taps.

import array, fcntl, os, signal, socket, struct, subprocess, sys, time

F_GET_SEALS = 1034
TUNGETIFF = 0x800454D2


def head(kind, value):
    return struct.pack("=II", ord(kind), value)


def tap_name(fd):
    request = array.array("B", bytes(40))
    fcntl.ioctl(fd, TUNGETIFF, request)
    return request.tobytes()[:16].rstrip(b"\0").decode()


def receive_words(s):
    message, fds, _, _ = socket.recv_fds(s, 65536, 32)
    words = message.split(b"\0")
    assert words.pop() == b"", "the last word is ended"
    with open("words", "wb") as f:
        f.write(b"\n".join(words) + b"\n")
    if len(words) > 4:
        with open("seals", "w") as f:
            f.write("%d at %d" % (fcntl.fcntl(fds[0], F_GET_SEALS), os.lseek(fds[0], 0, 1)))
        with open("input", "wb") as f:
            while piece := os.read(fds[0], 1 << 20):  # its offset is the client's, too
                f.write(piece)
        fds = fds[1:]
    with open("taps", "w") as f:
        f.write(" ".join(map(tap_name, fds)))
    for fd in fds:
        os.close(fd)


def done(s, status):
    text = open("text", "rb").read() if os.path.exists("text") else b""
    fds = []
    if os.path.exists("output"):
        fds = [os.memfd_create("output")]
        with open("output", "rb") as f:
            os.write(fds[0], f.read())
    socket.send_fds(s, [head("D", status) + text], fds)


def play(s, step):
    name, _, value = step.partition(":")
    if name == "words":
        receive_words(s)
    elif name == "accept":
        s.send(head("A", int(value)))
    elif name == "elsewhere":
        s.send(head("E", 0))
    elif name == "go":
        assert s.recv(100) == b"go"
        open("gone", "w").close()
    elif name == "done":
        done(s, int(value))
    elif name == "raw":
        s.send(value.encode())
    elif name == "sleep":
        time.sleep(float(value))
    elif name == "shut":
        s.shutdown(socket.SHUT_WR)
    elif name == "end":
        assert s.recv(100) == b"", "nothing but the end"


def main(path, steps, command):
    signal.alarm(20)  # whatever hangs
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listener.bind(path)
    os.chmod(path, 0o600)
    if steps == "refuse":
        listener.close()
    elif steps == "full":
        listener.listen(0)
        waiting = []
        while True:
            waiting.append(socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET))
            waiting[-1].setblocking(False)
            try:
                waiting[-1].connect(path)
            except BlockingIOError:
                break
    else:
        listener.listen(8)
    client = subprocess.Popen(["sh", "-c", command], close_fds=False)
    if steps not in ("refuse", "full", "nobody"):
        s, _ = listener.accept()
        for step in steps.split():
            play(s, step)
        s.close()
    sys.exit(client.wait())


main(*sys.argv[1:])
