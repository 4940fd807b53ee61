"""Where in a JSON document the arrays of objects are, and the objects with their lines."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from graph.errors import InputError
from ingest.readers.json_values import Decoder
from ingest.readers.opening import Source

_DEPTH = 4  # keys above an array that is a table
_RAW = 2000


class Found(NamedTuple):
    """An object and its line; or, with `problem`, the text of what is none and the reason."""

    line: int
    value: dict[str, Any]
    raw: str = ""
    problem: str | None = None
    detail: str = ""
    column: int = 0


@dataclass
class Array:
    """One table of a document: `spans` are the lines, begins and ends of its elements in `text`.

    With `keyed` the elements are the values of an object; its keys are their first column.
    """

    name: str
    path: str
    text: str
    spans: list[tuple[int, int, int]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    def objects(self) -> Iterator[Found]:
        """The elements, one at a time."""
        decoder = Decoder()
        for number, (line, begin, end) in enumerate(self.spans):
            raw = self.text[begin:end]
            value = decoder.decode(raw)
            found = checked(line, value, raw, decoder)
            if self.keys and found.problem is None:
                found = found._replace(value={"key": self.keys[number], **found.value})
            yield found


def checked(line: int, value: object, raw: str, decoder: Decoder) -> Found:
    """What was decoded, or why it is no record: no object, or a key with two values."""
    repeated = decoder.take_repeated()
    if not isinstance(value, dict):
        return Found(line, {}, raw[:_RAW], "not_an_object")
    if repeated is not None:
        return Found(line, {}, raw[:_RAW], "repeated_key", repeated)
    return Found(line, value)


def place_of(error: json.JSONDecodeError, source: Source) -> InputError:
    """The InputError for a document that is no JSON, or ends in its midst."""
    if not error.doc[error.pos :].strip() or error.msg.startswith("Unterminated string"):
        key = "json_cut"
    else:
        key = "bad_json"
    return source.error(key, line=error.lineno, column=error.colno, detail=error.msg)


def arrays(source: Source, text: str) -> list[Array]:
    """The tables of a document: its array of objects, or those below the keys of its object.

    An object without such an array is one record, or, where all of its values are objects, a table
    of these. Raises InputError where there is no object at all.
    """
    walk = _Walk(text)
    try:
        end = walk.blanks(walk.value(walk.blanks(0), (), 0))
        if end < len(text):
            raise json.JSONDecodeError("Extra data", text, end)
    except json.JSONDecodeError as error:
        raise place_of(error, source) from error
    except RecursionError as error:
        raise source.error("deep_json", line=walk.line) from error
    found = walk.found or walk.object(source.stem)
    if not found:
        raise source.error("no_objects")
    names = Counter(array.name for array in found)
    for array in found:
        array.name = array.path if names[array.name] > 1 else array.name or source.stem
    return found


class _Walk:
    """One pass through a document, with a count of its lines."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.found: list[Array] = []
        self.line = 1
        self._counted = 0
        self._decoder = Decoder()

    def blanks(self, at: int) -> int:
        """The place of the next character that is no blank."""
        text = self.text
        while at < len(text) and text[at] in " \t\r\n":
            at += 1
        return at

    def line_at(self, at: int) -> int:
        """The line of a place; places must be asked for in order."""
        self.line += self.text.count("\n", self._counted, at)
        self._counted = at
        return self.line

    def value(self, at: int, path: tuple[str, ...], depth: int) -> int:
        """Goes over the value that begins at `at`; returns where it ends."""
        first = self.text[at : at + 1]
        if first == "[" and self.text[(inner := self.blanks(at + 1)) : inner + 1] == "{":
            return self._array(inner, path)
        if first == "{" and depth < _DEPTH:
            return self._members(at, path, depth)
        return self._whole(at)

    def _whole(self, at: int) -> int:
        return self._decoder.raw_decode(self.text, at)[1]

    def _array(self, at: int, path: tuple[str, ...]) -> int:
        made = Array(path[-1] if path else "", ".".join(path), self.text)
        self.found.append(made)
        while True:
            line = self.line_at(at)
            end = self._whole(at)
            made.spans.append((line, at, end))
            at = self.blanks(end)
            if self.text[at : at + 1] == "]":
                return at + 1
            at = self.blanks(self._expect(",", at))

    def _members(self, at: int, path: tuple[str, ...], depth: int) -> int:
        at = self.blanks(at + 1)
        if self.text[at : at + 1] == "}":
            return at + 1
        while True:
            if self.text[at : at + 1] != '"':
                message = "Expecting property name enclosed in double quotes"
                raise json.JSONDecodeError(message, self.text, at)
            key, end = self._decoder.raw_decode(self.text, at)
            at = self.blanks(self._expect(":", self.blanks(end)))
            at = self.blanks(self.value(at, (*path, str(key)), depth + 1))
            if self.text[at : at + 1] == "}":
                return at + 1
            at = self.blanks(self._expect(",", at))

    def _expect(self, mark: str, at: int) -> int:
        if self.text[at : at + 1] != mark:
            raise json.JSONDecodeError(f"Expecting '{mark}' delimiter", self.text, at)
        return at + 1

    def object(self, name: str) -> list[Array]:
        """A document that is one object without arrays of objects."""
        begin = self.blanks(0)
        if self.text[begin : begin + 1] != "{":
            return []
        value, end = self._decoder.raw_decode(self.text, begin)
        line = 1 + self.text.count("\n", 0, begin)
        if len(value) < 2 or not all(isinstance(v, dict) and v for v in value.values()):
            return [Array(name, "", self.text, [(line, begin, end)])]
        made = Array(name, "", self.text, keys=list(value))
        at, self.line, self._counted = self.blanks(begin + 1), 1, 0
        while self.text[at] != "}":
            at = self.blanks(self._decoder.raw_decode(self.text, at)[1])
            at = self.blanks(at + 1)
            line = self.line_at(at)
            end = self._whole(at)
            made.spans.append((line, at, end))
            at = self.blanks(end)
            at = self.blanks(at + 1) if self.text[at] == "," else at
        return [made]
