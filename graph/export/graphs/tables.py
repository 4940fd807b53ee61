"""The tables of the view: one per class and per relation that there is, with the columns in use."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graph.record.sql import ident
from graph.record.tables import value_columns

if TYPE_CHECKING:
    from graph.record.view import View

PLACE = (("source", "VARCHAR"), ("file", "VARCHAR"), ("line", "INTEGER"))


@dataclass(frozen=True)
class Table:
    """Rows of one class or relation: `sql` gives them in order, `columns` their types.

    Entities have `id` and their properties, relations `from, to, eid`, their attributes and
    `claims`; both `extra` and `source, file, line`. Columns that are empty throughout are left out.
    """

    name: str
    relation: bool
    columns: dict[str, str]
    sql: str


def tables(view: "View") -> list[Table]:
    """All tables, classes first, in the ontology's order."""
    entities, relations = view.entity_counts(), view.relation_counts()
    found = []
    for name, kind in view.schema.classes.items():
        if name in entities:
            columns = dict([("id", "VARCHAR"), *value_columns(kind), ("extra", "VARCHAR"), *PLACE])
            rows = f"FROM {ident('n_' + name)}"
            found.append(_table(view, name, False, columns, rows, "id"))
    for name, relation in view.schema.relations.items():
        if name in relations:
            ends = dict.fromkeys(("from", "to", "eid"), "VARCHAR")
            more = dict([("extra", "VARCHAR"), ("claims", "INTEGER"), *PLACE])
            columns = ends | dict(value_columns(relation)) | more
            rows = (
                f'FROM (SELECT x.id AS "from", y.id AS "to", r.* FROM {ident("r_" + name)} r'
                " JOIN node x ON x.k = r.f JOIN node y ON y.k = r.t)"
            )
            found.append(_table(view, name, True, columns, rows, '"from", "to", eid NULLS FIRST'))
    return found


def _table(
    view: "View", name: str, relation: bool, columns: dict[str, str], rows: str, order: str
) -> Table:
    counted = ", ".join(f"count({ident(c)})" for c in columns)
    counts = view.con.execute(f"SELECT {counted} {rows}").fetchall()[0]
    kept = ("id",) if not relation else ("from", "to")
    used = {c: t for (c, t), n in zip(columns.items(), counts, strict=True) if n or c in kept}
    listed = ", ".join(ident(c) for c in used)
    return Table(name, relation, used, f"SELECT {listed} {rows} ORDER BY {order}")
