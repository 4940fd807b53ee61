"""The record's tables: a few of its own, and one per class and per relation, made on first use.

A claim is one row of a class or relation table: what one line of one file says. It is open from
run `r_from` until run `r_to`; an open one has `r_to = OPEN`.
"""

from collections.abc import Collection

import duckdb

from graph.record.sql import ident
from graph.schema import EntityClass, Relation

OPEN = 2147483647
FORMAT = 1

OWN_TABLES = f"""
CREATE TABLE IF NOT EXISTS meta(key VARCHAR, value VARCHAR);
CREATE TABLE IF NOT EXISTS run(r INTEGER, command VARCHAR, started TIMESTAMP);
CREATE TABLE IF NOT EXISTS node_key(k INTEGER, id VARCHAR, keyless BOOLEAN);
CREATE TABLE IF NOT EXISTS source_version(
  sv INTEGER, source VARCHAR, file VARCHAR, root VARCHAR, sha256 VARCHAR, kind VARCHAR,
  mapping VARCHAR, mapping_digest VARCHAR, ontology_digest VARCHAR,
  "read" BIGINT, rejected BIGINT, digest VARCHAR,
  r_from INTEGER, r_to INTEGER DEFAULT {OPEN});
CREATE TABLE IF NOT EXISTS rejects(
  sv INTEGER, sheet VARCHAR, line INTEGER, field VARCHAR, raw VARCHAR,
  key VARCHAR, "values" VARCHAR, cells VARCHAR);
CREATE TABLE IF NOT EXISTS same_as(
  a INTEGER, b INTEGER, verdict VARCHAR, judge VARCHAR, why VARCHAR,
  sv INTEGER, line INTEGER, r_from INTEGER, r_to INTEGER);
"""

ENTITY_FIXED = (
    ("k", "INTEGER"),
    ("mention", "BOOLEAN"),
)
RELATION_FIXED = (
    ("f", "INTEGER"),
    ("t", "INTEGER"),
    ("eid", "VARCHAR"),
)
PROVENANCE = (
    ("extra", "VARCHAR"),
    ("sv", "INTEGER"),
    ("line", "INTEGER"),
    ("r_from", "INTEGER"),
    ("r_to", "INTEGER"),
)


def open_at(run: int | None, alias: str = "") -> str:
    """SQL that is true of what is open at `run` (None: now), for a table known as `alias`.

    >>> open_at(None), open_at(3, "e")
    ('r_to = 2147483647', 'e.r_from <= 3 AND e.r_to > 3')
    """
    dot = alias and alias + "."
    if run is None:
        return f"{dot}r_to = {OPEN}"
    return f"{dot}r_from <= {int(run)} AND {dot}r_to > {int(run)}"


def claim_table(kind: EntityClass | Relation) -> str:
    """The name of the table of a class's or relation's claims."""
    return ("e_" if isinstance(kind, EntityClass) else "c_") + kind.name


def value_columns(kind: EntityClass | Relation) -> list[tuple[str, str]]:
    """The typed columns of a class or relation, in the ontology's order."""
    terms = kind.properties if isinstance(kind, EntityClass) else kind.attributes
    return [column for term in terms for column in term.columns]


def ensure(
    con: duckdb.DuckDBPyConnection, kind: EntityClass | Relation, given: Collection[str]
) -> str:
    """Makes the claim table, or adds the columns that it lacks; returns its name.

    A table has the value columns that any file gave so far (`given` now): columns of nothing but
    NULL cost a third of the time to write.
    """
    fixed = ENTITY_FIXED if isinstance(kind, EntityClass) else RELATION_FIXED
    table = claim_table(kind)
    values = [column for column in value_columns(kind) if column[0] in given]
    wanted = [*fixed, *values, *PROVENANCE]
    columns = ", ".join(f"{ident(name)} {kind_}" for name, kind_ in wanted)
    con.execute(f"CREATE TABLE IF NOT EXISTS {ident(table)} ({columns})")
    have = set(columns_of(con, table))
    for name, type_ in wanted:
        if name not in have:
            con.execute(f"ALTER TABLE {ident(table)} ADD COLUMN {ident(name)} {type_}")
    return table


def columns_of(con: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    rows = con.execute(f"SELECT name FROM pragma_table_info('{ident(table)}')").fetchall()
    return [row[0] for row in rows]


def claim_tables(con: duckdb.DuckDBPyConnection, prefix: str) -> list[str]:
    """The claim tables that exist: `e_` for classes, `c_` for relations, sorted."""
    rows = con.execute(
        "SELECT table_name FROM duckdb_tables() WHERE NOT temporary AND starts_with(table_name, ?)"
        " ORDER BY table_name",
        [prefix],
    ).fetchall()
    return [row[0] for row in rows]
