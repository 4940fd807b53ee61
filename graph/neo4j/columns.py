"""Properties as a database has them, as Arrow columns of the types that the record has.

What the ontology does not know, and values that do not fit their property, are kept beside as JSON:
nothing is dropped, and nothing is read as what it is not.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from graph.neo4j.statements import MARK
from graph.record.tables import value_columns
from graph.schema import EntityClass, Relation

PLACE = (("source", "VARCHAR"), ("file", "VARCHAR"), ("line", "BIGINT"))

_TYPES: dict[str, tuple[pa.DataType, frozenset[type]]] = {
    "VARCHAR": (pa.string(), frozenset([str])),
    "BIGINT": (pa.int64(), frozenset([int])),
    "DOUBLE": (pa.float64(), frozenset([float, int])),
    "BOOLEAN": (pa.bool_(), frozenset([bool])),
}


def entity_columns(kind: EntityClass) -> list[tuple[str, str]]:
    """The columns of the rows of a class, `odd` and `others` left out, with DuckDB types."""
    own = value_columns(kind)
    return [("id", "VARCHAR"), *own, ("extra", "VARCHAR"), *PLACE, (MARK, "BIGINT")]


def relation_columns(kind: Relation) -> list[tuple[str, str]]:
    """The columns of the rows of a relation, `odd` and `others` left out, with DuckDB types."""
    ends = [("from", "VARCHAR"), ("to", "VARCHAR"), ("eid", "VARCHAR")]
    more = [("extra", "VARCHAR"), ("claims", "BIGINT"), *PLACE, (MARK, "BIGINT")]
    return [*ends, *value_columns(kind), *more]


def batch(
    columns: Sequence[tuple[str, str]], found: Sequence[Mapping[str, Any]], ignored: Sequence[str]
) -> pa.RecordBatch:
    """Rows of properties as `columns`, and two columns of JSON text behind them.

    `odd` holds the values that do not fit the type of their column, `others` the properties that
    are no column and not among `ignored`; both are null where there are none.

    >>> made = batch([("a", "BIGINT")], [{"a": 1}, {"a": "x", "b": 2}], [])
    >>> made.to_pydict()
    {'a': [1, None], 'odd': [None, '{"a": "x"}'], 'others': [None, '{"b": 2}']}
    """
    odd: list[dict[str, Any]] = [{} for _ in found]
    arrays = [_array(name, kind, found, odd) for name, kind in columns]
    known = {*(name for name, _ in columns), *ignored}
    seen = {name for row in found for name in row}
    others: list[dict[str, Any]] = [{} for _ in found]
    if not seen <= known:
        others = [{k: v for k, v in row.items() if k not in known} for row in found]
    arrays += [pa.array([said(o) for o in kept], pa.string()) for kept in (odd, others)]
    return pa.record_batch(arrays, [*(name for name, _ in columns), "odd", "others"])


def said(values: Mapping[str, Any]) -> str | None:
    """Some values as JSON text with sorted keys; None where there are none."""
    if not values:
        return None
    return json.dumps(values, ensure_ascii=False, sort_keys=True, default=text_of)


def text_of(value: Any) -> Any:
    """A value of the driver that JSON does not know: dates and durations as ISO 8601, points as
    lists, bytes as hexadecimal text.

    >>> from neo4j.time import Date
    >>> text_of(Date(2024, 5, 1)), text_of(b"ab")
    ('2024-05-01', '6162')
    """
    if isinstance(value, bytes | bytearray):
        return value.hex()
    if isinstance(value, tuple):
        return list(value)
    return value.iso_format() if hasattr(value, "iso_format") else str(value)


def _array(
    name: str, kind: str, found: Sequence[Mapping[str, Any]], odd: list[dict[str, Any]]
) -> pa.Array:
    several = kind.endswith("[]")
    arrow, allowed = _TYPES[kind.removesuffix("[]")]
    values = [row.get(name) for row in found]
    arrow_type = pa.list_(arrow) if several else arrow
    if set(map(type, values)) == {type(None)}:
        return pa.nulls(len(values), arrow_type)
    for i, value in enumerate(values):
        if value is None:
            continue
        if several:
            fits = type(value) is list and all(type(v) in allowed for v in value)
        else:
            fits = type(value) in allowed
        if not fits:
            odd[i][name] = value
            values[i] = None
        elif arrow is pa.float64() and not several:
            values[i] = float(value)
    return pa.array(values, arrow_type)
