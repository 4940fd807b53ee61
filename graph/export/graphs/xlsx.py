"""XLSX: a workbook with a sheet per class and per relation.

Texts that would be formulas are defused. A cell holds 32,767 characters at most (Excel's limit):
what is longer is cut and ends in `…`.
"""

import io
from typing import IO, TYPE_CHECKING, Any

from graph.errors import UsageError
from graph.export.forms.workbook import sheet_name, timeless
from graph.export.graphs.tables import tables
from graph.rows import defused

if TYPE_CHECKING:
    from graph.record import Record
    from graph.settings import Settings

ROWS = 1_048_576
LONGEST = 32_767
FETCH = 10_000


def write(record: "Record", output: IO[bytes], settings: "Settings") -> None:
    """The exporter `xlsx`. UsageError for a table with more rows than a sheet takes."""
    from openpyxl import Workbook

    view = record.view()
    for name, rows in {**view.entity_counts(), **view.relation_counts()}.items():
        if rows >= ROWS:
            raise UsageError("graphs.too_many_rows", name=name, rows=rows, most=ROWS - 1)
    book = Workbook(write_only=True)
    for table in tables(view):
        sheet = book.create_sheet(sheet_name(table.name))
        sheet.freeze_panes = "A2"
        sheet.append(["id" if table.relation and c == "eid" else c for c in table.columns])
        cursor = view.con.execute(table.sql)
        while some := cursor.fetchmany(FETCH):
            for row in some:
                sheet.append([_cell(value) for value in row])
    if not book.worksheets:
        book.create_sheet("empty")
    made = io.BytesIO()
    book.save(made)
    output.write(timeless(made.getvalue()))


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        value = ";".join(value)
    if not isinstance(value, str):
        return value
    text = defused("".join(c if _held(c) else f"\\u{ord(c):04X}" for c in value))
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _held(char: str) -> bool:
    """Whether XML, and with it a cell, can hold a character."""
    return (char >= " " and char not in "\ufffe\uffff") or char in "\t\n\r"
