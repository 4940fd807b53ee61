"""Per link, how many of its providers have had capital, against its neighbours and its chain."""

from dataclasses import dataclass

import numpy as np

from graph.gaps.chance import adjusted, at_most_each
from graph.gaps.method import Ask
from graph.network import Network
from graph.network.capital import Capital
from graph.network.ragged import among, matches, once
from graph.network.source import Bools, Floats, Ints


@dataclass(frozen=True)
class Shares:
    """Per link. `all` are its providers, `own` those of them in countries with capital on record.

    `near` and `chain` are the shares with capital of the providers of neighbours and of the other
    links of its chain, its own left out; NaN where there are none. `tested` are the p of all links
    that were compared with their chain. `elsewhere`: it has providers,
    and none in such a country; `unrecorded`: nor has any provider of its chain capital.
    """

    link: Ints
    who: Ints
    has: Bools
    all: Ints
    own: Ints
    funded: Ints
    near_link: Ints
    near_who: Ints
    near_own: Ints
    near: Floats
    chain: Floats
    p: Floats
    q: Floats
    tested: Floats
    by_near: Bools
    severity: Floats
    elsewhere: Bools
    unrecorded: Bools

    @property
    def coverage(self) -> Floats:
        return np.asarray(self.own / np.maximum(self.all, 1))

    def providers(self, link: int) -> Ints:
        """The actors, by position, that provide `link` where capital is on record."""
        mine: Ints = self.who[self.link == link]
        return mine

    def near_funded(self, link: int) -> Ints:
        """Those that provide its neighbours and have capital."""
        near: Ints = self.near_who[(self.near_link == link) & self.has[self.near_who]]
        return near


def shares(net: Network, ask: Ask, money: Capital) -> Shares:
    """Compares each link. `money` may be a part of what is on record."""
    n = len(net)
    has = np.zeros(len(net.actors), dtype=np.bool_)
    has[money.who] = True
    real = ~net.placeholder[net.supply.who]
    link, who = net.supply.link[real], net.supply.who[real]
    total = np.bincount(link, minlength=n)
    seen = _on_record(net, ask, has)[who]
    link, who = link[seen], who[seen]
    own = np.bincount(link, minlength=n)
    funded = np.bincount(link[has[who]], minlength=n)
    chain_own, chain_funded = _chain(net, link, who, has)
    unrecorded = (total > 0) & (chain_funded[net.chain_label] == 0)
    near_link, near_who = _near(net, link, who, (own > 0) & (funded == 0) & ~unrecorded)
    near_own = np.bincount(near_link, minlength=n)
    near_funded = np.bincount(near_link[has[near_who]], minlength=n)
    near = _part(near_funded, near_own)
    others = _part(chain_funded[net.chain_label] - funded, chain_own[net.chain_label] - own)
    bare = (funded == 0) & (own > 0) & (near_own >= ask["funding-hole.neighbours"])
    bare &= np.nan_to_num(near) >= ask["funding-hole.near"]
    p = np.full(n, np.nan)
    whole, none = (own + near_own)[bare], np.zeros(int(bare.sum()), dtype=np.int64)
    p[bare] = at_most_each(none, whole, near_funded[bare], own[bare])
    asked = (own >= ask["funding-hole.providers"]) & ~unrecorded
    low = asked & (_part(funded, own) < ask["funding-hole.below"] * np.nan_to_num(others))
    in_chain = np.where(asked, 1.0, np.nan)
    c = net.chain_label[low]
    in_chain[low] = at_most_each(funded[low], chain_own[c], chain_funded[c], own[low])
    q = np.full(n, np.nan)
    q[asked] = adjusted(in_chain[asked])
    scarce = low & (q < ask["funding-hole.q"])
    p = np.where(scarce & ~bare, in_chain, p)
    reference = np.where(bare, near, others)
    short = 1 - _part(funded, own) / np.where(reference > 0, reference, 1.0)
    return Shares(
        link=link,
        who=who,
        has=has,
        all=total,
        own=own,
        funded=funded,
        near_link=near_link,
        near_who=near_who,
        near_own=near_own,
        near=near,
        chain=others,
        p=p,
        q=q,
        tested=in_chain,
        by_near=bare,
        severity=np.where(bare | scarce, short * (1 - np.nan_to_num(p)), 0.0),
        elsewhere=(total > 0) & (own == 0),
        unrecorded=unrecorded,
    )


def _part(some: Ints, whole: Ints) -> Floats:
    return np.where(whole > 0, some / np.maximum(whole, 1), np.nan)


def _on_record(net: Network, ask: Ask, has: Bools) -> Bools:
    """Actors in a country for which capital is on record at all; no known place is one too."""
    country = net.places.country_of + 1
    size = np.bincount(country)
    part = np.bincount(country[has], minlength=len(size)) / np.maximum(size, 1)
    recorded: Bools = (part > 0) & (part >= ask["funding-hole.recorded"])
    return recorded[country]


def _chain(net: Network, link: Ints, who: Ints, has: Bools) -> tuple[Ints, Ints]:
    """Per chain, how many different actors provide a link of it, and how many have capital."""
    width = max(len(net.actors), 1)
    n = int(net.chain_label.max(initial=-1)) + 1
    each = once(net.chain_label[link] * width + who)
    label, actor = each // width, each % width
    return np.bincount(label, minlength=n), np.bincount(label[has[actor]], minlength=n)


def _near(net: Network, link: Ints, who: Ints, wanted: Bools) -> tuple[Ints, Ints]:
    """Rows (link, actor): who provides a neighbour of the link and not the link itself."""
    ends = [(e.f, e.t) for e in (net.requires, net.precedes, net.parts)]
    f = np.concatenate([side for a, b in ends for side in (a, b)])
    t = np.concatenate([side for a, b in ends for side in (b, a)])
    f, t = f[wanted[f]], t[wanted[f]]
    order = np.argsort(link, kind="stable")
    edge, row = matches(link[order], t)
    width = max(len(net.actors), 1)
    theirs = once(f[edge] * width + who[order][row])
    each = theirs[~among(theirs, once(link * width + who))]
    return each // width, each % width
