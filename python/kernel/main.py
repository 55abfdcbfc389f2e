"""Modeltrail's bridge to a Jupyter kernel: JSON lines on standard input and output, the kernel's own sockets behind it.

Started by the recorder with the Python whose kernel is wanted, which has ipykernel and so jupyter_client and pyzmq. It
installs nothing and runs none of the user's code itself. When standard input ends, so does the kernel.
"""

import json
import sys


def main():
    if sys.version_info < (3, 8):
        fail("This Python is older than 3.8.")
    try:
        from bridge import Bridge
    except ImportError as error:
        fail("This Python lacks what a notebook needs (%s). Install it: %s -m pip install ipykernel" % (error, sys.executable))
    from sender import Sender

    sender = Sender(sys.stdout.buffer)
    # What a library prints must not come between our lines.
    sys.stdout = sys.stderr
    try:
        Bridge(sender).run(sys.stdin.buffer)
    finally:
        sender.close()


def fail(reason):
    sys.stdout.write(json.dumps({"e": "dead", "code": None, "signal": None, "output": reason, "started": False}) + "\n")
    sys.stdout.flush()
    sys.exit(1)


if __name__ == "__main__":
    main()
