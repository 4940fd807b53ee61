"""Shares of supply, completed where they are not stated, and how concentrated they are."""

from dataclasses import dataclass

import numpy as np

from graph.network.ragged import largest, summed
from graph.network.source import Bools, Floats, Ints
from graph.network.supply import MINOR, Supply


@dataclass(frozen=True)
class Holding:
    """Who holds how much of what: rows ordered by link and then holder.

    Holder -1 is somebody without a name: in the denominator, never in a concentration.
    """

    link: Ints
    who: Ints
    share: Floats

    def hhi(self, n: int, silent: Ints | None = None) -> Floats:
        """The Herfindahl–Hirschman index Σ s² of each of `n` links, 0 to 1.

        Holders in `silent` count in the denominator alone.
        """
        heard = self.who >= 0
        if silent is not None and len(silent):
            loud = np.ones(int(max(self.who.max(initial=0), silent.max())) + 2, dtype=np.bool_)
            loud[silent] = False
            heard &= loud[self.who]
        return _added(self.link[heard], self.share[heard] ** 2, n)

    def keep(self, rows: Bools) -> "Holding":
        """Only the rows where `rows` is true."""
        return Holding(self.link[rows], self.who[rows], self.share[rows])

    def plus(self, other: "Holding") -> "Holding":
        """Both together; what one holder has of one link adds up."""
        if not len(other.link):
            return self
        columns = (
            np.concatenate(c) for c in zip(vars(self).values(), vars(other).values(), strict=True)
        )
        return Holding(*summed(*columns))

    def total(self, n: int) -> Floats:
        return _added(self.link, self.share, n)

    def named(self, n: int) -> Bools:
        """Whether any holder of a link has a name."""
        return np.bincount(self.link[self.who >= 0], minlength=n) > 0

    def by(self, dimension: Ints) -> "Holding":
        """Grouped: `dimension` maps a holder to its group, -1 where it has none."""
        if not (dimension >= 0).any():
            return self.keep(np.zeros(len(self.link), dtype=np.bool_))
        who = np.where(self.who >= 0, np.append(dimension, -1)[self.who], -1)
        return Holding(*summed(self.link, who, self.share))

    def of(self, holder: int, n: int) -> Floats:
        """The share that one holder has of each link."""
        rows = self.who == holder
        return _added(self.link[rows], self.share[rows], n)

    def top(self, n: int) -> tuple[Ints, Floats]:
        """The largest named holder of each link (-1: none) and its share."""
        row = self.top_row(n)
        some = row >= 0
        holder, share = np.full(n, -1, dtype=np.int64), np.zeros(n)
        holder[some], share[some] = self.who[row[some]], self.share[row[some]]
        return holder, share

    def top_row(self, n: int) -> Ints:
        """The row of the largest named holder of each link, -1 where there is none."""
        row = largest(self.link, np.where(self.who >= 0, self.share, -1.0), n)
        row[(row >= 0) & (np.append(self.who, -1)[row] < 0)] = -1
        return row


def _added(link: Ints, value: Floats, n: int) -> Floats:
    return np.bincount(link, value, n).astype(np.float64)


def filled(supply: Supply, nobody: Bools, n: int, unnamed: Ints | None = None) -> Holding:
    """Shares of all rows: stated ones stand, a minor provider without one gets 1%, majors without
    one divide the rest equally. A sum above 1 is divided down; one below is never scaled up, for
    a row that was lost would make a 7% supplier a monopolist.

    `nobody` marks the rows of placeholders. `unnamed` are those that each link is said to have
    beyond the rows: they take their equal part, and nobody's name is on it.
    """
    stated = ~np.isnan(supply.share)
    major = ~stated & ~supply.minor
    share = np.where(stated, supply.share, np.where(supply.minor, MINOR, 0.0))
    total = np.bincount(supply.link, share, n)
    among = np.bincount(supply.link[major], None, n) + (0 if unnamed is None else unnamed)
    equal = np.clip(1 - total, 0, None) / np.maximum(among, 1)
    share = share + np.where(major, equal[supply.link], 0.0)
    total = np.bincount(supply.link, share, n)
    share = share / np.maximum(total, 1.0)[supply.link]
    return Holding(supply.link, np.where(nobody, -1, supply.who), share)


def mean(one: Holding, other: Holding, n: int) -> Holding:
    """The mean of two views of the same links; where only one speaks, that one."""
    if not len(one.link):
        return other
    if not len(other.link):
        return one
    both = one.named(n) & other.named(n)
    weight = np.where(both, 0.5, 1.0)
    has_one, has_other = one.named(n), other.named(n)
    first, second = has_one[one.link], has_other[other.link]
    return Holding(
        *summed(
            np.concatenate([one.link[first], other.link[second]]),
            np.concatenate([one.who[first], other.who[second]]),
            np.concatenate(
                [
                    one.share[first] * weight[one.link[first]],
                    other.share[second] * weight[other.link[second]],
                ]
            ),
        )
    )


def completed(stated: Holding, other: Holding, n: int, tolerance: float) -> Holding:
    """`stated`, where a gap of more than `tolerance` is filled in the proportions of `other`."""
    if not len(stated.link):
        return stated
    gap = 1 - stated.total(n)
    total = other.total(n)
    fill = stated.named(n) & other.named(n) & (gap > tolerance)
    rows = fill[other.link]
    link = other.link[rows]
    return Holding(
        *summed(
            np.concatenate([stated.link, link]),
            np.concatenate([stated.who, other.who[rows]]),
            np.concatenate(
                [stated.share, other.share[rows] * (gap / np.maximum(total, 1e-12))[link]]
            ),
        )
    )
