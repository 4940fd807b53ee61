"""New COLLABORATES_WITH: a tie around an actor on whom others hang, or between islands."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from graph.gaps.dependence import kinds
from graph.gaps.forests import actor_graph
from graph.gaps.method import Ask, Found, Node
from graph.gaps.repair.plan import Offer, Plan, Weak
from graph.network import Network
from graph.network.actors import Ties
from graph.network.added import with_tie, without_node
from graph.network.located import located
from graph.network.source import Bools, Ints

MEASURES = ("isolated-island", "broker", "dependence")
RELATION = "COLLABORATES_WITH"

NEAR = 12
"""Actors of each side that are compared with each other, those with most ties."""


class Partners:
    """Who could work with whom, and what that does to the measures of the actor graph."""

    def __init__(self, net: Network, ask: Ask) -> None:
        self.net, self.ask = net, ask
        self.most = int(ask["repair.candidates"])

    @cached_property
    def graph(self) -> Ties:
        return actor_graph(self.net)

    @cached_property
    def degree(self) -> Ints:
        return np.diff(self.graph.near.starts)

    @cached_property
    def bodies(self) -> Bools:
        """Nodes that are actors, and not known to be abroad where a home is asked for."""
        able: Bools = np.asarray(self.graph.kind >= 0, dtype=np.bool_)
        if self.ask.home_country is not None:
            country = np.append(self.net.places.country, -1)[self._region]
            able &= (country < 0) | (country == self.ask.home_country)
        return able

    @cached_property
    def _region(self) -> Ints:
        return located(self.net, self.graph.keys)

    @cached_property
    def _city(self) -> Ints:
        return np.append(self.net.places.city, -1)[self._region]

    def plan(self, weak: Weak) -> Plan | None:
        """The tie that takes most of a finding's severity away; None where none does."""
        offers = []
        for a, b in self._pairs(weak):
            after = self._after(weak, a, b)
            if after < weak.found.severity - 1e-9:
                keys = self.graph.keys
                offers.append(
                    Offer(int(keys[a]), int(keys[b]), after, self._abroad(a, b), self._why(a, b))
                )
        offers.sort(key=lambda o: o.after)
        return Plan(weak, RELATION, tuple(offers)) if offers else None

    def _pairs(self, weak: Weak) -> list[tuple[int, int]]:
        """Pairs of nodes, the nearest to each other first."""
        sides = {"isolated-island": self._islands, "broker": self._around}.get(
            weak.method.measure, self._past
        )(weak.found)
        pairs = [(a, b) for ones, others in sides for a in ones for b in others]
        return sorted(pairs, key=lambda pair: self._distance(*pair))[: self.most]

    def _at(self, k: int) -> int:
        (node,) = np.flatnonzero(self.graph.keys == k)[:1].tolist() or [-1]
        return int(node)

    def _strongest(self, nodes: Ints) -> list[int]:
        """Of these, actors that may be proposed, those with most ties first."""
        nodes = nodes[self.bodies[nodes]]
        listed: list[int] = nodes[np.lexsort((nodes, -self.degree[nodes]))][:NEAR].tolist()
        return listed

    def _islands(self, found: Found) -> Iterator[tuple[list[int], list[int]]]:
        part, _ = without_node(self.graph, -1)
        assert found.object is not None
        one, other = self._at(found.subject), self._at(found.object)
        yield tuple(self._strongest(np.flatnonzero(part == part[i])) for i in (one, other))  # type: ignore[misc]

    def _around(self, found: Found) -> Iterator[tuple[list[int], list[int]]]:
        """From the parts that an actor alone joins to the largest of them."""
        node = self._at(found.subject)
        part, size = without_node(self.graph, node)
        beside = np.unique(part[self.graph.near.of(node)])
        beside = beside[size[beside] > 0]
        order = beside[np.lexsort((beside, -size[beside]))].tolist()
        main = self._strongest(np.flatnonzero(part == order[0]))
        for other in order[1 : 1 + self.most]:
            yield self._strongest(np.flatnonzero(part == other)), main

    def _past(self, found: Found) -> Iterator[tuple[list[int], list[int]]]:
        """From those who depend on an actor to others of the kind that they reach through it."""
        node = self._at(found.subject)
        wanted = kinds(self.net, self.graph)[found.scope["kind"]]
        part, _ = without_node(self.graph, node)
        others = np.flatnonzero(wanted)
        others = others[others != node]
        reached = np.unique(part[others])
        bound = np.flatnonzero((part >= 0) & ~np.isin(part, reached))
        bound = bound[np.isin(part[bound], part[self.graph.near.of(node)])]
        yield self._strongest(bound), self._strongest(others)

    def _distance(self, a: int, b: int) -> tuple[Any, ...]:
        city = self._city
        same = city[a] >= 0 and city[a] == city[b]
        return not same, -self._likeness(a, b), -int(self.degree[a] + self.degree[b]), a, b

    @cached_property
    def _makes(self) -> tuple[Ints, Ints]:
        """Pairs (actor by position, link), by actor."""
        order = np.argsort(self.net.supply.who, kind="stable")
        return self.net.supply.who[order], self.net.supply.link[order]

    def _links(self, node: int) -> Ints:
        (who,) = self.net.actor_at(self.graph.keys[node : node + 1])
        if who < 0:
            return np.zeros(0, dtype=np.int64)
        low, high = np.searchsorted(self._makes[0], [who, who + 1])
        links: Ints = self._makes[1][low:high]
        return links

    def _likeness(self, a: int, b: int) -> float:
        """Links that both provide, or of which one needs the other, over all that they provide."""
        one, other = self._links(a), self._links(b)
        if not len(one) or not len(other):
            return 0.0
        f, t = self.net.requires.f, self.net.requires.t
        chained = (np.isin(f, one) & np.isin(t, other)) | (np.isin(t, one) & np.isin(f, other))
        shared = len(np.intersect1d(one, other)) + int(chained.sum())
        return shared / len(np.union1d(one, other))

    def _why(self, a: int, b: int) -> dict[str, Any]:
        city = self._city
        said: dict[str, Any] = {"same_city": bool(city[a] >= 0 and city[a] == city[b])}
        shared = np.intersect1d(self._links(a), self._links(b))
        if len(shared):
            said["links"] = [Node(int(k)) for k in self.net.links[shared]]
        return said

    def _abroad(self, a: int, b: int) -> bool | None:
        if self.ask.home_country is None:
            return None
        country = np.append(self.net.places.country, -1)[self._region[[a, b]]]
        return False if (country == self.ask.home_country).all() else None

    def _after(self, weak: Weak, a: int, b: int) -> float:
        """The severity of the finding with the tie: the method, on the graph with one edge more."""
        net, graph = replace(self.net), with_tie(self.graph, a, b)
        net.once("ties", lambda: graph)
        for item in weak.method.find(net, replace(self.ask, top=0)):
            if isinstance(item, Found) and _same(item, weak.found):
                return float(item.severity)
        return 0.0


def _same(one: Found, other: Found) -> bool:
    ends = (one.subject, one.object) == (other.subject, other.object)
    return ends and one.scope == other.scope
