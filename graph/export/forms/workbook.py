"""Forms as an XLSX workbook: a sheet each, with help and drop-downs, the same bytes every time."""

import io
import re
import zipfile
from collections.abc import Sequence
from typing import Any

from graph.export.forms.blank_tables import Table
from graph.rows import defused

ROWS = 1000
"""How far down the drop-downs reach."""

LONGEST = 255
"""Excel takes no longer list of choices in a cell's validation (ECMA-376, 18.3.1.33, formula1)."""

_WHEN = (1980, 1, 1, 0, 0, 0)
_STAMP = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(<)")
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")


def workbook(tables: Sequence[Table]) -> bytes:
    """The forms as a workbook: headings in the first row, help in the second, choices to pick."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    for table in tables:
        _sheet(book.create_sheet(sheet_name(table.name)), table)
    made = io.BytesIO()
    book.save(made)
    return timeless(made.getvalue())


def sheet_name(name: str) -> str:
    """A name as Excel takes it for a sheet: 31 characters, none of `[]:*?/\\`.

    >>> sheet_name("科技计划/专项")
    '科技计划 专项'
    """
    return _FORBIDDEN.sub(" ", name)[:31]


def _sheet(sheet: Any, table: Table) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    sheet.append([defused(h) for h in table.headings])
    sheet.append([defused(h) for h in table.help])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="DDEBF7")
    for cell in sheet[2]:
        cell.font = Font(italic=True, color="595959", size=9)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.row_dimensions[2].height = 78
    sheet.freeze_panes = "A3"
    for i, column in enumerate(table.columns, 1):
        letter = get_column_letter(i)
        sheet.column_dimensions[letter].width = max(14, min(40, 2 * len(column.heading) + 4))
        for row in range(3, 3 + len(table.rows)):
            sheet.cell(row, i, defused(table.rows[row - 3][i - 1]))
        formula = _choices(column.choices)
        if formula is not None:
            choice = DataValidation("list", formula1=formula, allow_blank=True)
            choice.errorStyle = "warning"
            sheet.add_data_validation(choice)
            choice.add(f"{letter}3:{letter}{ROWS}")


def _choices(choices: Sequence[str]) -> str | None:
    """The choices as Excel takes them, None where they do not fit or hold a comma."""
    listed = ",".join(choices).replace('"', '""')
    fits = bool(choices) and len(listed) <= LONGEST and not any("," in c for c in choices)
    return f'"{listed}"' if fits else None


def timeless(content: bytes) -> bytes:
    """The archive without the time at which it was made."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        for item in old.infolist():
            data = _STAMP.sub(rb"\g<1>1980-01-01T00:00:00Z\g<2>", old.read(item.filename))
            info = zipfile.ZipInfo(item.filename, _WHEN)
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, data)
    return made.getvalue()
