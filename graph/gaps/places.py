"""Supply by place: what is stated of a whole place, or the actors who sit there.

Sources state shares of countries and of providers, and neither list need be complete. Each says at
least how much comes from a place, so of each place of a link the larger counts: the share that is
stated of it, or the sum of those who sit there. Where what is stated of places comes to all of the
supply, it counts alone.
"""

from dataclasses import dataclass

import numpy as np

from graph.network import Network
from graph.network.source import Bools, Ints
from graph.network.supply import Supply

ENOUGH = 0.95
"""Shares that come to this much are taken to be all."""


@dataclass(frozen=True)
class PlacedSupply:
    """Rows of supply: `rows.who` are regions where `stated`, else actors; `region` is a position in
    `places.regions`, -1 where it is not known."""

    rows: Supply
    stated: Bools
    region: Ints


@dataclass(frozen=True)
class Chosen:
    """Rows that count: `stated` of `net.stated`, `actors` of `net.supply`; `whole` are the links of
    which places account for all."""

    stated: Bools
    actors: Bools
    whole: Bools


def supply_by_place(net: Network) -> PlacedSupply:
    """Rows stated of places that a share is stated of, and rows of actors, by countries; of those
    actors without a known country only for links of which nothing is stated.

    Placeholders are rows without a place.
    """
    places = net.places
    told = ~np.isnan(net.stated.share)
    pick = chosen(net, told, places.country, places.country_of)
    return joined(net, pick.stated, pick.actors)


def joined(net: Network, stated: Bools, actors: Bools) -> PlacedSupply:
    """The chosen rows of both kinds, in one."""
    places, of_places, of_actors = net.places, net.stated.keep(stated), net.supply.keep(actors)
    columns = (
        np.concatenate(c)
        for c in zip(vars(of_places).values(), vars(of_actors).values(), strict=True)
    )
    nobody = places.placeholder[of_places.who]
    at = np.where(net.placeholder[of_actors.who], -1, places.region_of[of_actors.who])
    return PlacedSupply(
        rows=Supply(*columns),
        stated=np.arange(len(nobody) + len(at)) < len(nobody),
        region=np.concatenate([np.where(nobody, -1, of_places.who), at]),
    )


def chosen(net: Network, stating: Bools, of: Ints, home: Ints) -> Chosen:
    """Which rows count: of places where they say as much as the actors there, else of these.

    `stating` are the rows of places that speak, `of` and `home` the place that counts (-1: none) of
    a region and of an actor.
    """
    n, stated, rows = len(net), net.stated, net.supply
    nobody = net.places.placeholder[stated.who]
    at = np.where(stating & ~nobody, np.append(of, -1)[stated.who], -1)
    sits = np.where(net.placeholder[rows.who], -1, home[rows.who])
    some = np.bincount(stated.link[at >= 0], minlength=n) > 0
    total = np.bincount(stated.link[at >= 0], np.nan_to_num(stated.share[at >= 0]), n)
    whole = some & (total >= ENOUGH)
    width = int(max(at.max(initial=-1), sits.max(initial=-1))) + 2
    keys = np.concatenate([stated.link * width + at + 1, rows.link * width + sits + 1])
    key, where = np.unique(keys, return_inverse=True)
    mine, theirs = where.reshape(-1)[: len(at)], where.reshape(-1)[len(at) :]
    said = np.bincount(mine, np.nan_to_num(stated.share), len(key))
    held = np.bincount(theirs, np.nan_to_num(rows.share), len(key))
    places = (at >= 0) & ((said >= held)[mine] | whole[stated.link])
    told = np.zeros(len(key), dtype=np.bool_)
    told[mine[places]] = True
    more = (sits >= 0) & ~told[theirs] & (held[theirs] > 0) & ~whole[rows.link]
    return Chosen(
        stated=places | (nobody & some[stated.link]),
        actors=~some[rows.link] | more,
        whole=whole,
    )
