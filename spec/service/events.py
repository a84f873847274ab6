# events.py SOCKET VERSION ROUNDS XML - events for moontapd, as moontap-event hands them over, without
# a process for each
#
# A round is a guest's life by libvirt's hook, XML its domain, and, since the kernel takes long to
# delete its devices, twenty of the tap tap0, which stays, by QEMU's scripts: 45 events.
import fcntl
import os
import socket
import struct
import sys

path, version, rounds, xml = sys.argv[1:]


def event(words, data=None):
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as s:
        s.settimeout(60)
        s.connect(path)
        message = "".join(w + "\0" for w in ["moontap-event 1", version, *words]).encode()
        fds = []
        if data is not None:
            fds = [os.memfd_create("events", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)]
            os.write(fds[0], data)
            os.lseek(fds[0], 0, os.SEEK_SET)
            fcntl.fcntl(fds[0], fcntl.F_ADD_SEALS,
                        fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE)
        socket.send_fds(s, [message], fds)
        for fd in fds:
            os.close(fd)
        answers = []
        for _ in range(2):
            answers.append(s.recv(16384))
            if answers[-1][:1] == b"A":
                s.send(b"go")
        kind, status = struct.unpack("<2I", answers[-1][:8])
    if (kind, status) != (ord("D"), 0):
        sys.exit(f"{words}: {answers}")


with open(xml, "rb") as f:
    domain = f.read()
for _ in range(int(rounds)):
    for operation in "prepare begin", "start begin", "started begin", "stopped end", "release end":
        event(["qemu", "web", *operation.split(), "-"], domain)
    for _ in range(20):
        event(["qemu-ifup", "tap0"])
        event(["qemu-ifdown", "tap0"])
