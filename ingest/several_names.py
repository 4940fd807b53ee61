"""An id with more than one name in one file: it may be a slip, so the lines are told."""

from collections.abc import Sequence

import duckdb

from graph.record.functions import register
from graph.record.sql import ident
from graph.record.tables import columns_of
from ingest.sheet import Note

TOLD = 5
"""Ids of a file that are told one by one; some lists name their entities anew in each row."""


def notes(con: duckdb.DuckDBPyConnection, tables: Sequence[str]) -> list[Note]:
    """Notes on ids to which the typed entity `tables` of one file give names that differ.

    Names that differ in letter case or blanks only are the same name.
    """
    named = [t for t in tables if "name" in columns_of(con, t)]
    if not named:
        return []
    rows = " UNION ALL ".join(
        f'SELECT id, "row", line, name FROM {ident(t)}'
        " WHERE name IS NOT NULL AND NOT keyless AND NOT mention"
        for t in named
    )
    # Most files have none: this alone is what a large one costs.
    several = f"SELECT id FROM ({rows}) GROUP BY id HAVING min(name) <> max(name)"
    con.execute(f"CREATE OR REPLACE TEMP TABLE several_names AS {several}")
    some = con.execute("SELECT 1 FROM several_names LIMIT 1").fetchall()
    found = _differing(con, rows) if some else []
    con.execute("DROP TABLE several_names")
    count = len({id_ for _, id_, *_ in found})
    told = list(dict.fromkeys(id_ for _, id_, *_ in found))[:TOLD]
    made = [
        Note("ingest.several_names", {"id": i, "name": name, "first": first, "line": at}, line)
        for line, i, name, first, at in found
        if i in told
    ]
    if count > len(told):
        made.append(Note("ingest.more_several_names", {"count": count - len(told)}))
    return made


def _differing(con: duckdb.DuckDBPyConnection, rows: str) -> list[tuple[int, str, str, str, int]]:
    """(line, id, name, first name, its line) of each name that is not the first one of its id."""
    register(con)
    return con.execute(
        f"WITH said AS (SELECT *, normalise_name(name) AS form FROM ({rows})"
        "  WHERE id IN (FROM several_names)),"
        ' first AS (SELECT id, arg_min(name, "row") AS name, arg_min(form, "row") AS form,'
        '  arg_min(line, "row") AS line FROM said GROUP BY id)'
        ' SELECT min(s.line), s.id, arg_min(s.name, s."row"), any_value(f.name), any_value(f.line)'
        " FROM said s JOIN first f USING (id) WHERE s.form <> f.form"
        ' GROUP BY s.id, s.form ORDER BY min(s."row"), s.form'
    ).fetchall()
