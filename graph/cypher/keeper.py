"""Keeps one child process for a parent, and ends it when the parent is gone, however it went.

Run as a program of its own, by path. Standard input brings one line of JSON (`command`, `env`,
`log`, `scratch`), then nothing. At the end of the input, which comes also when the parent is
killed, the child is killed; after a line `stop` it is asked to end, and given time. In the end the
last of the log goes to standard output and the folder `scratch` is removed.
"""

import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import threading

PATIENCE = 60.0
TAIL = 8192
PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """On Linux the child ends even when this keeper is killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def main() -> int:
    order = json.loads(sys.stdin.readline())
    with open(order["log"], "wb") as log:  # noqa: PTH123
        child = subprocess.Popen(  # noqa: S603
            order["command"],
            cwd=order["scratch"],
            env={**os.environ, **order["env"]},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            preexec_fn=die_with_parent if os.name == "posix" else None,
        )

    def listen() -> None:
        if sys.stdin.readline().strip() == "stop":
            child.terminate()
            try:
                child.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                child.kill()
        else:
            child.kill()

    threading.Thread(target=listen, daemon=True).start()
    code = child.wait()
    with open(order["log"], "rb") as written:  # noqa: PTH123
        written.seek(max(0, os.path.getsize(order["log"]) - TAIL))  # noqa: PTH202
        words = written.read()
    shutil.rmtree(order["scratch"], ignore_errors=True)
    sys.stdout.buffer.write(words)
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    code = 1
    try:
        code = main()
        sys.stdout.flush()
    finally:
        os._exit(code)  # not waiting for the thread that listens
