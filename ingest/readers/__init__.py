"""Readers: a file → sheets of text cells, each row with its physical line.

CSV, TSV, delimited text, XLSX, XLSM, XLSB, XLS, ODS, JSON, JSON Lines and Parquet, each packed with
gzip too. Other packages add readers through the entry points of group `innograph.readers`.
"""

from collections.abc import Mapping
from pathlib import Path

from ingest.readers import registry
from ingest.readers.headings import strip_unit
from ingest.readers.opening import Source
from ingest.readers.options import ReadOptions, options_of
from ingest.readers.registry import Reader, advice, can_read, kind
from ingest.sheet import Sheet

__all__ = [
    "ReadOptions", "Reader", "Source", "advice", "can_read", "kind", "read", "strip_unit",
]  # fmt: skip


def read(path: Path, options: ReadOptions | Mapping[str, object] | None = None) -> list[Sheet]:
    """The sheets of the file `path`: one, or as many as it has tables.

    `options` say what is known of the file (a mapping's words will do). A sheet's notes and rejects
    are complete once it has been staged. Raises InputError where the file cannot be read and
    UsageError where an option makes no sense.
    """
    return registry.read(path, options_of(options))
