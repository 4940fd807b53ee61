"""Workbooks (XLSX, XLSM, XLSB, XLS, ODS): a sheet per visible worksheet, merged cells filled."""

import datetime
import zipfile
from collections.abc import Sequence
from typing import Any

import duckdb
import python_calamine as calamine

from ingest.readers import formulas, staging
from ingest.readers.body import Told, data_rows
from ingest.readers.cells import clean, plain
from ingest.readers.frame import Merge, frame
from ingest.readers.opening import Source
from ingest.readers.options import ReadOptions
from ingest.readers.rows import Row
from ingest.sheet import Sheet

LARGEST = 1 << 30
"""Bytes to which the parts of a workbook may unpack."""

_OLE = b"\xd0\xcf\x11\xe0"


def read(source: Source, options: ReadOptions) -> list[Sheet]:
    """The worksheets that hold a table; hidden ones are named and passed over.

    Raises InputError where the file is damaged, encrypted or too large, and where no worksheet
    holds anything.
    """
    _check_packing(source, min(options.max_unpacked, LARGEST))
    try:
        book = calamine.load_workbook(str(source.file))
    except calamine.PasswordError as error:
        raise source.error("encrypted") from error
    except calamine.CalamineError as error:
        if source.suffix in (".xlsx", ".xlsm") and _starts_with(source, _OLE):
            raise source.error("encrypted") from error
        raise source.error(
            "damaged", what=source.suffix.lstrip(".").upper(), detail=error
        ) from error
    notes = Told({"file": source.path})
    sheets = []
    for number, about in enumerate(book.sheets_metadata):
        if options.sheet is not None and about.name != options.sheet:
            continue
        if options.sheet is None and about.visible != calamine.SheetVisibleEnum.Visible:
            notes.note("hidden_sheet", sheet=about.name)
            continue
        found = _sheet(source, options, book, number, about.name)
        if found is not None:
            sheets.append(found)
    if options.sheet is not None and options.sheet not in book.sheet_names:
        raise source.error("no_sheet", sheet=options.sheet)
    if not sheets:
        raise source.error("blank")
    sheets[0].notes[:0] = [*source.notes, *notes.notes]
    return sheets


def _starts_with(source: Source, magic: bytes) -> bool:
    with source.file.open("rb") as file:
        return file.read(len(magic)) == magic


def _check_packing(source: Source, limit: int) -> None:
    if not zipfile.is_zipfile(source.file):
        return
    with zipfile.ZipFile(source.file) as packed:
        if sum(part.file_size for part in packed.infolist()) > limit:
            raise source.error("too_large", limit=limit >> 20)


def _sheet(source: Source, options: ReadOptions, book: Any, number: int, name: str) -> Sheet | None:
    told = Told({"file": f"{source.path.name} [{name}]"})
    try:
        worksheet = book.get_sheet_by_index(number)
        values = worksheet.to_python(skip_empty_area=False)
    except calamine.CalamineError as error:
        raise source.error("damaged", what=name, detail=error) from error
    merges = [(*first, *last) for first, last in worksheet.merged_cell_ranges or ()]
    rows = _rows(values, merges, told)[options.skip :]
    found = frame(rows, options, told.place, _below(merges, options.skip))
    if found is None:
        return None
    told.notes += found.notes
    unread = formulas.Unread()
    if source.suffix in (".xlsx", ".xlsm"):
        unread = formulas.unread(source.file, number)
    data = data_rows(rows[found.first :], found, options, told)
    kept = list(_computed(data, unread, told))

    def stage(con: duckdb.DuckDBPyConnection, table: str) -> None:
        staging.put(con, table, staging.batches(kept, found.columns))

    only = sum(1 for s in book.sheets_metadata if s.visible == calamine.SheetVisibleEnum.Visible)
    named = source.stem if only == 1 and name.lower().startswith("sheet") else name
    return Sheet(named, found.headings, stage, found.units, told.notes, told.rejects)


def _computed(rows: Any, unread: formulas.Unread, told: Told) -> Any:
    """The rows without those in which a formula has no value; cells in error are told."""
    columns: dict[int, list[str]] = {}
    for line, column in unread.formulas:
        columns.setdefault(line, []).append(column)
    for row in rows:
        if row.line in columns:
            cells = ", ".join(f"{column}{row.line}" for column in columns[row.line])
            told.refuse(row.line, "\t".join(row.present), "formula", cells=cells)
            continue
        for column in unread.errors.get(row.line, ()):
            told.note("error_cell", row.line, cell=f"{column}{row.line}")
        yield row


def _below(merges: Sequence[Merge], skip: int) -> list[Merge]:
    return [(t - skip, left, b - skip, right) for t, left, b, right in merges if t >= skip]


def _rows(values: list[list[Any]], merges: Sequence[Merge], told: Told) -> list[Row]:
    rows = []
    for line, cells in enumerate(values, 1):
        texts = []
        for cell in cells:
            text, lossy = _text(cell)
            if lossy:
                told.note("lost_digits", line, value=text)
            texts.append(text)
        rows.append(Row(line, texts))
    for top, left, bottom, right in merges:
        value = rows[top].cells[left] if top < len(rows) and left < len(rows[top].cells) else None
        for at in range(top, min(bottom + 1, len(rows))):
            filled = list(rows[at].filled or rows[at].cells)
            filled[left : right + 1] = [value] * (min(right + 1, len(filled)) - left)
            rows[at] = rows[at]._replace(filled=filled)
    return rows


def _text(cell: Any) -> tuple[str | None, bool]:
    """A cell as text, and whether it may have lost digits.

    >>> _text(datetime.datetime(2024, 5, 1)), _text(3.0), _text(""), _text(True)
    (('2024-05-01', False), ('3', False), (None, False), ('true', False))
    """
    if isinstance(cell, bool):
        return ("true" if cell else "false"), False
    if isinstance(cell, float):
        return plain(cell)
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
        cell = cell.date()
    if isinstance(cell, datetime.datetime):
        return cell.isoformat(" ", "seconds"), False
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat(), False
    return clean(str(cell)), False
