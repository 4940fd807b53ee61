"""What a sheet comes down to, whoever decided it: the own layout or a mapping."""

import dataclasses
from dataclasses import dataclass

from ingest.emit import Emit
from ingest.sheet import Note


@dataclass(frozen=True)
class RowReject:
    """A staged row that is refused before its cells are read: a catalogue key and its values."""

    row: int
    line: int
    field: str | None
    raw: str | None
    key: str
    values: dict[str, object] = dataclasses.field(default_factory=dict)


@dataclass
class Plan:
    """Emits over staged and derived tables, what was assumed, rows refused.

    `same_as` names temporary tables of judgements: `row, line, a, b, verdict, judge, why`, where
    `a` and `b` are ids and `verdict` is `same` or `different`.
    """

    emits: list[Emit] = dataclasses.field(default_factory=list)
    notes: list[Note] = dataclasses.field(default_factory=list)
    rejects: list[RowReject] = dataclasses.field(default_factory=list)
    same_as: list[str] = dataclasses.field(default_factory=list)
