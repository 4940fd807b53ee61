"""Finding what was changed by hand: every value read back, and compared with the digest beside it.

What does not agree with its digest loses it, so that the push that follows takes it for changed.
"""

from typing import TYPE_CHECKING

from graph.neo4j import marks
from graph.neo4j.read import rows
from graph.neo4j.statements import MARK, labels_of, properties, quoted
from graph.neo4j.write import Writer
from graph.record.sql import ident, literals
from graph.schema import EntityClass, Relation, Schema

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa
    from neo4j import Driver

    from graph.record.view import View

EDITED = -1
"""The digest of what was changed by hand: no row has it."""


def unmark(view: "View", driver: "Driver", database: str | None, writer: Writer) -> None:
    """Sets the digest of all nodes and relations of ours that are not what it says."""
    done = 0
    for name, batch in rows(driver, database, view.schema):
        kind = _kind(view.schema, name)
        done += batch.num_rows
        writer.tell(f"{name} {done}")
        if kind is None:
            sql = f"SELECT id, {ident(MARK)} FROM read_back WHERE {ident(MARK)} IS NOT NULL"
        elif isinstance(kind, EntityClass):
            sql = f"SELECT id, {ident(MARK)} FROM read_back WHERE {_edited(kind)}"
        else:
            sql = f'SELECT "from", "to", {ident(MARK)} FROM read_back WHERE {_edited(kind)}'
        found = _query(view.con, batch, sql)
        if found:
            if isinstance(kind, Relation):
                match = (
                    f"MATCH (:Entity {{id: row[0]}})-[x:{quoted(name)} {{{MARK}: row[2]}}]->"
                    "(:Entity {id: row[1]})"
                )
            else:
                match = "MATCH (x:Entity {id: row[0]})"
            statement = f"UNWIND $rows AS row {match} SET x.{MARK} = {EDITED}"
            writer.batch([statement], found, "properties_set")


def _kind(schema: Schema, name: str) -> EntityClass | Relation | None:
    kind = schema.classes.get(name)
    if kind is not None:
        return None if kind.abstract else kind
    return schema.relations[name]


def _edited(kind: EntityClass | Relation) -> str:
    """SQL that is true of rows that a push wrote and that are not as it wrote them."""
    digest = marks.digest_sql(kind, properties(kind))
    wrong = f"odd IS NOT NULL OR {ident(MARK)} <> {digest}"
    if isinstance(kind, EntityClass):
        known = sorted(labels_of(kind))
        wrong += f" OR labels <> list_value{literals(known)}"
    return f"{ident(MARK)} IS NOT NULL AND ({wrong})"


def _query(
    con: "duckdb.DuckDBPyConnection", batch: "pa.RecordBatch", sql: str
) -> list[list[object]]:
    import pyarrow as pa

    con.register("read_back", pa.Table.from_batches([batch]))
    try:
        return [list(row) for row in con.execute(sql).fetchall()]
    finally:
        con.unregister("read_back")
