# fake.py - an ovsdb-server that misbehaves: fake.py SOCKET HOW
#
# It answers each transaction of moontap's with empty results, except for what HOW says.
import json, os, socket, sys, time

path, how = sys.argv[1], sys.argv[2]
try:
    os.unlink(path)
except FileNotFoundError:
    pass
listener = socket.socket(socket.AF_UNIX)
listener.bind(path)
listener.listen(5)


def messages(c):
    """The JSON texts that come in, one after the other."""
    text, decoder = "", json.JSONDecoder()
    while True:
        data = c.recv(65536)
        if not data:
            return
        text += data.decode()
        while text:
            try:
                message, end = decoder.raw_decode(text)
            except ValueError:
                break
            text = text[end:]
            yield message


def bridge(name):
    return {"name": name, "_uuid": ["uuid", "0f6a8a8e-0000-0000-0000-000000000001"]}


def is_condition(op):
    """Whether it is the one of an added port that HOW says is not met."""
    conditions = {"Bridge": "no-bridge", "Port": "no-name",
                  "Interface": "no-iface-id" if len(op.get("where", [])) > 1 else None}
    return op["op"] == "wait" and how == conditions[op["table"]]


def results(params):
    """Of each operation: one bridge, and nothing else."""
    all = []
    for op in params[1:]:
        if is_condition(op):
            return all + [{"error": "timed out"}]
        if op["op"] == "select":
            all.append({"rows": [bridge("br-a")] if op["table"] == "Bridge" else []})
        else:
            all.append({"count": 1})
    return all


def send(c, text):
    c.sendall(text.encode())


def answer(c, m):
    text = json.dumps({"id": m["id"], "result": results(m["params"]), "error": None})
    if how == "bytes":  # each in a packet of its own
        for byte in text:
            send(c, byte)
    elif how == "strings":  # brackets and quotes in texts are none
        r = {"id": m["id"], "result": results(m["params"]), "error": None, "x": "}]\\\"{[\u00e9"}
        send(c, json.dumps({"id": None, "method": "update", "params": ["]}\""]}) + json.dumps(r))
    elif how == "echo":
        send(c, json.dumps({"id": "echo", "method": "echo", "params": ["alive"]}))
        reply = next(stream)
        assert reply == {"id": "echo", "result": ["alive"], "error": None}, reply
        send(c, text)
    elif how == "another":  # an answer to another question comes first
        send(c, json.dumps({"id": 4711, "result": [], "error": None}) + text)
    elif how == "no-json":
        send(c, "{nonsense}")
    elif how == "number":
        send(c, "[1]")
    elif how == "no-results":
        send(c, json.dumps({"id": m["id"], "result": 5, "error": None}))
    elif how == "error":
        send(c, json.dumps({"id": m["id"], "result": None, "error": "unknown database"}))
    elif how == "cut":
        send(c, text[: len(text) // 2])
        c.close()
    elif how == "huge":
        send(c, '{"id": 1, "result": ["')
        try:
            for _ in range(20):
                c.sendall(b"x" * (1 << 20))
        except OSError:
            pass
    elif how == "silent":
        time.sleep(30)
    else:
        send(c, text)


print("ready", flush=True)
while True:
    c, _ = listener.accept()
    stream = messages(c)
    try:
        for m in stream:
            if m.get("method") == "transact":
                answer(c, m)
    except (OSError, StopIteration):
        pass
    c.close()
