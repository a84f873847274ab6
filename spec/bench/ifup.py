"""For the bench: the hook that people write today."""
import subprocess
import sys

subprocess.run(["ip", "link", "set", sys.argv[1], "master", "br0"], check=True)
subprocess.run(["ip", "link", "set", sys.argv[1], "up"], check=True)
