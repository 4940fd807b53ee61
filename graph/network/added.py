"""A network with one relation more: what would be, had somebody made it."""

from dataclasses import replace

import numpy as np

from graph.network.actors import Ties
from graph.network.network import Network
from graph.network.source import Bools, Floats, Ints
from graph.network.supply import Supply


def with_provider(net: Network, link: int, who: int | None, place: int, share: float) -> Network:
    """The network in which `who`, an actor by position, provides `link` too; None: a new actor,
    that sits at `place` (a position in `places.regions`, -1 not known).

    Where shares of the link are stated, the new one takes `share` and the others keep the rest of
    theirs; so do stated shares of places, of which its country gets it. Where none is stated, none
    is of the new one.
    """
    if who is None:
        net, who = _with_actor(net, place), len(net.actors)
    country = int(net.places.country_of[who])
    mine = net.supply.link == link
    told = bool((~np.isnan(net.supply.share[mine])).any())
    supply = _with_row(net.supply, link, who, share if told else np.nan, mine, share)
    stated = net.stated
    rows = stated.link == link
    if (~np.isnan(stated.share[rows])).any():
        places = net.places
        own = np.flatnonzero(places.is_country & (places.country == country))
        home = int(own[0]) if country >= 0 and len(own) else None
        stated = _with_row(stated, link, home, share, rows, share)
    return replace(net, supply=supply, stated=stated)


def _with_row(
    supply: Supply, link: int, who: int | None, share: float, rows: Bools, taken: float
) -> Supply:
    """Shares of `rows` go down by the part `taken`, and `who` gets `share`."""
    less = np.where(rows, supply.share * (1 - taken), supply.share)
    if who is None:
        return Supply(supply.link, supply.who, less, supply.minor)
    same = np.flatnonzero(rows & (supply.who == who))
    if len(same):
        less[same[0]] = np.nansum([less[same[0]], share])
        return Supply(supply.link, supply.who, less, supply.minor)
    at = int(np.searchsorted(supply.link, link)) + int((rows & (supply.who < who)).sum())
    return Supply(
        np.insert(supply.link, at, link),
        np.insert(supply.who, at, who),
        np.insert(less, at, share),
        np.insert(supply.minor, at, False),
    )


def _with_actor(net: Network, place: int) -> Network:
    """One actor more, in no group."""
    places, groups = net.places, net.groups
    return replace(
        net,
        actors=np.append(net.actors, -1),
        placeholder=np.append(net.placeholder, False),
        places=replace(
            places,
            region_of=np.append(places.region_of, place),
            country_of=np.append(places.country_of, np.append(places.country, -1)[place]),
        ),
        groups=replace(
            groups,
            of=np.append(groups.of, len(groups.head)),
            head=np.append(groups.head, -1),
            grouped=np.append(groups.grouped, False),
        ),
    )


def with_tie(graph: Ties, a: int, b: int) -> Ties:
    """The actor graph with one edge more, between two of its nodes."""
    low, high = min(a, b), max(a, b)
    f, t = np.append(graph.f, low), np.append(graph.t, high)
    pairs = np.unique(np.stack([f, t]), axis=1)
    return Ties(graph.keys, graph.kind, graph.funder, pairs[0], pairs[1], graph.relations)


def without_node(graph: Ties, node: int) -> tuple[Ints, Floats]:
    """The part that each node is in when `node` is taken out (-1 for itself), and how many actors
    each part holds."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    n = len(graph)
    rows = (graph.f != node) & (graph.t != node)
    edges = (np.ones(int(rows.sum()), np.int8), (graph.f[rows], graph.t[rows]))
    count, label = connected_components(coo_matrix(edges, (n, n)), directed=False)
    part = np.asarray(label, dtype=np.int64)
    part[node] = -1
    actors = (graph.kind >= 0) & (part >= 0)
    return part, np.bincount(part[actors], minlength=int(count)).astype(np.float64)
