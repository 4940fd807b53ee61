"""Digests of what the merged view says, by class and relation.

Two records, or a record and what was read back from a store, hold the same graph where their sums
are equal. What is said counts, not where it is said: source, file, line and the number of claims
are left out, so that a graph that went through another form and came back has the digest it had.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from graph.record.sql import ident, literal
from graph.record.tables import value_columns
from graph.schema import Relation

if TYPE_CHECKING:
    from graph.record.view import View


@dataclass(frozen=True)
class Sum:
    """How many rows, and the XOR of their MD5 numbers, which no order touches."""

    rows: int
    digest: str


def row_sum(con: duckdb.DuckDBPyConnection, rows: str, columns: Sequence[str]) -> Sum:
    """The sum of the rows of a query (or table), over the columns given.

    >>> import duckdb
    >>> con = duckdb.connect()
    >>> up = row_sum(con, "FROM (VALUES (1, 'a'), (2, NULL)) t(x, y)", ["x", "y"])
    >>> up == row_sum(con, "FROM (VALUES (2, NULL), (1, 'a')) t(x, y)", ["x", "y"]), up.rows
    (True, 2)
    """
    said = f"to_json({{{', '.join(f'{literal(c)}: {ident(c)}' for c in columns)}}})"
    found = con.execute(
        f"SELECT count(*), coalesce(bit_xor(md5_number({said}::VARCHAR)), 0) FROM ({rows})"
    ).fetchall()
    return Sum(found[0][0], f"{found[0][1]:032x}")


def view_sums(view: "View") -> dict[str, Sum]:
    """The sum of each class and relation that the view has anything of."""
    return {name: row_sum(view.con, rows, columns) for name, rows, columns in view_rows(view, [])}


def view_digest(view: "View") -> str:
    """One digest of all that the view says, `sha256:…`."""
    said = [f"{name}={s.rows}/{s.digest}" for name, s in sorted(view_sums(view).items())]
    return "sha256:" + hashlib.sha256("\n".join(said).encode()).hexdigest()


def view_rows(view: "View", places: Sequence[str]) -> Iterator[tuple[str, str, list[str]]]:
    """Class or relation, the query that gives its rows, and its columns: `id` and values, or
    `from, to, eid` and values; `places` are columns of provenance to add. Several values of one
    property are sorted: they are a set.
    """
    for name in view.entity_counts():
        values = value_columns(view.schema.classes[name])
        columns = ["id", *(c for c, _ in values), "extra"]
        sets = [
            f"list_sort(list_distinct({ident(c)})) AS {ident(c)}"
            for c, t in values
            if t.endswith("[]")
        ]
        swap = f" REPLACE ({', '.join(sets)})" if sets else ""
        yield name, f"SELECT *{swap} FROM {ident('n_' + name)}", [*columns, *places]
    for name in view.relation_counts():
        kind: Relation = view.schema.relations[name]
        columns = ["from", "to", "eid", *(c for c, _ in value_columns(kind)), "extra"]
        rows = (
            f'SELECT x.id AS "from", y.id AS "to", r.* FROM {ident("r_" + name)} r'
            " JOIN node x ON x.k = r.f JOIN node y ON y.k = r.t"
        )
        yield name, rows, [*columns, *places]
