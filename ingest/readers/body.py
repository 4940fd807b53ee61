"""The rows below the headings: help, totals, notes and ill-formed records taken out and told."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ingest.readers.frame import Frame
from ingest.readers.options import ReadOptions
from ingest.readers.rows import Row, footers, is_foot, is_subtotal
from ingest.sheet import Note, Reject

_TAIL = 40  # rows at the end among which totals and notes are looked for
_RAW = 10_000  # characters of a refused record that are kept


@dataclass
class Told:
    """What is to be said of a table besides its rows."""

    place: dict[str, object]
    notes: list[Note] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)

    def note(self, key: str, line: int | None = None, /, **values: object) -> None:
        self.notes.append(Note(f"readers.{key}", {**self.place, **values}, line))

    def refuse(self, line: int, raw: str, key: str, /, **values: object) -> None:
        raw = raw if len(raw) <= _RAW else raw[:_RAW] + " …"
        self.rejects.append(Reject(line, None, raw, f"readers.{key}", values))

    def clear(self) -> None:
        self.notes.clear()
        self.rejects.clear()


@dataclass
class _Counts:
    """How often, and where first."""

    count: int = 0
    line: int = 0

    def add(self, line: int) -> None:
        self.line = self.line or line
        self.count += 1


def data_rows(rows: Iterable[Row], found: Frame, options: ReadOptions, told: Told) -> Iterator[Row]:
    """The rows of data, each `found.width` wide; what is left out is told."""
    short, subtotals, repeated = _Counts(), _Counts(), _Counts()
    count = 0
    for row in _without_footers(rows, found, options, told):
        if options.lists and is_subtotal(row, found.numbered):
            subtotals.add(row.line)
            continue
        if options.header and _is_repeated(row, found):
            repeated.add(row.line)
            continue
        whole = _fitted(row, found.width, told, short)
        if whole is not None:
            count += 1
            yield whole
    left_out = {"subtotals": subtotals, "repeated_headings": repeated, "short": short}
    for key, counts in left_out.items():
        if counts.count:
            told.note(key, counts.line, count=counts.count)
    if not count and not told.rejects:
        told.note("no_rows")


def _without_footers(
    rows: Iterable[Row], found: Frame, options: ReadOptions, told: Told
) -> Iterator[Row]:
    tail: deque[Row] = deque()
    for row in rows:
        if not any(row.cells):
            continue
        tail.append(row)
        if len(tail) > (_TAIL if options.lists else 0):
            yield tail.popleft()
    last = list(tail)
    under = footers(last, len(found.columns))
    yield from last[: len(last) - under]
    _tell_footers(last[len(last) - under :], told)


def _tell_footers(rows: Sequence[Row], told: Told) -> None:
    for row in rows:
        if row.present:
            text = " ".join(row.present)
            told.note("note_row" if is_foot(row) else "total_row", row.line, text=text[:200])


def _is_repeated(row: Row, found: Frame) -> bool:
    """Whether the row says the headings again, as printed lists do on each page."""
    columns = found.columns
    if len(columns) < 2 or row.cells[columns[0] : columns[0] + 1] != found.headings[:1]:
        return False
    cells = [row.cells[i] if i < len(row.cells) else None for i in found.columns]
    return cells == found.headings


def _fitted(row: Row, width: int, told: Told, short: _Counts) -> Row | None:
    """The row, `width` wide; None, and told, where no one can know which cell belongs where."""
    cells, filled = row.cells, row.filled
    if len(cells) > width:
        if any(cell is not None for cell in cells[width:]):
            told.refuse(
                row.line, row.raw or "", "too_many_fields", found=len(cells), expected=width
            )
            return None
        return row._replace(cells=cells[:width], filled=filled and filled[:width])
    if len(cells) < width:
        if row.raw is not None:
            if 2 * len(cells) < width:
                told.refuse(row.line, row.raw, "too_few_fields", found=len(cells), expected=width)
                return None
            short.add(row.line)
        missing: list[str | None] = [None] * (width - len(cells))
        return row._replace(cells=cells + missing, filled=filled and filled + missing)
    return row
