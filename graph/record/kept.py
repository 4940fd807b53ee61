"""A database made from the record and kept beside it, built anew when the record says other things.

`<record>.<kind>/` holds a folder per state of the record, named by a digest of what it was built
from; in it what the builder wrote and, written last, `digest`. It is built in a folder of another
name and renamed when it is whole: what a killed build leaves is never taken for good.
"""

import hashlib
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from graph.errors import InputError, UnreachableError
from graph.record.locks import held

WAIT_SECONDS = 600.0
Progress = Callable[[str], None]
Build = Callable[[Path], None]


class Kept:
    """The database of one kind, of the record at `record`, made from what `said` names.

    `said` is a text that differs whenever the database would: the record's digest, the version of
    the program that builds, and so on.
    """

    def __init__(self, record: Path, kind: str, said: str) -> None:
        self.said = said
        self.folder = record.with_name(f"{record.name}.{kind}")
        self.state = self.folder / hashlib.sha256(said.encode()).hexdigest()[:16]

    def good(self) -> bool:
        """Whether the database is there, whole."""
        try:
            return (self.state / "digest").read_text("utf-8") == self.said
        except OSError:
            return False

    def ensure(self, build: Build, progress: Progress) -> None:
        """Makes the database where it is missing: `build(folder)` writes it into an empty folder.

        While another process builds, this one waits. Raises UnreachableError when that takes too
        long, InputError when nothing can be written beside the record, and what `build` raises.
        """
        deadline = time.monotonic() + WAIT_SECONDS
        try:
            while not self.good():
                self.folder.mkdir(exist_ok=True)
                with held(self.folder / "lock") as mine:
                    if mine and not self.good():
                        self._build(build)
                        self._sweep()
                        return
                if time.monotonic() > deadline:
                    raise UnreachableError("kept.being_built", folder=self.folder)
                progress(f"{self.folder.name} …")
                time.sleep(0.1)
        except OSError as error:
            detail = error.strerror or str(error)
            raise InputError("kept.unwritable", folder=self.folder, detail=detail) from error

    @contextmanager
    def reading(self) -> Iterator[Path | None]:
        """The folder, which nobody removes meanwhile; None when it has just been removed."""
        try:
            lock = held(self.state / "in-use", shared=True)
            lock.__enter__()
        except OSError:
            yield None
            return
        try:
            yield self.state if self.good() else None
        finally:
            lock.__exit__(None, None, None)

    def _build(self, build: Build) -> None:
        (self.folder / ".gitignore").write_text("*\n", "utf-8")
        part = self.folder / f"build-{secrets.token_hex(8)}"
        part.mkdir()
        try:
            build(part)
            (part / "in-use").touch()
            with (part / "digest").open("w", encoding="utf-8") as file:
                file.write(self.said)
                file.flush()
                os.fsync(file.fileno())
            shutil.rmtree(self.state, ignore_errors=True)
            part.rename(self.state)
        finally:
            shutil.rmtree(part, ignore_errors=True)

    def _sweep(self) -> None:
        """Removes other states that nobody reads, and what killed builds left."""
        for old in self.folder.iterdir():
            if old == self.state or not old.is_dir():
                continue
            with suppress(OSError), held(old / "in-use") as free:
                if free:
                    (old / "digest").unlink(missing_ok=True)
                    shutil.rmtree(old, ignore_errors=True)
