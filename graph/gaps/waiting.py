"""How long firms wait for the next round of funding, against those that did raise one."""

from dataclasses import dataclass

import numpy as np

from graph.network.source import Bools, Floats, Ints
from graph.network.steps import Pairs, Steps


@dataclass(frozen=True)
class Curve:
    """Kaplan and Meier: the share still waiting after each time, and Greenwood's variance sum."""

    time: Floats
    share: Floats
    spread: Floats

    def at(self, time: float) -> tuple[float, float]:
        """The share still waiting after `time`, and its standard error."""
        place = int(np.searchsorted(self.time, time, side="right")) - 1
        if place < 0:
            return 1.0, 0.0
        share = float(self.share[place])
        return share, share * float(np.sqrt(self.spread[place]))

    @property
    def half(self) -> float:
        """The time after which at most half still wait; NaN where it never comes to that."""
        place = np.flatnonzero(self.share <= 0.5)
        return float(self.time[place[0]]) if len(place) else float("nan")


def curve(time: Floats, event: Bools) -> Curve:
    """Of waiting times, `event` where they ended in what was waited for, else cut off.

    >>> curve(np.array([1.0, 2.0, 2.0, 3.0]), np.array([True, True, False, True])).share.round(4)
    array([0.75, 0.5 , 0.  ])
    """
    at = np.unique(time[event])
    waiting = len(time) - np.searchsorted(np.sort(time), at, side="left")
    ended = np.searchsorted(np.sort(time[event]), at, side="right")
    ended = np.diff(ended, prepend=0)
    with np.errstate(divide="ignore"):
        spread = np.cumsum(ended / (waiting * (waiting - ended)))
    share = np.asarray(np.cumprod((waiting - ended) / waiting), dtype=np.float64)
    return Curve(at, share, np.where(share > 0, spread, 0.0))


@dataclass(frozen=True)
class Wait:
    """The firms at one stage: months until they reached any later one, or until the data end."""

    months: Floats
    raised: Bools
    rows: Steps


def waits(said: Steps, listed: Pairs, until: float) -> dict[int, Wait]:
    """Per stage of a capital chain that has a next one, what became of those that came there."""
    following: dict[int, list[int]] = {}
    for f, t, kind in zip(listed.f.tolist(), listed.t.tolist(), listed.kind, strict=True):
        if kind == "capital":
            following.setdefault(f, []).append(t)
    found = {}
    for stage in sorted(following):
        rows = said.at(stage)
        rows = rows.keep(~np.isnan(rows.first))
        ends = np.full(len(rows), np.inf)
        for later in _after(stage, following):
            ends = np.fmin(ends, _reached(said.at(later), rows))
        raised = np.isfinite(ends)
        months = np.where(raised, ends, until) - rows.middle
        found[stage] = Wait(np.maximum(months, 0.0), raised, rows)
    return found


def _after(stage: int, following: dict[int, list[int]]) -> list[int]:
    """All stages that come after one."""
    seen = [stage]
    for s in seen:
        seen.extend(t for t in following.get(s, ()) if t not in seen)
    return seen[1:]


def _reached(late: Steps, early: Steps) -> Floats:
    """The month in which each of `early` reached the later stage; infinite where it did not."""
    month = np.full(len(early), np.inf)
    _, mine, theirs = np.intersect1d(early.unit, late.unit, return_indices=True)
    on = ~(late.last[theirs] < early.first[mine])
    month[mine[on]] = late.middle[theirs[on]]
    return month


def pooled(some: list[Wait]) -> Curve:
    """One curve for the firms of several stages."""
    none: Ints = np.zeros(0, dtype=np.int64)
    return curve(
        np.concatenate([none.astype(np.float64), *(w.months for w in some)]),
        np.concatenate([none.astype(np.bool_), *(w.raised for w in some)]),
    )
