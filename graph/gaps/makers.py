"""Who is nearest to making a link that it does not make, and why.

Density is that of Hidalgo et al. 2007 for an actor: the part of a link's proximity
(`graph.gaps.relatedness`) that falls on links which the actor provides. Beside it stand the inputs
of the link that links of the actor need as well, the technologies of the link that the actor works
on, and whether it develops the link or plans to provide it; last, the links that it provides which
stand next to the link in the chain (an input, a user, another kind of the same).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from graph.gaps.relatedness import proximity
from graph.network import Network
from graph.network.source import Bools, Floats, Ints, ints
from graph.network.tables import ACTOR, lasting


@dataclass(frozen=True)
class Maker:
    """An actor by position; links and technologies by node key."""

    who: int
    density: float
    nearest: int | None
    inputs: tuple[int, ...]
    technologies: tuple[int, ...]
    plans: bool
    beside: tuple[int, ...]


class Makers:
    """Nearness of the actors of a network to its links. All actors are those that provide some
    link today, or plan to."""

    def __init__(self, net: Network) -> None:
        self.net = net
        self.phi = net.once("proximity", lambda: proximity(net))
        self.working = net.once("working on", lambda: _working(net))
        order = np.argsort(net.supply.who, kind="stable")
        self.who, self.link = net.supply.who[order], net.supply.link[order]

    def near(self, link: int, among: Bools, most: int) -> Iterator[Maker]:
        """The actors of `among` that are nearest to `link`, those that make it today left out.

        First who plans or develops it, then the highest density, then most technologies and inputs
        in common, then who provides most links next to it.
        """
        net, n = self.net, len(self.net.actors)
        density = self._density(link)
        needs = net.requires.t[net.requires.f == link]
        shared = np.isin(net.requires.t, needs) & (net.requires.f != link)
        user, inputs = net.requires.f[shared], net.requires.t[shared]
        makes = np.zeros(len(net), dtype=np.bool_)
        makes[user] = True
        common = np.bincount(self.who[makes[self.link]], minlength=n)
        beside = self._beside(link)
        next_to = np.bincount(self.who[np.isin(self.link, beside)], minlength=n)
        plans, techs = self._works(link)
        worth = np.where(plans, 2.0, 0.0) + density
        some = (worth > 0) | (common > 0) | (techs > 0) | (next_to > 0)
        able = among & ~net.placeholder & some
        able[net.supply.who[net.supply.link == link]] = False
        at = np.flatnonzero(able)
        order = np.lexsort((at, -next_to[at], -common[at], -techs[at], -np.round(worth[at], 9)))[
            :most
        ]
        for who in at[order].tolist():
            mine = self._of(who)
            used = np.unique(inputs[np.isin(user, mine)])
            yield Maker(
                who,
                float(density[who]),
                self._nearest(link, mine),
                tuple(net.links[used].tolist()),
                self._technologies(link, who),
                bool(plans[who]),
                tuple(net.links[np.intersect1d(mine, beside)].tolist()),
            )

    def _beside(self, link: int) -> Ints:
        """Inputs, users and other kinds of the same."""
        needs, kinds = self.net.requires, self.net.variants
        above = kinds.t[kinds.f == link]
        found = [needs.t[needs.f == link], needs.f[needs.t == link], above]
        found += [kinds.f[kinds.t == link], kinds.f[np.isin(kinds.t, above)]]
        return np.setdiff1d(np.concatenate(found), [link])

    def _of(self, who: int) -> Ints:
        low, high = np.searchsorted(self.who, [who, who + 1])
        mine: Ints = self.link[low:high]
        return mine

    def _row(self, link: int) -> tuple[Ints, Floats]:
        if self.phi is None:
            return np.zeros(0, np.int64), np.zeros(0)
        low, high = self.phi.indptr[link], self.phi.indptr[link + 1]
        return self.phi.indices[low:high].astype(np.int64), self.phi.data[low:high]

    def _density(self, link: int) -> Floats:
        """Per actor; 0 where nothing is near."""
        others, near = self._row(link)
        weight = np.zeros(len(self.net))
        weight[others] = near
        found = np.bincount(self.who, weight[self.link], len(self.net.actors))
        total = float(near.sum())
        return found / total if total else found.astype(np.float64)

    def _nearest(self, link: int, mine: Ints) -> int | None:
        """The link among `mine` that is nearest to `link`."""
        others, near = self._row(link)
        use = np.isin(others, mine)
        if not use.any():
            return None
        others, near = others[use], near[use]
        return int(self.net.links[others[np.lexsort((others, -near))[0]]])

    def _works(self, link: int) -> tuple[Bools, Ints]:
        """Per actor: whether it plans or develops the link, and with how many of its technologies
        it works."""
        n = len(self.net.actors)
        plans, techs = np.zeros(n, dtype=np.bool_), np.zeros(n, dtype=np.int64)
        at, who = self.working
        k = int(self.net.links[link])
        plans[who[at == k]] = True
        for tech in self._uses(link).tolist():
            techs[np.unique(who[at == tech])] += 1
        return plans, techs

    def _uses(self, link: int) -> Ints:
        """The technologies that a link uses, by node key."""
        rows = self.net.source.con.execute(
            'SELECT DISTINCT t FROM "r_USES" WHERE f = ? ORDER BY t', [int(self.net.links[link])]
        ).fetchnumpy()
        return ints(rows["t"])

    def _technologies(self, link: int, who: int) -> tuple[int, ...]:
        at, actor = self.working
        mine = at[actor == who]
        return tuple(t for t in self._uses(link).tolist() if t in mine)


def _working(net: Network) -> tuple[Ints, Ints]:
    """Pairs (node key of a link, actor by position): who develops, uses or plans to provide it."""
    parts = " UNION ".join(
        f'SELECT r.t, r.f FROM "r_{name}" r WHERE {lasting(net.source, name, "r", net.as_of)}'
        for name in ("DEVELOPS", "USES", "PROVIDES")
    )
    rows = net.source.con.execute(
        f"SELECT p.t, p.f FROM ({parts}) p JOIN {ACTOR} a ON a.k = p.f ORDER BY ALL"
    ).fetchnumpy()
    link, who = ints(rows["t"]), net.actor_at(ints(rows["f"]))
    return link, who
