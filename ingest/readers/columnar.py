"""Parquet: typed columns as text cells; a record's line is its ordinal."""

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from graph.record.sql import ident, literal
from ingest.readers.headings import fold, strip_unit, told_apart
from ingest.readers.opening import Source
from ingest.readers.options import ReadOptions
from ingest.sheet import Note, Sheet


def read(source: Source, options: ReadOptions) -> list[Sheet]:
    """The one sheet of a Parquet file. Raises InputError where it is damaged."""
    try:
        with pq.ParquetFile(source.file) as file:
            fields, count = file.schema_arrow, file.metadata.num_rows
    except (pa.ArrowInvalid, OSError) as error:
        raise source.error("damaged", what="Parquet", detail=str(error).splitlines()[0]) from error
    headings = told_apart([fold(name) or f"column {i + 1}" for i, name in enumerate(fields.names)])
    units = {i: unit for i, heading in enumerate(headings) if (unit := strip_unit(heading)[1])}
    notes = [*source.notes]
    if not count:
        notes.append(Note("readers.no_rows", {"file": source.path}))
    cells = ", ".join(
        f"{_text(ident(name), kind)} AS c{i}"
        for i, (name, kind) in enumerate(zip(fields.names, fields.types, strict=True))
    )

    def stage(con: duckdb.DuckDBPyConnection, table: str) -> None:
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE {ident(table)} AS"
            f' SELECT row_number() OVER () AS "row", (row_number() OVER ())::INTEGER AS line,'
            f" {cells} FROM read_parquet({literal(str(source.file))})"
        )

    return [Sheet(source.stem, headings, stage, units, notes)]


def _text(column: str, kind: pa.DataType) -> str:
    """A column as trimmed text: lists joined with `;`, nested values as JSON, 3.0 as 3."""
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        if pa.types.is_nested(kind.value_type):
            return f"to_json({column})::VARCHAR"
        return f"nullif(array_to_string({column}::VARCHAR[], ';'), '')"
    if pa.types.is_nested(kind):
        return f"to_json({column})::VARCHAR"
    if pa.types.is_floating(kind):
        whole = f"{column} = trunc({column}) AND abs({column}) < 1e15"
        return f"CASE WHEN {whole} THEN {column}::BIGINT::VARCHAR ELSE {column}::VARCHAR END"
    return f"nullif(trim({column}::VARCHAR), '')"
