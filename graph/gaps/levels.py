"""The levels at which supply can be concentrated: actors, ownership groups, regions, countries."""

from dataclasses import dataclass

import numpy as np

from graph.gaps.bounds import Bounds, bounds
from graph.gaps.places import chosen, joined
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
    held = holders(net, name)
    if name == "group":
        asked[:] = False
        asked[net.supply.link[net.groups.grouped[net.supply.who]]] = True
    met = np.zeros(int(held.holder.max(initial=0)) + 1, dtype=np.bool_)
    met[held.holder[held.holder >= 0]] = True
    seen = 0 if name == "group" and not net.groups.grouped.any() else int(met.sum())
    if not seen:
        held = held.keep(np.zeros(len(held.rows), dtype=np.bool_))
    found = _bounds(net, name, held)
    return Level(found, asked & found.assessed, seen)


@dataclass(frozen=True)
class Held:
    """The rows that count at a level, and the holder of each there; -1 is nobody by name.
    `rows.who` are regions where `stated`, else actors."""

    rows: Supply
    holder: Ints
    stated: Bools

    def keep(self, which: Bools) -> "Held":
        return Held(self.rows.keep(which), self.holder[which], self.stated[which])


def _bounds(net: Network, name: str, held: Held) -> Bounds:
    """Actors without a known place are one holder each; the number of providers says how many
    there are beside the rows only where these are actors."""
    n, rows = len(net), held.rows
    alone = np.zeros(len(rows), dtype=np.bool_)
    if name in ("region", "country"):
        who = np.where(held.stated, -1, rows.who)
        alone = (held.holder < 0) & ~np.append(net.placeholder, True)[who]
    of_places = np.bincount(rows.link[held.stated], minlength=n) > 0
    return bounds(rows, held.holder, n, alone, np.where(of_places, -1, net.counted))


def holders(net: Network, name: str) -> Held:
    """Who holds what at a level."""
    rows = net.supply
    nobody, actors = net.placeholder[rows.who], np.zeros(len(rows), dtype=np.bool_)
    if name == "actor":
        return Held(rows, np.where(nobody, -1, rows.who), actors)
    if name == "group":
        return Held(rows, np.where(nobody, -1, net.groups.of[rows.who]), actors)
    if len(net.places.regions):
        return net.once(("holders", name), lambda: _by_place(net, name))
    return Held(rows.keep(actors), rows.who[:0], actors[:0])


def _by_place(net: Network, name: str) -> Held:
    """What is stated of places, with the actors who sit in others; or the actors alone, where with
    those whose place is not known they say more."""
    places = net.places
    of, home = places.country, places.country_of
    stating = places.is_country[net.stated.who]
    if name == "region":
        of, home = places.city, np.append(places.city, -1)[places.region_of]
        stating = ~stating
    pick = chosen(net, stating, of, home)

    def held(stated: Bools, actors: Bools) -> Held:
        both = joined(net, stated, actors)
        who = both.rows.who
        at = np.where(both.stated, np.append(of, -1)[both.region], -1)
        sits = np.append(home, -1)[np.where(both.stated | (both.region < 0), -1, who)]
        return Held(both.rows, np.where(both.stated, at, sits), both.stated)

    open_ = np.bincount(net.stated.link[pick.stated], minlength=len(net)) > 0
    open_ &= ~pick.whole
    if open_.any():
        stated, rows = open_[net.stated.link], open_[net.supply.link]
        mixed = _bounds(net, name, held(pick.stated & stated, pick.actors & rows))
        alone = _bounds(net, name, held(np.zeros_like(stated), rows))
        open_ &= mixed.lower < alone.lower
    return held(pick.stated & ~open_[net.stated.link], pick.actors | open_[net.supply.link])
