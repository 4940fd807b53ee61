"""Whole processes, timed from outside: seconds on the clock and peak memory."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Measured:
    """One finished process: seconds on the clock, peak resident memory in MB, seconds of CPU."""

    seconds: float
    megabytes: float
    cpu: float


def process(code: str, *arguments: str) -> Measured:
    """Runs Python `code` with `arguments` in a process of its own.

    Raises RuntimeError with what it printed where it failed.
    """
    start = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stderr is not None
    said = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    child.stderr.close()
    if child.returncode:
        raise RuntimeError(said)
    cpu = usage.ru_utime + usage.ru_stime
    return Measured(time.perf_counter() - start, usage.ru_maxrss / 1024, cpu)


def best(code: str, *arguments: str, times: int = 3) -> Measured:
    """The fastest of several runs: the machine's other work only ever adds."""
    runs = [process(code, *arguments) for _ in range(times)]
    return min(runs, key=lambda run: run.seconds)
