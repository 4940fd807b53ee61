"""The embedded database, kept beside the record and built anew when the record says other things.

`<record>.cypher/` holds a folder per state of the record, named by a digest of what it was built
from; in it the engine's files and, written last, `digest`. It is built in a folder of another name
and renamed when the engine has closed it: what a killed build leaves is never taken for good.
"""

import hashlib
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from graph.cypher import engine
from graph.cypher.locks import held
from graph.errors import InputError, UnreachableError

if TYPE_CHECKING:
    from neo4j import Driver

FORMAT = 1
"""Counts up when the same view is written differently."""

WAIT_SECONDS = 600.0
Progress = Callable[[str], None]
Fill = Callable[["Driver", str], object]


class Cache:
    """The embedded database of the record at `record` in the state `digest`."""

    def __init__(self, record: Path, digest: str, *, memory: str = "1500MB") -> None:
        said = f"{digest} {engine.engine_version()} {FORMAT}"
        self.digest = digest
        self.folder = record.with_name(record.name + ".cypher")
        self.state = self.folder / hashlib.sha256(said.encode()).hexdigest()[:16]
        self.heap = engine.heap_of(memory)

    def good(self) -> bool:
        """Whether the database is there, whole."""
        try:
            return (self.state / "digest").read_text("utf-8") == self.digest
        except OSError:
            return False

    def ensure(self, fill: Fill, progress: Progress) -> None:
        """Makes the database where it is missing: `fill(driver, database)` writes it.

        While another process builds, this one waits. Raises UnreachableError when the engine does
        not start or refuses, InputError when nothing can be written beside the record.
        """
        deadline = time.monotonic() + WAIT_SECONDS
        try:
            while not self.good():
                self.folder.mkdir(exist_ok=True)
                with held(self.folder / "lock") as mine:
                    if mine and not self.good():
                        self._build(fill)
                        self._sweep()
                        return
                if time.monotonic() > deadline:
                    raise UnreachableError("cypher.being_built", folder=self.folder)
                progress(f"{self.folder.name} …")
                time.sleep(0.1)
        except OSError as error:
            raise InputError(
                "cypher.unwritable", folder=self.folder, detail=error.strerror
            ) from error

    @contextmanager
    def reading(self) -> Iterator[engine.Engine | None]:
        """An engine that reads the database; None when another process has removed it meanwhile."""
        with ExitStack() as stack:
            try:
                stack.enter_context(held(self.state / "in-use", shared=True))
            except OSError:
                yield None
                return
            if self.good():
                running = engine.running(self.state / "databases", heap=self.heap)
                yield stack.enter_context(running)
            else:
                yield None

    def _build(self, fill: Fill) -> None:
        from neo4j.exceptions import DriverError, Neo4jError

        (self.folder / ".gitignore").write_text("*\n", "utf-8")
        part = self.folder / f"build-{secrets.token_hex(8)}"
        databases = part / "databases"
        databases.mkdir(parents=True)
        try:
            with engine.running(databases, write=True, heap=self.heap) as running:
                try:
                    fill(running.driver, running.database)
                except (Neo4jError, DriverError) as error:
                    raise UnreachableError("cypher.not_built", detail=str(error)) from error
            if any(databases.glob("*/*.wal")) or any(databases.glob("*/*.lck")):
                raise UnreachableError("cypher.not_closed", folder=part)
            (part / "in-use").touch()
            with (part / "digest").open("w", encoding="utf-8") as file:
                file.write(self.digest)
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
