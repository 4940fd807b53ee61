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


def stability(
    net: Network, ask: Ask, method: Method, found: Sequence[Found], top: int
) -> list[float | None]:
    """Per finding, the share of thinned networks in which it is among the `top` worst."""
    if method.score is None or not found:
        return [None] * len(found)
    times = draws(net, ask)
    position = {int(k): i for i, k in enumerate(net.links)}
    kept = np.zeros(len(found))
    for draw in range(times):
        scores = method.score(net.thinned(ask["stability.removed"], (seed(net), draw)), ask)
        every = np.concatenate([np.zeros(0), *scores.values()])
        if not len(every):
            continue
        bound = np.partition(every, -top)[-top] if top < len(every) else 0.0
        for i, one in enumerate(found):
            value = scores[one.scope.get("level", "")][position[one.subject]]
            kept[i] += value > 0 and value >= bound
    return [float(k / times) for k in kept]
