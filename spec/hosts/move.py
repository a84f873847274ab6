# move.py FROM TO URI - migrate a guest from the QEMU of the QMP socket FROM to that of TO, which
# waits at URI for it; returns when it runs there, and prints for how long it ran nowhere, in
# milliseconds
import json, socket, sys


class QEMU:
    def __init__(self, path):
        s = socket.socket(socket.AF_UNIX)
        s.connect(path)
        self.f = s.makefile("rw")
        self.f.readline()  # it greets
        self.events = []
        self("qmp_capabilities")

    def read(self):
        message = json.loads(self.f.readline())
        if "event" in message:
            self.events.append(message)
        elif "error" in message:
            raise SystemExit(message["error"]["desc"])
        return message

    def __call__(self, command, **arguments):
        self.f.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        self.f.flush()
        while "return" not in self.read():
            pass

    def time_of(self, event):
        while True:
            for e in self.events:
                if e["event"] == event:
                    return e["timestamp"]["seconds"] * 1e3 + e["timestamp"]["microseconds"] / 1e3
                if e["event"] == "MIGRATION" and e["data"]["status"] == "failed":
                    raise SystemExit("the migration failed")
            self.read()


source, target = QEMU(sys.argv[1]), QEMU(sys.argv[2])
for qemu in source, target:
    qemu("migrate-set-capabilities", capabilities=[{"capability": "events", "state": True}])
target("migrate-incoming", uri=sys.argv[3])
source("migrate-set-parameters", **{"downtime-limit": 20, "max-bandwidth": 1 << 30})
source("migrate", uri=sys.argv[3])
print("%.0f" % (target.time_of("RESUME") - source.time_of("STOP")))
