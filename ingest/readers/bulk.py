"""Millions of records of a well-formed file straight into a temporary table, by DuckDB's reader."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from graph.record.sql import ident, literal, literals
from ingest.readers.cells import BLANK
from ingest.readers.scan import MAX_RECORD, Scan


@dataclass(frozen=True)
class Shape:
    """What DuckDB is told of a file: `width` fields a record, the first one headings or not."""

    path: Path
    delimiter: str
    quote: str
    width: int
    header: bool


def sql_path(path: Path) -> str:
    """A path as an SQL string in which nothing is a pattern.

    >>> sql_path(Path("/a/b[1]*.csv"))
    "'/a/b[[]1][*].csv'"
    """
    text = "".join(f"[{c}]" if c in "*?[" else c for c in str(path.absolute()))
    return literal(text)


def stage(con: duckdb.DuckDBPyConnection, table: str, shape: Shape, scanned: Scan) -> int | None:
    """Makes the temporary table and returns its number of rows; None, and no table, where DuckDB
    saw other records than the scan.

    Never raises for what is in the file, since that would end the caller's transaction.
    """
    columns = [f"c{i}" for i in range(shape.width)]
    _create(con, table, shape, scanned, columns)
    expected = scanned.records - (1 if shape.header else 0)
    if _rejected(con, table) or _count(con, f"FROM {ident(table)}") != expected:
        con.execute(f"DROP TABLE {ident(table)}")
        return None
    if scanned.edges or scanned.wide:
        _trim(con, table, columns, scanned.wide)
    return expected - _drop_blank(con, table, columns)


def _create(
    con: duckdb.DuckDBPyConnection,
    table: str,
    shape: Shape,
    scanned: Scan,
    columns: Sequence[str],
) -> None:
    types = ", ".join(f"{literal(c)}: 'VARCHAR'" for c in columns)
    newline = r"\r\n" if scanned.crlf else r"\n"
    quote = literal(shape.quote)
    source = (
        f"read_csv({sql_path(shape.path)}, columns={{{types}}}, auto_detect=false,"
        f" header={str(shape.header).lower()}, delim={literal(shape.delimiter)}, quote={quote},"
        f" escape={quote}, new_line='{newline}', max_line_size={2 * MAX_RECORD},"
        # strict_mode is the default; saying so as well breaks \r\n after an empty last field.
        " compression='none', hive_partitioning=false, null_padding=false,"
        f" store_rejects=true, rejects_limit=1, rejects_table={literal(table + '_rejects')},"
        f" rejects_scan={literal(table + '_scans')})"
    )
    cells = ", ".join(columns)
    skipped = 1 if shape.header else 0
    if scanned.lines is None:
        select = (
            f"SELECT n AS row, (n + {skipped})::INTEGER AS line, {cells}"
            f" FROM (SELECT row_number() OVER () AS n, * FROM {source})"
        )
        con.execute(f"CREATE OR REPLACE TEMP TABLE {ident(table)} AS {select}")
        return
    lines = f"{table}_lines"
    con.register(lines, pa.table({"line": scanned.lines[skipped:]}))
    try:
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE {ident(table)} AS"
            f" SELECT row_number() OVER () AS row, line, {cells}"
            f" FROM {source} POSITIONAL JOIN {ident(lines)}"
        )
    finally:
        con.unregister(lines)


def _count(con: duckdb.DuckDBPyConnection, clause: str) -> int:
    row = con.execute(f"SELECT count(*) {clause}").fetchone()
    return int(row[0]) if row else 0


def _rejected(con: duckdb.DuckDBPyConnection, table: str) -> bool:
    rejects = ident(table + "_rejects")
    found = _count(con, f"FROM {rejects}")
    con.execute(f"DROP TABLE {rejects}")
    con.execute(f"DROP TABLE {ident(table + '_scans')}")
    return found > 0


def _trim(con: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str], wide: bool) -> None:
    blanks = BLANK if wide else "".join(c for c in BLANK if c.isascii())
    some = literals(list(blanks))
    for column in columns:
        # Trimming a set of characters is slow, so only what needs it is trimmed.
        con.execute(
            f"UPDATE {ident(table)} SET {column} = NULLIF(trim({column}, {literal(blanks)}), '')"
            f" WHERE left({column}, 1) IN {some} OR right({column}, 1) IN {some}"
        )


def _drop_blank(con: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str]) -> int:
    """Takes out records without any cell and numbers the others anew; returns how many went."""
    gone = " AND ".join(f"{c} IS NULL" for c in columns)
    count = _count(con, f"FROM {ident(table)} WHERE {gone}")
    if not count:
        return 0
    con.execute(f"DELETE FROM {ident(table)} WHERE {gone}")
    con.execute(
        f"UPDATE {ident(table)} SET row = n.n FROM"
        f" (SELECT row AS was, row_number() OVER (ORDER BY row) AS n FROM {ident(table)}) n"
        f" WHERE row = n.was AND n.n <> n.was"
    )
    return count
