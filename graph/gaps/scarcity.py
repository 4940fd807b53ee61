"""Which of the scarcity measures holds for a link: the first of missing-stage, single-source,
concentrated (actor) and thin-stage, in this order; the others then say nothing of it.

Each function gives a severity per link, 0 where the measure does not hold by itself.
"""

from collections.abc import Iterator

import numpy as np

from graph.gaps.levels import level
from graph.gaps.listed import listed
from graph.gaps.method import Ask, Enough, Unknown
from graph.network import Network
from graph.network.source import Bools, Floats, Ints


def required(net: Network, has: Bools) -> Bools:
    """Links that something needs: an input of another link, or a stage that has its place in a
    chain (a chain needs its stages). Of alternatives none is needed where one is in `has`."""
    needed = np.zeros(len(net), dtype=np.bool_)
    needed[net.requires.t[~_met(net, has)]] = True
    placed = np.zeros(len(net), dtype=np.bool_)
    placed[net.chains.links_in[0]] = True
    placed[net.precedes.f] = placed[net.precedes.t] = True
    placed[net.parts.f] = True
    empty = (net.counted == 0) & ~net.final & (net.chains.of_link >= 0)
    empty[net.requires.t] = empty[net.variants.f] = False
    return np.asarray(needed | (placed & net.stage) | empty, dtype=np.bool_)


def _met(net: Network, has: Bools) -> Bools:
    """Which rows of `requires` are one of a group of alternatives of which `has` holds one."""
    edges = net.requires
    key = edges.f * (int(edges.group.max(initial=0)) + 1) + edges.group
    grouped = edges.group >= 0
    return grouped & np.isin(key, key[grouped & has[edges.t]])


def covered(net: Network) -> Bools:
    """Links that somebody supplies; a stage also by what is part of it."""
    has = net.market.covered.copy()
    for _ in range(len(net)):
        more = has.copy()
        more[net.parts.t[has[net.parts.f]]] = True
        if np.array_equal(more, has):
            break
        has = more
    return has


def through_stage(net: Network, has: Bools) -> Bools:
    """Links whose stage has providers: who of them does just this step is not said."""
    within = np.zeros(len(net), dtype=np.bool_)
    for _ in range(len(net)):
        more = within.copy()
        more[net.parts.f[net.market.covered[net.parts.t] | within[net.parts.t]]] = True
        if np.array_equal(more, within):
            break
        within = more
    return within & ~has


def coverage(net: Network, has: Bools) -> Floats:
    """Per link, the share of the links of its chain that name a provider."""
    label = net.chain_label
    size = np.bincount(label)
    return np.asarray((np.bincount(label[has], minlength=len(size)) / np.maximum(size, 1))[label])


def silent(net: Network) -> Iterator[Unknown]:
    """Chains of which no link names a provider: who supplies them is not recorded.

    Links outside every named chain are told together.
    """
    chains, has = net.chains, covered(net)
    quiet = coverage(net, has) == 0
    of = chains.of_link[quiet]
    for chain in np.unique(of).tolist():
        count = int((of == chain).sum())
        named = chain >= 0
        yield Unknown(
            ("PROVIDES",),
            subject=int(chains.keys[chain]) if named else None,
            values={"links": count},
            text="scarcity.silent-chain" if named else "scarcity.silent-links",
            says={"count": count},
            chain=chains.kinds[chain] if named else "industry",
            enough=Enough(0, 1, "links-provided"),
        )


def density(net: Network) -> Floats:
    """Per link, how many providers the links of its chain have that have any (the median)."""
    label, count = net.chain_label, net.market.count
    rows = np.flatnonzero(count > 0)
    return grouped_median(
        label[rows], count[rows].astype(np.float64), int(label.max(initial=0)) + 1
    )[label]


def grouped_median(group: Ints, value: Floats, n: int) -> Floats:
    """The median of `value` in each of `n` groups; NaN where a group is empty.

    >>> grouped_median(np.array([0, 0, 2]), np.array([1.0, 2.0, 5.0]), 3).tolist()
    [1.5, nan, 5.0]
    """
    order = np.lexsort((value, group))
    ordered = value[order]
    size = np.bincount(group, minlength=n)
    start = np.cumsum(size) - size
    result = np.full(n, np.nan)
    some = np.flatnonzero(size)
    low = ordered[start[some] + (size[some] - 1) // 2]
    high = ordered[start[some] + size[some] // 2]
    result[some] = (low + high) / 2
    return result


def single(net: Network, ask: Ask) -> Floats:
    """The share of the only provider, or of one that holds nearly all, be it one that is counted
    and not named."""
    market = net.market
    rest = listed(net, ask).rest
    one = rest >= ask["single-source.share"]
    sure = _nearly_all(net, ask) & ~unlisted(net, ask)
    return np.where(one, rest, np.where(sure, market.top_share, 0.0))


def _nearly_all(net: Network, ask: Ask) -> Bools:
    market = net.market
    sure = market.stated | ~(market.others | market.scattered)
    return (market.top_share >= ask["single-source.share"]) & sure


def unlisted(net: Network, ask: Ask) -> Bools:
    """Links whose only provider on record may well not be the only one."""
    return _nearly_all(net, ask) & ~net.market.stated & listed(net, ask).open


def thin(net: Network, ask: Ask) -> Floats:
    """Few capable providers, or far fewer than the links of the chain have."""
    market = net.market
    able, usual = capable(net, ask), density(net)
    far = (robust_z(net) < ask["thin-stage.z"]) & (market.count > 0)
    few = (able > 0) & (able < ask["thin-stage.providers"])
    few |= (market.count > 0) & (able == 0)
    seen = listed(net, ask)
    sure = ~market.others & np.where(seen.counted, True, ~seen.open)
    found = sure & (few | (far & ~seen.open))
    shortfall = 1 - able / np.maximum(usual, 1)
    return np.where(found, np.clip(np.maximum(1 / np.maximum(able, 1), shortfall), 0, 1), 0)


def capable(net: Network, ask: Ask) -> Ints:
    """Providers that no source calls minor, those counted and not named too."""
    return net.market.capable + listed(net, ask).unnamed


def robust_z(net: Network) -> Floats:
    """(count − median) / (1.4826 · MAD) in the link's chain; NaN where all counts are alike."""
    label, count = net.chain_label, net.market.count.astype(np.float64)
    rows = np.flatnonzero(count > 0)
    n = int(label.max(initial=0)) + 1
    middle = grouped_median(label[rows], count[rows], n)
    spread = grouped_median(label[rows], np.abs(count[rows] - middle[label[rows]]), n)
    scale = 1.4826 * spread
    return np.where(
        scale[label] > 0, (count - middle[label]) / np.where(scale > 0, scale, 1)[label], np.nan
    )


def concentrated(net: Network, ask: Ask) -> Floats:
    """The lower bound of HHI over actors, where it is high enough."""
    at = level(net, "actor")
    found = (at.bounds.lower >= ask["concentrated.hhi"]) & (at.values >= ask["concentrated.values"])
    return np.where(found, at.bounds.lower, 0.0)
