"""The embedded database, kept beside the record and built anew when the record has changed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from graph.cypher import engine
from graph.errors import UnreachableError
from graph.record.kept import Kept, Progress

if TYPE_CHECKING:
    from neo4j import Driver

FORMAT = 1
"""Counts up when the same view is written differently."""

Fill = Callable[["Driver", str], object]


class Cache:
    """The embedded database of the record at `record` in the state `digest`."""

    def __init__(self, record: Path, digest: str, *, memory: str = "1500MB") -> None:
        self._kept = Kept(record, "cypher", f"{digest} {engine.engine_version()} {FORMAT}")
        self._heap = engine.heap_of(memory)

    def ensure(self, fill: Fill, progress: Progress) -> None:
        """Makes the database where it is missing: `fill(driver, database)` writes it.

        Raises as `Kept.ensure` does; UnreachableError when the engine does not start or refuses.
        """
        self._kept.ensure(lambda folder: self._build(folder, fill), progress)

    @contextmanager
    def reading(self) -> Iterator[engine.Engine | None]:
        """An engine that reads the database; None when another process has removed it meanwhile."""
        with self._kept.reading() as state:
            if state is None:
                yield None
                return
            with engine.running(state / "databases", heap=self._heap) as running:
                yield running

    @contextmanager
    def serving(self, port: int, password: str) -> Iterator[engine.Engine | None]:
        """An engine on a copy of the database, where a user with this password may read; None as
        with `reading`.
        """
        with self._kept.reading() as state:
            if state is None:
                yield None
                return
            folder = self._kept.folder
            with engine.running(
                state / "databases",
                heap=self._heap,
                served=engine.Serving(folder, port, password),
            ) as running:
                yield running

    def _build(self, folder: Path, fill: Fill) -> None:
        from neo4j.exceptions import DriverError, Neo4jError

        databases = folder / "databases"
        databases.mkdir()
        with engine.running(databases, write=True, heap=self._heap) as running:
            try:
                fill(running.driver, running.database)
            except (Neo4jError, DriverError) as error:
                raise UnreachableError("cypher.not_built", detail=str(error)) from error
        if any(databases.glob("*/*.wal")) or any(databases.glob("*/*.lck")):
            raise UnreachableError("cypher.not_closed", folder=folder)
