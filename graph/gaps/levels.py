"""The levels at which supply can be concentrated: actors, ownership groups, regions, countries."""

from dataclasses import dataclass

import numpy as np

from graph.gaps.bounds import Bounds, bounds
from graph.network import Network
from graph.network.source import Bools, Ints
from graph.network.supply import Supply


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
    said = np.bincount(net.stated.link[_stating(net, name)], minlength=len(net))
    return np.asarray(said == 0, dtype=np.bool_)


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
    """What is stated of places where a link has that, else its actors by where they sit."""
    places, n = net.places, len(net)
    if name == "country":
        of, home = places.country, places.country_of
    else:
        of, home = places.city, np.append(places.city, -1)[places.region_of]
    use = _stating(net, name)
    has = np.bincount(net.stated.link[use], minlength=n) > 0
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
