"""Formulas of an XLSX worksheet that hold no computed value, and cells in error.

A library that reads values gives nothing for either, as it does for an empty cell; so the
worksheet's XML is looked through for cells that have a formula and no value (ECMA-376, 18.3.1.4).
"""

import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

_CELL = re.compile(rb'<c r="([A-Z]+)(\d+)"[^>]*>\s*<f(?:[^>]*/>|[^>]*>[^<]*</f>)\s*</c>')
_ERROR = re.compile(rb'<c r="([A-Z]+)(\d+)"[^>]*\bt="e"')
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass
class Unread:
    """(row, column) of formulas without a value; the columns in error by row."""

    formulas: list[tuple[int, str]] = field(default_factory=list)
    errors: dict[int, list[str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.formulas or self.errors)


def unread(path: Path, number: int) -> Unread:
    """What cannot be read in the worksheet with the index `number` of the workbook `path`."""
    found = Unread()
    with zipfile.ZipFile(path) as packed:
        part = _part(packed, number)
        if part is None:
            return found
        xml = packed.read(part)
    for match in _CELL.finditer(xml):
        found.formulas.append((int(match[2]), match[1].decode()))
    for match in _ERROR.finditer(xml):
        found.errors.setdefault(int(match[2]), []).append(match[1].decode())
    return found


def _part(packed: zipfile.ZipFile, number: int) -> str | None:
    """The name of the part that holds a worksheet, by way of the workbook's relations."""
    names = set(packed.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return None
    book = ElementTree.fromstring(packed.read("xl/workbook.xml"))  # noqa: S314 - expat limits entities
    sheets = book.findall(f"{_MAIN}sheets/{_MAIN}sheet")
    if number >= len(sheets):
        return None
    wanted = sheets[number].get(_LINK)
    relations = ElementTree.fromstring(packed.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    for relation in relations:
        if relation.get("Id") == wanted:
            part = posixpath.normpath(posixpath.join("xl", relation.get("Target", "")))
            return part if part in names else None
    return None
