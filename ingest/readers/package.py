"""What a workbook's own bytes say that its cells do not: locks, size, formulas without a value."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from posixpath import join, normpath
from typing import IO, NamedTuple
from xml.etree import ElementTree as ET

from ingest.readers.opening import CHUNK, Source

MAX_CELLS = 20_000_000
"""Cells between A1 and the last one in use; a stray cell far away would fill the memory."""

MAX_SIZE = 1 << 30
"""The bytes to which a workbook may unpack: all of it is held in memory."""

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ET.ParseError,
    ValueError, OSError,
)  # fmt: skip
_WORTHLESS = re.compile(
    rb"<c\b([^>]*)>\s*<f\b[^>]*?(?:/>|>[^<]*</f>)\s*(?:<v>\s*</v>|<v\s*/>)?\s*</c>"
)
_FAULTY = re.compile(rb'<c\b([^>]*\bt="e"[^>]*)>')
_PLACE = re.compile(rb'\br="([A-Z]{1,3}[0-9]+)"')
_ROW = re.compile(rb'<row\b[^>]*?\br="(\d+)"')
_FAR = re.compile(rb'<c\b[^>]*?\br="([A-Z]{2,3})\d')
_OFFICE = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"


class Empty(NamedTuple):
    """Places of cells without a value: formulas never worked out, and errors."""

    formulas: list[str]
    errors: list[str]


@dataclass
class Package:
    """A workbook: `parts` are the files of its worksheets by name, in XLSX and XLSM; `spans` the
    merged cells of each, in ODS.
    """

    source: Source
    parts: dict[str, str] = field(default_factory=dict)
    spans: dict[str, list[tuple[int, int, int, int]]] = field(default_factory=dict)

    def empty(self, name: str) -> Empty:
        """The cells of a worksheet that have no value though they have something in them.

        Raises InputError where the worksheet spans too many cells.
        """
        part = self.parts.get(name)
        if part is None:
            return Empty([], [])
        try:
            with zipfile.ZipFile(self.source.file) as package:
                data = package.read(part)
        except _DAMAGED as error:
            raise self.source.error("damaged_workbook", detail=str(error)) from error
        self._measure(name, data)
        formulas = [] if b"<f" not in data else list(_places(_WORTHLESS, data))
        errors = [] if b't="e"' not in data else list(_places(_FAULTY, data))
        return Empty(formulas, errors)

    def _measure(self, name: str, data: bytes) -> None:
        last = data.rfind(b"<row ")
        match = _ROW.match(data, last) if last >= 0 else None
        rows = int(match[1]) if match else 1
        columns = max((_column(m) for m in set(_FAR.findall(data))), default=26)
        if rows * columns > MAX_CELLS:
            raise self.source.error("sparse_sheet", sheet=name, rows=rows, columns=columns)


def _places(pattern: re.Pattern[bytes], data: bytes) -> Iterator[str]:
    for match in pattern.finditer(data):
        place = _PLACE.search(match[1])
        # A formula whose value is the empty text says so by its type.
        if place and b't="str"' not in match[1]:
            yield place[1].decode()


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def open_package(source: Source, limit: int) -> Package:
    """Looks a workbook over before it is read.

    Raises InputError for one that is locked, is none, or would unpack to more than `limit` bytes.
    """
    with source.file.open("rb") as file:
        head = file.read(CHUNK)
        if head.startswith(_OLE):
            if _is_locked(head, file):
                raise source.error("encrypted")
            return Package(source)
    if not head.startswith(_ZIP):
        raise _no_workbook(source, head)
    try:
        with zipfile.ZipFile(source.file) as package:
            if sum(info.file_size for info in package.infolist()) > min(limit, MAX_SIZE):
                raise source.error("too_large", limit=min(limit, MAX_SIZE) >> 20)
            names = set(package.namelist())
            if "xl/workbook.xml" in names:
                return Package(source, _parts(package, names))
            if "content.xml" in names:
                with package.open("content.xml") as content:
                    return Package(source, spans=_spans(content))
    except _DAMAGED as error:
        raise source.error("damaged_workbook", detail=str(error)) from error
    return Package(source)


def _is_locked(head: bytes, file: IO[bytes]) -> bool:
    before = b""
    while head:
        if _LOCKED in before + head:
            return True
        before, head = head[-len(_LOCKED) :], file.read(CHUNK)
    return False


def _no_workbook(source: Source, head: bytes) -> Exception:
    start = head[:2000].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if start.startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"mime-version")):
        return source.error("web_page")
    if b"\0" not in head:
        return source.error("text_workbook")
    return source.error("no_workbook")


def _parts(package: zipfile.ZipFile, names: set[str]) -> dict[str, str]:
    book = ET.fromstring(package.read("xl/workbook.xml"))  # noqa: S314
    related = "xl/_rels/workbook.xml.rels"
    if related not in names:
        return {}
    targets = {}
    for relation in ET.fromstring(package.read(related)):  # noqa: S314
        target = relation.get("Target", "")
        path = target.lstrip("/") if target.startswith("/") else normpath(join("xl", target))
        targets[relation.get("Id", "")] = path
    found = {}
    for element in book.iter():
        if element.tag.endswith("}sheet"):
            part = targets.get(element.get(_OFFICE, ""))
            if part in names:
                found[element.get("name", "")] = str(part)
    return found


def _spans(content: IO[bytes]) -> dict[str, list[tuple[int, int, int, int]]]:
    """The merged cells of an OpenDocument spreadsheet by worksheet."""
    found: dict[str, list[tuple[int, int, int, int]]] = {}
    name, row, column, repeat = "", 0, 0, 1
    for event, element in ET.iterparse(content, ("start", "end")):  # noqa: S314
        if not element.tag.startswith(_TABLE):
            continue
        tag = element.tag[len(_TABLE) :]
        if tag == "table" and event == "start":
            name, row = element.get(_TABLE + "name", ""), 0
            found[name] = []
        elif tag == "table-row" and event == "start":
            column, repeat = 0, int(element.get(_TABLE + "number-rows-repeated", "1"))
        elif tag == "table-row":
            row += repeat
            element.clear()
        elif tag in ("table-cell", "covered-table-cell") and event == "start":
            down = int(element.get(_TABLE + "number-rows-spanned", "1"))
            across = int(element.get(_TABLE + "number-columns-spanned", "1"))
            if down > 1 or across > 1:
                found[name].append((row, column, row + down - 1, column + across - 1))
            column += int(element.get(_TABLE + "number-columns-repeated", "1"))
    return found
