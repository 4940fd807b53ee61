"""CSV, TSV and the like: small files read with care, large well-formed ones by DuckDB."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import duckdb
import pyarrow as pa

from ingest.readers import bulk, staging
from ingest.readers.body import Told, data_rows
from ingest.readers.cells import clean
from ingest.readers.dialect import delimiter_of
from ingest.readers.frame import Frame, frame
from ingest.readers.opening import CHUNK, Source
from ingest.readers.options import ReadOptions
from ingest.readers.rows import Row, footers
from ingest.readers.scan import scan
from ingest.readers.text import utf8
from ingest.readers.tokens import Record, Tokens
from ingest.sheet import Sheet

Stage = Callable[[duckdb.DuckDBPyConnection, str], None]

CAREFUL = 8 << 20
"""Up to so many bytes a file is read with care and whole, so that all of it is known at once."""

_HEAD = 1000  # records by which a large file's headings are judged
_TAIL = 1 << 16  # bytes at its end where totals and notes would stand


def read(source: Source, options: ReadOptions, careful: int = CAREFUL) -> list[Sheet]:
    """The one sheet of a delimited file.

    Of a file larger than `careful` bytes notes and rejects are complete when it is staged. Raises
    InputError where there is no table to be read.
    """
    large = source.file.stat().st_size > careful
    path = _with_newlines(source, utf8(source, options.encoding, 4 * CHUNK if large else None))
    table = _Table(source, options, path)
    if large:
        return [table.sheet(table.stage)]
    parts = list(table.careful())

    def stage(con: duckdb.DuckDBPyConnection, name: str) -> None:
        staging.put(con, name, parts)

    return [table.sheet(stage)]


def _with_newlines(source: Source, path: Path) -> Path:
    """`path`, or a copy where lines end in a lone \\r, as old programs write them."""
    with path.open("rb") as file:
        head = file.read(CHUNK)
        if b"\n" in head or b"\r" not in head:
            return path
        made = source.temporary()
        with made.open("wb") as out:
            while head:
                out.write(head.replace(b"\r", b"\n"))
                head = file.read(CHUNK)
    return made


class _Table:
    """One delimited file: its frame is known, its rows are read when asked for."""

    def __init__(self, source: Source, options: ReadOptions, path: Path) -> None:
        self.source, self.options, self.path = source, options, path
        found = options.delimiter or delimiter_of(path, source.suffix, options.quote)
        if found is None and source.suffix == ".txt":
            raise source.error("no_table")
        self.delimiter = found or ("\t" if source.suffix == ".tsv" else ",")
        self.told = Told({"file": str(source.path), "where": ""})
        self.frame = self._first_frame()

    def sheet(self, stage: Stage) -> Sheet:
        told = self.told
        return Sheet(
            self.source.stem, self.frame.headings, stage, self.frame.units, told.notes, told.rejects
        )

    def stage(self, con: duckdb.DuckDBPyConnection, name: str) -> None:
        """Stages a large file: by DuckDB where it is well-formed, else as a small one is."""
        self.told.clear()
        if self._is_plain():
            found = scan(self.path, self.delimiter, self.options.quote)
            if found.binary is not None:
                raise self.source.binary(found.binary)
            width, header = self.frame.width, self.options.header
            shape = bulk.Shape(self.path, self.delimiter, self.options.quote, width, header)
            count = bulk.stage(con, name, shape, found) if found.regular else None
            if count is not None:
                self.told.notes += [*self.source.notes, *self.frame.notes]
                if not count:
                    self.told.note("no_rows")
                return
        # The encoding was judged by the beginning only.
        self.source.notes.clear()
        whole = _with_newlines(self.source, utf8(self.source, self.options.encoding))
        self.path = whole
        staging.put(con, name, self.careful(whole=False))

    def careful(self, whole: bool = True) -> Iterator[pa.RecordBatch]:
        """The data as Arrow batches; `whole` looks at all rows before it judges any."""
        self.told.clear()
        with self.path.open("rb") as file:
            tokens = self._tokens(file)
            tokens.expected = self.frame.width
            refused: list[Record] = []
            rows: Iterable[Row] = _rows(tokens, refused)
            if whole:
                rows = list(rows)
                self.frame = self._frame_of(rows)
            self.told.notes += [*self.source.notes, *self.frame.notes]
            below = islice(rows, self.frame.first, None)
            kept = data_rows(below, self.frame, self.options, self.told)
            yield from staging.batches(kept, self.frame.columns)
        for record in refused:
            self.told.refuse(record.line, record.raw, record.problem or "")
        self.told.rejects.sort(key=lambda reject: reject.line)

    def _tokens(self, file: BinaryIO) -> Tokens:
        return Tokens(file, self.delimiter, self.options.quote, self.options.skip)

    def _first_frame(self) -> Frame:
        with self.path.open("rb") as file:
            refused: list[Record] = []
            rows = list(_rows(islice(self._tokens(file), _HEAD), refused))
        if refused and (not rows or refused[0].line < rows[0].line):
            raise self.source.error(f"headings_{refused[0].problem}", line=refused[0].line)
        return self._frame_of(rows)

    def _frame_of(self, rows: Sequence[Row]) -> Frame:
        found = frame(rows, self.options, self.told.place)
        if found is None:
            raise self.source.error("blank")
        return found

    def _is_plain(self) -> bool:
        """Whether there is nothing about the file that DuckDB would not see."""
        usual = self.frame.first == int(self.options.header) and not self.options.skip
        whole = len(self.frame.columns) == self.frame.width > 1
        ascii_only = (self.delimiter + self.options.quote).isascii()
        return usual and whole and ascii_only and not self._has_footers()

    def _has_footers(self) -> bool:
        if not self.options.lists:
            return False
        with self.path.open("rb") as file:
            file.seek(max(self.path.stat().st_size - _TAIL, 0))
            file.readline()
            rows = list(_rows(Tokens(file, self.delimiter, self.options.quote), []))
        return footers([r for r in rows if r.present], len(self.frame.columns)) > 0


def _rows(records: Iterable[Record], refused: list[Record]) -> Iterator[Row]:
    """The records as rows of trimmed cells; those that could not be read go to `refused`."""
    for record in records:
        line, cells, raw, problem = record
        if problem is not None:
            refused.append(record)
        elif raw.isascii() and " " not in raw and raw.isprintable():
            yield Row(line, [cell or None for cell in cells], None, raw)
        else:
            yield Row(line, [clean(cell) for cell in cells], None, raw)
