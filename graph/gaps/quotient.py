"""How much of a chain's links lies in one region, against the country around it."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from graph.gaps.chance import adjusted, at_least_each
from graph.gaps.method import Ask
from graph.network import Network
from graph.network.firm_size import employees, revenue
from graph.network.source import Bools, Floats, Ints
from graph.network.supply import Supply


@dataclass(frozen=True)
class Quotient:
    """Per link: x here and in all, of the link and of its chain (`here`, `link`, `chain_here`,
    `chain`), the same counted in providers (`firms_…`), and what follows from them.

    `unit` is what x is: firms, employees or revenue; `known` the share of providers with that.
    `placed` is the share of the chain's providers of which it is known whether they sit here. `p`
    and `q` are NaN where a link has no quotient. `both` counts the links of its chain that are made
    here and elsewhere, `made` those made here.
    """

    unit: str
    known: float
    here: Floats
    link: Floats
    chain_here: Floats
    chain: Floats
    firms_here: Ints
    firms: Ints
    chain_firms_here: Ints
    chain_firms: Ints
    placed: Floats
    made: Ints
    both: Ints
    lq: Floats
    p: Floats
    q: Floats


def quotient(net: Network, ask: Ask, region: int) -> Quotient:
    """The location quotients of `region`, a position in `net.places.regions`."""
    rows, here, unplaced = _rows(net, region)
    n, label = len(net), net.chain_label
    chains = int(label.max(initial=-1)) + 1
    sited = ~unplaced

    def per_link(use: Bools, weight: Floats | None = None) -> Any:
        return np.bincount(rows.link[use], None if weight is None else weight[use], n)

    def per_chain(values: Any) -> Any:
        return np.bincount(label, values, chains)[label]

    size, unit, known = _size(net, ask, rows, here, sited)
    x_here, x = per_link(here, size), per_link(sited, size)
    firms_here, firms = per_link(here), per_link(sited)
    count = {
        "chain_firms_here": per_chain(firms_here).astype(np.int64),
        "chain_firms": per_chain(firms).astype(np.int64),
        "made": per_chain(firms_here > 0).astype(np.int64),
        "both": per_chain((firms_here > 0) & (firms > firms_here)).astype(np.int64),
    }
    chain_here, chain = per_chain(x_here), per_chain(x)
    whole = per_chain(per_link(np.ones(len(rows), np.bool_)))
    placed = count["chain_firms"] / np.maximum(whole, 1)
    least = ask["specialisation.firms"]
    outside = count["chain_firms"] - count["chain_firms_here"]
    compared = (
        (count["chain_firms_here"] >= least)
        & (outside >= least)
        & (placed >= ask["specialisation.placed"])
        & (count["both"] >= ask["specialisation.band"] * count["made"])
        & (firms >= least)
        & (x * chain_here > 0)
    )
    lq = np.full(n, np.nan)
    lq[compared] = (x_here * chain)[compared] / (x * chain_here)[compared]
    p = np.full(n, np.nan)
    p[compared] = at_least_each(
        firms_here[compared],
        count["chain_firms"][compared],
        count["chain_firms_here"][compared],
        firms[compared],
    )
    q = np.full(n, np.nan)
    q[compared] = adjusted(p[compared])
    return Quotient(
        unit=unit,
        known=known,
        here=x_here,
        link=x,
        chain_here=chain_here,
        chain=chain,
        firms_here=firms_here,
        firms=firms,
        placed=placed,
        lq=lq,
        p=p,
        q=q,
        **count,
    )


MOST = 64
"""How many times as many providers are looked at to settle a question."""


def enough(seen: Quotient, ask: Ask, links: Ints) -> Ints:
    """How many providers of each of `links` would settle it, did the shares stay as they are; 0
    where even `MOST` times as many would not."""
    columns = (seen.firms_here, seen.chain_firms, seen.chain_firms_here, seen.firms)
    bound = ask["specialisation.q"] * seen.p[links] / np.maximum(seen.q[links], 1e-300)

    def settled(times: Ints) -> Bools:
        return at_least_each(*(times * column[links] for column in columns)) < bound

    low, high = np.ones(len(links), np.int64), np.full(len(links), MOST)
    ever = settled(high)
    while (high - low > 1).any():
        middle = (low + high) // 2
        done = settled(middle)
        low, high = np.where(done, low, middle), np.where(done, middle, high)
    return np.where(ever, high * seen.firms[links], 0)


def _rows(net: Network, region: int) -> tuple[Supply, Bools, Bools]:
    """Provisions of named actors in the country of the region (of all, where it is a country),
    which of them sit in the region, and of which that is not known: no place, or one around it."""
    places, rows = net.places, net.supply.keep(~net.placeholder[net.supply.who])
    sits = places.region_of[rows.who]
    country = int(places.country[region])
    if country >= 0 and not places.is_country[region]:
        near = (sits < 0) | (places.country_of[rows.who] == country)
        rows, sits = rows.keep(near), sits[near]
    inside = np.zeros(len(places.regions) + 1, dtype=np.bool_)
    inside[places.inside(region)] = True
    around = np.zeros(len(places.regions) + 1, dtype=np.bool_)
    around[list(places.within[region])] = True
    return rows, inside[sits], (sits < 0) | (around[sits] & ~inside[sits])


def _size(
    net: Network, ask: Ask, rows: Supply, here: Bools, sited: Bools
) -> tuple[Floats, str, float]:
    """What each provision counts: the people of the actor, else its turnover, where nearly all
    here and elsewhere have that, in equal parts over what it provides; else 1."""
    kinds = np.bincount(net.supply.who, minlength=len(net.actors))[rows.who]
    for unit, value in (
        ("employees", employees(net)),
        ("revenue", revenue(net, ask.settings.rates())),
    ):
        told = ~np.isnan(value[rows.who])
        parts = [told[here], told[sited & ~here]]
        known = min((float(part.mean()) for part in parts if len(part)), default=0.0)
        if known >= ask["specialisation.known"]:
            return np.where(told, value[rows.who] / np.maximum(kinds, 1), 0.0), unit, known
    return np.ones(len(rows)), "firms", 1.0
