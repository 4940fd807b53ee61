"""Writing the view into a property graph by Bolt: a Neo4j server, or the embedded engine.

Every node has the label `Entity` beside its class and the class's superclasses, and `type`, its
most specific class. What others keep in the database has no such label and is left alone. The same
statements go to both engines.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from graph.neo4j.server import Server, reach
from graph.neo4j.statements import Nodes, Relations, Row, properties, quoted
from graph.record.sql import ident
from graph.schema import EntityClass, Relation, Schema

if TYPE_CHECKING:
    from neo4j import Driver, Session

    from graph.record.view import View

BATCH = 5_000
LARGEST = 4_000_000
"""Characters in a batch: both engines refuse messages beyond some megabytes."""

Progress = Callable[[str], None]


@dataclass(frozen=True)
class PushResult:
    """What a push has made, how much the view has, and what the database has beyond it.

    Beyond is what an earlier push wrote and the record has no longer; it stays.
    """

    nodes_created: int
    nodes: int
    nodes_beyond: int
    relations_created: int
    relations: int
    relations_beyond: int

    def counts(self) -> dict[str, int]:
        return asdict(self)


def push_to(view: "View", server: Server, *, progress: Progress | None = None) -> PushResult:
    """Pushes the view to a server; raises as `reach` does."""
    with reach(server) as driver:
        return push(view, driver, server.database, progress=progress)


def push(
    view: "View",
    driver: "Driver",
    database: str | None = None,
    *,
    progress: Progress | None = None,
) -> PushResult:
    """Writes the view. What is there already is brought up to date; a second push adds nothing.

    Entities and relations that the record no longer has stay in the database. Each batch is a
    transaction of its own: a push that was cut off is completed by the next.
    """
    tell = progress or (lambda text: None)
    schema = view.schema
    entities, relations = view.entity_counts(), view.relation_counts()
    nodes_created = relations_created = 0
    with driver.session(database=database) as session:
        _constrain(session)
        fresh = session.run("MATCH (n:Entity) RETURN count(n) = 0 AS fresh").single(strict=True)[0]
        for name, total in entities.items():
            kind = schema.classes[name]
            used = _used(view, kind, "n_" + name)
            write = Nodes(kind, used, schema, fresh)
            done = 0
            for rows in batches(view, _entity_sql(kind, used)):
                nodes_created += session.execute_write(write, rows)
                done += len(rows)
                tell(f"{name} {done}/{total}")
        for name, total in relations.items():
            relation = schema.relations[name]
            used = _used(view, relation, "r_" + name)
            connect = Relations(relation, used, fresh)
            done = 0
            for rows in batches(view, _relation_sql(relation, used)):
                relations_created += session.execute_write(connect, rows)
                done += len(rows)
                tell(f"{name} {done}/{total}")
        there = (nodes_created, relations_created) if fresh else _there(session, schema)
    nodes, links = sum(entities.values()), sum(relations.values())
    return PushResult(
        nodes_created,
        nodes,
        there[0] - nodes,
        relations_created,
        links,
        there[1] - links,
    )


def batches(view: "View", sql: str) -> Iterator[list[Row]]:
    """The rows of a query on the view, some thousands at a time, each batch of a bounded size."""
    cursor = view.con.execute(sql)
    while rows := cursor.fetchmany(BATCH):
        yield from _bounded([list(row) for row in rows])


def _bounded(rows: list[Row]) -> Iterator[list[Row]]:
    size = sum(len(value) for row in rows for value in row if isinstance(value, str))
    if size <= LARGEST or len(rows) == 1:
        yield rows
    else:
        half = len(rows) // 2
        yield from _bounded(rows[:half])
        yield from _bounded(rows[half:])


def _constrain(session: "Session") -> None:
    session.run(
        "CREATE CONSTRAINT entity_id IF NOT EXISTS FOR (n:Entity) REQUIRE n.id IS UNIQUE"
    ).consume()
    agent = session.run("RETURN 1").consume().server.agent
    if "ArcadeDB" not in agent:
        session.run("CALL db.awaitIndexes(300)").consume()


def _there(session: "Session", schema: Schema) -> tuple[int, int]:
    """How many nodes and relations of ours the database holds."""
    [nodes] = session.run("MATCH (n:Entity) RETURN count(n)").single(strict=True)
    relations = 0
    for name in schema.relations:
        query = f"MATCH (:Entity)-[r:{quoted(name)}]->() RETURN count(r)"
        relations += session.run(query).single(strict=True)[0]
    return nodes, relations


def _used(view: "View", kind: EntityClass | Relation, table: str) -> list[str]:
    """The properties that some entity or relation of a kind has."""
    names = properties(kind)
    counted = ", ".join(f"count({ident(name)})" for name in names)
    row = view.con.execute(f"SELECT {counted} FROM {ident(table)}").fetchone()
    return [name for name, count in zip(names, row or (), strict=True) if count]


def _entity_sql(kind: EntityClass, used: list[str]) -> str:
    listed = ", ".join(ident(c) for c in ["id", *used])
    return f"SELECT {listed} FROM {ident('n_' + kind.name)} ORDER BY id"


def _relation_sql(kind: Relation, used: list[str]) -> str:
    listed = ", ".join(f"r.{ident(c)}" for c in ["eid", *used])
    return (
        f"SELECT x.id, y.id, {listed} FROM {ident('r_' + kind.name)} r"
        " JOIN node x ON x.k = r.f JOIN node y ON y.k = r.t ORDER BY x.id, y.id, r.eid NULLS FIRST"
    )
