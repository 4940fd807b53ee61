"""What could stand in for what is lost, and how much of the loss that takes back.

Of a link that loses the share s of its supply:

- *provider*: those that stay can grow by `whatif.spare` of what they supply;
- *variant*: those who make another kind of the same thing can turn as much of their spare supply to
  it as `chokepoint.substitute` says;
- *alternative*: other members of a group of alternatives, or other kinds of what is needed, give
  `whatif.spare` more than today;
- *newcomer*: an actor that is near to making it (`graph.gaps.makers`) takes `whatif.entrant` each;
- *elsewhere*, where a region is asked for: who provides it outside that region can bring it in.

Nothing grows beyond what was there before. Each is put into the engine alone, and all together;
seen from a home, also all of them at home together.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from graph.finding import Subject
from graph.gaps.concentration import at_home
from graph.gaps.makers import Maker, Makers
from graph.gaps.method import Ask
from graph.gaps.whatif.result import Recovery, StandIn, Substitute, subjects
from graph.gaps.whatif.supply import LEAST, Fall
from graph.network import Network
from graph.network.actors import ties
from graph.network.impact import Engine
from graph.network.located import located
from graph.network.source import Bools, Floats, Ints

KINDS = ("provider", "elsewhere", "variant", "alternative", "newcomer")


@dataclass(frozen=True)
class Offer:
    """Somebody, by node key, that could supply the share `share` of the link at `link`."""

    link: int
    kind: str
    k: int
    share: float
    abroad: bool | None
    maker: Maker | None = None
    of: int | None = None


class Substitutes:
    """All substitutes for what one loss takes. `whole` is the network without the region asked
    for, where one is; `seen` the loss without any."""

    def __init__(self, whole: Network, ask: Ask, seen: Fall, gone: Ints) -> None:
        self.whole, self.ask, self.seen, self.net = whole, ask, seen, seen.net
        self.gone = gone
        self.home = at_home(whole, ask) if ask.home_name is not None else None
        self.out = np.zeros(len(whole.actors), dtype=np.bool_)
        at = whole.actor_at(gone)
        self.out[at[at >= 0]] = True
        self.most = int(ask["whatif.links"])

    def _abroad(self, who: int) -> bool | None:
        if self.home is None:
            return None
        placed = self.whole.places.region_of[who] >= 0
        return not bool(self.home[who]) if placed else None

    def _staying(self) -> Bools:
        stay = np.ones(len(self.net.supply), dtype=np.bool_)
        stay[self.seen.rows.held] = False
        return stay & ~self.net.placeholder[self.net.supply.who]

    @cached_property
    def spare(self) -> Floats:
        """Per link, what its named providers that stay could give beyond what they do."""
        places = self.net.places
        return self._spare(self._staying(), ~places.placeholder[self.net.stated.who])

    @cached_property
    def spare_at_home(self) -> Floats:
        """The same of those at home."""
        assert self.home is not None
        ask, places, who = self.ask, self.net.places, self.net.stated.who
        inside = places.country[who] == ask.home_country
        if ask.home_region is not None:
            inside = np.isin(who, places.inside(ask.home_region))
        elif ask.home_country is None:
            inside = np.zeros(len(who), dtype=np.bool_)
        return self._spare(self._staying() & self.home[self.net.supply.who], inside)

    def _spare(self, rows: Bools, told: Bools) -> Floats:
        net, n, part = self.net, len(self.net), self.ask["whatif.spare"]
        own = np.bincount(net.held.link[rows], net.held.share[rows], n)
        stay = np.ones(len(net.stated), dtype=np.bool_)
        stay[self.seen.rows.stated] = False
        stay &= told
        stated = Engine(net).stated
        whole = np.bincount(stated.link[stay], stated.share[stay], n)
        return np.asarray(np.minimum(np.maximum(own, whole), 1.0) * part, dtype=np.float64)

    @cached_property
    def offers(self) -> list[Offer]:
        """Who could step in, link by link, for the links that lose most."""
        found: list[Offer] = []
        for link in self.seen.hit[: int(self.ask["whatif.searched"])].tolist():
            found += [*self._providers(link), *self._variants(link)]
            found += [*self._elsewhere(link), *self._newcomers(link)]
        return found

    def _providers(self, link: int) -> Iterator[Offer]:
        net, part = self.net, self.ask["whatif.spare"]
        low, high = np.searchsorted(net.supply.link, [link, link + 1])
        stay = self._kept
        for row in range(int(low), int(high)):
            share = float(net.held.share[row]) * part
            if stay[row] and share > 0:
                who = int(net.supply.who[row])
                yield Offer(link, "provider", int(net.actors[who]), share, self._abroad(who))

    @cached_property
    def _kept(self) -> Bools:
        return self._staying()

    def _variants(self, link: int) -> Iterator[Offer]:
        """Other kinds of what this is a kind of, that are supplied as before."""
        net, part = self.net, self.ask["chokepoint.substitute"]
        above = net.variants.t[net.variants.f == link]
        kinds = np.unique(net.variants.f[np.isin(net.variants.t, above)])
        for kind in kinds[kinds != link].tolist():
            ratio = net.size[kind] / net.size[link]
            share = part * float(self.spare[kind]) * (1.0 if np.isnan(ratio) else float(ratio))
            if self.seen.direct[kind] > 1 - LEAST and share > 0:
                yield Offer(
                    link, "variant", int(net.links[kind]), min(share, 1.0), None, None, kind
                )

    def _elsewhere(self, link: int) -> Iterator[Offer]:
        """Providers outside the region that is asked for: what they could spare of their own."""
        if self.ask.region is None:
            return
        whole, part = self.whole, self.ask["whatif.spare"]
        here = set(self.net.supply.who[self.net.supply.link == link].tolist())
        low, high = np.searchsorted(whole.supply.link, [link, link + 1])
        for row in range(int(low), int(high)):
            who = int(whole.supply.who[row])
            if who not in here and not self.out[who] and not whole.placeholder[who]:
                share = part * float(whole.held.share[row])
                yield Offer(link, "elsewhere", int(whole.actors[who]), share, self._abroad(who))

    def _newcomers(self, link: int) -> Iterator[Offer]:
        among = ~self.out
        if self.ask.region is not None:
            inside = self.whole.places.inside(self.ask.region)
            among &= np.isin(self.whole.places.region_of, inside)
        if self.home is not None:
            among &= self.home
        share, most = self.ask["whatif.entrant"], int(self.ask["repair.candidates"])
        for maker in self._makers.near(link, among, most):
            k = int(self.whole.actors[maker.who])
            yield Offer(link, "newcomer", k, share, self._abroad(maker.who), maker)

    @cached_property
    def _makers(self) -> Makers:
        return Makers(self.whole)

    def raised(self, kinds: Sequence[str], *, at_home: bool = False) -> tuple[Floats, Floats]:
        """What is left of each link's own supply with these (only those at home), and how far each
        node stretches."""
        spare = self.spare_at_home if at_home else self.spare
        lost = 1 - self.seen.direct
        more = spare.copy() if "provider" in kinds else np.zeros(len(lost))
        for offer in self.offers:
            share = offer.share
            if offer.of is not None:  # a kind: as much of it as those who may have to spare
                share *= float(spare[offer.of] / self.spare[offer.of])
            elif at_home and offer.abroad is not False:
                continue
            if offer.kind in kinds and offer.kind != "provider":
                more[offer.link] += share
        stretch = self._stretch(spare if "alternative" in kinds else np.zeros(len(lost)))
        return self.seen.direct + np.minimum(more, lost), stretch

    def _stretch(self, spare: Floats) -> Floats:
        """Members of groups of alternatives that lose nothing may give more than they do."""
        chain = Engine(self.net).chain
        stretch = np.ones(chain.count)
        g = chain.groups
        several = np.unique(g.member[np.bincount(g.group)[g.group] > 1])
        whole = np.ones(chain.count)
        whole[chain.node] = self.seen.left[:, 0]
        more = np.zeros(chain.count)
        np.maximum.at(more, chain.supplied, spare)
        np.maximum.at(more, chain.node, spare)
        able = several[whole[several] > 1 - LEAST]
        stretch[able] = 1 + more[able]
        return stretch

    def alternatives(self, link: int) -> Iterator[Offer]:
        """Other members of the groups that a link is an alternative in."""
        net, chain = self.net, Engine(self.net).chain
        stretch = self._stretch(self.spare)
        g = chain.groups
        groups = np.unique(g.group[g.member == chain.node[link]])
        groups = groups[np.bincount(g.group)[groups] > 1]
        node = np.unique(g.member[np.isin(g.group, groups)])
        for other in np.flatnonzero(np.isin(chain.node, node)).tolist():
            share = float(stretch[chain.node[other]] - 1)
            if other != link and share > 0:
                yield Offer(link, "alternative", int(net.links[other]), share, None)

    def listed(self) -> tuple[StandIn, ...]:
        """What could stand in, for the links that lose most."""
        hit = self.seen.hit[: self.most].tolist()
        each = {link: [o for o in self.offers if o.link == link] for link in hit}
        for link in hit:
            each[link] += self.alternatives(link)
        keys = [o.k for offers in each.values() for o in offers]
        keys += [k for offers in each.values() for o in offers for k in _mentioned(o)]
        names = subjects(self.whole.source, [*keys, *self.net.links[hit].tolist()])
        direct = self.raised(KINDS)[0]
        found = []
        for link in hit:
            offers = sorted(each[link], key=lambda o: _order(o, names[o.k].id))
            found.append(
                StandIn(
                    names[int(self.net.links[link])],
                    float(1 - self.seen.direct[link]),
                    float(direct[link] - self.seen.direct[link]),
                    tuple(
                        Substitute(o.kind, names[o.k], o.share, o.abroad, _why(o, names))
                        for o in _first(offers)
                    ),
                )
            )
        return tuple(found)

    def partners(self) -> Iterator[Substitute]:
        """Who else serves, funds or works with as many as each actor that goes: of the same class,
        in the same city first, then by how many they are tied to."""
        graph = self.whole.once("ties", lambda: ties(self.whole.source, self.whole.as_of))
        gone = np.isin(graph.keys, self.gone)
        degree = np.diff(graph.near.starts)
        lost = np.flatnonzero(gone & (graph.kind >= 0))
        lost = lost[np.lexsort((lost, -degree[lost]))][: self.most]
        if not len(lost):
            return
        names = subjects(self.whole.source, graph.keys[lost].tolist())
        city = np.append(self.whole.places.city, -1)
        for node in lost.tolist():
            same = np.flatnonzero((graph.kind == graph.kind[node]) & ~gone)
            same = same[np.lexsort((same, -degree[same]))][:SEARCHED]
            found = subjects(self.whole.source, graph.keys[same].tolist())
            cls = names[int(graph.keys[node])].type
            where = located(self.whole, graph.keys[[node, *same.tolist()]])
            mine = city[where[0]]
            at = [
                (bool(city[place] == mine >= 0), int(degree[i]), found[int(graph.keys[i])], place)
                for i, place in zip(same.tolist(), where[1:].tolist(), strict=True)
                if found[int(graph.keys[i])].type == cls
            ]
            at.sort(key=lambda row: (not row[0], -row[1], row[2].id))
            for near, clients, subject, place in at[:3]:
                yield Substitute(
                    "partner",
                    subject,
                    0.0,
                    self._far(place),
                    {"for": names[int(graph.keys[node])], "ties": clients, "same_city": near},
                )

    def _far(self, region: int) -> bool | None:
        """Whether a place is abroad, seen from home."""
        if self.ask.home_country is None or region < 0:
            return None
        return bool(self.whole.places.country[region] != self.ask.home_country)


SEARCHED = 200
"""Actors of a kind that are looked at, those with most ties first."""

PER_KIND = 5
"""Substitutes of one kind that are named for one link."""


def _order(offer: Offer, key: str) -> tuple[object, ...]:
    near = (not offer.maker.plans, -offer.maker.density) if offer.maker else ()
    return KINDS.index(offer.kind), bool(offer.abroad), -offer.share, near, key


def _first(offers: Sequence[Offer]) -> Iterator[Offer]:
    taken = dict.fromkeys(KINDS, 0)
    for offer in offers:
        taken[offer.kind] += 1
        if taken[offer.kind] <= PER_KIND:
            yield offer


def _mentioned(offer: Offer) -> Iterator[int]:
    if offer.maker is not None:
        yield from (offer.maker.nearest,) if offer.maker.nearest is not None else ()
        yield from (*offer.maker.inputs, *offer.maker.technologies, *offer.maker.beside)


def _why(offer: Offer, names: Mapping[int, Subject]) -> dict[str, Any]:
    return {} if offer.maker is None else why(offer.maker, names)


def why(maker: Maker, names: Mapping[int, Subject]) -> dict[str, Any]:
    """Why somebody is near to making a link: the density, and what speaks for it."""
    said: dict[str, Any] = {"density": maker.density}
    if maker.nearest is not None:
        said["provides"] = names[maker.nearest]
    if maker.inputs:
        said["inputs"] = [names[k] for k in maker.inputs]
    if maker.technologies:
        said["technologies"] = [names[k] for k in maker.technologies]
    if maker.beside:
        said["beside"] = [names[k] for k in maker.beside]
    if maker.plans:
        said["plans"] = True
    return said


def recoveries(seen: Fall, columns: Sequence[str]) -> tuple[Recovery, ...]:
    """What each column of the fall comes to, against the first."""
    before = seen.value()[1]
    found = []
    for i, kind in enumerate(columns):
        whole, part = seen.value(i)
        back = (before - part) / before if before > LEAST else 0.0
        found.append(Recovery(kind, whole, part, back))
    return tuple(found)
