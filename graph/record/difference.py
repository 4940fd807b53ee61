"""What a comparison of two runs gives: changed claims, and what is made of them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Place:
    """A line of a file."""

    file: str
    line: int


@dataclass(frozen=True)
class ClaimChange:
    """A claim that came (`old` None), went (`new` None) or says something else.

    `kind` is a class, with the entity in `of`, or a relation, with its ends in `of` and `to`, or
    `same_as`. `values` has, by property, what it was and what it is, where they differ.
    """

    kind: str
    of: str
    to: str | None
    source: str
    old: Place | None
    new: Place | None
    values: Mapping[str, tuple[Any, Any]]

    def to_dict(self) -> dict[str, Any]:
        """For JSON: the values as `{"share": {"old": 0.6, "new": 0.7}}`."""
        ends = {"id": self.of} if self.to is None else {"from": self.of, "to": self.to}
        return {
            "type": self.kind,
            **ends,
            "source": self.source,
            "old": None if self.old is None else vars(self.old),
            "new": None if self.new is None else vars(self.new),
            "values": _values(self.values),
        }


@dataclass(frozen=True)
class Causes:
    """Changed claims, the nearest first: how many there are, and the first of them.

    `near` has for each the place of what it touches in the list that was asked about.
    """

    count: int = 0
    first: tuple[ClaimChange, ...] = ()
    near: tuple[int, ...] = ()


@dataclass(frozen=True)
class Difference:
    """An entity or relation that was added, removed or changed, with the claims that caused it.

    `kind` is its class or type; `of` the entity's id, or the ids of both ends with `to`. `name`
    maps a language to a name. `merged` is the entity that a removed one is part of now.
    """

    change: str
    kind: str
    of: str
    to: str | None
    key: str | None
    name: tuple[str | None, str | None]
    values: Mapping[str, tuple[Any, Any]]
    merged: str | None = None
    causes: "Causes" = field(default_factory=lambda: Causes())


@dataclass(frozen=True)
class Listed:
    """How many there are by change and kind, and the first of each."""

    counts: Mapping[str, Mapping[str, int]]
    first: tuple[Difference, ...] = field(default_factory=tuple)


def _values(values: Mapping[str, tuple[Any, Any]]) -> dict[str, dict[str, Any]]:
    return {name: {"old": old, "new": new} for name, (old, new) in values.items()}


def differing(old: str | None, new: str | None) -> dict[str, tuple[Any, Any]]:
    """By name what two JSON objects say differently.

    >>> differing('{"a": 1, "b": 2}', '{"a": 1, "b": 3, "extra": "{\\\\"备注\\\\": \\\\"x\\\\"}"}')
    {'b': (2, 3), '备注': (None, 'x')}
    """
    was, now = _flat(old), _flat(new)
    return {
        name: (was.get(name), now.get(name))
        for name in {**was, **now}
        if was.get(name) != now.get(name)
    }


def _flat(text: str | None) -> dict[str, Any]:
    said = json.loads(text) if text else {}
    extra = said.pop("extra", None)
    return {**said, **(json.loads(extra) if extra else {})}
