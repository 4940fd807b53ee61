"""What is said of a chokepoint beside its score: who holds it, where, and what falls with it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from graph.gaps.concentration import Concentration, at_home, concentration
from graph.gaps.method import Action, Ask, Clause, Found, Knock, Node, Rows
from graph.gaps.stake import Stake
from graph.impact import Engine
from graph.network import Network
from graph.network.countries import country_name
from graph.network.source import Bools, Floats, Ints


@dataclass(frozen=True)
class Scored:
    """Per link: `score` (NaN where not assessed) and the link it is inherited from, or -1."""

    score: Floats
    origin: Ints
    concentration: Concentration
    stake: Stake


class Report:
    """Looks up, link by link, what the arrays hold."""

    def __init__(self, net: Network, ask: Ask, seen: Scored, listed: Ints) -> None:
        n = len(net)
        self.net, self.ask, self.seen = net, ask, seen
        self.held = held = seen.concentration
        self.loss = _losses(net, ask, seen.score, listed)
        self.vital = self._vital(listed)
        self.p, self.f = held.countries.hhi(n), held.actors.hhi(n)
        self.top, self.top_share = held.actors.top(n)
        self.country, self.country_share = held.countries.top(n)
        self.home = self._home_share()
        self.strength = self._strength()
        self.holders = np.bincount(held.actors.link[held.actors.who >= 0], minlength=n)
        supply = (net.supply, net.stated)
        sums = [np.bincount(s.link, np.nan_to_num(s.share), n) for s in supply]
        self.stated = np.minimum(np.maximum(*sums), 1.0)

    def _vital(self, listed: Ints) -> Bools:
        """小品种、大依赖: a small market of its own, a great loss downstream."""
        stake = self.seen.stake
        if not stake.known:
            return np.zeros(len(self.net), dtype=np.bool_)
        bound = np.quantile(self.loss[listed], 1 - self.ask["chokepoint.loss_top"])
        small = stake.stated & (stake.size < np.median(stake.size[stake.stated]))
        return np.asarray(small & (self.loss >= bound) & (self.loss > 0))

    def _home_share(self) -> Floats | None:
        if self.ask.home_name is None:
            return None
        n = len(self.net)
        if self.ask.home_country is not None and self.held.by_country:
            return self.held.countries.of(self.ask.home_country, n)
        here = np.where(at_home(self.net, self.ask), 0, -1)
        return self.held.actors.by(here).of(0, n)

    def _strength(self) -> Floats:
        """The concentration that is nobody's choke because home holds it."""
        if self.home is None:
            return self.held.effective
        away = replace(self.ask, home_name=None, home_country=None, home_region=None)
        return concentration(self.net, away, self.seen.stake.size).effective

    def base(self, link: int) -> int:
        """The link whose supply the score of `link` comes from."""
        while self.seen.origin[link] >= 0:
            link = int(self.seen.origin[link])
        return link

    def found(self, link: int) -> Found:
        base = self.base(link)
        ours = self.home is not None and bool(self.home[base] >= self.ask["chokepoint.home"])
        view = "advantage" if ours else "key" if self.home is None else "held-abroad"
        score = float(self.seen.score[link])
        strength = float(np.nan_to_num(self.strength[base])) if ours else score
        k = int(self.net.links[link])
        return Found(
            subject=k,
            severity=0.0 if ours else score,
            apart="advantage" if ours else "",
            order=(strength, float(self.loss[link])),
            action=Action.EXTEND if ours else Action.SECURE,
            values={"view": view, **self._values(link, base)},
            text="chokepoint",
            says=self._says(link, base, view),
            coverage=self._coverage(link, base),
            reasons=tuple(self._reasons(link, base)),
            evidence=(Rows("PROVIDES", to=int(self.net.links[base])),),
            knock=Knock(links=(k,)),
        )

    def _values(self, link: int, base: int) -> dict[str, Any]:
        seen, net = self.seen, self.net
        c = self.held.effective[base]
        values: dict[str, Any] = {
            "concentration": float(self.held.rolled[base] if np.isnan(c) else c),
            "stake": float(seen.stake.w[link]),
            "hhi": float(max(self.p[base], self.f[base])),
            "hhi_country": float(self.p[base]) if self.held.by_country else None,
            "hhi_actor": float(self.f[base]),
            "holders": int(self.holders[base]),
            "market_size": float(seen.stake.size[link]) if seen.stake.stated[link] else None,
            "small_but_vital": bool(self.vital[link]),
        }
        if self.top[base] >= 0:
            values["holder"] = Node(int(net.actors[self.top[base]]))
            values["top_share"] = float(self.top_share[base])
        if self.country[base] >= 0:
            values["country"] = net.places.countries[self.country[base]]
            values["country_share"] = float(self.country_share[base])
        if self.home is not None:
            values["home_share"] = float(self.home[base])
        if base != link:
            values["inherited_from"] = Node(int(net.links[base]))
        return values

    def _says(self, link: int, base: int, view: str) -> Mapping[str, Any]:
        values = self._values(link, base)
        clauses = []
        if base != link:
            clauses.append(Clause("scarcity.inherited", {"from": values["inherited_from"]}))
        if "country" in values:
            where = {lang: country_name(values["country"], lang) for lang in ("zh", "en")}
            share = {"country": where, "share": values["country_share"]}
            clauses.append(Clause("scarcity.country-holds", share))
        if "holder" in values:
            holder = {k: values[k] for k in ("holder", "top_share", "holders")}
            clauses.append(Clause("scarcity.actor-holds", holder))
        if values["small_but_vital"]:
            clauses.append(Clause("scarcity.small-but-vital", {}))
        return {
            "view": Clause(f"scarcity.view-{view}", {"home": self.ask.home_name or ""}),
            "c": values["concentration"],
            "w": values["stake"],
            "more": clauses,
        }

    def _coverage(self, link: int, base: int) -> float:
        """A third each for providers by name, for their shares, and for the market's size."""
        stake = self.seen.stake
        size = 1.0 if stake.stated[link] else 0.5 if stake.known else 0.0
        return float((1 + self.stated[base] + size) / 3)

    def _reasons(self, link: int, base: int) -> Iterator[tuple[str, Mapping[str, Any]]]:
        if self.stated[base] < 1 - self.ask["chokepoint.gap"]:
            yield "scarcity.reason-shares", {"known": float(self.stated[base])}
        if not self.seen.stake.known:
            yield "scarcity.reason-no-size", {}
        elif not self.seen.stake.stated[link]:
            yield "scarcity.reason-size-derived", {}
        if not self.held.by_country:
            yield "scarcity.reason-no-country", {}


def _losses(net: Network, ask: Ask, score: Floats, listed: Ints) -> Floats:
    """What falls with each link, for the worst of those that something depends on."""
    engine, loss = Engine(net), np.zeros(len(net))
    needed = listed[engine.chain.needed()[listed]]
    worst = needed[np.argsort(-score[needed], kind="stable")][: int(ask["impact.links"])]
    loss[worst] = engine.output_worth(worst)
    return loss
