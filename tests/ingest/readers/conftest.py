"""What the tests of the readers share: a sheet read and staged, as plain values."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from ingest import readers
from ingest.sheet import Note, Reject, Sheet


@dataclass
class Read:
    """A sheet that was staged: its cells in order, and the line of each row."""

    name: str
    headings: list[str]
    rows: list[tuple[str | None, ...]]
    lines: list[int]
    units: dict[int, str]
    notes: list[Note]
    rejects: list[Reject]

    @property
    def keys(self) -> list[str]:
        return [note.key.removeprefix("readers.") for note in self.notes]

    @property
    def refused(self) -> list[tuple[int, str]]:
        return [(reject.line, reject.key.removeprefix("readers.")) for reject in self.rejects]


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        yield con


Stage = Callable[[Sheet], Read]


@pytest.fixture
def stage(con: duckdb.DuckDBPyConnection) -> Stage:
    """Stages a sheet inside of a transaction, as the loader does, and reads the table back."""

    def staged(sheet: Sheet) -> Read:
        con.execute("BEGIN")
        try:
            sheet.stage(con, "staged")
            table = con.execute("SELECT * FROM staged ORDER BY row").fetchall()
            names = [str(d[0]) for d in con.description or []]
            left = con.execute("SELECT table_name FROM duckdb_tables()").fetchall()
        finally:
            con.execute("ROLLBACK")
        assert left == [("staged",)]
        assert names == ["row", "line", *(f"c{i}" for i in range(len(sheet.headings)))]
        assert [row[0] for row in table] == list(range(1, len(table) + 1))
        return Read(
            sheet.name,
            sheet.headings,
            [row[2:] for row in table],
            [row[1] for row in table],
            sheet.units,
            sheet.notes,
            sheet.rejects,
        )

    return staged


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    def written(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return written


@pytest.fixture
def read_text(write: Callable[[str, str | bytes], Path], stage: Stage) -> Callable[..., Read]:
    """Reads a file with the content given; it must have one sheet."""

    def read(content: str | bytes, name: str = "t.csv", **options: object) -> Read:
        (sheet,) = readers.read(write(name, content), options)
        return stage(sheet)

    return read
