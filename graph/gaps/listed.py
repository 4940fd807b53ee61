"""Is everybody named who supplies a link? What the record says of that itself.

A link says how many supply it (`provider_count`), or shares are stated for all who are named and
come to 1. Where they come to less, or more are counted than named, there are others. Where
neither is said of a link, what the other links say tells how far a list is to be believed: `lost`
is the mean of the part that is not named, by counts where `listed.links` give them, else by
shares. Above `listed.lost` such a list proves nothing.
"""

from dataclasses import dataclass

import numpy as np

from graph.gaps.method import Ask
from graph.network import Network
from graph.network.obliged import false_nones
from graph.network.source import Bools, Floats, Ints


@dataclass(frozen=True)
class Listed:
    """Per link: `unnamed`, how many are counted and not named; `counted`, whether a number is
    said; `more`, that there are others by count or shares; `doubtful`, that nothing is said and the
    record leaves out many. `rest` is the share of the one that is counted and not named, 0 where
    there is no such one; `lost` the part of the providers that the record does not name."""

    unnamed: Ints
    counted: Bools
    more: Bools
    doubtful: Bools
    rest: Floats
    lost: float

    @property
    def open(self) -> Bools:
        """Links that others may well supply, too."""
        return self.more | self.doubtful

    def false_nones(self, named: Ints) -> float:
        """How many links look as if nobody supplied them, where `named` are named of the others."""
        return false_nones(named, self.lost)


def listed(net: Network, ask: Ask) -> Listed:
    """Worked out once for a network."""
    return net.once("listed", lambda: _listed(net, ask))


def _listed(net: Network, ask: Ask) -> Listed:
    n, named = len(net), net.market.count
    counted = net.counted >= 0
    unnamed = np.where(counted, np.maximum(net.counted - named, 0), 0)
    rows = net.supply
    unstated = np.bincount(rows.link[np.isnan(rows.share)], minlength=n)
    total = np.bincount(rows.link, np.nan_to_num(rows.share), n).astype(np.float64)
    told = (np.bincount(rows.link, minlength=n) > 0) & (unstated == 0)
    short = told & (total < 1 - ask["listed.gap"])
    lost = _lost(net, ask, counted, told, total)
    more = np.where(counted, unnamed > 0, short)
    silent = ~counted & ~told
    sure = (unnamed == 1) & ~net.market.others & ((unstated == 0) | (named == 0))
    rest = np.where(sure, np.clip(1 - total, 0, 1), 0.0)
    return Listed(unnamed, counted, more, silent & (lost > ask["listed.lost"]), rest, lost)


def _lost(net: Network, ask: Ask, counted: Bools, told: Bools, total: Floats) -> float:
    least = int(ask["listed.links"])
    by_count = counted & (net.counted > 0) & ~net.market.others
    if by_count.sum() >= least:
        part = net.market.count[by_count] / net.counted[by_count]
        return float(1 - np.minimum(part, 1).mean())
    if told.sum() >= least:
        return float(1 - np.minimum(total[told], 1).mean())
    return 0.0
