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


def stability(net: Network, ask: Ask, method: Method, found: Sequence[Found]) -> list[float | None]:
    """Per finding, in rank order, the share of thinned networks in which it stays in the top k.

    k is `top` of the settings for the first k findings, twice that for the next, and so on: what
    is said of a finding does not depend on how many are shown.
    """
    if method.score is None or not found:
        return [None] * len(found)
    times = draws(net, ask)
    position = {int(k): i for i, k in enumerate(net.links)}
    where = np.array([position[f.subject] for f in found], dtype=np.int64)
    levels = np.array([f.scope.get("level", "") for f in found])
    block = max(int(ask["top"]), 1)
    last = (np.arange(len(found)) // block + 1) * block - 1
    kept = np.zeros(len(found))
    for draw in range(times):
        scores = method.score(net.thinned(ask["stability.removed"], (seed(net), draw)), ask)
        every = -np.sort(-np.concatenate([np.zeros(0), *scores.values()]))
        for level, score in scores.items():
            mine = levels == level
            bound = np.append(every, 0.0)[np.minimum(last[mine], len(every))]
            value = score[where[mine]]
            kept[mine] += (value > 0) & (value >= bound)
    return [float(k / times) for k in kept]
