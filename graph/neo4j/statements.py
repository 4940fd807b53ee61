"""The Cypher that writes rows of the view. Labels, types and property names come from the ontology.

Rows are lists, and each statement takes a property from its place in the row. Columns that are
empty throughout are not sent: on a first push they are left out, later they are set to null.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from graph.record.tables import value_columns
from graph.schema import EntityClass, Relation, Schema

if TYPE_CHECKING:
    from neo4j import ManagedTransaction

Row = list[Any]

PROVENANCE = ("extra", "source", "file", "line")
ENDS = "UNWIND $rows AS row MATCH (a:Entity {id: row[0]}) MATCH (b:Entity {id: row[1]})"
SAME = "coalesce(r.eid, '') = coalesce(row[2], '')"


def properties(kind: EntityClass | Relation) -> list[str]:
    """The names of all properties that nodes or relations of a kind may have, in order."""
    own = [name for name, _ in value_columns(kind)]
    return [*own, *PROVENANCE] if isinstance(kind, EntityClass) else [*own, *PROVENANCE, "claims"]


class Nodes:
    """Writes rows `[id, used…]` of one class, as a unit of work of one transaction."""

    def __init__(self, kind: EntityClass, used: Sequence[str], schema: Schema, fresh: bool) -> None:
        names, labels = labels_of(kind), "".join(f":{quoted(c)}" for c in labels_of(kind))
        fixed = f"type: {_text(kind.name)}"
        if fresh:
            values = _map(used, 1, (), f"id: row[0], {fixed}")
            self.statements = [f"UNWIND $rows AS row CREATE (n{labels} {values})"]
            return
        unused = [name for name in properties(kind) if name not in used]
        foreign = {name for k in schema.classes.values() for name in properties(k)}
        others = "".join(f":{quoted(c)}" for c in schema.classes if c not in names)
        self.statements = [
            "UNWIND $rows AS row MATCH (n:Entity {id: row[0]})"
            f" WHERE n.type <> {_text(kind.name)} REMOVE n{others}"
            f" SET n += {_map((), 1, sorted(foreign - set(properties(kind))))}",
            "UNWIND $rows AS row MERGE (n:Entity {id: row[0]})"
            f" SET n{labels}, n += {_map(used, 1, unused, fixed)}",
        ]

    def __call__(self, tx: "ManagedTransaction", rows: list[Row]) -> int:
        """Writes rows; returns how many nodes were new."""
        return sum(tx.run(s, rows=rows).consume().counters.nodes_created for s in self.statements)


class Relations:
    """Writes rows `[from, to, eid, used…]` of one relation, as a unit of work of one transaction.

    Parallel relations between two nodes are told apart by `eid`.
    """

    def __init__(self, kind: Relation, used: Sequence[str], fresh: bool) -> None:
        label = quoted(kind.name)
        unused = [name for name in properties(kind) if name not in used]
        create = f"CREATE (a)-[:{label} {_map(used, 3, (), 'eid: row[2]')}]->(b)"
        if fresh:
            self.statements = [f"{ENDS} {create}"]
            return
        self.statements = [
            f"{ENDS} MATCH (a)-[r:{label}]->(b) WHERE {SAME} SET r += {_map(used, 3, unused)}",
            f"{ENDS} WITH row, a, b WHERE NOT EXISTS"
            f" {{ MATCH (a)-[r:{label}]->(b) WHERE {SAME} }} {create}",
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


def _map(used: Sequence[str], start: int, unused: Sequence[str], first: str = "") -> str:
    """A map with the places of `row` from `start` on for `used`, and null for `unused`."""
    parts = [first] if first else []
    parts += [f"{quoted(name)}: row[{i}]" for i, name in enumerate(used, start)]
    parts += [f"{quoted(name)}: null" for name in unused]
    return "{" + ", ".join(parts) + "}"


def _text(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
