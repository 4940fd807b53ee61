"""A database that anybody made, as tables: the nodes of each set of labels, each type's relations.

A table of nodes is called after its labels, sorted and joined by colons; where all of them that the
ontology knows are a class and the classes above it, after the class and the labels beside it. A
table of relations is called after its type. A row is a node's or relation's properties. `id` is the
element id where a node has no property of that name; `from` and `to` are the ids of a relation's
ends. For a mapping that reads them there are also `from.x` and `to.x`, other properties of the
ends, and `from@` and `to@`, their labels. A relation's own property `from` comes as `.from`.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graph.neo4j.columns import text_of
from graph.neo4j.statements import MARK, quoted
from graph.schema import Schema

if TYPE_CHECKING:
    from neo4j import Driver, Session

Asked = Callable[[str], Sequence[str] | None]
"""The columns of a table that a mapping reads; None where the table is read as one of ours."""

GATHERED = 5_000
ENDS = ("from", "to")
OURS = (MARK, "type", "source", "file", "line", "claims")
"""Properties of what a push wrote that say nothing of the thing itself."""


@dataclass(frozen=True)
class Table:
    """One table. `labels` are the sets of labels that its nodes have."""

    driver: "Driver"
    database: str | None
    name: str
    relation: bool
    asked: Sequence[str] | None
    count: int
    labels: tuple[tuple[str, ...], ...] = ()

    def batches(self) -> Iterator[list[str]]:
        """The rows, each the JSON text of an object, some thousands at a time."""
        some: list[str] = []
        with self.driver.session(
            database=self.database, default_access_mode="READ", fetch_size=GATHERED
        ) as session:
            for row in self._rows(session):
                some.append(_text(row))
                if len(some) == GATHERED:
                    yield some
                    some = []
        if some:
            yield some

    def headings(self) -> list[str]:
        """The columns, sorted: those that are there for a mapping only left out."""
        found: set[str] = {"from", "to"} if self.relation else {"id"}
        with self.driver.session(database=self.database, default_access_mode="READ") as session:
            for match in self._matches():
                query = f"{match} UNWIND keys(x) AS k RETURN DISTINCT k"
                for (key,) in session.run(query):
                    found.add("." + key if self.relation and key in ENDS else key)
        return sorted(found)

    def _matches(self) -> list[str]:
        """The Cypher that finds what is in the table, as `x`, relations with ends `a` and `b`."""
        if self.relation:
            return [f"MATCH (a)-[x:{quoted(self.name)}]->(b)"]
        return [
            f"MATCH (x{''.join(f':{quoted(label)}' for label in labels)})"
            f" WHERE size(labels(x)) = {len(labels)}"
            for labels in self.labels
        ]

    def _rows(self, session: "Session") -> Iterator[dict[str, Any]]:
        [first, *others] = self._matches()
        if self.relation:
            yield from self._relations(session, first)
            return
        for match in (first, *others):
            for properties, element in session.run(f"{match} RETURN properties(x), elementId(x)"):
                yield {"id": element} | self._plain(properties)

    def _relations(self, session: "Session", match: str) -> Iterator[dict[str, Any]]:
        asked = self.asked or ()
        ends = {end: [c[len(end) + 1 :] for c in asked if c.startswith(end + ".")] for end in ENDS}
        query = (
            f"{match} RETURN properties(x), coalesce(a.id, elementId(a)),"
            " coalesce(b.id, elementId(b)), [k IN $from | a[k]], [k IN $to | b[k]],"
            " labels(a), labels(b)"
        )
        for own, a, b, of_a, of_b, labels_a, labels_b in session.run(query, dict(ends)):
            row = {("." + k if k in ENDS else k): v for k, v in self._plain(own).items()}
            row |= {"from": a, "to": b}
            row |= {f"from.{k}": v for k, v in zip(ends["from"], of_a, strict=True)}
            row |= {f"to.{k}": v for k, v in zip(ends["to"], of_b, strict=True)}
            for heading, labels in (("from@", labels_a), ("to@", labels_b)):
                if heading in asked:
                    row[heading] = ":".join(sorted(labels))
            yield {k: v for k, v in row.items() if v is not None}

    def _plain(self, properties: Mapping[str, Any]) -> dict[str, Any]:
        """Properties as the reader of the table wants them: ours without the marks of a push."""
        if self.asked is not None:
            return {k: _joined(v) for k, v in properties.items()}
        if MARK in properties:
            return {k: v for k, v in properties.items() if k not in OURS}
        return dict(properties)


def tables(driver: "Driver", database: str | None, schema: Schema, asked: Asked) -> list[Table]:
    """The tables of a database, nodes first, by name."""
    nodes: dict[str, list[tuple[str, ...]]] = {}
    counts: dict[str, int] = {}
    with driver.session(database=database, default_access_mode="READ") as session:
        for labels, count in session.run("MATCH (n) RETURN labels(n), count(*)"):
            name = table_name(labels, schema)
            nodes.setdefault(name, []).append(tuple(sorted(labels)))
            counts[name] = counts.get(name, 0) + count
        types = session.run("MATCH ()-[r]->() RETURN type(r), count(*)").values()
    found = [
        Table(driver, database, name, False, asked(name), counts[name], tuple(sorted(sets)))
        for name, sets in sorted(nodes.items())
    ]
    found += [
        Table(driver, database, name, True, asked(name), count) for name, count in sorted(types)
    ]
    return found


def table_name(labels: Sequence[str], schema: Schema) -> str:
    """What the table of nodes with these labels is called.

    >>> from graph.schema import load
    >>> schema = load()
    >>> table_name(["Entity", "Organisation", "Actor", "Firm", "Mine"], schema)
    'Firm:Mine'
    >>> table_name(["Person", "Director"], schema), table_name([], schema)
    ('Person:Director', '(no label)')
    """
    known = {label for label in labels if label in schema.classes}
    for label in sorted(known):
        kind = schema.classes[label]
        if not kind.abstract and known <= {label, *kind.ancestors}:
            return ":".join([label, *sorted(set(labels) - known)])
    return ":".join(sorted(labels)) or "(no label)"


def _joined(value: Any) -> Any:
    """A list as a cell of several values, as tables have it."""
    if isinstance(value, list):
        return "; ".join(str(v if isinstance(v, str | int | float) else text_of(v)) for v in value)
    return value


def _text(row: Mapping[str, Any]) -> str:
    said = {k: str(v) if isinstance(v, float) and v - v != 0 else v for k, v in row.items()}
    return json.dumps(said, ensure_ascii=False, sort_keys=True, default=text_of)
