"""What a push has to do: which rows to make, which to change, what to remove.

Rows whose digest the database has are left. A row that it has with another digest under the same
key (`id`; of relations both ends and `eid`) is changed; whatever else it has of ours is lost.
"""

from typing import TYPE_CHECKING

import duckdb

from graph.neo4j import marks
from graph.neo4j.statements import properties
from graph.record.sql import ident, literal
from graph.schema import EntityClass, Relation

if TYPE_CHECKING:
    from neo4j import Session

    from graph.record.view import View


def used(view: "View", kind: EntityClass | Relation) -> list[str]:
    """The properties that some entity or relation of a kind has."""
    names = properties(kind)
    counted = ", ".join(f"count({ident(name)})" for name in names)
    [row] = view.con.execute(f"SELECT {counted} FROM {ident(_table(kind))}").fetchall()
    return [name for name, count in zip(names, row, strict=True) if count]


def rows_sql(kind: EntityClass | Relation) -> str:
    """All rows of the view: `id`, or `from` and `to`, the columns of its table, and `rid`."""
    if isinstance(kind, EntityClass):
        return f"SELECT *, rowid AS rid FROM {ident(_table(kind))}"
    return (
        f'SELECT x.id AS "from", y.id AS "to", r.*, r.rowid AS rid FROM {ident(_table(kind))} r'
        " JOIN node x ON x.k = r.f JOIN node y ON y.k = r.t"
    )


def of_entities(view: "View", session: "Session", columns: dict[str, list[str]]) -> None:
    """Makes `todo(name, rid, d, element, old)` and `lost(element, d, type)` of all nodes.

    In `todo` a row without `element` is to be made. `columns` are those used, by class.
    """
    con = view.con
    _mine(con, [(view.schema.classes[name], used) for name, used in columns.items()])
    marks.differing(con, session, marks.Target.nodes())
    parts = [
        f"SELECT c.*, n.id AS a, NULL AS b, NULL AS c FROM changed c JOIN {ident('n_' + name)} n"
        f" ON n.rowid = c.rid WHERE c.name = {literal(name)}"
        for name in columns
    ]
    _match(con, parts)
    new = con.execute("SELECT a FROM keyed WHERE element IS NULL ORDER BY a").fetchall()
    marks.adopted(con, session, [key for (key,) in new])
    _match(con, parts)


def of_relations(view: "View", session: "Session", name: str, columns: list[str] | None) -> None:
    """The same of one type of relation; `columns` is None where the view has none of it."""
    con = view.con
    known = view.schema.relations.get(name) if columns is not None else None
    _mine(con, [(known, columns or [])] if known else [])
    marks.differing(con, session, marks.Target.relations(name))
    parts = []
    if known:
        parts = [
            "SELECT c.*, x.id AS a, y.id AS b, r.eid AS c FROM changed c"
            f" JOIN {ident('r_' + name)} r ON r.rowid = c.rid"
            " JOIN node x ON x.k = r.f JOIN node y ON y.k = r.t"
        ]
    _match(con, parts)


def _mine(
    con: duckdb.DuckDBPyConnection, kinds: "list[tuple[EntityClass | Relation, list[str]]]"
) -> None:
    con.execute("CREATE OR REPLACE TEMP TABLE mine(name VARCHAR, rid BIGINT, d BIGINT)")
    for kind, columns in kinds:
        digest = marks.digest_sql(kind, columns)
        con.execute(
            f"INSERT INTO mine SELECT {literal(kind.name)}, rid, {digest} FROM ({rows_sql(kind)})"
        )


def _match(con: duckdb.DuckDBPyConnection, parts: list[str]) -> None:
    """Pairs what differs by key; of several with one key in the database the first is kept."""
    empty = (
        "SELECT NULL::VARCHAR AS name, NULL::BIGINT AS rid, NULL::BIGINT AS d,"
        " NULL::VARCHAR AS a, NULL::VARCHAR AS b, NULL::VARCHAR AS c WHERE false"
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE keyed AS"
        f" SELECT m.*, t.element, t.d AS old FROM ({' UNION ALL '.join([empty, *parts])}) m"
        " LEFT JOIN (SELECT *, row_number() OVER (PARTITION BY a, b, c ORDER BY element) AS nth"
        " FROM theirs) t ON t.nth = 1 AND t.a = m.a AND t.b IS NOT DISTINCT FROM m.b"
        " AND t.c IS NOT DISTINCT FROM m.c"
    )
    con.execute("CREATE OR REPLACE TEMP TABLE todo AS SELECT name, rid, d, element, old FROM keyed")
    con.execute(
        "CREATE OR REPLACE TEMP TABLE lost AS SELECT element, d, type FROM theirs"
        " WHERE d IS NOT NULL AND element NOT IN"
        " (SELECT element FROM keyed WHERE element IS NOT NULL)"
    )


def _table(kind: EntityClass | Relation) -> str:
    return ("n_" if isinstance(kind, EntityClass) else "r_") + kind.name
