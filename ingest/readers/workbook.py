"""Worksheets of XLSX, XLSM, XLSB, XLS and ODS: values as text, merged cells filled."""

import re
from collections.abc import Sequence

import duckdb

from ingest.readers import staging
from ingest.readers.body import Told, data_rows
from ingest.readers.frame import Merge, frame
from ingest.readers.opening import Source
from ingest.readers.options import ReadOptions
from ingest.readers.package import Empty, Package, open_package
from ingest.readers.pages import Damaged, Locked, Page, pages, pages_apart, place
from ingest.readers.rows import Row
from ingest.sheet import Note, Sheet

_UNNAMED = re.compile(r"(?:sheet|工作表|表|tabelle|feuil|hoja|data|数据)[ _]?\d*", re.IGNORECASE)
_FILLED = 1_000_000  # cells that a merge may fill: whole columns are formatting


def read(source: Source, options: ReadOptions) -> list[Sheet]:
    """The worksheets of a workbook that are to be seen and have something in them.

    A formula gives the value that was saved with it; without one its cell is empty, and that is
    told. Raises InputError for a file that is no workbook, encrypted, damaged or too large.
    """
    package = open_package(source, options.max_unpacked)
    empty: dict[str, Empty] = {}
    found = _pages(source, options, package, empty)
    if options.sheet is not None and all(page.cells is None for page in found):
        names = ", ".join(page.name for page in found)
        raise source.error("no_such_sheet", sheet=options.sheet, sheets=names)
    sheets: list[Sheet] = []
    hidden: list[Note] = []
    for page in found:
        if page.cells is None:
            if page.hidden and options.sheet is None:
                values = {"file": str(source.path), "sheet": page.name}
                hidden.append(Note("readers.hidden_sheet", dict(values)))
            continue
        page.merges += package.spans.get(page.name, [])
        sheet = _sheet(source, options, page, empty.get(page.name, Empty([], [])))
        if sheet is not None:
            sheets.append(sheet)
    if not sheets:
        raise source.error("blank_workbook")
    unnamed = [sheet for sheet in sheets if _UNNAMED.fullmatch(sheet.name)]
    if len(unnamed) == 1:
        unnamed[0].name = source.stem
    sheets[0].notes[:0] = hidden
    return sheets


def _pages(
    source: Source, options: ReadOptions, package: Package, empty: dict[str, Empty]
) -> list[Page]:
    def look(name: str) -> None:
        empty[name] = package.empty(name)

    try:
        if package.parts:
            return pages(source.file, options.sheet, look)
        return pages_apart(source.file, options.sheet)
    except Locked as error:
        raise source.error("encrypted") from error
    except Damaged as error:
        raise source.error("damaged_workbook", detail=str(error)) from error


def _sheet(source: Source, options: ReadOptions, page: Page, empty: Empty) -> Sheet | None:
    skip = options.skip
    cells = (page.cells or [])[skip:]
    merges = _merges(page.merges, skip, len(cells))
    rows = _rows(cells, skip, merges)
    where: dict[str, object] = {"file": str(source.path), "where": f"[{page.name}] "}
    told = Told(where, notes=list(source.notes))
    found = frame(rows, options, where, merges)
    if found is None:
        return None
    told.notes += found.notes
    for key, places in (
        ("no_value", empty.formulas),
        ("error_cells", [*empty.errors, *page.errors]),
        ("long_numbers", page.long),
    ):
        if places:
            told.note(key, count=len(places), cell=places[0])
    below = [merge for merge in merges if merge[2] >= found.first]
    if below:
        told.note("merged", count=len(below), cell=place(below[0][0] + skip, below[0][1]))
    kept = data_rows(rows[found.first :], found, options, told)
    parts = list(staging.batches(kept, found.columns))

    def stage(con: duckdb.DuckDBPyConnection, table: str) -> None:
        staging.put(con, table, parts)

    return Sheet(page.name, found.headings, stage, found.units, told.notes, told.rejects)


def _merges(spans: Sequence[Merge], skip: int, height: int) -> list[Merge]:
    """The merged cells below `skip` rows that can be filled: not those of whole columns."""
    found = []
    for top, left, bottom, right in spans:
        first, last = top - skip, min(bottom - skip, height - 1)
        if 0 <= first <= last and (last - first + 1) * (right - left + 1) <= _FILLED:
            found.append((first, left, last, right))
    return sorted(found)


def _rows(cells: Sequence[list[str | None]], skip: int, merges: Sequence[Merge]) -> list[Row]:
    rows = [Row(skip + i + 1, line) for i, line in enumerate(cells)]
    for top, left, bottom, right in merges:
        first = rows[top].cells
        value = first[left] if left < len(first) else None
        for i in range(top, bottom + 1):
            row = rows[i]
            filled = list(row.cells) if row.filled is None else row.filled
            filled[left : right + 1] = [value] * (min(right + 1, len(filled)) - left)
            rows[i] = row._replace(filled=filled)
    return rows
