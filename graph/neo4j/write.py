"""Writing rows in batches of a bounded size, each a transaction of its own that holds or does not.

Nothing is tried again when the connection breaks: the batch may have been written all the same, and
relations would be there twice. What the server itself takes back, a deadlock, is tried again.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from graph.neo4j.statements import Row

if TYPE_CHECKING:
    import duckdb
    from neo4j import Session, SummaryCounters
    from neo4j.exceptions import TransientError

BATCH = 5_000
LARGEST = 4_000_000
"""Characters in a batch: engines refuse messages beyond some megabytes."""

TRIES = 6
FIRST_WAIT = 0.05
"""Seconds before a second try; doubled each time."""

NO_MEMORY = "MemoryPoolOutOfMemoryError"

Progress = Callable[[str], None]


class Writer:
    """Writes through a session; `tell` hears how far it is."""

    def __init__(self, session: "Session", tell: Progress) -> None:
        self.session = session
        self.tell = tell

    def write(
        self,
        con: "duckdb.DuckDBPyConnection",
        sql: str,
        statements: Sequence[str],
        counter: str,
        name: str,
        total: int,
    ) -> int:
        """Runs `statements` over the rows of a query, `$rows` in each; adds up a counter.

        `counter` is one of the driver's (`nodes_created`, …), or `rows`: how many were sent.
        """
        done = written = 0
        for rows in batches(con, sql):
            written += self.batch(statements, rows, counter)
            done += len(rows)
            self.tell(f"{name} {done}/{total}")
        return written

    def batch(self, statements: Sequence[str], rows: list[Row], counter: str) -> int:
        """One transaction; where the server has not the memory for it, two of half the size."""
        from neo4j.exceptions import TransientError

        wait = FIRST_WAIT
        for left in reversed(range(TRIES)):
            try:
                return self._once(statements, rows, counter)
            except TransientError as error:
                if _too_much(error) and len(rows) > 1:
                    half = len(rows) // 2
                    return sum(
                        self.batch(statements, r, counter) for r in (rows[:half], rows[half:])
                    )
                if not (left and _taken_back(error)):
                    raise
            time.sleep(wait)
            wait *= 2
        raise AssertionError

    def _once(self, statements: Sequence[str], rows: list[Row], counter: str) -> int:
        with self.session.begin_transaction() as tx:
            found: list[SummaryCounters] = [
                tx.run(statement, rows=rows).consume().counters for statement in statements
            ]
            tx.commit()
        if counter == "rows":
            return len(rows)
        return sum(int(getattr(counters, counter)) for counters in found)


def _taken_back(error: "TransientError") -> bool:
    """Whether the server is alive and has surely written nothing."""
    code = error.code or ""
    return ".Transaction." in code and not code.endswith(("Terminated", "Outdated"))


def _too_much(error: "TransientError") -> bool:
    return (error.code or "").endswith((NO_MEMORY, "TransactionMemoryLimit"))


def batches(con: "duckdb.DuckDBPyConnection", sql: str) -> Iterator[list[Row]]:
    """The rows of a query, some thousands at a time, each batch of a bounded size."""
    cursor = con.execute(sql)
    while rows := cursor.fetchmany(BATCH):
        yield from _bounded([list(row) for row in rows])


def _bounded(rows: list[Row]) -> Iterator[list[Row]]:
    size = sum(len(value) for row in rows for value in row if isinstance(value, str))
    if size <= LARGEST or len(rows) == 1:
        yield rows
    else:
        half = len(rows) // 2
        yield from _bounded(rows[:half])
        yield from _bounded(rows[half:])
