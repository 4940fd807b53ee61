"""How far one country or one actor holds a link: c = 1 − (1 − P)·(1 − F).

P is the HHI of places, over the mean of two vectors: the shares that sources state for countries,
and the home countries of the actors that supply. F is the HHI of actors. Either alone may be the
choke, so they join as a probability of "not P and not F". See `graph.gaps.chokepoint`.
"""

from dataclasses import dataclass

import numpy as np

from graph.gaps.method import Ask
from graph.network import Network
from graph.network.ragged import matches, summed
from graph.network.shares import Holding, completed, filled, mean
from graph.network.source import Bools, Floats, Ints


@dataclass(frozen=True)
class Concentration:
    """Per link; NaN where nothing is known of its supply.

    `actors` and `countries` say who holds what; a link whose own rows state no share, and a
    heading without rows, has what its kinds that do come to when taken together by size
    (`pooled_rows`). `told` says what countries hold by what is stated of them alone, and by the
    homes of the actors where nothing is. `own` is c of a link with rows of its own; `rolled` for a
    heading the size-weighted mean of its kinds' c; `effective` is c after substitution: `pooled` is
    the c of a parent's kinds taken together, with what actors and countries hold of them (`pools`).
    """

    actors: Holding
    countries: Holding
    told: Holding
    by_country: bool
    pooled_rows: Bools
    own: Floats
    rolled: Floats
    effective: Floats
    pooled: Floats
    pools: tuple[Holding, Holding]


def concentration(net: Network, ask: Ask, size: Floats) -> Concentration:
    """`size` weighs kinds against each other. From a home, its own holders make no choke."""
    n = len(net)
    actors = net.held
    stated = stated_by_country(net)
    home = actors.by(net.places.country_of)
    values = len(np.union1d(stated.who[stated.who >= 0], home.who[home.who >= 0]))
    by_country = values >= int(ask["concentrated.values"])
    whole = completed(stated, home, n, ask["chokepoint.gap"])
    told = whole.plus(home.keep(~whole.named(n)[home.link]))
    countries = mean(whole, placed(home, stated, n, ask), n)
    if not by_country:
        countries = countries.keep(np.zeros(len(countries.link), dtype=np.bool_))
    rows = np.bincount(np.concatenate([actors.link, stated.link]), minlength=n) > 0
    known = actors.named(n) | countries.named(n)
    pools = _pools(net, (actors, countries), rows, size)
    quiet = silent(net, ask)
    pooled = _joined(pools, quiet, n)
    measured = _measured(net) & ~np.isnan(pooled)
    replaced = measured & ~_states_a_share(net) | ~rows
    actors, countries = (
        held.keep(~replaced[held.link]).plus(pool.keep(replaced[pool.link]))
        for held, pool in zip((actors, countries), pools, strict=True)
    )
    own = np.where(known, np.nan_to_num(_joined((actors, countries), quiet, n)), np.nan)
    return Concentration(
        actors=actors,
        countries=countries,
        told=told.keep(~replaced[told.link]).plus(pools[1].keep(replaced[pools[1].link])),
        by_country=by_country,
        pooled_rows=replaced & ~np.isnan(pooled),
        own=own,
        rolled=_rolled(net, own, size),
        effective=_substituted(net, ask, own, pooled),
        pooled=pooled,
        pools=pools,
    )


def placed(home: Holding, stated: Holding, n: int, ask: Ask) -> Holding:
    """The homes of actors, with a gap filled where what is stated of countries has none itself."""
    gap = ask["chokepoint.gap"]
    if not len(stated.link):
        return home
    return completed(home, stated.keep((stated.total(n) >= 1 - gap)[stated.link]), n, gap)


def _joined(
    held: tuple[Holding, Holding], quiet: tuple[Ints | None, Ints | None], n: int
) -> Floats:
    """c of what actors and countries hold, NaN where neither says anything."""
    f, p = (one.hhi(n, still) for one, still in zip(held, quiet, strict=True))
    return np.where(held[0].named(n) | held[1].named(n), 1 - (1 - p) * (1 - f), np.nan)


def silent(net: Network, ask: Ask) -> tuple[Ints | None, Ints | None]:
    """Actors and countries at home: they count in the denominator and are nobody's choke."""
    return (
        np.flatnonzero(at_home(net, ask)) if ask.home_name is not None else None,
        None if ask.home_country is None else np.array([ask.home_country]),
    )


def at_home(net: Network, ask: Ask) -> Bools:
    """Which actors sit in the home country or region."""
    if ask.home_country is not None:
        return np.asarray(net.places.country_of == ask.home_country)
    if ask.home_region is not None:
        return np.isin(net.places.region_of, net.places.inside(ask.home_region))
    return np.zeros(len(net.actors), dtype=np.bool_)


def stated_by_country(net: Network) -> Holding:
    """Shares that are stated of countries; a placeholder ("Various") stays, without a name."""
    places, rows = net.places, net.stated
    nobody = places.placeholder[rows.who]
    rows = rows.keep(places.is_country[rows.who] | nobody)
    held = filled(rows, places.placeholder[rows.who], len(net))
    return held.by(places.country)


def _states_a_share(net: Network) -> Bools:
    n = len(net)
    counted = np.bincount(net.supply.link[~np.isnan(net.supply.share)], minlength=n)
    return counted + np.bincount(net.stated.link[~np.isnan(net.stated.share)], minlength=n) > 0


def _measured(net: Network) -> Bools:
    """Links of whose kinds at least one states shares."""
    said = _states_a_share(net)
    measured = np.zeros(len(net), dtype=np.bool_)
    measured[net.variants.t[said[net.variants.f]]] = True
    return measured


def _pools(
    net: Network, held: tuple[Holding, Holding], rows: Bools, size: Floats
) -> tuple[Holding, Holding]:
    """What the holders hold of each parent, as if its kinds were one market, weighted by size.

    A holder of several kinds adds them up: they are no substitutes for each other.
    """
    kind, parent = leaves(net, rows)
    total = np.bincount(parent, size[kind], len(net))
    pools = []
    for one in held:
        pair, row = matches(one.link, kind)
        weight = size[kind[pair]] / total[parent[pair]]
        pools.append(Holding(*summed(parent[pair], one.who[row], one.share[row] * weight)))
    return pools[0], pools[1]


def leaves(net: Network, rows: Bools) -> tuple[Ints, Ints]:
    """Pairs (kind with rows, parent), passing through headings without rows."""
    edges = net.variants
    order = np.argsort(edges.f, kind="stable")
    child, above = edges.f[order], edges.t[order]
    at = rows[child]
    kind, parent = child[at], above[at]
    seen = np.unique(kind * len(net) + parent)
    front = seen
    while len(front):
        k, p = front // len(net), front % len(net)
        bare = ~rows[p]
        pair, row = matches(child, p[bare])
        up = np.unique(k[bare][pair] * len(net) + above[row])
        front = np.setdiff1d(up, seen, assume_unique=True)
        seen = np.union1d(seen, front)
    kind, parent = seen // len(net), seen % len(net)
    return kind[kind != parent], parent[kind != parent]


def _rolled(net: Network, own: Floats, size: Floats) -> Floats:
    """A heading is the size-weighted mean of its kinds; kinds that are headings come first."""
    value = own.copy()
    kind, parent = net.variants.f, net.variants.t
    for _ in range(MAX_DEPTH):
        use = ~np.isnan(value[kind]) & np.isnan(own[parent])
        weight = np.bincount(parent[use], size[kind[use]], len(net))
        total = np.bincount(parent[use], (size * value)[kind[use]], len(net))
        new = np.where(weight > 0, total / np.where(weight > 0, weight, 1), value)
        if np.array_equal(new, value, equal_nan=True):
            break
        value = new
    return value


MAX_DEPTH = 32
"""Kinds of kinds deeper than this are taken to be a ring."""


def _substituted(net: Network, ask: Ask, own: Floats, pooled: Floats) -> Floats:
    """A variant counts half its own c and half that of its siblings taken together with it."""
    kind, parent = net.variants.f, net.variants.t
    use = ~np.isnan(pooled[parent]) & ~np.isnan(own[kind])
    many = np.bincount(kind[use], minlength=len(net))
    siblings = np.bincount(kind[use], pooled[parent[use]], len(net)) / np.maximum(many, 1)
    part = ask["chokepoint.substitute"]
    return np.where(many > 0, (1 - part) * own + part * siblings, own)
