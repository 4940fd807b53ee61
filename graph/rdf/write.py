"""Parts written as text: DuckDB makes it, a column at a time, and its memory goes to the file."""

from collections.abc import Iterable, Iterator
from typing import IO, TYPE_CHECKING, Any

import duckdb

from graph.errors import UsageError
from graph.rdf.syntax import Syntax
from graph.rdf.syntax.rdfxml import REFUSED
from graph.rdf.terms import Part

if TYPE_CHECKING:
    import pyarrow as pa

BATCH = 20_000
"""Rows that are text at one time."""

Named = tuple[str | None, Iterable[Part]]
"""A named graph (None: the default one) and what it says."""


def chunks(
    con: duckdb.DuckDBPyConnection, graphs: Iterable[Named], syntax: Syntax
) -> Iterator[bytes | memoryview]:
    """The text of all graphs, piece by piece, for one file.

    Raises UsageError where the syntax has no place for a character.
    """
    yield syntax.begin
    bare = syntax.separated
    for graph, parts in graphs:
        before, after = syntax.graph(graph) if graph else (b"", b"")
        if graph:
            yield before[1:] if bare and before.startswith(b",") else before
            bare = syntax.separated
        for part in parts:
            for piece in _text(con, part, syntax, graph):
                if bare and len(piece):
                    piece, bare = piece[1:], False
                yield piece
        if graph:
            yield after
            bare = False
    yield syntax.end


def write(
    con: duckdb.DuckDBPyConnection, graphs: Iterable[Named], syntax: Syntax, output: IO[bytes]
) -> None:
    """Writes all graphs to `output`; see `chunks`."""
    for piece in chunks(con, graphs, syntax):
        output.write(piece)


def _text(
    con: duckdb.DuckDBPyConnection, part: Part, syntax: Syntax, graph: str | None
) -> Iterator[memoryview]:
    said = (
        f"CASE WHEN {b.subject} IS NOT NULL THEN {syntax.block(b, graph)} END" for b in part.blocks
    )
    text = f"concat({', '.join(said)})"
    try:
        for batch in con.sql(f"SELECT {text} FROM ({part.rows})").to_arrow_reader(BATCH):
            yield _buffer(batch.column(0))
    except duckdb.Error as error:
        place = str(error).partition(REFUSED)[2].splitlines()
        if place:
            raise UsageError("rdf.not_in_xml", iri=place[0]) from error
        raise


def _buffer(texts: "pa.Array[Any]") -> memoryview:
    """The memory that holds all texts of a column, one after the other."""
    import numpy as np

    if not len(texts):
        return memoryview(b"")
    kind = np.int64 if str(texts.type).startswith("large") else np.int32
    offsets = np.frombuffer(texts.buffers()[1], kind)
    first, last = offsets[texts.offset], offsets[texts.offset + len(texts)]
    data = texts.buffers()[2]
    return memoryview(b"") if data is None else memoryview(data)[first:last]
