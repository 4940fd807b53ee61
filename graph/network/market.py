"""What is known of the supply of each link: how many providers, with which shares."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graph.network.ragged import matches
from graph.network.shares import Holding, filled
from graph.network.source import Bools, Floats, Ints
from graph.network.supply import Supply

if TYPE_CHECKING:
    from graph.network.network import Network


@dataclass(frozen=True)
class Market:
    """Per link position; a link without provider rows has those of its kinds.

    `supply` are the rows of providers with a name, `held` all of them with shares completed (see
    `graph.network.shares.filled`). `count` named providers, `capable` those of them that no source
    calls minor; `top` the one that holds most (position, -1 where there is none) and `top_share`
    what it holds; `stated` whether that share is one that a source states. `others` says that there
    are more providers than are named (a placeholder), `scattered` that several places supply it.
    `covered` says that somebody supplies the link, an actor or a whole place.
    """

    supply: Supply
    held: Holding
    count: Ints
    capable: Ints
    top: Ints
    top_share: Floats
    stated: Bools
    others: Bools
    scattered: Bools
    covered: Bools


def market(net: "Network") -> Market:
    """The supply of every link."""
    n = len(net)
    rows = with_kinds(net.supply, net.variants.f, net.variants.t, n)
    nobody = net.placeholder[rows.who]
    held = net.held if rows is net.supply else filled(rows, nobody, n, net.unnamed)
    named = rows.keep(~nobody)
    count = np.bincount(named.link, minlength=n)
    row = held.top_row(n)
    known = ~np.isnan(np.append(rows.share, np.nan))
    top, top_share = held.top(n)
    places = with_kinds(net.stated, net.variants.f, net.variants.t, n)
    return Market(
        supply=named,
        held=held,
        count=count,
        capable=np.bincount(named.link[~named.minor], minlength=n),
        top=top,
        top_share=top_share,
        stated=known[row],
        others=np.bincount(rows.link[nobody], minlength=n) > 0,
        scattered=np.bincount(places.link, minlength=n) > 1,
        covered=np.bincount(np.concatenate([rows.link, places.link]), minlength=n) > 0,
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
    pair, minor = supply.link * width + supply.who, supply.minor
    known, flags = pair, minor
    while True:
        edge, at = matches(known // width, kind)
        new = parent[edge] * width + known[at] % width
        merged, both = np.concatenate([known, new]), np.concatenate([flags, flags[at]])
        order = np.lexsort((both, merged))
        ordered = merged[order]
        first = np.append(True, ordered[1:] != ordered[:-1])
        if first.sum() == len(known):
            break
        known, flags = ordered[first], both[order][first]
    share = np.full(len(known), np.nan)
    share[np.searchsorted(known, pair)] = supply.share
    return Supply(known // width, known % width, share, flags)
