"""What a query gives: columns and rows of plain values, the same from every engine.

A node is `{"id", "type", "name", …}`, a relation `{"from", "type", "to", …}`, a path a list of
nodes and relations in turn, all without the mark of a push; dates and durations are ISO 8601 text,
points are maps.
"""

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from neo4j.graph import Node, Path, Relationship
from neo4j.spatial import Point
from neo4j.time import Date, DateTime, Duration, Time

from graph.neo4j.statements import MARK

ENTITY = "Entity"
FIRST = ("id", "type", "name", "name_en")


@dataclass(frozen=True)
class Result:
    """The answer to a query: `rows` has a value per column."""

    columns: list[str]
    rows: list[list[Any]]


def ends_without_id(rows: Iterable[Iterable[Any]]) -> set[str]:
    """Element ids of the ends of relations that came without their node: their ids are to be asked.

    A relation that is returned alone does not carry the properties of its ends.
    """
    found: set[str] = set()
    for row in rows:
        _collect(list(row), found)
    return found


def _collect(value: Any, found: set[str]) -> None:
    if isinstance(value, Relationship):
        for node in value.nodes:
            if node is not None and "id" not in node:
                found.add(node.element_id)
    elif isinstance(value, Path):
        for relation in value.relationships:
            _collect(relation, found)
    elif isinstance(value, Mapping) and not isinstance(value, Node):
        for item in value.values():
            _collect(item, found)
    elif isinstance(value, list):
        for item in value:
            _collect(item, found)


def plain(value: Any, ids: Mapping[str, Any]) -> Any:
    """A value of the driver as plain data; `ids` maps element ids of bare nodes to our ids.

    >>> plain([Date(2024, 5, 1), Duration(months=2), float("inf"), b"a"], {})
    ['2024-05-01', 'P2M', inf, 'YQ==']
    """
    match value:
        case Node():
            return _node(value)
        case Relationship():
            return _relation(value, ids)
        case Path():
            return _path(value, ids)
        case Date() | Time() | DateTime() | Duration():
            return value.iso_format()
        case Point():
            return {"srid": value.srid, **dict(zip("xyz", value, strict=False))}
        case bytes() | bytearray():
            return base64.b64encode(value).decode()
        case Mapping():
            return {str(key): plain(item, ids) for key, item in value.items()}
        case list() | tuple():
            return [plain(item, ids) for item in value]
    return value


def _node(node: Node) -> dict[str, Any]:
    values = {key: plain(item, {}) for key, item in node.items() if key != MARK}
    labels = sorted(node.labels - {ENTITY}) or sorted(node.labels)
    values.setdefault("id", node.element_id)
    values.setdefault("type", labels[0] if labels else "")
    first = {key: values.pop(key) for key in FIRST if key in values}
    return first | dict(sorted(values.items()))


def _relation(relation: Relationship, ids: Mapping[str, Any]) -> dict[str, Any]:
    start, end = (_end(node, ids) for node in relation.nodes)
    values = {key: plain(item, {}) for key, item in sorted(relation.items()) if key != MARK}
    return {"from": start, "type": relation.type, "to": end} | values


def _end(node: Node | None, ids: Mapping[str, Any]) -> Any:
    if node is None:
        return None
    return node.get("id", ids.get(node.element_id) or node.element_id)


def _path(path: Path, ids: Mapping[str, Any]) -> list[Any]:
    steps: list[Any] = [_node(path.nodes[0])]
    for relation, node in zip(path.relationships, path.nodes[1:], strict=True):
        steps += [_relation(relation, ids), _node(node)]
    return steps
