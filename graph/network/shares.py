"""Shares of supply, completed where they are not stated, and how concentrated they are."""

from dataclasses import dataclass

import numpy as np

from graph.network.ragged import summed
from graph.network.source import Bools, Floats, Ints
from graph.network.supply import Supply

MINOR = 0.01
"""The share of a provider that a source calls minor without giving one."""


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
        if silent is not None:
            heard &= ~np.isin(self.who, silent)
        return _added(self.link[heard], self.share[heard] ** 2, n)

    def keep(self, rows: Bools) -> "Holding":
        """Only the rows where `rows` is true."""
        return Holding(self.link[rows], self.who[rows], self.share[rows])

    def plus(self, other: "Holding") -> "Holding":
        """Both together; what one holder has of one link adds up."""
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
        who = np.where(self.who >= 0, np.append(dimension, -1)[self.who], -1)
        return Holding(*summed(self.link, who, self.share))

    def of(self, holder: int, n: int) -> Floats:
        """The share that one holder has of each link."""
        rows = self.who == holder
        return _added(self.link[rows], self.share[rows], n)

    def top(self, n: int) -> tuple[Ints, Floats]:
        """The largest named holder of each link (-1: none) and its share."""
        rows = np.flatnonzero(self.who >= 0)
        order = rows[np.lexsort((-self.who[rows], self.share[rows], self.link[rows]))]
        last = order[np.append(np.diff(self.link[order]) != 0, True)[: len(order)]]
        holder, share = np.full(n, -1, dtype=np.int64), np.zeros(n)
        holder[self.link[last]] = self.who[last]
        share[self.link[last]] = self.share[last]
        return holder, share


def _added(link: Ints, value: Floats, n: int) -> Floats:
    return np.bincount(link, value, n).astype(np.float64)


def filled(supply: Supply, nobody: Bools, n: int) -> Holding:
    """Shares of all rows: stated ones stand, a minor provider without one gets 1%, majors without
    one divide the rest equally. A sum above 1 is divided down; one below is never scaled up, for
    a row that was lost would make a 7% supplier a monopolist.

    `nobody` marks the rows of placeholders.
    """
    stated = ~np.isnan(supply.share)
    major = ~stated & ~supply.minor
    share = np.where(stated, supply.share, np.where(supply.minor, MINOR, 0.0))
    total = np.bincount(supply.link, share, n)
    equal = np.clip(1 - total, 0, None) / np.maximum(np.bincount(supply.link[major], None, n), 1)
    share = share + np.where(major, equal[supply.link], 0.0)
    total = np.bincount(supply.link, share, n)
    share = share / np.maximum(total, 1.0)[supply.link]
    return Holding(supply.link, np.where(nobody, -1, supply.who), share)


def mean(one: Holding, other: Holding, n: int) -> Holding:
    """The mean of two views of the same links; where only one speaks, that one."""
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
