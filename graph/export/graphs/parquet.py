"""Parquet: a ZIP archive with a file per class and per relation, every column of its own type."""

from typing import IO, TYPE_CHECKING

from graph.export.graphs.archive import archive
from graph.export.graphs.tables import tables
from graph.record.sql import literal

if TYPE_CHECKING:
    from graph.record import Record
    from graph.settings import Settings


def write(record: "Record", output: IO[bytes], settings: "Settings") -> None:
    """The exporter `parquet`."""
    view = record.view()
    with archive(output, packed=False) as (folder, add):
        for table in tables(view):
            path = folder / "table.parquet"
            view.con.execute(
                f"COPY ({table.sql}) TO {literal(str(path))} (FORMAT parquet, COMPRESSION zstd)"
            )
            side = "relations" if table.relation else "entities"
            add(f"{side}/{table.name}.parquet", path)
