"""Reading back what a push wrote, or others put in its place: rows of every class and relation.

The driver takes longer over a record than over what is in it, so a page of nodes comes as one
record, with the relations that leave them.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from graph.neo4j.columns import batch, entity_columns, relation_columns
from graph.neo4j.statements import MARK
from graph.schema import Schema

if TYPE_CHECKING:
    import pyarrow as pa
    from neo4j import Driver, Session

    Page = list[tuple[str, list[str], dict[str, Any], list[list[Any]] | None]]

PAGE = 2_000
"""Nodes in a page."""

HEAVY = 20_000
"""Relations of a node beyond which they are not sent with it, but on their own."""

GATHERED = 10_000
"""Rows of a class or relation that make a batch."""

NODELESS = "Entity"

_NODES = (
    "MATCH (n:Entity) WHERE n.id > $last WITH n ORDER BY n.id LIMIT $page"
    " RETURN collect([n.id, labels(n), properties(n),"
    " CASE WHEN COUNT { (n)-->() } <= $heavy"
    " THEN [(n)-[r]->(m:Entity) | [type(r), m.id, properties(r)]] END])"
)
_ALONE = (
    "MATCH (n:Entity {id: $id})-[r]->(m:Entity) RETURN type(r), m.id, properties(r)"
    " ORDER BY type(r), m.id"
)
_ODD = (
    "MATCH (n:Entity) WHERE n.id IS NULL OR NOT n.id IS :: STRING OR n.id = ''"
    " RETURN labels(n), properties(n)"
)


def rows(
    driver: "Driver", database: str | None, schema: Schema
) -> "Iterator[tuple[str, pa.RecordBatch]]":
    """Everything that the label `Entity` marks, in batches: the name of a class or relation, rows.

    Entities have `id`, the class's properties, `extra`, `source, file, line`, `_digest`, `odd`,
    `others` and `labels` (those that the ontology knows, sorted); relations between entities
    `from, to, eid`, the attributes, `extra`, `claims`, `source, file, line`, `_digest`, `odd`,
    `others`. Types are those of the record. `odd` is JSON of values that do not fit their column
    (which is null then), `others` JSON of properties that the ontology does not know. `_digest` is
    null in what no push has written. The class is what the node's `type` says; nodes whose `type`
    is no class or no label of theirs, or that have no text as `id`, come as `Entity`: `id`,
    `_digest`, `labels`, and all else in `others`. Relations of a type that the ontology does not
    know are left out. Nodes come ordered by id, batches of classes and relations mixed.

    Memory is bounded by some pages, whatever the size. Without an index on `Entity(id)`, which a
    push makes, each page costs a look at all nodes. The driver's errors come through: see
    `graph.neo4j.server.reach`.
    """
    gathered: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    with driver.session(database=database, default_access_mode="READ") as session:
        for page in _pages(session):
            for key, labels, values, relations in page:
                name = _class_of(labels, values, schema)
                gathered[name].append({**values, "labels": _known(labels, schema)})
                if relations is None:
                    relations = [list(r.values()) for r in session.run(_ALONE, id=key)]
                for kind, other, said in relations:
                    if kind in schema.relations and isinstance(other, str):
                        gathered[kind].append({**said, "from": key, "to": other})
            for name in [n for n, some in gathered.items() if len(some) >= GATHERED]:
                yield name, _batch(name, gathered.pop(name), schema)
        for labels, values in session.run(_ODD):
            gathered[NODELESS].append({**values, "labels": _known(labels, schema)})
    for name, some in sorted(gathered.items()):
        yield name, _batch(name, some, schema)


def _pages(session: "Session") -> "Iterator[Page]":
    last = ""
    while True:
        answer = session.run(_NODES, last=last, page=PAGE, heavy=HEAVY).single(strict=True)
        page: Page = [tuple(row) for row in answer[0]]
        if not page:
            return
        yield page
        last = page[-1][0]


def _class_of(labels: list[str], values: dict[str, Any], schema: Schema) -> str:
    name = values.get("type")
    kind = schema.classes.get(name) if isinstance(name, str) else None
    return kind.name if kind and not kind.abstract and kind.name in labels else NODELESS


def _known(labels: list[str], schema: Schema) -> list[str]:
    return sorted(label for label in labels if label in schema.classes)


def _batch(name: str, found: list[dict[str, Any]], schema: Schema) -> "pa.RecordBatch":
    if name in schema.relations:
        return batch(relation_columns(schema.relations[name]), found, ())
    labels = ("labels", "VARCHAR[]")
    if name == NODELESS:
        return batch([("id", "VARCHAR"), (MARK, "BIGINT"), labels], found, ())
    return batch([*entity_columns(schema.classes[name]), labels], found, ("type",))
