#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""connect.py - connect a guest's NICs from Python, and get what was done as data

  connect.py plan|up|down POLICY.lua STATE-DIRECTORY <GUEST.xml

It calls the program with --json: MOONTAP in the environment, else the one in PATH.
"""
import json
import os
import subprocess
import sys


def run(what, policy, state):
    """The outcome, also of a failure, and the exit status."""
    moontap = os.environ.get("MOONTAP", "moontap")
    words = [moontap, what, "--json", "--state", state, "-"]
    if what != "down":  # which evaluates nothing
        words += ["-p", policy]
    done = subprocess.run(words, stdin=sys.stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return json.loads(done.stdout), done.returncode


def print_steps(steps, head):
    for step in steps:
        print(f"  {head}{step['op']} {step['kind']} {' '.join(map(str, step['key'].values()))}: "
              f"{step.get('command', '')}")


def main():
    if len(sys.argv) != 4 or sys.argv[1] not in ("plan", "up", "down"):
        print(f"usage: {sys.argv[0]} plan|up|down POLICY STATE <GUEST.xml", file=sys.stderr)
        return 2
    outcome, status = run(*sys.argv[1:])
    print("guest", outcome["domain"]["name"])
    for nic in outcome["nics"]:
        note = f", {nic['note']}" if "note" in nic else ""
        print(f"NIC {nic['index']} {nic['dev'] or ''}: "
              f"{'unmanaged' if nic['unmanaged'] else 'managed'}, "
              f"decided: {nic['decision'] or 'as the XML says'}{note}")
        print_steps(nic["steps"], "")
        print_steps(nic.get("undone", []), "undone: ")
    if outcome["error"]:
        e = outcome["error"]
        print(f"error {e['code']}: {e['where']}: {e['what']} {e['on']}: {e['why']}")
    return status


if __name__ == "__main__":
    sys.exit(main())
