# ovn_own.py DEV IFACE_ID RUNS - how long Open vSwitch and OVN take by themselves: a port is added by
# one transaction, and waited for until it is installed; prints the median in seconds
import json, socket, statistics, sys, time

dev, iface_id, runs = sys.argv[1], sys.argv[2], int(sys.argv[3])
s = socket.socket(socket.AF_UNIX)
s.connect("/run/openvswitch/db.sock")


def transact(*operations):
    s.sendall(json.dumps({"method": "transact", "params": ["Open_vSwitch", *operations],
                          "id": 1}).encode())
    text = b""
    while True:
        text += s.recv(65536)
        try:
            answer = json.loads(text)
        except ValueError:
            continue
        if answer.get("method") == "echo":
            s.sendall(json.dumps({"result": answer["params"], "error": None,
                                  "id": answer["id"]}).encode())
            text = b""
            continue
        failed = [r for r in answer["result"] if r and "error" in r]
        if failed:
            raise SystemExit(failed)
        return answer["result"]


BUMP = {"op": "mutate", "table": "Open_vSwitch", "where": [],
        "mutations": [["next_cfg", "+=", 1]]}
BRIDGE = ["name", "==", "br-int"]
HAS = {"op": "select", "table": "Interface", "where": [["name", "==", dev]],
       "columns": ["external_ids"]}
took = []
for run in range(runs + 1):
    begin = time.monotonic()
    result = transact(
        {"op": "insert", "table": "Interface", "uuid-name": "i",
         "row": {"name": dev, "external_ids": ["map", [["iface-id", iface_id]]]}},
        {"op": "insert", "table": "Port", "uuid-name": "p",
         "row": {"name": dev, "interfaces": ["named-uuid", "i"]}},
        {"op": "mutate", "table": "Bridge", "where": [BRIDGE],
         "mutations": [["ports", "insert", ["named-uuid", "p"]]]}, BUMP)
    port = result[1]["uuid"]
    seen = transact(HAS)[0]["rows"][0]
    while ["ovn-installed", "true"] not in seen["external_ids"][1]:
        wait = dict(HAS, op="wait", until="!=", rows=[seen], timeout=60000)
        seen = transact(wait, HAS)[1]["rows"][0]
    if run:  # the first warms up
        took.append(time.monotonic() - begin)
    transact({"op": "mutate", "table": "Bridge", "where": [BRIDGE],
              "mutations": [["ports", "delete", port]]}, BUMP)
    time.sleep(0.3)
print(statistics.median(took))
