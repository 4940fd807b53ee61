"""What a reader yields: one table of a file, all cells text, each row with its physical place."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

import duckdb


@dataclass(frozen=True)
class Note:
    """An assumption that was made on reading, to be printed: a catalogue key and its values."""

    key: str
    values: dict[str, object] = dataclasses.field(default_factory=dict)
    line: int | None = None


@dataclass(frozen=True)
class Reject:
    """A record that is refused: the reason is a catalogue key and its values."""

    line: int
    field: str | None
    raw: str
    key: str
    values: dict[str, object] = dataclasses.field(default_factory=dict)


@dataclass
class Sheet:
    """One table of a file.

    `name` is the file's stem or the worksheet's name; `units` maps a column's index to the unit
    that its heading or a note above the table gives ("万元", "%"). `stage(con, table)` creates the
    temporary table `table(row BIGINT, line INTEGER, c0 VARCHAR, c1 VARCHAR, …)`, where `c<i>`
    belongs to `headings[i]`, cells are trimmed and empty ones NULL; `row` counts records from 1,
    `line` is the physical line (worksheet row) on which the record starts.
    """

    name: str
    headings: list[str]
    stage: Callable[[duckdb.DuckDBPyConnection, str], None]
    units: dict[int, str] = dataclasses.field(default_factory=dict)
    notes: list[Note] = dataclasses.field(default_factory=list)
    rejects: list[Reject] = dataclasses.field(default_factory=list)
