"""The lines of a file as a table that DuckDB reads while they come: `rdf_lines(line, text)`.

No reader of CSV keeps to physical lines. Here they are found in the bytes, some megabytes at a
time, and handed over without being copied or made into texts of Python.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from graph.errors import InputError

if TYPE_CHECKING:
    import pyarrow as pa

CHUNK = 4 << 20


@contextmanager
def lines(con: duckdb.DuckDBPyConnection, path: Path) -> Iterator[None]:
    """Makes `rdf_lines` known to `con`; it can be read once.

    Raises InputError where a line is no UTF-8.
    """
    import pyarrow as pa

    schema = pa.schema({"line": pa.int64(), "text": pa.utf8()})
    wrong: list[int] = []
    reader = pa.RecordBatchReader.from_batches(schema, _batches(path, schema, wrong))
    con.register("rdf_lines", reader)
    try:
        yield
    finally:
        con.unregister("rdf_lines")
    if wrong:
        raise InputError("readers.rdf_utf8", file=str(path), line=wrong[0])


def _batches(path: Path, schema: "pa.Schema", wrong: list[int]) -> "Iterator[pa.RecordBatch]":
    import numpy as np
    import pyarrow as pa

    rest, number = b"", 1
    with path.open("rb") as file:
        while True:
            chunk = file.read(CHUNK)
            data = rest + chunk
            if chunk:
                cut = data.rfind(b"\n") + 1
                if not cut:
                    rest = data
                    continue
                data, rest = data[:cut], data[cut:]
            elif not data:
                return
            ends = np.flatnonzero(np.frombuffer(data, np.uint8) == 10) + 1
            if not data.endswith(b"\n"):
                ends = np.append(ends, len(data))
            offsets = np.concatenate([[0], ends]).astype(np.int32)
            texts = pa.StringArray.from_buffers(
                len(ends), pa.py_buffer(offsets), pa.py_buffer(data)
            )
            try:
                texts.validate(full=True)
            except pa.ArrowInvalid:
                # An exception here would end the transaction of the run.
                wrong.append(number)
                return
            count = np.arange(number, number + len(ends), dtype=np.int64)
            number += len(ends)
            yield pa.record_batch([pa.array(count), texts], schema=schema)
            if not chunk:
                return
