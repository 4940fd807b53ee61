"""Does a finding stay when a tenth of the relations is gone? Seeded from the record alone."""

import hashlib
from collections.abc import Sequence

import numpy as np

from graph.gaps.method import Ask, Found, Method
from graph.network import Network


def seed(net: Network) -> int:
    """The same for the same record on every machine."""
    return int.from_bytes(hashlib.sha256(net.source.digest.encode()).digest()[:8], "big")


def draws(net: Network, ask: Ask) -> int:
    """As many resamplings as the settings allow for a record of this size."""
    rows = len(net.supply) + len(net.stated) + len(net.requires) + len(net.variants)
    fit = int(ask["stability.rows"] // max(rows, 1))
    return int(min(ask["stability.draws"], max(fit, ask["stability.draws_min"])))


class Stability:
    """How often the findings of one method stay among the worst, counted draw by draw.

    A finding stays in a draw when it is in the top k, where k is `top` of the settings for the
    first k findings, twice that for the next, and so on: what is said of a finding does not depend
    on how many are shown. What is equal in a draw keeps the order that it has on the whole record.
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
        self.idle = method.score is None or not found
        if self.idle:
            return
        every = [*found, *(others or ())]
        self.links = net.link_at(np.array([f.subject for f in every], dtype=np.int64))
        self.levels = [f.scope.get("level", "") for f in every]
        self.alone = others is not None
        self.apart = [f.apart for f in found]
        block = max(int(ask["top"]), 1)
        self.last = (np.arange(len(found)) // block + 1) * block - 1
        self.kept = np.zeros(len(found))
        self.draws = 0

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
        self.draws += 1

    def shares(self) -> list[float | None]:
        """Per finding; None where the method cannot be run again on a thinned network, and for
        what is listed apart: that is ranked by something else than its severity."""
        if self.idle or not self.draws:
            return [None] * self.size
        shares = (float(k / self.draws) for k in self.kept)
        return [None if apart else share for apart, share in zip(self.apart, shares, strict=True)]


def resample(net: Network, ask: Ask, counted: Sequence[Stability]) -> None:
    """Thins the network as often as the settings allow, and shows each to all methods."""
    if all(c.idle for c in counted):
        return
    for draw in range(draws(net, ask)):
        thinned = net.thinned(ask["stability.removed"], (seed(net), draw))
        for one in counted:
            one.see(thinned, ask)
