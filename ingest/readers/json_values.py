"""JSON objects as rows: which columns they have, and the text of each value."""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ingest.readers.cells import clean

_KEYS = 50  # more different keys than this below one key are data, not headings
_DEPTH = 6
_DIGITS = 400


class Number(float):
    """A decimal that remembers how it was written."""

    text: str


def _number(text: str) -> float | str:
    value = Number(text)
    value.text = text
    return value if math.isfinite(value) else text


def _integer(text: str) -> int | str:
    return int(text) if len(text) <= _DIGITS else text


class Decoder(json.JSONDecoder):
    """A decoder that keeps numbers as written, takes NaN for null and notices repeated keys.

    `repeated` is a key that was given two different values since it was last looked at.
    """

    def __init__(self) -> None:
        super().__init__(
            object_pairs_hook=self._object,
            parse_float=_number,
            parse_int=_integer,
            parse_constant=lambda _: None,
        )
        self._repeated: str | None = None

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            again = (key for key, value in pairs if made[key] != value)
            self._repeated = next(again, self._repeated)
        return made

    def take_repeated(self) -> str | None:
        """The repeated key of what was decoded since the last call."""
        found, self._repeated = self._repeated, None
        return found


def text_of(value: object) -> tuple[str | None, bool]:
    """A value as the text of a cell, and whether it had to stay JSON.

    >>> [text_of(v)[0] for v in (True, 3, " a ", None, ["a", "b"], [])]
    ['true', '3', 'a', None, 'a;b', None]
    >>> text_of([{"a": 1}]), text_of(["a;b", "c"])
    (('[{"a": 1}]', True), ('["a;b", "c"]', True))
    """
    match value:
        case None:
            return None, False
        case bool():
            return ("true" if value else "false"), False
        case str():
            return clean(value), False
        case Number():
            whole, _, part = value.text.partition(".")
            return (whole if part and not part.strip("0") else value.text), False
        case int():
            return str(value), False
        case list():
            return _list_text(value)
        case dict() if not value:
            return None, False
        case _:
            return json.dumps(value, ensure_ascii=False), True


def _list_text(values: list[Any]) -> tuple[str | None, bool]:
    if any(isinstance(value, dict | list) for value in values):
        return json.dumps(values, ensure_ascii=False), True
    texts = [text for value in values if (text := text_of(value)[0]) is not None]
    if any(";" in text or "；" in text for text in texts) and len(texts) > 1:
        return json.dumps(texts, ensure_ascii=False), True
    return ";".join(texts) or None, False


@dataclass
class _Node:
    """A key, by the keys above it: it holds plain values, an object, or both."""

    plain: bool = False
    whole: bool = False  # an object with keys that are data: stays JSON
    below: "dict[str, _Node]" = field(default_factory=dict)
    column: int | None = None


class Shape:
    """The columns of a series of objects: the keys of nested objects joined with dots.

    First `see` all objects, then take the `headings`, then ask for each one's `cells`.
    """

    def __init__(self) -> None:
        self._root = _Node()
        self.as_json: dict[int, int] = {}

    def see(self, value: dict[str, Any]) -> None:
        """Learns the keys of one object."""
        self._see(self._root, value, 0)

    def _see(self, node: _Node, value: dict[str, Any], depth: int) -> None:
        for key, inner in value.items():
            child = node.below.get(key)
            if child is None:
                child = node.below[key] = _Node()
            if not isinstance(inner, dict) or not inner:
                child.plain = True
            elif not child.whole:
                self._see(child, inner, depth + 1)
                if len(child.below) > _KEYS or depth + 1 >= _DEPTH:
                    child.whole = True
                    child.below.clear()

    def headings(self) -> list[str]:
        """The headings, in the order in which their keys were first seen."""
        found = list(self._named(self._root, ""))
        for place, (_, node) in enumerate(found):
            node.column = place
        return [path for path, _ in found]

    def wholes(self) -> list[str]:
        """The headings of the columns that hold objects as JSON because their keys are data."""
        return [path for path, node in self._named(self._root, "") if node.whole]

    def _named(self, node: _Node, prefix: str) -> Iterator[tuple[str, _Node]]:
        for key, child in node.below.items():
            path = prefix + key
            if child.plain or child.whole or not child.below:
                yield path, child
            yield from self._named(child, path + ".")

    def cells(self, value: dict[str, Any], width: int) -> list[str | None]:
        """The cells of one object that was seen."""
        row: list[str | None] = [None] * width
        self._fill(self._root, value, row)
        return row

    def _fill(self, node: _Node, value: dict[str, Any], row: list[str | None]) -> None:
        for key, inner in value.items():
            child = node.below.get(key)
            if child is None:
                continue
            if isinstance(inner, dict) and inner and not child.whole:
                self._fill(child, inner, row)
            elif child.column is not None:
                row[child.column], kept = text_of(inner)
                if kept and not child.whole:
                    self.as_json[child.column] = self.as_json.get(child.column, 0) + 1
