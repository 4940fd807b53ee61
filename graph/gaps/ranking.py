"""The order of the findings of one measure: which come first, which are equal, where a list ends.

Ranks are those of a competition: what is equal has the same rank, and as many places are left out
behind it (1, 1, 1, 4). Equal are findings whose severity and whatever breaks its ties are the same
to six digits. What is listed apart (an advantage) comes after all others.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import nlargest, nsmallest

from graph.gaps.method import Found

Key = tuple[str, tuple[float, ...]]


@dataclass(frozen=True)
class Rank:
    """The place of a finding in its measure, and how many share it (1: it alone)."""

    place: int
    tied: int


def key(item: Found) -> Key:
    """What is listed apart comes last; else the worst first."""
    return item.apart, tuple(-round(v, 6) + 0.0 for v in (item.severity, *item.order))


def ranks(ordered: Sequence[Found], found: Sequence[Found] | None = None) -> list[Rank]:
    """The rank of each of some findings that are in order, the worst of all that were `found`.

    >>> from graph.gaps.method import Action
    >>> [r.place for r in ranks([Found(i, s, Action.ADD) for i, s in enumerate((.9, .5, .5, .1))])]
    [1, 2, 2, 4]
    """
    keys = [key(f) for f in ordered]
    size, first = Counter(keys), dict[Key, int]()
    before = {f.apart: f.before for f in ordered if f.before is not None}
    lists = Counter(f.apart for f in (ordered if found is None else found))
    for apart in lists:
        others = sum(count for other, count in lists.items() if other < apart)
        before[apart] = max(before.get(apart, 0), others)
    start: dict[str, int] = {}
    for place, item in enumerate(ordered):
        start.setdefault(item.apart, before[item.apart] - place)
        first.setdefault(keys[place], place + start[item.apart] + 1)
    return [Rank(first[k], size[k]) for k in keys]


def near_top(found: list[Found], top: int) -> list[Found]:
    """Those that can be among the `top` worst, ties with the last of them included."""
    if not top or len(found) <= top:
        return found
    found = _worst(found, top)
    keys = [key(f) for f in found]
    last: dict[str, Key] = {}
    for apart in {k[0] for k in keys}:
        last[apart] = max(nsmallest(top, [k for k in keys if k[0] == apart]))
    return [f for f, k in zip(found, keys, strict=True) if k <= last[k[0]]]


def _worst(found: list[Found], top: int) -> list[Found]:
    """Those at least as severe as the `top`th of their list."""
    lists: dict[str, list[float]] = {}
    for item in found:
        lists.setdefault(item.apart, []).append(item.severity)
    least = {apart: nlargest(top, values)[-1] - 1e-6 for apart, values in lists.items()}
    return [f for f in found if f.severity >= least[f.apart]]


def cut(ordered: Iterable[Found], top: int) -> Iterator[int]:
    """The positions of the first of each list: of those listed apart as many again."""
    taken: Counter[str] = Counter()
    for place, item in enumerate(ordered):
        taken[item.apart] += 1
        if not top or taken[item.apart] <= top:
            yield place
