"""Locks on files that the operating system lets go of when a process ends, however it ends."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def _take(handle: int, shared: bool) -> bool:
        if shared:
            return True  # an open file cannot be removed there: holding it open is enough
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _take(handle: int, shared: bool) -> bool:
        try:
            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextmanager
def held(path: Path, *, shared: bool = False) -> Iterator[bool]:
    """Tries to lock the file `path`, made where it is missing; gives whether it was got.

    Held until the end of the block, by everybody who asks for it `shared`, else by one alone.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        yield _take(handle, shared)
    finally:
        os.close(handle)
