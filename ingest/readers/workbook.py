"""Worksheets of XLSX, XLSM, XLSB, XLS and ODS: values as text, merged cells filled."""

import datetime as dt
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field

import duckdb
import python_calamine as calamine

from ingest.readers import staging
from ingest.readers.body import Told, data_rows
from ingest.readers.cells import clean, plain
from ingest.readers.frame import Merge, frame
from ingest.readers.opening import Source
from ingest.readers.options import ReadOptions
from ingest.readers.package import Package, open_package
from ingest.readers.rows import Row
from ingest.sheet import Note, Sheet

_UNNAMED = re.compile(r"(?:sheet|工作表|表|tabelle|feuil|hoja|data|数据)[ _]?\d*", re.IGNORECASE)
_ERROR = re.compile(r"#(?:REF!|N/A|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!|GETTING_DATA)")
_FILLED = 1_000_000  # cells that a merge may fill: whole columns are formatting

Value = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta


def read(source: Source, options: ReadOptions) -> list[Sheet]:
    """The worksheets of a workbook that are to be seen and have something in them.

    A formula gives the value that was saved with it; without one its cell is empty, and that is
    told. Raises InputError for a file that is no workbook, encrypted, damaged or too large.
    """
    package = open_package(source, options.max_unpacked)
    notes: list[Note] = []
    sheets: list[Sheet] = []
    with _reading(source, package) as book:
        for name in _chosen(source, book, options, notes):
            sheet = _sheet(source, options, package, book, name)
            if sheet is not None:
                sheets.append(sheet)
    if not sheets:
        raise source.error("blank_workbook")
    unnamed = [sheet for sheet in sheets if _UNNAMED.fullmatch(sheet.name)]
    if len(unnamed) == 1:
        unnamed[0].name = source.stem
    sheets[0].notes[:0] = notes
    return sheets


@contextmanager
def _reading(source: Source, package: Package) -> Iterator[calamine.CalamineWorkbook]:
    """The open workbook; what its library says of a damaged one is an InputError."""
    try:
        with (
            _silent() if package.old else nullcontext(),
            source.file.open("rb") as file,
            calamine.CalamineWorkbook.from_filelike(file) as book,
        ):
            yield book
    except calamine.PasswordError as error:
        raise source.error("encrypted") from error
    except calamine.CalamineError as error:
        raise source.error("damaged_workbook", detail=str(error)) from error
    except BaseException as error:
        # A damaged XLS can make the library panic, which is no Exception and has no public name.
        if type(error).__name__ != "PanicException":
            raise
        raise source.error("damaged_workbook", detail="panic") from error


@contextmanager
def _silent() -> Iterator[None]:
    """Keeps off standard error what a library prints there on its own when it panics."""
    kept = os.dup(2)
    try:
        with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - os.devnull is no path on Windows
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _chosen(
    source: Source, book: calamine.CalamineWorkbook, options: ReadOptions, notes: list[Note]
) -> list[str]:
    """The names of the worksheets to read: the one asked for, or all but the hidden ones."""
    pages = [m for m in book.sheets_metadata if m.typ == calamine.SheetTypeEnum.WorkSheet]
    names = [page.name for page in pages]
    wanted = options.sheet
    if wanted is not None:
        if wanted not in names and wanted.isdigit() and 0 < int(wanted) <= len(names):
            wanted = names[int(wanted) - 1]
        if wanted not in names:
            listed = ", ".join(names)
            raise source.error("no_such_sheet", sheet=options.sheet, sheets=listed)
        return [wanted]
    shown = [p.name for p in pages if p.visible == calamine.SheetVisibleEnum.Visible]
    for name in names:
        if name not in shown:
            notes.append(Note("readers.hidden_sheet", {"file": str(source.path), "sheet": name}))
    return shown


@dataclass
class _Seen:
    """Cells that lost something on the way, by their places."""

    long: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def _sheet(
    source: Source,
    options: ReadOptions,
    package: Package,
    book: calamine.CalamineWorkbook,
    name: str,
) -> Sheet | None:
    empty = package.empty(name)
    page = book.get_sheet_by_name(name)
    seen = _Seen(errors=list(empty.errors))
    values = page.to_python(skip_empty_area=False)
    merges = _merges(package.spans.get(name) or page.merged_cell_ranges or (), len(values))
    rows = _rows(values, merges, seen)[options.skip :]
    merges = [(a - options.skip, b, c - options.skip, d) for a, b, c, d in merges]
    place: dict[str, object] = {"file": str(source.path), "where": f"[{name}] "}
    told = Told(place, notes=list(source.notes))
    found = frame(rows, options, place, [m for m in merges if m[0] >= 0])
    if found is None:
        return None
    told.notes += found.notes
    for key, cells in (
        ("no_value", empty.formulas), ("error_cells", seen.errors), ("long_numbers", seen.long),
    ):  # fmt: skip
        if cells:
            told.note(key, count=len(cells), cell=cells[0])
    below = [m for m in merges if m[2] >= found.first]
    if below:
        top, left = below[0][:2]
        told.note("merged", count=len(below), cell=_place(top + options.skip, left))
    kept = data_rows(rows[found.first :], found, options, told)
    parts = list(staging.batches(kept, found.columns))

    def stage(con: duckdb.DuckDBPyConnection, table: str) -> None:
        staging.put(con, table, parts)

    return Sheet(name, found.headings, stage, found.units, told.notes, told.rejects)


def _merges(ranges: Sequence[object], height: int) -> list[Merge]:
    """Merged cells as first row, first column, last row, last column; those of whole columns not."""
    found: list[Merge] = []
    for span in ranges:
        flat: list[int] = []
        for part in span:  # type: ignore[attr-defined]
            flat += part if isinstance(part, tuple) else (part,)
        top, left, bottom, right = flat
        bottom = min(bottom, height - 1)
        if (bottom - top + 1) * (right - left + 1) <= _FILLED and bottom >= top:
            found.append((top, left, bottom, right))
    return sorted(found)


def _rows(values: Sequence[Sequence[Value]], merges: Sequence[Merge], seen: _Seen) -> list[Row]:
    rows = [
        Row(i + 1, [_text(value, i, k, seen) for k, value in enumerate(line)])
        for i, line in enumerate(values)
    ]
    for top, left, bottom, right in merges:
        cells = rows[top].cells
        value = cells[left] if left < len(cells) else None
        for i in range(top, bottom + 1):
            row = rows[i]
            filled = list(row.cells) if row.filled is None else row.filled
            filled[left : right + 1] = [value] * (min(right + 1, len(filled)) - left)
            rows[i] = row._replace(filled=filled)
    return rows


def _text(value: Value, row: int, column: int, seen: _Seen) -> str | None:
    match value:
        case str():
            if value.startswith("#") and _ERROR.fullmatch(value):
                seen.errors.append(_place(row, column))
                return None
            return clean(value)
        case bool():
            return "true" if value else "false"
        case float() | int():
            text, long = plain(float(value)) if isinstance(value, float) else (str(value), False)
            if long:
                seen.long.append(_place(row, column))
            return text
        case dt.datetime():
            midnight = value.time() == dt.time()
            return value.date().isoformat() if midnight else value.isoformat(" ")
        case _:
            return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)


def _place(row: int, column: int) -> str:
    """The name of a cell.

    >>> _place(0, 0), _place(9, 27)
    ('A1', 'AB10')
    """
    letters, number = "", column + 1
    while number:
        number, letter = divmod(number - 1, 26)
        letters = chr(65 + letter) + letters
    return f"{letters}{row + 1}"
