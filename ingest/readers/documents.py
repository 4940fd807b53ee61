"""JSON and JSON Lines: objects as rows, each with the line it begins on."""

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import duckdb
import pyarrow as pa

from ingest.readers import staging
from ingest.readers.body import Told
from ingest.readers.headings import fold, told_apart
from ingest.readers.json_arrays import Array, Found, arrays, checked
from ingest.readers.json_values import Decoder, Shape
from ingest.readers.opening import Source
from ingest.readers.options import ReadOptions
from ingest.readers.rows import Row
from ingest.readers.text import utf8
from ingest.sheet import Sheet

MAX_DOCUMENT = 1 << 30
"""The bytes of the largest JSON document; JSON Lines may be longer."""

MAX_LINE = 64 << 20
_COLUMNS = 2000
_RAW = 2000
_MARK = b"\xef\xbb\xbf"


def read(source: Source, options: ReadOptions) -> list[Sheet]:
    """The sheets of a JSON file: one for an array or for lines of objects, one per array of an
    object. Raises InputError with line and column where it is no JSON, and where it has no objects.
    """
    path = utf8(source, options.encoding)
    if _is_lines(path, source.suffix):
        table = _Table(source, source.stem, lambda: _lines(path))
        return [table.sheet()]
    if path.stat().st_size > MAX_DOCUMENT:
        raise source.error("large_json", limit=MAX_DOCUMENT >> 20)
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        line = 1 + error.object[: error.start].count(b"\n")
        raise source.error("wrong_encoding", encoding="UTF-8", line=line) from error
    if not text.strip():
        raise source.error("blank")
    return [
        _Table(source, array.name, array.objects, array.keys).sheet()
        for array in _wanted(source, arrays(source, text), options.sheet)
    ]


def _wanted(source: Source, found: list[Array], name: str | None) -> list[Array]:
    if name is None:
        return found
    chosen = [array for array in found if name in (array.path, array.name)]
    if not chosen:
        names = ", ".join(array.path or array.name for array in found)
        raise source.error("no_such_sheet", sheet=name, sheets=names)
    return chosen


def _is_lines(path: Path, suffix: str) -> bool:
    """Whether each line is a document of its own, which `.json` does not tell."""
    with path.open("rb") as file:
        if file.read(len(_MARK)) != _MARK:
            file.seek(0)
        lines: list[bytes] = []
        while len(lines) < 2 and (line := file.readline(MAX_LINE)):
            if line.strip():
                lines.append(line)
    if not lines or lines[0].lstrip().startswith(b"["):
        return False
    return suffix != ".json" or (len(lines) == 2 and any(map(_is_object, lines)))


def _is_object(line: bytes) -> bool:
    if not line.lstrip().startswith(b"{"):
        return False
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _lines(path: Path) -> Iterator[Found]:
    """The objects of JSON Lines; a line that holds none is told, and the next is read."""
    decoder = Decoder()
    with path.open("rb") as file:
        number = 0
        while data := file.readline(MAX_LINE):
            number += 1
            if len(data) == MAX_LINE and not data.endswith(b"\n"):
                while data and not data.endswith(b"\n"):
                    data = file.readline(MAX_LINE)
                yield Found(number, {}, "", "long_record")
                continue
            if number == 1:
                data = data.removeprefix(_MARK)
            if data.strip():
                yield _line(number, data, decoder)


def _line(number: int, data: bytes, decoder: Decoder) -> Found:
    try:
        text = data.decode("utf-8").strip()
        return checked(number, decoder.decode(text), text, decoder)
    except UnicodeDecodeError:
        raw, problem, detail, column = data.decode("utf-8", "replace"), "not_utf8", "", 0
    except json.JSONDecodeError as error:
        raw, problem, detail, column = error.doc, "bad_json_line", error.msg, error.colno
    except RecursionError:
        raw, problem, detail, column = text, "deep_json_line", "", 0
    decoder.take_repeated()
    return Found(number, {}, raw.strip()[:_RAW], problem, detail, column)


class _Table:
    """One series of objects: gone through once for its columns, and again for its cells."""

    def __init__(
        self,
        source: Source,
        name: str,
        objects: Callable[[], Iterable[Found]],
        keys: list[str] | None = None,
    ) -> None:
        self.source, self.name, self.objects = source, name, objects
        self.told = Told({"file": str(source.path), "where": ""}, notes=list(source.notes))
        self.shape = Shape()
        count = 0
        for found in objects():
            if found.problem is None:
                self.shape.see(found.value)
                count += 1
            else:
                self._refuse(found)
        if not count:
            raise source.error("no_objects")
        headings = self.shape.headings()
        if len(headings) > _COLUMNS:
            raise source.error("many_columns", count=len(headings), limit=_COLUMNS)
        named = [fold(heading) or f"column {i + 1}" for i, heading in enumerate(headings)]
        self.headings = told_apart(named)
        for heading in self.shape.wholes():
            self.told.note("keys_are_data", heading=heading)
        if keys:
            self.told.note("keyed_objects", heading="key", count=len(keys))
        elif count == 1 and name == source.stem and not self.told.rejects:
            self.told.note("one_record")

    def _refuse(self, found: Found) -> None:
        values: dict[str, object] = (
            {"name": found.detail} if found.problem == "repeated_key" else {}
        )
        if found.problem == "bad_json_line":
            values = {"detail": found.detail, "column": found.column}
        self.told.refuse(found.line, found.raw, found.problem or "", **values)

    def sheet(self) -> Sheet:
        told = self.told
        return Sheet(self.name, self.headings, self._stage, {}, told.notes, told.rejects)

    def _stage(self, con: duckdb.DuckDBPyConnection, name: str) -> None:
        staging.put(con, name, self._batches())

    def _batches(self) -> Iterator[pa.RecordBatch]:
        first = not self.shape.as_json
        self.shape.as_json.clear()
        width = len(self.headings)
        yield from staging.batches(self._rows(width), range(width))
        if first:
            for column, count in sorted(self.shape.as_json.items()):
                self.told.note("kept_as_json", heading=self.headings[column], count=count)

    def _rows(self, width: int) -> Iterator[Row]:
        for found in self.objects():
            if found.problem is None:
                cells = self.shape.cells(found.value, width)
                if any(cells):
                    yield Row(found.line, cells)
