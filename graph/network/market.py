"""What is known of the supply of each link: how many providers, with which shares."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graph.network.ragged import matches
from graph.network.source import Bools, Floats, Ints
from graph.network.supply import Supply

if TYPE_CHECKING:
    from graph.network.network import Network


@dataclass(frozen=True)
class Market:
    """Per link position, over providers that have a name.

    `supply` are the rows behind it. `count` providers; `known` the sum of stated shares (0 to 1,
    sums above 1 divided down); `majors` and `minors` providers without a stated share; `top` the
    provider (position) with the largest share, or the only one, else -1; `top_share` its share or
    NaN; `others` whether a placeholder says that there are more; `rolled` whether the rows are
    those of the link's kinds, having none of its own.
    """

    supply: Supply
    count: Ints
    known: Floats
    majors: Ints
    minors: Ints
    top: Ints
    top_share: Floats
    others: Bools
    rolled: Bools


def market(net: "Network") -> Market:
    """The supply of every link; a link without rows of its own has those of its kinds."""
    n = len(net)
    all_rows = with_kinds(net.supply, net.variants.f, net.variants.t, n)
    own = np.bincount(net.supply.link, minlength=n) > 0
    nameless = net.placeholder[all_rows.who]
    others = np.bincount(all_rows.link[nameless], minlength=n) > 0
    rows = all_rows.keep(~nameless)
    stated = ~np.isnan(rows.share)
    share = np.where(stated, rows.share, 0.0)
    total = np.bincount(rows.link, share, n)
    share = share / np.maximum(total, 1.0)[rows.link]
    rows = Supply(rows.link, rows.who, np.where(stated, share, np.nan), rows.minor)
    count = np.bincount(rows.link, minlength=n)
    top = np.full(n, -1, dtype=np.int64)
    top_share = np.full(n, np.nan)
    order = np.lexsort((-rows.who, share, rows.link))
    last = order[np.append(np.diff(rows.link[order]) != 0, True)] if len(order) else order
    clear = stated[last] | (count[rows.link[last]] == 1)
    best = last[clear]
    top[rows.link[best]] = rows.who[best]
    top_share[rows.link[best]] = np.where(stated[best], share[best], np.nan)
    return Market(
        supply=rows,
        count=count,
        known=np.minimum(total, 1.0),
        majors=np.bincount(rows.link[~stated & ~rows.minor], minlength=n),
        minors=np.bincount(rows.link[~stated & rows.minor], minlength=n),
        top=top,
        top_share=top_share,
        others=others,
        rolled=~own & (count > 0),
    )


def with_kinds(supply: Supply, kind: Ints, parent: Ints, n: int) -> Supply:
    """Adds, for links without rows, the rows of their kinds and of those kinds' kinds.

    A provider of a kind is a provider of the parent; what share it has of the parent is not said.
    """
    own = np.bincount(supply.link, minlength=n) > 0
    open_edge = ~own[parent]
    kind, parent = kind[open_edge], parent[open_edge]
    if not len(kind) or not len(supply):
        return supply
    width = int(supply.who.max(initial=0)) + 1
    pair = supply.link * width + supply.who
    minor = supply.minor
    known, flags = pair, minor
    while True:
        links, who = known // width, known % width
        edge, at = matches(links, kind)
        new = parent[edge] * width + who[at]
        merged = np.concatenate([known, new])
        order = np.lexsort((np.concatenate([flags, flags[at]]), merged))
        ordered = merged[order]
        first = np.append(True, ordered[1:] != ordered[:-1])
        if first.sum() == len(known):
            break
        known, flags = ordered[first], np.concatenate([flags, flags[at]])[order][first]
    share = np.full(len(known), np.nan)
    share[np.searchsorted(known, pair)] = supply.share
    return Supply(known // width, known % width, share, flags)
