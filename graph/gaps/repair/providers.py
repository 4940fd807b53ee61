"""New PROVIDES: a provider more for a link that too few can supply."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import numpy as np

from graph.gaps.chokepoint import scored
from graph.gaps.chokepoint_report import bases
from graph.gaps.concentration import at_home
from graph.gaps.makers import Maker, Makers
from graph.gaps.method import Ask, Found, Node
from graph.gaps.registry import methods
from graph.gaps.repair.plan import Offer, Plan, Weak
from graph.gaps.repair.result import Effect
from graph.network import Network
from graph.network.added import with_provider
from graph.network.source import Bools, Floats

MEASURES = (
    "missing-stage",
    "single-source",
    "concentrated",
    "thin-stage",
    "external",
    "chokepoint",
)
RELATION = "PROVIDES"
SAME = 0.005
"""A severity that changes by less stays as it is."""


class Providers:
    """Who could provide what, and what that does to the scarcity measures."""

    def __init__(self, net: Network, ask: Ask) -> None:
        self.net, self.ask, self.share = net, ask, ask["repair.share"]
        self.methods = {m: methods()[m] for m in MEASURES}
        self.done: dict[tuple[int, int | None], dict[str, Mapping[str, Floats]]] = {}

    @cached_property
    def base(self) -> dict[str, Mapping[str, Floats]]:
        return self._scores(self.net)

    @cached_property
    def home(self) -> Bools | None:
        return at_home(self.net, self.ask) if self.ask.home_name is not None else None

    @cached_property
    def among(self) -> Bools:
        """Who may be proposed: at home, where a home is asked for; in the region, where one is."""
        net, able = self.net, np.ones(len(self.net.actors), dtype=np.bool_)
        if self.home is not None:
            able &= self.home
        if self.ask.region is not None:
            able &= np.isin(net.places.region_of, net.places.inside(self.ask.region))
        return able

    @cached_property
    def makers(self) -> Makers:
        return Makers(self.net)

    @cached_property
    def _origin(self) -> Any:
        return bases(scored(self.net, self.ask).origin)

    def _scores(self, net: Network) -> dict[str, Mapping[str, Floats]]:
        return {
            name: method.score(net, self.ask)
            for name, method in self.methods.items()
            if method.score is not None
        }

    def target(self, measure: str, link: int) -> int:
        """The link that somebody should provide: the one that the severity comes from, and of a
        heading without providers of its own its largest kind that has some."""
        net = self.net
        if measure == "chokepoint":
            link = int(self._origin[link])
        for _ in range(len(net)):
            rows = (net.supply.link == link).any() or (net.stated.link == link).any()
            kinds = net.variants.f[net.variants.t == link]
            kinds = kinds[net.market.covered[kinds]]
            if rows or not len(kinds):
                break
            link = int(kinds[np.lexsort((kinds, -np.nan_to_num(net.size[kinds])))[0]])
        return link

    def plan(self, weak: Weak) -> Plan | None:
        """The provider that takes most of a finding's severity away; None where none does."""
        net, measure = self.net, weak.method.measure
        (link,) = net.link_at(np.array([weak.found.subject])).tolist()
        target = self.target(measure, link)
        makers: list[Maker | None] = list(
            self.makers.near(target, self.among, int(self.ask["repair.candidates"]))
        )
        to = int(net.links[target])
        offers, first = [], None
        for maker in makers or [None]:
            who = None if maker is None else maker.who
            scores = self._with(target, who)
            after = self._after(weak, link, scores, target, who)
            if after < weak.found.severity - 1e-9:
                first = scores if first is None else first
                k = None if maker is None else int(net.actors[maker.who])
                offers.append(Offer(k, to, after, self._abroad(who), _why(maker)))
        if first is None:
            return None
        also = tuple(self._also(weak, target, first))
        return Plan(weak, RELATION, tuple(offers), self.share, also)

    def _abroad(self, who: int | None) -> bool | None:
        if self.home is None or who is None:
            return None
        return not bool(self.home[who])

    def _network(self, target: int, who: int | None) -> Network:
        return with_provider(self.net, target, who, self._place, self.share)

    @cached_property
    def _place(self) -> int:
        """Where somebody new would sit: in the region that is asked for, else at home."""
        ask, places = self.ask, self.net.places
        if ask.region is not None:
            return ask.region
        if ask.home_country is not None:
            inside = places.country == ask.home_country
            own = np.flatnonzero(inside & places.is_country)
            return int(own[0]) if len(own) else int(np.flatnonzero(inside)[0])
        return -1 if ask.home_region is None else ask.home_region

    def _with(self, target: int, who: int | None) -> dict[str, Mapping[str, Floats]]:
        key = (target, who)
        if key not in self.done:
            self.done[key] = self._scores(self._network(target, who))
        return self.done[key]

    def _after(
        self,
        weak: Weak,
        link: int,
        scores: Mapping[str, Mapping[str, Floats]],
        target: int,
        who: int | None,
    ) -> float:
        """The severity with the provider; looked up in full where the quick score is another."""
        measure, level = weak.method.measure, weak.found.scope.get("level", "")
        before, after = self.base[measure][level][link], scores[measure][level][link]
        if not after > 0:
            return 0.0
        if abs(before - weak.found.severity) < 1e-6:
            return float(after)
        for item in weak.method.find(self._network(target, who), self.ask):
            same = isinstance(item, Found) and item.subject == weak.found.subject
            if same and item.scope == weak.found.scope:  # type: ignore[union-attr]
                return float(item.severity)  # type: ignore[union-attr]
        return 0.0

    def _also(
        self, weak: Weak, target: int, scores: Mapping[str, Mapping[str, Floats]]
    ) -> Iterator[Effect]:
        """What becomes of the other measures at the link that is provided."""
        own = (weak.method.measure, weak.found.scope.get("level", ""))
        for measure, levels in scores.items():
            for level, values in levels.items():
                before = float(np.nan_to_num(self.base[measure][level][target]))
                after = float(np.nan_to_num(values[target]))
                if (measure, level) != own and abs(after - before) > SAME:
                    yield Effect(measure, level, before, after)


def _why(maker: Maker | None) -> dict[str, Any]:
    if maker is None:
        return {}
    said: dict[str, Any] = {"density": maker.density}
    if maker.nearest is not None:
        said["provides"] = Node(maker.nearest)
    if maker.inputs:
        said["inputs"] = [Node(k) for k in maker.inputs]
    if maker.technologies:
        said["technologies"] = [Node(k) for k in maker.technologies]
    if maker.beside:
        said["beside"] = [Node(k) for k in maker.beside]
    if maker.plans:
        said["plans"] = True
    return said
