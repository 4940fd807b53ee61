"""How near links are to each other in what it takes to provide them."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from graph.network import Network
from graph.network.source import Bools, Floats, Ints

WIDEST = 500
"""An actor that provides more links than this says nothing of their nearness."""


def proximity(net: Network) -> Any:
    """A sparse symmetric matrix φ, min(P(i|j), P(j|i)) of being provided by the same actor; of
    having the same neighbour in the chain where no actor provides two links; None where neither."""
    by_actor = _shared(net.supply.link, net.supply.who, len(net))
    return _shared(*_neighbours(net), len(net)) if by_actor is None else by_actor


def sharing(net: Network) -> tuple[bool, Callable[[int], Ints]]:
    """What φ counts, for one link: whether it is actors, and who or what provides or adjoins it."""
    by_actor = _shared(net.supply.link, net.supply.who, len(net)) is not None
    link, holder = (net.supply.link, net.supply.who) if by_actor else _neighbours(net)
    wide = np.bincount(holder, minlength=1)
    use = wide[holder] <= WIDEST
    link, holder = link[use], holder[use]
    return by_actor, lambda one: np.unique(holder[link == one])


def _neighbours(net: Network) -> tuple[Ints, Ints]:
    ends = [(net.requires.f, net.requires.t), (net.variants.f, net.variants.t)]
    f = np.concatenate([side for a, b in ends for side in (a, b)])
    t = np.concatenate([side for a, b in ends for side in (b, a)])
    return f, t


def _shared(link: Ints, holder: Ints, n: int) -> Any:
    from scipy.sparse import coo_matrix

    wide = np.bincount(holder) if len(holder) else np.zeros(1, np.int64)
    use = wide[holder] <= WIDEST
    width = int(holder.max(initial=0)) + 1
    pairs = np.unique(link[use] * width + holder[use])
    link, holder = pairs // width, pairs % width
    has: Any = coo_matrix((np.ones(len(link), np.float64), (link, holder)), (n, width)).tocsr()
    both: Any = (has @ has.T).tocoo()
    apart = both.row != both.col
    if not apart.any():
        return None
    row, col, count = both.row[apart], both.col[apart], both.data[apart]
    size = np.bincount(link, minlength=n)
    near = count / np.maximum(size[row], size[col])
    return coo_matrix((near, (row, col)), (n, n)).tocsr()


def density(phi: Any, made: Bools) -> Floats:
    """Per link, the part of its proximity that falls on links in `made`; NaN where it has none."""
    total = np.asarray(phi.sum(axis=1)).reshape(-1)
    here = np.asarray(phi @ made.astype(np.float64)).reshape(-1)
    return np.where(total > 0, here / np.where(total > 0, total, 1), np.nan)


def nearest(phi: Any, link: int, among: Bools, most: int = 3) -> Iterator[tuple[int, float]]:
    """The links of `among` that are nearest to `link`, the nearest first."""
    low, high = phi.indptr[link], phi.indptr[link + 1]
    others, near = phi.indices[low:high], phi.data[low:high]
    use = among[others]
    others, near = others[use], near[use]
    for at in np.lexsort((others, -near))[:most]:
        yield int(others[at]), float(near[at])
