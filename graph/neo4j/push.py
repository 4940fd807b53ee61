"""Writing the view into a property graph by Bolt: a Neo4j server, or the embedded engine.

Every node has the label `Entity` beside its class and the class's superclasses, and `type`, its
most specific class. What others keep in the database has no such label and is left alone. The same
statements go to both engines; labels, types and property names come from the ontology, everything
else is a parameter.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from graph.neo4j.server import Server, reach
from graph.record.sql import ident
from graph.record.tables import value_columns
from graph.schema import EntityClass, Relation, Schema

if TYPE_CHECKING:
    from neo4j import Driver, ManagedTransaction, Session

    from graph.record.view import View

BATCH = 5_000
LARGEST = 4_000_000
"""Characters in a batch: both engines refuse messages beyond some megabytes."""

PROVENANCE = ("extra", "source", "file", "line")
Progress = Callable[[str], None]
Row = list[Any]


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
            write = Nodes(kind, schema, fresh)
            done = 0
            for rows in batches(view, _entity_sql(kind)):
                nodes_created += session.execute_write(write, rows)
                done += len(rows)
                tell(f"{name} {done}/{total}")
        for name, total in relations.items():
            relation = schema.relations[name]
            connect = Relations(relation, fresh)
            done = 0
            for rows in batches(view, _relation_sql(relation)):
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


class Nodes:
    """The statements that write rows `[id, property…]` of one class, as a unit of work."""

    def __init__(self, kind: EntityClass, schema: Schema, fresh: bool) -> None:
        names = [*_columns(kind), *PROVENANCE]
        labels = "".join(f":{quoted(name)}" for name in labels_of(kind))
        values = _map(names, 1, first=f"type: {_text(kind.name)}")
        if fresh:
            values = _map(names, 1, first=f"id: row[0], type: {_text(kind.name)}")
            self.statements = [f"UNWIND $rows AS row CREATE (n{labels} {values})"]
        else:
            others = "".join(f":{quoted(c)}" for c in schema.classes if c not in labels_of(kind))
            foreign = {c for k in schema.classes.values() for c in _columns(k)} - set(names)
            emptied = ", ".join(f"{quoted(name)}: null" for name in sorted(foreign))
            self.statements = [
                "UNWIND $rows AS row MATCH (n:Entity {id: row[0]})"
                f" WHERE n.type <> {_text(kind.name)} REMOVE n{others} SET n += {{{emptied}}}",
                f"UNWIND $rows AS row MERGE (n:Entity {{id: row[0]}}) SET n{labels}, n += {values}",
            ]

    def __call__(self, tx: "ManagedTransaction", rows: list[Row]) -> int:
        """Writes rows; returns how many nodes were new."""
        return sum(tx.run(s, rows=rows).consume().counters.nodes_created for s in self.statements)


class Relations:
    """The statements that write rows `[from, to, eid, attribute…]` of one relation.

    Parallel relations between two nodes are told apart by `eid`.
    """

    def __init__(self, kind: Relation, fresh: bool) -> None:
        names = ["eid", *_columns(kind), *PROVENANCE, "claims"]
        values, label = _map(names, 2), quoted(kind.name)
        ends = "UNWIND $rows AS row MATCH (a:Entity {id: row[0]}) MATCH (b:Entity {id: row[1]})"
        same = "coalesce(r.eid, '') = coalesce(row[2], '')"
        create = f"CREATE (a)-[:{label} {values}]->(b)"
        if fresh:
            self.statements = [f"{ends} {create}"]
        else:
            self.statements = [
                f"{ends} MATCH (a)-[r:{label}]->(b) WHERE {same} SET r += {values}",
                f"{ends} WITH row, a, b WHERE NOT EXISTS"
                f" {{ MATCH (a)-[r:{label}]->(b) WHERE {same} }} {create}",
            ]

    def __call__(self, tx: "ManagedTransaction", rows: list[Row]) -> int:
        """Writes rows; returns how many relations were new."""
        counters = [tx.run(s, rows=rows).consume().counters for s in self.statements]
        return sum(c.relationships_created for c in counters)


def labels_of(kind: EntityClass) -> tuple[str, ...]:
    """The labels of a class's nodes, from `Entity` down to the class."""
    return ("Entity", *(a for a in reversed(kind.ancestors) if a != "Entity"), kind.name)


def quoted(name: str) -> str:
    """A label, type or property name as Cypher writes it.

    >>> quoted("PROVIDES"), quoted("a`b")
    ('`PROVIDES`', '`a``b`')
    """
    return "`" + name.replace("`", "``") + "`"


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


def _columns(kind: EntityClass | Relation) -> list[str]:
    return [name for name, _ in value_columns(kind)]


def _entity_sql(kind: EntityClass) -> str:
    listed = ", ".join(ident(c) for c in ["id", *_columns(kind), *PROVENANCE])
    return f"SELECT {listed} FROM {ident('n_' + kind.name)} ORDER BY id"


def _relation_sql(kind: Relation) -> str:
    listed = ", ".join(f"r.{ident(c)}" for c in ["eid", *_columns(kind), *PROVENANCE, "claims"])
    return (
        f"SELECT x.id, y.id, {listed} FROM {ident('r_' + kind.name)} r"
        " JOIN node x ON x.k = r.f JOIN node y ON y.k = r.t ORDER BY x.id, y.id, r.eid NULLS FIRST"
    )


def _map(names: Sequence[str], start: int, first: str = "") -> str:
    """A Cypher map that takes its values from the places of `row` from `start` on."""
    parts = [f"{quoted(name)}: row[{i}]" for i, name in enumerate(names, start)]
    return "{" + ", ".join([first, *parts] if first else parts) + "}"


def _text(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
