"""JSON and JSON Lines: arrays of objects as tables, each record with the line it starts on."""

import json
from collections.abc import Iterator
from typing import Any

import duckdb

from ingest.readers import staging
from ingest.readers.body import Told
from ingest.readers.cells import clean, plain
from ingest.readers.frame import Frame
from ingest.readers.headings import fold, strip_unit, told_apart
from ingest.readers.opening import Source
from ingest.readers.options import ReadOptions
from ingest.readers.rows import Row
from ingest.readers.text import utf8
from ingest.sheet import Sheet

LARGEST = 1 << 30
"""Bytes of a JSON file that are read; it is held in memory whole."""

FLATTENED = 30
"""Keys of an object inside a record that become columns `a.b`; with more it is a map, kept as JSON."""

_DECODER = json.JSONDecoder()
_BLANK = " \t\n\r"

_Records = list[tuple[int, dict[str, Any]]]


def read(source: Source, options: ReadOptions) -> list[Sheet]:
    """A sheet per array of objects.

    Lists of plain values in a record are joined with `;`, other lists and large maps kept as JSON.
    Raises InputError where the file holds no record, and for JSON that is damaged before the first.
    """
    if source.file.stat().st_size > LARGEST:
        raise source.error("too_large", limit=LARGEST >> 20)
    path = utf8(source, options.encoding)
    text = path.read_text("utf-8-sig", errors="replace")
    told = Told({"file": source.path})
    try:
        found = list(_tables(source, text, told, options))
    except RecursionError as error:
        raise source.error("too_deep") from error
    if not found:
        raise source.error("no_records")
    return [_sheet(source, name, records, told, options) for name, records in found]


def _tables(
    source: Source, text: str, told: Told, options: ReadOptions
) -> Iterator[tuple[str, _Records]]:
    start = _skip(text, 0)
    if text[start : start + 1] == "[" and options.sheet is None:
        yield source.stem, list(_array(source, text, start, told))
        return
    lines = source.suffix in (".jsonl", ".ndjson")
    try:
        whole, end = _DECODER.raw_decode(text, start)
    except json.JSONDecodeError as error:
        if not lines:
            raise _damaged(source, error) from error
        whole, end = None, start
    if lines or _skip(text, end) < len(text):
        yield source.stem, list(_lines(source, text, told))
        return
    yield from _of_object(source, whole, options)


def _damaged(source: Source, error: json.JSONDecodeError) -> Exception:
    return source.error("damaged_json", line=error.lineno, column=error.colno, detail=error.msg)


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in _BLANK:
        at += 1
    return at


def _array(source: Source, text: str, start: int, told: Told) -> Iterator[tuple[int, Any]]:
    """The objects of an array, one by one, so that those before a damaged place are had."""
    at, line, counted, any_read = start + 1, 1, 0, False
    while True:
        at = _skip(text, at)
        line += text.count("\n", counted, at)
        counted = at
        if text[at : at + 1] == "]":
            return
        try:
            value, at = _DECODER.raw_decode(text, at)
        except json.JSONDecodeError as error:
            if not any_read:
                raise _damaged(source, error) from error
            told.refuse(line, text[at : at + 200], "json_cut", detail=error.msg)
            return
        any_read = True
        if isinstance(value, dict):
            yield line, value
        else:
            told.refuse(line, json.dumps(value, ensure_ascii=False), "no_object")
        at = _skip(text, at)
        if text[at : at + 1] == ",":
            at += 1
        elif text[at : at + 1] != "]":
            line += text.count("\n", counted, at)
            told.refuse(line, text[at : at + 200], "json_cut", detail="expected , or ]")
            return


def _lines(source: Source, text: str, told: Told) -> Iterator[tuple[int, Any]]:
    """JSON Lines; where a first line is no JSON at all, neither is the file."""
    first = True
    for line, content in enumerate(text.split("\n"), 1):
        if not content.strip():
            continue
        try:
            value = json.loads(content)
        except json.JSONDecodeError as error:
            if first:
                raise source.error(
                    "damaged_json", line=line, column=error.colno, detail=error.msg
                ) from error
            told.refuse(line, content, "json_line", column=error.colno, detail=error.msg)
            continue
        first = False
        if isinstance(value, dict):
            yield line, value
        else:
            told.refuse(line, content, "no_object")


def _of_object(source: Source, whole: Any, options: ReadOptions) -> Iterator[tuple[str, _Records]]:
    """The arrays of objects inside one object, by their keys; else the object as one record."""
    if options.sheet is not None:
        for key in options.sheet.split("."):
            whole = whole.get(key) if isinstance(whole, dict) else None
        if not isinstance(whole, list):
            raise source.error("no_sheet", sheet=options.sheet)
        yield options.sheet.rpartition(".")[2], _numbered(whole)
        return
    if not isinstance(whole, dict):
        raise source.error("no_records")
    arrays = {k: v for k, v in whole.items() if isinstance(v, list) and _is_table(v)}
    if arrays:
        for key, values in arrays.items():
            yield key, _numbered(values)
    elif whole:
        yield source.stem, [(1, whole)]


def _is_table(values: list[Any]) -> bool:
    return bool(values) and all(isinstance(value, dict) for value in values)


def _numbered(values: list[Any]) -> _Records:
    return [(i, value) for i, value in enumerate(values, 1) if isinstance(value, dict)]


def _sheet(source: Source, name: str, records: _Records, told: Told, options: ReadOptions) -> Sheet:
    keys = _columns(records)
    headings = told_apart([fold(key) for key in keys])
    units = {i: unit for i, key in enumerate(headings) if (unit := strip_unit(key)[1])}
    found = Frame(len(keys), list(range(len(keys))), headings, 0, units)
    said = Told({"file": source.path})
    said.notes += source.notes
    said.rejects += told.rejects
    rows = [Row(line, [_cell(record, key) for key in keys]) for line, record in records]
    if not any(row.present for row in rows):
        said.note("no_rows")

    def stage(con: duckdb.DuckDBPyConnection, table: str) -> None:
        staging.put(con, table, staging.batches(rows, found.columns))

    return Sheet(name, headings, stage, units, said.notes, said.rejects)


def _columns(records: _Records) -> list[str]:
    """The keys of all records in the order in which they come, small objects' keys after them."""
    inner: dict[str, dict[str, None]] = {}
    for _, record in records:
        for key, value in record.items():
            below = inner.setdefault(key, {})
            if isinstance(value, dict) and len(below) <= FLATTENED:
                below.update(dict.fromkeys(f"{key}.{k}" for k in value))
    return [
        name
        for key, below in inner.items()
        for name in (key, *(below if len(below) <= FLATTENED else ()))
    ]


def _cell(record: dict[str, Any], key: str) -> str | None:
    if key in record:
        return _text(record[key])
    outer, _, rest = key.partition(".")
    value = record.get(outer)
    return _text(value.get(rest)) if isinstance(value, dict) else None


def _text(value: Any) -> str | None:
    """A JSON value as a cell.

    >>> _text(["甲", "乙"]), _text({"a": 1}), _text(True), _text(3.0), _text(None), _text([])
    ('甲;乙', '{"a": 1}', 'true', '3', None, None)
    """
    if value is None or value == [] or value == {}:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return plain(value)[0]
    if isinstance(value, list) and not any(isinstance(v, list | dict) for v in value):
        return ";".join(t for v in value if (t := _text(v)) is not None) or None
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return clean(str(value))
