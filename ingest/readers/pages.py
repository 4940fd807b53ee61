"""The worksheets of a workbook as text, by calamine; of some formats in a process of their own.

How much memory an XLS, XLSB or ODS file will take cannot be told before it is read, and a damaged
one can make the library abort. So these are read in a child process with a bounded memory:
`python -m ingest.readers.pages FILE [SHEET]` writes a line of JSON for each worksheet.
"""

import datetime as dt
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import python_calamine as calamine

from ingest.readers.cells import clean, plain
from ingest.readers.frame import Merge

MEMORY = 3 << 30
"""The bytes of address space that a child may use, where the system knows of such a limit."""

_ERROR = re.compile(r"#(?:REF!|N/A|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!|GETTING_DATA)")

Value = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta


@dataclass
class Page:
    """A worksheet; `cells` from A1 on, None where the worksheet was not to be read.

    `long` and `errors` are the places of numbers that may have lost digits, and of errors.
    """

    name: str
    hidden: bool
    cells: list[list[str | None]] | None = None
    merges: list[Merge] = field(default_factory=list)
    long: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


class Locked(Exception):  # noqa: N818 - it is no error of the program, callers say it
    """The workbook is protected by a password."""


class Damaged(Exception):  # noqa: N818 - it is no error of the program, callers say it
    """The workbook cannot be read."""


def pages(path: Path, wanted: str | None, before: Callable[[str], None]) -> list[Page]:
    """The worksheets of a workbook, in its order; `wanted` has its cells, else all that are shown.

    `before` is called with the name of each worksheet that is about to be read. Raises Locked and
    Damaged.
    """
    found: list[Page] = []
    try:
        with path.open("rb") as file, calamine.CalamineWorkbook.from_filelike(file) as book:
            sheets = [m for m in book.sheets_metadata if m.typ == calamine.SheetTypeEnum.WorkSheet]
            wanted = _name([sheet.name for sheet in sheets], wanted)
            for sheet in sheets:
                page = Page(sheet.name, sheet.visible != calamine.SheetVisibleEnum.Visible)
                if (wanted is None and not page.hidden) or wanted == page.name:
                    before(page.name)
                    _fill(page, book.get_sheet_by_name(page.name))
                found.append(page)
    except calamine.PasswordError as error:
        raise Locked from error
    except calamine.CalamineError as error:
        raise Damaged(str(error)) from error
    return found


def _name(names: Sequence[str], wanted: str | None) -> str | None:
    """The worksheet that is meant: by its name or its number from 1."""
    if wanted is not None and wanted not in names and wanted.isdigit():
        return names[int(wanted) - 1] if 0 < int(wanted) <= len(names) else wanted
    return wanted


def _fill(page: Page, sheet: calamine.CalamineSheet) -> None:
    values = sheet.to_python(skip_empty_area=False)
    page.merges = [(a, b, c, d) for (a, b), (c, d) in sheet.merged_cell_ranges or ()]
    page.cells = [
        [_text(value, i, k, page) for k, value in enumerate(row)] for i, row in enumerate(values)
    ]


def _text(value: Value, row: int, column: int, page: Page) -> str | None:
    match value:
        case str():
            if value.startswith("#") and _ERROR.fullmatch(value):
                page.errors.append(place(row, column))
                return None
            return clean(value)
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            text, long = plain(value)
            if long:
                page.long.append(place(row, column))
            return text
        case dt.datetime():
            midnight = value.time() == dt.time()
            return value.date().isoformat() if midnight else value.isoformat(" ")
        case _:
            return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)


def place(row: int, column: int) -> str:
    """The name of a cell.

    >>> place(0, 0), place(9, 27)
    ('A1', 'AB10')
    """
    letters, number = "", column + 1
    while number:
        number, letter = divmod(number - 1, 26)
        letters = chr(65 + letter) + letters
    return f"{letters}{row + 1}"


def pages_apart(path: Path, wanted: str | None) -> list[Page]:
    """What `pages` gives, read by a child process."""
    command = [sys.executable, "-m", __name__, str(path), *([] if wanted is None else [wanted])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUTF8": "1"}
    done = subprocess.run(command, capture_output=True, env=environment, check=False)  # noqa: S603
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    if lines and "locked" in lines[-1]:
        raise Locked
    if lines and "damaged" in lines[-1]:
        raise Damaged(lines[-1]["damaged"])
    if done.returncode:
        raise Damaged("—")
    for line in lines:
        line["merges"] = [(a, b, c, d) for a, b, c, d in line["merges"]]
    return [Page(**line) for line in lines]


def _child(path: Path, wanted: str | None) -> None:
    try:
        import resource
    except ImportError:  # Windows
        pass
    else:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        found = [asdict(page) for page in pages(path, wanted, lambda name: None)]
    except Locked:
        found = [{"locked": True}]
    except Damaged as error:
        found = [{"damaged": str(error)}]
    for line in found:
        sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    _child(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None)
