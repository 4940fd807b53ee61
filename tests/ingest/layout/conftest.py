"""Lists made for the tests, all of made-up organisations, and what the layout says of them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace

import duckdb
import pyarrow as pa
import pytest

from graph.messages import say
from graph.record.sql import ident
from graph.schema import Schema, load
from ingest import layout
from ingest.emit import Emit, EntityEmit, RelationEmit
from ingest.plan import Plan
from ingest.sheet import Note, Sheet


def sheet_of(
    name: str,
    headings: list[str],
    rows: list[list[str]],
    units: dict[int, str] | None = None,
    notes: list[Note] | None = None,
) -> Sheet:
    """A sheet of these cells; an empty text is an empty cell."""

    def stage(con: duckdb.DuckDBPyConnection, table: str) -> None:
        cells = {
            f"c{i}": pa.array([row[i] or None for row in rows], pa.string())
            for i in range(len(headings))
        }
        number = range(1, len(rows) + 1)
        lines = pa.array([n + 1 for n in number], pa.int32())
        con.register(
            "cells", pa.table({"row": pa.array(number, pa.int64()), "line": lines, **cells})
        )
        con.execute(f"CREATE TEMP TABLE {ident(table)} AS SELECT * FROM cells")
        con.unregister("cells")

    return Sheet(name, headings, stage, units or {}, notes or [])


@dataclass
class Laid:
    """A plan and its tables, to be asked about."""

    con: duckdb.DuckDBPyConnection
    plan: Plan
    notes: list[str] = field(default_factory=list)

    def _rows(self, emit: Emit, columns: dict[str, str]) -> list[dict[str, str]]:
        listed = ", ".join(f"{ident(c)} AS {ident(n)}" for n, c in columns.items())
        order = ", ".join([ident("row"), *(ident(c) for c in columns.values())])
        table = self.con.execute(f"SELECT {listed} FROM {ident(emit.table)} ORDER BY {order}")
        names = [column[0] for column in table.description or []]
        return [
            {n: v for n, v in zip(names, row, strict=True) if v is not None}
            for row in table.fetchall()
        ]

    def entities(self, cls: str | None, mention: bool = False) -> list[dict[str, str]]:
        found = []
        for emit in self.plan.emits:
            if isinstance(emit, EntityEmit) and emit.cls == cls and emit.by_name == mention:
                found += self._rows(emit, emit.columns)
        return found

    def mentions(self, cls: str) -> list[str]:
        return sorted({row["name"] for row in self.entities(cls, mention=True)})

    def relations(self, name: str) -> list[tuple[str, str, dict[str, str]]]:
        """From, to and attributes, all as texts, sorted."""
        found = []
        for emit in self.plan.emits:
            if isinstance(emit, RelationEmit) and emit.relation == name:
                ends = {" f": emit.source.column, " t": emit.target.column}
                for row in self._rows(emit, {**ends, **emit.columns}):
                    found.append((row.pop(" f"), row.pop(" t"), row))
        return sorted(found, key=str)

    def pairs(self, name: str) -> list[tuple[str, str]]:
        return [(f, t) for f, t, _ in self.relations(name)]

    @property
    def own(self) -> EntityEmit:
        emit = self.plan.emits[0]
        assert isinstance(emit, EntityEmit)
        return emit

    def note_keys(self) -> list[str]:
        return [note.key.removeprefix("layout.") for note in self.plan.notes]

    def said(self) -> str:
        return "\n".join(say(n.key, "en", **n.values) for n in self.plan.notes)


@pytest.fixture(scope="session")
def schema() -> Schema:
    return load()


@pytest.fixture
def lay_out(schema: Schema) -> Callable[[Sheet], Laid]:
    """Stages a sheet and lays it out."""

    def run(sheet: Sheet) -> Laid:
        con = duckdb.connect()
        sheet.stage(con, "stage_0")
        plan = layout.plan(sheet, "stage_0", schema, con, SimpleNamespace(currency="CNY"))
        for note in plan.notes:  # every note can be said in both languages
            assert say(note.key, "zh", **note.values) != say(note.key, "en", **note.values)
        return Laid(con, plan)

    return run


@pytest.fixture
def lay(lay_out: Callable[[Sheet], Laid]) -> Callable[..., Laid]:
    """Lays out a sheet of cells: name, headings, rows, units, notes."""
    return lambda *cells, **more: lay_out(sheet_of(*cells, **more))
