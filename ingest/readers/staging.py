"""Rows into a temporary table of DuckDB, by way of Arrow."""

from collections.abc import Iterable, Iterator, Sequence

import duckdb
import pyarrow as pa

from graph.record.sql import ident
from ingest.readers.rows import Row

_BATCH = 50_000


def batches(rows: Iterable[Row], columns: Sequence[int]) -> Iterator[pa.RecordBatch]:
    """Arrow batches (row, line, c0, c1, …) of `columns` of `rows`; at least one, maybe empty."""
    names = [f"c{i}" for i in range(len(columns))]
    fields = [("row", pa.int64()), ("line", pa.int32()), *((name, pa.string()) for name in names)]
    schema = pa.schema(fields)
    done = 0
    lines: list[int] = []
    cells: list[list[str | None]] = []

    def batch() -> pa.RecordBatch:
        arrays = [
            pa.array(range(done + 1, done + len(lines) + 1), pa.int64()),
            pa.array(lines, pa.int32()),
            *(pa.array([row[i] for row in cells], pa.string()) for i in columns),
        ]
        return pa.RecordBatch.from_arrays(arrays, schema=schema)

    for row in rows:
        lines.append(row.line)
        cells.append(row.values)
        if len(lines) == _BATCH:
            yield batch()
            done += len(lines)
            lines, cells = [], []
    if lines or not done:
        yield batch()


def put(con: duckdb.DuckDBPyConnection, table: str, parts: Iterable[pa.RecordBatch]) -> None:
    """Makes the temporary table `table` of `parts`, one after another."""
    made = False
    for part in parts:
        view = f"{table}_batch"
        con.register(view, pa.Table.from_batches([part]))
        try:
            if made:
                con.execute(f"INSERT INTO {ident(table)} SELECT * FROM {ident(view)}")
            else:
                con.execute(
                    f"CREATE OR REPLACE TEMP TABLE {ident(table)} AS SELECT * FROM {ident(view)}"
                )
                made = True
        finally:
            con.unregister(view)
