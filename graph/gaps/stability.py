"""Does a finding stay when a tenth of the relations is gone, and in which place? Seeded from the
record alone."""

import hashlib
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np

from graph.gaps.method import Ask, Found, Method
from graph.gaps.ranking import Rank, ranks
from graph.network import Network
from graph.network.source import Floats, Ints


def seed(net: Network) -> int:
    """The same for the same record on every machine."""
    return int.from_bytes(hashlib.sha256(net.source.digest.encode()).digest()[:8], "big")


def draws(net: Network, ask: Ask) -> int:
    """As many resamplings as the settings allow for a record of this size."""
    rows = len(net.supply) + len(net.stated) + len(net.requires) + len(net.variants)
    return draws_of(rows, ask)


def draws_of(rows: int, ask: Ask, limit: str = "stability.rows") -> int:
    """As many resamplings as the settings allow where each looks at so many rows."""
    fit = int(ask[limit] // max(rows, 1))
    return int(min(ask["stability.draws"], max(fit, ask["stability.draws_min"])))


RANGE = (0.05, 0.95)
"""Nine draws in ten lie between."""


class Ranks:
    """The ranks that findings have in the draws of a method that thins what it reads itself.

    >>> seen = Ranks()
    >>> for draw in ({"a": (0.9,), "b": (0.5,)}, {"b": (0.6,)}):
    ...     seen.add(draw)
    >>> seen.range("a"), seen.range("b"), seen.range("c")
    ((1, 1), (1, 2), None)
    >>> seen.said("a")
    {'stability': 0.5, 'rank_range': (1, 1)}
    """

    def __init__(self) -> None:
        self.draws = 0
        self._seen: dict[Hashable, list[int]] = {}

    def add(self, found: Mapping[Any, tuple[float, ...]]) -> None:
        """One draw: what is found in it, by severity and what breaks its ties."""
        self.draws += 1
        keys = {k: tuple(-round(v, 6) for v in order) for k, order in found.items()}
        place: dict[tuple[float, ...], int] = {}
        for rank, order in enumerate(sorted(keys.values()), 1):
            place.setdefault(order, rank)
        for key, order in keys.items():
            self._seen.setdefault(key, []).append(place[order])

    def joined(self, other: "Ranks") -> "Ranks":
        """With those of another list of the same draws."""
        both = Ranks()
        both.draws, both._seen = self.draws, {**self._seen, **other._seen}
        return both

    def range(self, key: Hashable) -> tuple[int, int] | None:
        """Between which ranks it lies in nine draws of ten in which it is found."""
        return rank_ranges(np.array([self._seen.get(key, [np.nan])]).T)[0]

    def said(self, key: Hashable) -> dict[str, Any]:
        """What a `Found` says of one: the share of the draws in which it is found, and its range;
        None of both where there was no draw."""
        found = len(self._seen.get(key, ())) / self.draws if self.draws else None
        return {"stability": found, "rank_range": self.range(key)}


class Drawn:
    """The same of findings that stand at positions of an array.

    >>> seen = Drawn()
    >>> seen.add(np.array([0.5, 0.9, 0.0]))
    >>> seen.add(np.array([0.5, 0.0, 0.0]))
    >>> seen.said(0), seen.said(1)["stability"], seen.said(2)["rank_range"]
    ({'stability': 1.0, 'rank_range': (1, 2)}, 0.5, None)
    """

    def __init__(self) -> None:
        self._rows: list[Floats] = []

    def add(self, severity: Floats, *order: Floats) -> None:
        """One draw: severities, 0 where nothing is found, and what breaks ties, larger first."""
        self._rows.append(competition(severity, *(-o for o in order)))

    def said(self, at: int) -> dict[str, Any]:
        """What a `Found` says of one: the share of the draws in which it is found, and between
        which ranks it lies in nine of ten of these; None of both where there was no draw."""
        if not self._rows:
            return {"stability": None, "rank_range": None}
        places = np.array([[row[at]] for row in self._rows])
        found = 1 - float(np.isnan(places).mean())
        return {"stability": found, "rank_range": rank_ranges(places)[0]}


def rank_ranges(drawn: Floats) -> list[tuple[int, int] | None]:
    """The 5th and 95th percentile of each rank.

    `drawn` has a row per draw and a column per finding: its rank, NaN where it was not found. A
    percentile is one of the ranks that were drawn, and of those alone in which it was found; None
    where it never was.

    >>> rank_ranges(np.array([[1.0, 2.0, np.nan], [1.0, np.nan, np.nan], [2.0, 1.0, np.nan]]))
    [(1, 2), (1, 2), None]
    """
    found = []
    for column in np.sort(drawn.T, axis=1):
        seen = column[~np.isnan(column)]
        at = [min(int(np.ceil(share * len(seen))), len(seen)) - 1 for share in RANGE]
        found.append((int(seen[max(at[0], 0)]), int(seen[at[1]])) if len(seen) else None)
    return found


def competition(severity: Floats, *order: Floats | Ints) -> Floats:
    """Ranks of the worst first, the same for what is equal; NaN where `severity` is 0.

    >>> competition(np.array([0.5, 0.9, 0.0, 0.5])).tolist()
    [2.0, 1.0, nan, 2.0]
    """
    found = np.flatnonzero(severity > 0)
    keys = [-np.round(severity[found], 6), *(np.round(o[found], 6) for o in order)]
    place = np.lexsort(tuple(reversed(keys)))
    new = np.ones(len(place), dtype=np.bool_)
    if len(place):
        new[1:] = np.any([k[place[1:]] != k[place[:-1]] for k in keys], axis=0)
    rank = np.full(len(severity), np.nan)
    rank[found[place]] = np.maximum.accumulate(np.where(new, np.arange(1, len(place) + 1), 0))
    return rank


class Stability:
    """How often the findings of one method stay among the worst, and where, draw by draw.

    A finding stays in a draw when it is in the top k, where k is `top` of the settings for the
    first k findings, twice that for the next, and so on: what is said of a finding does not depend
    on how many are shown. What is equal in a draw keeps the order that it has on the whole record,
    and what is equal on the whole record as well has the same rank.
    """

    def __init__(
        self,
        net: Network,
        ask: Ask,
        method: Method,
        found: Sequence[Found],
        others: Sequence[Found] | None = None,
    ) -> None:
        """`found` in rank order; with `others` they are ranked against those alone, else against
        all that the method finds."""
        self.method, self.size = method, len(found)
        self.found = found
        self.alone = others is not None
        self.idle = method.score is None or not found
        if self.idle:
            return
        every = [*found, *(others or ())]
        self.links = net.link_at(np.array([f.subject for f in every], dtype=np.int64))
        self.levels = [f.scope.get("level", "") for f in every]
        block = max(int(ask["top"]), 1)
        self.last = (np.arange(len(found)) // block + 1) * block - 1
        self.place = np.array([r.place for r in ranks(every)], dtype=np.int64)
        self.kept = np.zeros(len(found))
        self.drawn: list[Floats] = []

    def see(self, thinned: Network, ask: Ask) -> None:
        """Counts one draw."""
        if self.idle or self.method.score is None:
            return
        scores = self.method.score(thinned, ask)
        every = np.concatenate([np.zeros(0), *scores.values()])
        start = dict(zip(scores, np.arange(len(scores)) * len(thinned), strict=True))
        at = np.array([start[level] for level in self.levels], dtype=np.int64) + self.links
        usual = np.full(len(every), len(at), dtype=np.int64)
        usual[at] = np.arange(len(at))
        if self.alone:
            every = np.where(usual < len(at), every, 0.0)
        order = np.lexsort((usual, -np.round(every, 6)))
        rank = np.empty(len(every), dtype=np.int64)
        rank[order] = np.arange(len(every))
        mine = at[: self.size]
        self.kept += (every[mine] > 0) & (rank[mine] <= self.last)
        equal = np.full(len(every), np.iinfo(np.int32).max, dtype=np.int64)
        equal[at] = self.place
        self.drawn.append(competition(every, equal)[mine])

    def shares(self) -> list[float | None]:
        """Per finding; None where the method cannot be run again on a thinned network, and for
        what is listed apart: that is ranked by something else than its severity."""
        if self.idle or not self.drawn:
            return [None] * self.size
        shares = (float(k / len(self.drawn)) for k in self.kept)
        return [None if f.apart else s for f, s in zip(self.found, shares, strict=True)]

    def ranges(self, placed: Sequence[Rank]) -> list[tuple[int, int] | None]:
        """Per finding the range of its rank, which lies in it; its own where the method drew by
        itself, unless only some of what that found is ranked.

        A list apart is ranked by itself, as far as it is at all, behind all others.
        """
        ranges = [None if self.alone else f.rank_range for f in self.found]
        if not self.idle and self.drawn:
            drawn = rank_ranges(np.array(self.drawn))
            ranges = [
                o if f.apart else d or o for f, d, o in zip(self.found, drawn, ranges, strict=True)
            ]
        first: dict[str, int] = {}
        for f, rank in zip(self.found, placed, strict=True):
            first.setdefault(f.apart, rank.place - 1 if f.apart else 0)
        return [
            near
            and (
                min(near[0] + first[f.apart], rank.place),
                max(near[1] + first[f.apart], rank.place),
            )
            for f, near, rank in zip(self.found, ranges, placed, strict=True)
        ]


def resample(net: Network, ask: Ask, counted: Sequence[Stability]) -> None:
    """Thins the network as often as the settings allow, and shows each to all methods."""
    if all(c.idle for c in counted):
        return
    for draw in range(draws(net, ask)):
        thinned = net.thinned(ask["stability.removed"], (seed(net), draw))
        for one in counted:
            one.see(thinned, ask)
