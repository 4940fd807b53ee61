"""The levels at which supply can be concentrated: actors, ownership groups, regions, countries."""

from dataclasses import dataclass

import numpy as np

from graph.gaps.bounds import Bounds, bounds
from graph.network import Network
from graph.network.source import Bools, Ints
from graph.network.supply import Supply

ENOUGH = 0.95
"""Shares that come to this much are taken to be all."""


@dataclass(frozen=True)
class Level:
    """One level of one record: the bounds per link, where it says something, and how many values
    the dimension has."""

    bounds: Bounds
    asked: Bools
    values: int


def level(net: Network, name: str) -> Level:
    """The bounds of one level, worked out once for a network."""
    return net.once(("level", name), lambda: _level(net, name))


def _level(net: Network, name: str) -> Level:
    n = len(net)
    asked = np.ones(n, dtype=np.bool_)
    rows, holder = holders(net, name)
    if name == "group":
        asked[:] = False
        asked[net.supply.link[net.groups.grouped[net.supply.who]]] = True
    met = np.zeros(int(holder.max(initial=0)) + 1, dtype=np.bool_)
    met[holder[holder >= 0]] = True
    seen = 0 if name == "group" and not net.groups.grouped.any() else int(met.sum())
    if not seen:
        rows, holder = rows.keep(np.zeros(len(rows), dtype=np.bool_)), holder[:0]
    actors = _without_places(net, name)
    alone = np.zeros(len(rows), dtype=np.bool_)
    if len(rows) and name in ("region", "country"):
        known = np.append(net.placeholder, True)[np.where(actors[rows.link], rows.who, -1)]
        alone = (holder < 0) & ~known
    found = bounds(rows, holder, n, alone, np.where(actors, net.counted, -1))
    return Level(found, asked & found.assessed, seen)


def _without_places(net: Network, name: str) -> Bools:
    """Links of which the rows of actors count at a level, since nothing is stated of places."""
    if name not in ("region", "country"):
        return np.ones(len(net), dtype=np.bool_)
    return ~by_places(net, name)


def by_places(net: Network, name: str) -> Bools:
    """Links for which what is stated of places counts: where that accounts for no less of the
    supply than the actors with a known place do, or for all but 5%."""
    return net.once(("by places", name), lambda: _by_places(net, name))


def _by_places(net: Network, name: str) -> Bools:
    n, rows, at = len(net), net.supply, _stating(net, name)
    home = net.places.country_of if name == "country" else net.places.region_of
    known = (home[rows.who] >= 0) & ~net.placeholder[rows.who]
    by_actor = np.bincount(rows.link[known], np.nan_to_num(rows.share[known]), n)
    said = np.bincount(net.stated.link[at], np.nan_to_num(net.stated.share[at]), n)
    some = np.bincount(net.stated.link[at], minlength=n) > 0
    return np.asarray(some & (said >= np.minimum(by_actor, ENOUGH)), dtype=np.bool_)


def _stating(net: Network, name: str) -> Bools:
    """Which rows of places say something of a level."""
    places = net.places
    place = places.is_country if name == "country" else ~places.is_country
    return np.asarray(place[net.stated.who] & ~places.placeholder[net.stated.who], dtype=np.bool_)


def holders(net: Network, name: str) -> tuple[Supply, Ints]:
    """The rows that count at a level, and the holder of each there; -1 is nobody by name."""
    rows = net.supply
    nobody = net.placeholder[rows.who]
    if name == "actor":
        return rows, np.where(nobody, -1, rows.who)
    if name == "group":
        return rows, np.where(nobody, -1, net.groups.of[rows.who])
    if len(net.places.regions):
        return _by_place(net, name)
    return rows.keep(np.zeros(len(rows), dtype=np.bool_)), rows.who[:0]


def _by_place(net: Network, name: str) -> tuple[Supply, Ints]:
    """What is stated of places where that tells more, else the actors by where they sit."""
    places = net.places
    if name == "country":
        of, home = places.country, places.country_of
    else:
        of, home = places.city, np.append(places.city, -1)[places.region_of]
    has = by_places(net, name)
    use = _stating(net, name) & has[net.stated.link]
    use |= places.placeholder[net.stated.who] & has[net.stated.link]
    stated, actors = net.stated.keep(use), net.supply.keep(~has[net.supply.link])
    holder = np.concatenate(
        [
            np.where(places.placeholder[stated.who], -1, of[stated.who]),
            np.where(net.placeholder[actors.who], -1, home[actors.who]),
        ]
    )
    columns = (
        np.concatenate(c) for c in zip(vars(stated).values(), vars(actors).values(), strict=True)
    )
    return Supply(*columns), holder
