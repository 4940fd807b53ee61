"""What a store holds, as rows that can be laid beside those of the view.

A store is read back into temporary tables of the view's shape, a column per property with its type.
Nothing is made to fit: a value of another type, or a property that the class does not have, stands
as it is in the column `odd`, a JSON object. Several values of one property are a set, so that their
order does not count.
"""

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import duckdb

from graph.record.sql import ident, literal
from graph.record.sums import view_rows
from graph.record.tables import value_columns
from graph.schema import EntityClass, Relation, Schema

if TYPE_CHECKING:
    import pyarrow as pa

    from graph.record.view import View

PLACE = {"source": "VARCHAR", "file": "VARCHAR", "line": "BIGINT"}
CLAIMS = {"claims": "BIGINT"}


@dataclass
class Held:
    """What is in a store: a query per class and relation, with the columns of `columns`.

    `holds` are the columns of provenance that the store has at all. `foreign` counts what is not
    ours there, by kind; `strays` are things marked as ours that the ontology has no class for, as
    `(class, id)`, of which there are `strayed`.
    """

    name: str
    con: duckdb.DuckDBPyConnection
    schema: Schema
    holds: frozenset[str] = frozenset((*PLACE, *CLAIMS))
    rows: dict[str, str] = field(default_factory=dict)
    foreign: dict[str, int] = field(default_factory=dict)
    strays: list[tuple[str, str]] = field(default_factory=list)
    strayed: int = 0

    @classmethod
    def of_view(cls, view: "View") -> "Held":
        """The record's own view."""
        held = cls("record", view.con, view.schema)
        for name, rows, _ in view_rows(view, []):
            held.rows[name] = f"SELECT *, NULL::VARCHAR AS odd FROM ({rows})"
        return held

    @property
    def kinds(self) -> dict[str, EntityClass | Relation]:
        """All classes and relations, in the ontology's order."""
        return kinds_of(self.schema)

    def kind(self, name: str) -> EntityClass | Relation:
        return self.schema.classes.get(name) or self.schema.relations[name]

    def table(self, name: str) -> str:
        """The table of a class or relation, made empty on first use; a quoted identifier."""
        table = ident(f"{self.name}/{name}")
        if name not in self.rows:
            declared = {**columns(self.kind(name)), "odd": "VARCHAR"}
            listed = ", ".join(f"{ident(c)} {t}" for c, t in declared.items())
            self.con.execute(f"CREATE OR REPLACE TEMP TABLE {table} ({listed})")
            sets = [c for c, t in declared.items() if t.endswith("[]")]
            swap = ", ".join(f"list_sort({ident(c)}) AS {ident(c)}" for c in sets)
            self.rows[name] = f"SELECT *{swap and f' REPLACE ({swap})'} FROM {table}"
        return table

    def put_arrow(self, name: str, batch: "pa.RecordBatch", odd: "list[str | None]") -> None:
        """Adds rows that have the columns of the class or relation, with their types."""
        import pyarrow as pa

        wanted = list(columns(self.kind(name)))
        given = pa.Table.from_batches([batch]).select(wanted)
        self.fill(name, given.append_column("odd", pa.array(odd, pa.string())))

    def fill(self, name: str, rows: Any) -> None:
        """Adds rows with all columns, `odd` among them, from an Arrow table or reader."""
        into, read = self.table(name), ident("read back")
        self.con.register("read back", rows)
        try:
            self.con.execute(f"INSERT INTO {into} BY NAME SELECT * FROM {read}")
        finally:
            self.con.unregister("read back")

    def stray(self, kind: object, key: object) -> None:
        """Counts something marked as ours that is of no class of ours."""
        self.strayed += 1
        if len(self.strays) < 1000:
            self.strays.append((str(kind), str(key)))

    def drop(self) -> None:
        """Removes the tables of a store that was read back."""
        for name in self.rows:
            self.con.execute(f"DROP TABLE IF EXISTS {ident(f'{self.name}/{name}')}")
        self.rows.clear()


def kinds_of(schema: Schema) -> dict[str, EntityClass | Relation]:
    return {**schema.classes, **schema.relations}


def key_columns(kind: EntityClass | Relation) -> list[str]:
    return ["id"] if isinstance(kind, EntityClass) else ["from", "to", "eid"]


def columns(kind: EntityClass | Relation) -> dict[str, str]:
    """The columns of a class or relation and their types: key, values, `extra`, provenance."""
    said = dict.fromkeys(key_columns(kind), "VARCHAR") | dict(value_columns(kind))
    places = PLACE if isinstance(kind, EntityClass) else PLACE | CLAIMS
    return {**said, "extra": "VARCHAR", **places}


def cell(column: str, row: str, odd: bool) -> str:
    """SQL for what a row says of a property, as JSON text; NULL where it says nothing."""
    value = f"{row}.{ident(column)}"
    plain = f"CASE WHEN {value} IS NOT NULL THEN to_json({value})::VARCHAR END"
    if not odd:
        return plain
    path = "$." + json.dumps(column)
    return f"coalesce(json_extract({row}.odd, {literal(path)})::VARCHAR, {plain})"
