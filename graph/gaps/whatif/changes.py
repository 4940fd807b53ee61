"""Findings that a removal opens or makes worse: the methods, run on the record without it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain

from graph.gaps.assemble import Assembler, Place
from graph.gaps.method import Ask, Found, Method, Unknown
from graph.gaps.registry import methods
from graph.gaps.whatif.result import Change
from graph.network import Network

WORSE = 0.005
"""A severity that rises by less is the same."""

Key = tuple[str, int, int | None, tuple[tuple[str, str], ...]]


@dataclass(frozen=True)
class Seen:
    """All that the methods find in one network, by measure, subject, object and scope; and what
    they cannot judge, by measure and subject."""

    net: Network
    ask: Ask
    found: Mapping[Key, Found]
    unknown: frozenset[tuple[str, int]]

    @classmethod
    def of(cls, net: Network, ask: Ask) -> "Seen":
        ask = replace(ask, top=0)
        found: dict[Key, Found] = {}
        unknown = set()
        for method in methods().values():
            for item in method.find(net, ask):
                if isinstance(item, Found) and not item.apart:
                    key = (method.measure, item.subject, item.object, _scope(item))
                    found[key] = item
                elif isinstance(item, Unknown) and item.subject is not None:
                    unknown.add((method.measure, item.subject))
        return cls(net, ask, found, frozenset(unknown))

    def changes(self, measure: str, items: list[tuple[float | None, Found]]) -> Iterator[Change]:
        """These findings of one measure, said."""
        method: Method = methods()[measure]
        assembler = Assembler(self.net, self.ask, method)
        shown = [replace(item.filled(), evidence=()) for _, item in items]
        ends = ((f.subject,) if f.object is None else (f.subject, f.object) for f in shown)
        names = assembler.names(chain.from_iterable(ends))
        places = [Place(i, 1, None, None) for i in range(1, len(shown) + 1)]
        done = assembler.findings(shown, names, places)
        for (before, _), f in zip(items, done, strict=True):
            yield Change(f.id, f.measure, f.subject, f.object, before, f.severity, f.text)


def _scope(item: Found) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((str(k), str(v)) for k, v in item.scope.items()))


def changes(
    before: Seen, after: Seen, most: int
) -> tuple[tuple[Change, ...], tuple[Change, ...], dict[str, int]]:
    """What is opened and what gets worse, by measure, `most` of each; and the whole numbers."""
    opened: dict[str, list[tuple[float | None, Found]]] = {}
    worse: dict[str, list[tuple[float | None, Found]]] = {}
    counts = dict.fromkeys(("opened", "worse", "better", "closed"), 0)
    for key, item in after.found.items():
        was = before.found.get(key)
        if was is None:
            counts["opened"] += 1
            opened.setdefault(key[0], []).append((None, item))
        elif item.severity > was.severity + WORSE:
            counts["worse"] += 1
            worse.setdefault(key[0], []).append((was.severity, item))
        elif item.severity < was.severity - WORSE:
            counts["better"] += 1
    counts["closed"] = sum(1 for key in before.found if key not in after.found)
    counts["unjudged"] = len(after.unknown - before.unknown)
    return _said(after, opened, most), _said(after, worse, most), counts


def _said(
    after: Seen, found: Mapping[str, list[tuple[float | None, Found]]], most: int
) -> tuple[Change, ...]:
    said: list[Change] = []
    for measure, items in found.items():
        items.sort(key=lambda one: (-(one[1].severity - (one[0] or 0.0)), one[1].subject))
        said += after.changes(measure, items[:most])
    return tuple(said)
