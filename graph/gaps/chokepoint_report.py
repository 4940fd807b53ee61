"""What is said of a chokepoint beside its score: who holds it, where, and what falls with it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from graph.gaps.concentration import Concentration, at_home, concentration
from graph.gaps.derivation import chokepoint as derivation
from graph.gaps.loss import losses
from graph.gaps.method import Action, Ask, Clause, Found, Knock, Node, Rows
from graph.gaps.stake import Stake
from graph.network import Network
from graph.network.countries import country_name
from graph.network.source import Bools, Floats, Ints
from graph.network.supply import Supply

NAMED = 3
"""Providers that a text names."""

WIDE = 2**31
"""More than there are holders: a link and a holder make one number."""


@dataclass(frozen=True)
class Scored:
    """Per link: `score` (NaN where not assessed) and the link it is inherited from, or -1."""

    score: Floats
    origin: Ints
    concentration: Concentration
    stake: Stake


def home_shares(net: Network, ask: Ask, held: Concentration) -> tuple[Floats | None, Floats | None]:
    """What home holds of each link, and what is known to be held elsewhere."""
    n = len(net)
    if ask.home_country is None and ask.home_region is None:
        return None, None
    if ask.home_country is not None and held.by_country:
        home, shares = ask.home_country, held.told
    else:
        placed = net.places.region_of >= 0
        home = 1
        shares = held.actors.by(np.where(placed, at_home(net, ask).astype(np.int64), -1))
    named = shares.keep(shares.who >= 0).total(n)
    return shares.of(home, n), named - shares.of(home, n)


def bases(origin: Ints) -> Ints:
    """The link that each link's supply comes from in the end, by the links it is inherited from.

    >>> bases(np.array([-1, 0, 1])).tolist()
    [0, 0, 0]
    """
    base = np.arange(len(origin))
    while (more := origin[base] >= 0).any():
        base = np.where(more, origin[base], base)
    return base


def at_home_held(net: Network, ask: Ask, seen: Scored) -> Bools:
    """Links of which home holds enough to be an advantage."""
    home, away = home_shares(net, ask, seen.concentration)
    if home is None or away is None:
        return np.zeros(len(net), dtype=np.bool_)
    enough: Bools = home[judged(seen.origin, home + away)] >= ask["chokepoint.home"]
    return enough


def judged(origin: Ints, placed: Floats) -> Ints:
    """The link by whose supply it is told who holds a link: itself, where it is known where any of
    it comes from, else the one that its score comes from."""
    return np.where(placed > 0, np.arange(len(origin)), bases(origin))


class Report:
    """Looks up, link by link, what the arrays hold."""

    def __init__(self, net: Network, ask: Ask, seen: Scored, listed: Ints) -> None:
        n = len(net)
        self.net, self.ask, self.seen = net, ask, seen
        self.held = held = seen.concentration
        self.loss = losses(net, ask, seen.score, counted=seen.stake.known)
        self.vital = self._vital(listed)
        self.p, self.f = held.countries.hhi(n), held.actors.hhi(n)
        self.top, self.top_share = held.actors.top(n)
        self.country, self.country_share = held.told.top(n)
        if not held.by_country:
            self.country[:] = -1
        self.home, self.away = home_shares(net, ask, held)
        self.judge = np.arange(n)
        if self.home is not None and self.away is not None:
            self.judge = judged(seen.origin, self.home + self.away)
            own = (self.judge == np.arange(n)) & (self.home >= ask["chokepoint.home"])
            self.seen = replace(seen, origin=np.where(own, -1, seen.origin))
        self.strength = self._strength()
        self.weak = 0
        self.holders = np.bincount(held.actors.link[held.actors.who >= 0], minlength=n)
        supply = (net.supply, net.stated)
        sums = [np.bincount(s.link, np.nan_to_num(s.share), n) for s in supply]
        self.stated = np.minimum(np.maximum(*sums), 1.0)
        self.by_actors = sums[0]
        self.said = [
            _stated(net.supply, net.supply.who),
            _stated(net.stated, np.append(net.places.country, -1)[net.stated.who]),
        ]

    def _vital(self, listed: Ints) -> Bools:
        """小品种、大依赖: a small market of its own, a great loss downstream."""
        stake = self.seen.stake
        if not stake.known:
            return np.zeros(len(self.net), dtype=np.bool_)
        loss = self.loss.links
        bound = np.quantile(loss[listed], 1 - self.ask["chokepoint.loss_top"])
        small = stake.stated & (stake.size < np.median(stake.size[stake.stated]))
        return np.asarray(small & (loss >= bound) & (loss > 0))

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

    def leading(self, listed: Ints) -> list[int]:
        """The links that can be shown: of those held at home and of the others, the first."""
        score, order = self.seen.score, (self.loss.worth, self.loss.links)
        if self.home is None:
            return self.ask.leading(np.nan_to_num(score), *order)
        base = bases(self.seen.origin)
        ours = self.home[self.judge] >= self.ask["chokepoint.home"]
        strength = np.nan_to_num(self.strength[base])
        others = np.where(ours | np.isnan(score), 0.0, score)
        self.weak = int((others > 0).sum())
        held = np.where(ours & ~np.isnan(score), strength, 0.0)
        return [*self.ask.leading(others, *order), *self.ask.leading(held, *order)]

    def brief(self, link: int) -> Found:
        """What ranks a link; the rest is filled in when it is shown."""
        base = self.base(link)
        ours = self._view(link) == "advantage"
        score = float(self.seen.score[link])
        strength = float(np.nan_to_num(self.strength[base])) if ours else score
        return Found(
            subject=int(self.net.links[link]),
            severity=0.0 if ours else score,
            apart="advantage" if ours else "",
            before=self.weak if ours else None,
            order=(strength, float(self.loss.worth[link]), float(self.loss.links[link])),
            action=Action.EXTEND if ours else Action.SECURE,
            fill=partial(self.found, link),
        )

    def found(self, link: int) -> Found:
        """All that is said of a link."""
        base = self.base(link)
        view = self._view(link)
        k = int(self.net.links[link])
        return replace(
            self.brief(link),
            fill=None,
            values={"view": view, **self._values(link, base)},
            text="chokepoint",
            says=self._says(link, base, view),
            coverage=self._coverage(link, base),
            reasons=tuple(self._reasons(link, base)),
            evidence=self._evidence(base),
            knock=Knock(links=(k,)),
            steps=partial(derivation.steps, self, link, view),
        )

    def _evidence(self, base: int) -> tuple[Rows, ...]:
        """The provisions of the link, and of its kinds where what it holds comes from theirs."""
        links, kinds = self.net.links, self.net.variants
        of = kinds.f[kinds.t == base] if self.held.pooled_rows[base] else kinds.f[:0]
        return tuple(Rows("PROVIDES", to=int(links[i])) for i in (base, *of.tolist()))

    def _view(self, link: int) -> str:
        """Whether home holds the link, others do, or neither is known."""
        base = int(self.judge[link])
        if self.home is None or self.away is None:
            return "key"
        enough = self.ask["chokepoint.home"]
        if self.home[base] >= enough:
            return "advantage"
        return "held-abroad" if self.away[base] >= enough else "key"

    def _values(self, link: int, base: int) -> dict[str, Any]:
        seen, net = self.seen, self.net
        c = (self.strength if self._view(link) == "advantage" else self.held.effective)[base]
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
            values["home_share"] = float(self.home[self.judge[link]])
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
            share = values["country_share"]
            said = self._said(1, base, int(self.country[base]), share)
            about = "" if said is not None else "-about"
            held = {"country": where, "share": share if said is None else said}
            clauses.append(Clause("scarcity.country-holds" + about, held))
        if "holder" in values:
            clauses.append(self._actors(base, values))
        if values["small_but_vital"]:
            clauses.append(Clause("scarcity.small-but-vital", {}))
        return {
            "view": Clause(f"scarcity.view-{view}", {"home": self.ask.home_label}),
            "c": values["concentration"],
            "w": Clause("scarcity.stake", {"w": values["stake"]})
            if self.seen.stake.known
            else Clause("scarcity.stake-unknown"),
            "more": clauses,
        }

    def _said(self, side: int, base: int, holder: int, share: float) -> float | None:
        """The share as a source states it, or `share` where it is pooled from such; None where it
        is an equal split of what is left."""
        if self.held.pooled_rows[base]:
            return share
        keys, values = self.said[side]
        at = int(np.searchsorted(keys, base * WIDE + holder))
        if at < len(keys) and int(keys[at]) == base * WIDE + holder:
            return float(values[at])
        actors_say_all = side == 1 and self.by_actors[base] >= 1 - self.ask["chokepoint.gap"]
        return share if actors_say_all else None

    def _actors(self, base: int, values: Mapping[str, Any]) -> Clause:
        """The largest provider where its share is stated, else the providers by name."""
        share = self._said(0, base, int(self.top[base]), values["top_share"])
        if share is not None:
            return Clause("scarcity.actor-holds", {"holder": values["holder"], "share": share})
        rows = self.held.actors
        low, high = np.searchsorted(rows.link, [base, base + 1])
        held = sorted(
            (-share, who)
            for who, share in zip(rows.who[low:high], rows.share[low:high], strict=True)
            if who >= 0
        )
        names = [Node(int(self.net.actors[who])) for _, who in held[:NAMED]]
        more = "-more" if len(held) > NAMED else ""
        says = {"names": names, "count": values["holders"]}
        return Clause(f"scarcity.actors-named{more}", says)

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
        if self.ask.home_name is not None and self._view(link) == "key":
            yield "scarcity.reason-no-place", {}
        if not self.held.by_country:
            yield "scarcity.reason-no-country", {}


def _stated(supply: Supply, holder: Ints) -> tuple[Ints, Floats]:
    """Stated shares by a key made of link and holder, in the order of keys."""
    rows = ~np.isnan(supply.share)
    key = supply.link[rows] * WIDE + holder[rows]
    order = np.argsort(key, kind="stable")
    return key[order], supply.share[rows][order]
