"""What a network needs of a view, and the few ways in which it is read."""

from collections.abc import Iterable
from typing import Any, Protocol

import duckdb
import numpy as np
from numpy.typing import NDArray

from graph.schema import Schema

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class Source(Protocol):
    """A view: a DuckDB connection that holds its tables, the ontology, and its digest."""

    @property
    def con(self) -> duckdb.DuckDBPyConnection: ...
    @property
    def schema(self) -> Schema: ...
    @property
    def digest(self) -> str: ...


def ints(column: Any) -> Ints:
    """A column of `fetchnumpy` as int64; NULL becomes -1."""
    return np.ma.filled(np.ma.asarray(column).astype(np.int64), -1)


def floats(column: Any) -> Floats:
    """A column of `fetchnumpy` as float64; NULL becomes NaN."""
    return np.ma.filled(np.ma.asarray(column).astype(np.float64), np.nan)


def bools(column: Any) -> Bools:
    """A column of `fetchnumpy` as booleans; NULL becomes false."""
    return np.ma.filled(np.ma.asarray(column).astype(np.bool_), False)


def texts(column: Any) -> list[str | None]:
    """A column of `fetchnumpy` as Python strings."""
    array = np.ma.asarray(column)
    gone = np.ma.getmaskarray(array)
    return [None if none else str(value) for value, none in zip(array.data, gone, strict=True)]


def has_column(schema: Schema, table: str, column: str) -> bool:
    """Whether the class or relation called `table` has a property in the column `column`."""
    kind = schema.classes.get(table)
    terms: Iterable[Any] = kind.properties if kind else ()
    relation = schema.relations.get(table)
    if relation:
        terms = relation.attributes
    return any(column == name for term in terms for name, _ in term.columns)
