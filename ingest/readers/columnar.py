"""Parquet, by DuckDB: every value as text, dates in ISO, lists joined, the rest as JSON."""

import duckdb

from graph.record.sql import ident, literal
from ingest.readers.body import Told
from ingest.readers.bulk import sql_path
from ingest.readers.cells import BLANK
from ingest.readers.headings import fold, told_apart
from ingest.readers.opening import Source
from ingest.readers.options import ReadOptions
from ingest.sheet import Sheet

_MAGIC = b"PAR1"


def read(source: Source, options: ReadOptions) -> list[Sheet]:
    """The one sheet of a Parquet file; `line` is a row's place among all rows.

    Raises InputError where the file is no Parquet, or is cut off.
    """
    with source.file.open("rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            raise source.error("not_parquet")
    try:
        with duckdb.connect() as con:
            described = con.execute(f"DESCRIBE FROM {_scan(source)}").fetchall()
            columns = [f"c{i}" for i in range(len(described))]
            cells = [
                _text(f"p.{ident(column)}", str(row[1])) + f" AS {column}"
                for column, row in zip(columns, described, strict=True)
            ]
            named = f"AS p({', '.join(columns)})"
            # All is read once, so that staging does not fail in a caller's transaction.
            counted = con.execute(
                f"SELECT count(*), bit_xor(hash({', '.join(columns)}))"
                f" FROM (SELECT {', '.join(cells)} FROM {_scan(source)} {named})"
            ).fetchone()
    except duckdb.Error as error:
        raise source.error("bad_parquet", detail=str(error).splitlines()[0]) from error
    told = Told({"file": str(source.path), "where": ""}, notes=list(source.notes))
    names = [str(row[0]) for row in described]
    headings = told_apart([fold(name) or f"column {i + 1}" for i, name in enumerate(names)])
    if not (counted and counted[0]):
        told.note("no_rows")
    blank = f"coalesce({', '.join([*columns, 'NULL'])}) IS NULL"

    def stage(con: duckdb.DuckDBPyConnection, table: str) -> None:
        # The closure holds `source`, and so a temporary file that it may have.
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE {ident(table)} AS"
            f" SELECT row_number() OVER () AS row, line, {', '.join(columns)} FROM"
            f" (SELECT (row_number() OVER ())::INTEGER AS line, {', '.join(cells)}"
            f" FROM {_scan(source)} {named}) WHERE NOT ({blank})"
        )

    return [Sheet(source.stem, headings, stage, {}, told.notes, told.rejects)]


def _scan(source: Source) -> str:
    return f"read_parquet({sql_path(source.file)}, hive_partitioning=false)"


def _text(column: str, kind: str) -> str:
    """The SQL of a value as text."""
    text = f"CAST({column} AS VARCHAR)"
    if kind in ("FLOAT", "DOUBLE") or kind.startswith("DECIMAL"):
        plain = f"regexp_replace({text}, '\\.0+$', '')"
        return f"CASE WHEN isfinite({column}::DOUBLE) THEN {plain} END"
    if kind.startswith("TIMESTAMP"):
        return f"regexp_replace({text}, ' 00:00:00(\\+00(:00)?)?$', '')"
    if kind.endswith("[]"):
        inner = kind[:-2]
        if inner.startswith(("STRUCT", "MAP")) or inner.endswith("]"):
            return f"CASE WHEN len({column}) > 0 THEN CAST(to_json({column}) AS VARCHAR) END"
        held = f"list_filter({column}, lambda x: x IS NOT NULL)"
        joined = f"array_to_string({held}, ';')"
        inside = f"len(list_filter({held}, lambda x: regexp_matches(x::VARCHAR, '[;；]'))) > 0"
        return (
            f"CASE WHEN len({held}) > 1 AND {inside} THEN CAST(to_json({held}) AS VARCHAR)"
            f" ELSE NULLIF({joined}, '') END"
        )
    if kind.startswith(("STRUCT", "MAP", "UNION")):
        return f"CAST(to_json({column}) AS VARCHAR)"
    return f"NULLIF(trim({text}, {literal(BLANK)}), '')"
