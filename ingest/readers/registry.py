"""Which reader reads which files: by suffix, and by entry points of other packages."""

from collections.abc import Callable
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path

from graph.errors import InputError
from ingest.readers.opening import Source, open_source, suffix_of
from ingest.readers.options import ReadOptions
from ingest.sheet import Sheet

GROUP = "innograph.readers"
"""The entry points of readers: the name is a suffix (`.dta`), the object a `Reader`."""

Reader = Callable[[Source, ReadOptions], list[Sheet]]

_KINDS = {
    ".csv": "delimited", ".tsv": "delimited", ".txt": "delimited", ".tab": "delimited",
    ".xlsx": "workbook", ".xlsm": "workbook", ".xlsb": "workbook", ".xls": "workbook",
    ".ods": "workbook",
    ".json": "documents", ".jsonl": "documents", ".ndjson": "documents",
    ".parquet": "columnar", ".pq": "columnar",
}  # fmt: skip
_SHEETS = frozenset([".et", ".ett", ".numbers", ".xlt", ".xltx", ".dbf", ".html", ".htm"])
_TEXTS = frozenset([".doc", ".docx", ".wps", ".pdf", ".ppt", ".pptx", ".rtf", ".md", ".odt"])
_PACKED = frozenset([".zip", ".rar", ".7z", ".tar", ".tgz", ".bz2", ".xz", ".zst"])


@cache
def _outside() -> dict[str, Callable[[], Reader]]:
    return {"." + e.name.lower().lstrip("."): e.load for e in entry_points(group=GROUP)}


def can_read(path: Path) -> bool:
    """Whether there is a reader for files named so; the file itself is not looked at.

    >>> can_read(Path("firm.csv.gz")), can_read(Path("report.pdf"))
    (True, False)
    """
    suffix = suffix_of(path)
    return suffix in _KINDS or suffix in _outside()


def kind(path: Path) -> str:
    """The kind of a file in a word: its suffix without dot and `.gz`.

    >>> kind(Path("a/h2020.csv.gz"))
    'csv'
    """
    return suffix_of(path).lstrip(".")


def advice(path: Path) -> InputError:
    """Why a file named so cannot be read, and what to do."""
    suffix = suffix_of(path)
    for key, suffixes in (("a_sheet", _SHEETS), ("a_text", _TEXTS), ("packed", _PACKED)):
        if suffix in suffixes:
            return InputError(f"readers.{key}", file=str(path), suffix=suffix)
    known = ", ".join(sorted({*_KINDS, *_outside()}))
    return InputError("readers.unknown_suffix", file=str(path), suffix=suffix or "—", known=known)


def read(path: Path, options: ReadOptions) -> list[Sheet]:
    """The sheets of `path`, by the reader for its suffix."""
    suffix = suffix_of(path)
    if not can_read(path):
        raise advice(path)
    source = open_source(path, options.max_unpacked)
    try:
        return _reader(suffix, path)(source, options)
    except OSError as error:
        raise source.error("unreadable", detail=error.strerror or str(error)) from error


def _reader(suffix: str, path: Path) -> Reader:
    # Each reader pulls in libraries that the others do not need.
    match _KINDS.get(suffix):
        case "delimited":
            from ingest.readers import delimited

            return delimited.read
        case "workbook":
            from ingest.readers import workbook

            return workbook.read
        case "documents":
            from ingest.readers import documents

            return documents.read
        case "columnar":
            from ingest.readers import columnar

            return columnar.read
    try:
        return _outside()[suffix]()
    except (ImportError, AttributeError) as error:
        raise InputError(
            "readers.broken_reader", file=str(path), suffix=suffix, detail=str(error)
        ) from error
