#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""varlink.py - connect a guest's NICs from Python, by moontapd, also as an ordinary user

  varlink.py plan|up|down <GUEST.xml

Of moontap it needs the socket alone: moontapd(8) says what goes over it.
"""
import json
import os
import socket
import sys
import xml.etree.ElementTree as xml


class Refused(Exception):
    """An error of the interface: its name, and its parameters."""


class Service:
    def __init__(self, path="/run/moontap.sock/io.moontap"):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.rest = b""

    def call(self, method, **parameters):
        message = {"method": method, "parameters": parameters}
        try:
            self.socket.sendall(json.dumps(message).encode() + b"\0")
        except BrokenPipeError:
            pass  # it may have said why
        return self.reply()

    def reply(self):
        while b"\0" not in self.rest:
            more = self.socket.recv(65536)
            if not more:
                raise EOFError("moontapd has closed the connection")
            self.rest += more
        text, self.rest = self.rest.split(b"\0", 1)
        message = json.loads(text)
        if "error" in message:
            raise Refused(message["error"], message["parameters"])
        return message["parameters"]


def main():
    if len(sys.argv) != 2 or sys.argv[1] not in ("plan", "up", "down"):
        print(f"usage: {sys.argv[0]} plan|up|down <GUEST.xml", file=sys.stderr)
        return 2
    guest = sys.stdin.read()
    what = {"guest": xml.fromstring(guest).findtext("name")} if sys.argv[1] == "down" else {
        "xml": guest}
    try:
        service = Service(os.environ.get("MOONTAP", "/run/moontap.sock/io.moontap"))
        reply = service.call("io.moontap." + sys.argv[1].title(), **what)
    except Refused as error:
        name, said = error.args
        print(f"{name}: {said.get('where', '')}: {said.get('why', '')}")
        return said.get("exit", 1)
    for nic in reply["nics"]:
        print(f"NIC {nic['index']} {nic['dev']}: {nic['note'] or nic['type']}")
        for step in nic["steps"] + nic["undone"]:
            print(f"  {step['op']} {step['kind']} {step['object']}: {step['command']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
