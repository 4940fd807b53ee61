"""The Cypher that writes rows of the view. Labels, types and property names come from the ontology.

Rows are lists, and each statement takes a property from its place in the row. Columns that are
empty throughout are not sent: new rows lack them, changed ones have them set to null. With `marked`
the last place of a row is its digest (`graph.neo4j.marks`).
"""

from collections.abc import Sequence
from typing import Any

from graph.record.tables import value_columns
from graph.schema import EntityClass, Relation, Schema

Row = list[Any]

MARK = "_digest"
"""The property by which a push knows what it wrote; see `graph.neo4j.marks`."""

PROVENANCE = ("extra", "source", "file", "line")
ENDS = "UNWIND $rows AS row MATCH (a:Entity {id: row[0]}) MATCH (b:Entity {id: row[1]})"


LEFT = (
    "UNWIND $rows AS row MATCH (n:Entity) WHERE elementId(n) = row[0]"
    f" AND n.{MARK} = row[1] RETURN coalesce(n.id, '')"
)
"""The ids of those nodes of rows `[element id, digest]` that are still there."""


def properties(kind: EntityClass | Relation) -> list[str]:
    """The names of all properties that nodes or relations of a kind may have, in order."""
    own = [name for name, _ in value_columns(kind)]
    return [*own, *PROVENANCE] if isinstance(kind, EntityClass) else [*own, *PROVENANCE, "claims"]


def create_nodes(kind: EntityClass, used: Sequence[str], *, marked: bool) -> str:
    """Makes nodes of rows `[id, used…]`."""
    labels = "".join(f":{quoted(c)}" for c in labels_of(kind))
    names = [*used, MARK] if marked else used
    return (
        f"UNWIND $rows AS row CREATE (n{labels}"
        f" {_map(names, 1, (), f'id: row[0], type: {_text(kind.name)}')})"
    )


def update_nodes(kind: EntityClass, used: Sequence[str], schema: Schema) -> list[str]:
    """Brings nodes to rows `[id, used…, digest]`, whatever class they had.

    What others have added, labels and properties that the ontology does not know, stays.
    """
    names = labels_of(kind)
    wrong = [c for c in schema.classes if c not in names]
    others = "".join(f":{quoted(c)}" for c in wrong)
    known = {name for k in schema.classes.values() for name in properties(k)}
    unused = [name for name in properties(kind) if name not in used]
    labels = "".join(f":{quoted(c)}" for c in names)
    return [
        "UNWIND $rows AS row MATCH (n:Entity {id: row[0]})"
        f" WHERE any(l IN labels(n) WHERE l IN {[str(c) for c in wrong]}) REMOVE n{others}"
        f" SET n += {_map((), 1, sorted(known - set(properties(kind))))}",
        "UNWIND $rows AS row MATCH (n:Entity {id: row[0]})"
        f" SET n{labels}, n += {_map([*used, MARK], 1, unused, f'type: {_text(kind.name)}')}",
    ]


def remove_nodes(*, detach: bool) -> str:
    """Removes nodes of rows `[element id, digest]`; without `detach` only those without relations.

    An element id alone could meanwhile be another's.
    """
    bare = "" if detach else " AND NOT EXISTS { (n)--() }"
    return (
        f"UNWIND $rows AS row MATCH (n:Entity) WHERE elementId(n) = row[0] AND n.{MARK} = row[1]"
        f"{bare} {'DETACH ' if detach else ''}DELETE n"
    )


def create_relations(kind: Relation, used: Sequence[str], *, marked: bool) -> str:
    """Makes relations of rows `[from, to, eid, used…]`."""
    names = ["eid", *used, MARK] if marked else ["eid", *used]
    return f"{ENDS} CREATE (a)-[:{quoted(kind.name)} {_map(names, 2, ())}]->(b)"


def update_relations(kind: Relation, used: Sequence[str]) -> str:
    """Brings relations to rows `[element id, digest as it was, used…, digest]`."""
    unused = [name for name in properties(kind) if name not in used]
    return (
        f"UNWIND $rows AS row MATCH ()-[r:{quoted(kind.name)}]->() WHERE elementId(r) = row[0]"
        f" AND r.{MARK} = row[1] SET r += {_map([*used, MARK], 2, unused)}"
    )


def remove_relations(name: str) -> str:
    """Removes relations of rows `[element id, digest]`."""
    return (
        f"UNWIND $rows AS row MATCH ()-[r:{quoted(name)}]->() WHERE elementId(r) = row[0]"
        f" AND r.{MARK} = row[1] DELETE r"
    )


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
