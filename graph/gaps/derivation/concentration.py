"""c of a chokepoint: who holds the link and where, completed, pooled over kinds, rolled up.

Told as `graph.gaps.concentration` works it out, with the same functions on the rows of one link.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from graph.finding import Calculation
from graph.gaps.concentration import Concentration, leaves, placed, silent, stated_by_country
from graph.gaps.derivation.arithmetic import SHOWN, calculate, given
from graph.gaps.derivation.supply import (
    Name,
    actor,
    completed,
    country,
    held,
    pairs,
    region,
    squares,
)
from graph.gaps.method import Ask, Clause, Node, Rows, Step
from graph.network import Network
from graph.network.shares import Holding, mean
from graph.network.shares import completed as gap_filled
from graph.network.source import Bools, Floats
from graph.rows import number

Shares = list[tuple[int, float]]
"""Holders by position, -1 for nobody by name, the largest first."""


@dataclass(frozen=True)
class View:
    """What it is seen from: the network, the thresholds, and the c of all links."""

    net: Network
    ask: Ask
    seen: Concentration
    size: Floats

    @property
    def silent(self) -> tuple[set[int], set[int]]:
        """Actors and countries at home, which are nobody's choke."""
        actors, countries = silent(self.net, self.ask)
        return (
            set() if actors is None else set(actors.tolist()),
            set() if countries is None else set(countries.tolist()),
        )

    def values(self, which: int, holding: Holding, link: int) -> float:
        """P (1) or F (0) of a link, by what is held."""
        still = silent(self.net, self.ask)[which]
        return float(holding.hhi(len(self.net), still)[link])


def shares(holding: Holding, link: int) -> Shares:
    mine = holding.keep(holding.link == link)
    order = np.lexsort((mine.who, -mine.share))
    return [(int(mine.who[i]), float(mine.share[i])) for i in order]


def steps(view: View, link: int) -> Iterator[Step]:
    """How c of a link comes about, from its rows or from its kinds."""
    seen = view.seen
    if np.isnan(seen.own[link]):
        yield _rolled(view, link)
        return
    if seen.pooled_rows[link]:
        yield Step("explain-choke.no-shares", {"link": Node(int(view.net.links[link]))})
        yield from _pooled(view, link)
    else:
        yield from _own(view, link)
    c = float(seen.own[link])
    yield from _substituted(view, link, c)


def _joined(view: View, link: int, p: float, f: float, c: float, name: str = "c") -> Calculation:
    return calculate(name, "1 - (1 - {P}) × (1 - {F})", c, P=p, F=f)


def _own(view: View, link: int) -> Iterator[Step]:
    """F over actors, P over countries, and what they come to together."""
    net, k = view.net, int(view.net.links[link])
    mine = net.supply.keep(net.supply.link == link)
    f = view.values(0, view.seen.actors, link)
    holders = shares(view.seen.actors, link)
    if len(mine):
        nobody, more = net.placeholder[mine.who], int(net.unnamed[link])
        _, told = completed(mine, nobody, actor(net), (k,), actor(net), more)
        yield from told
    quiet = view.silent
    yield _index(view, "explain-choke.actors", "F", actor(net), holders, quiet[0], f)
    p = view.values(1, view.seen.countries, link)
    if not view.seen.by_country:
        least = int(view.ask["concentrated.values"])
        yield Step("explain-choke.no-countries", {"least": least}, (), (given("P", 0.0),))
    else:
        yield from _countries(view, link)
        named = shares(view.seen.countries, link)
        yield _index(view, "explain-choke.countries", "P", country(net), named, quiet[1], p)
    c = float(view.seen.own[link])
    yield Step("explain-choke.joined", calculations=(_joined(view, link, p, f, c),))


def _index(
    view: View, key: str, symbol: str, name: Name, told: Shares, quiet: set[int], result: float
) -> Step:
    step = held(name, told, key, quiet)
    return Step(key, step.says, (), (squares(symbol, told, quiet, result),), step.parts)


def _countries(view: View, link: int) -> Iterator[Step]:
    """The two vectors of countries: as stated, with a gap filled, and by the homes of actors."""
    net, n = view.net, len(view.net)
    places, tolerance = net.places, view.ask["chokepoint.gap"]
    rows = net.stated.keep(net.stated.link == link)
    rows = rows.keep(places.is_country[rows.who] | places.placeholder[rows.who])
    stated = stated_by_country(net)
    stated = stated.keep(stated.link == link)
    actors = net.held.keep(net.held.link == link)
    home = actors.by(places.country_of)
    if len(rows):
        yield Step("explain-choke.stated-countries")
        k = int(net.links[link])
        _, told = completed(rows, places.placeholder[rows.who], region(net), (k,), region(net))
        yield from told
    if len(home.link):
        yield _homes(net, actors, home)
    whole = gap_filled(stated, home, n, tolerance)
    if len(whole.link) and not np.array_equal(whole.share, stated.share):
        yield _filled(net, stated, home, whole, tolerance, "gap")
    homes = placed(home, stated, n, view.ask)
    if len(homes.link) and not np.array_equal(homes.share, home.share):
        yield _filled(net, home, stated, homes, tolerance, "gap-homes")
    both = whole.named(n)[link] and homes.named(n)[link]
    if both:
        joined = mean(whole, homes, n)
        yield _mean(net, whole, homes, joined)


def _homes(net: Network, actors: Holding, home: Holding) -> Step:
    """The shares of actors added up by the country that they sit in."""
    parts, of = [], np.append(net.places.country_of, -1)
    where = np.where(actors.who >= 0, of[actors.who], -1)
    told = sorted(zip(home.share.tolist(), home.who.tolist(), strict=True), key=lambda s: -s[0])
    for share, who in told[:SHOWN]:
        mine = actors.keep(where == who)
        order = np.lexsort((mine.who, -mine.share))
        each = [(int(mine.who[i]), float(mine.share[i])) for i in order]
        first, rest = each[:SHOWN], sum(s for _, s in each[SHOWN:])
        terms = [number(s) for _, s in first] + ([number(rest)] if rest else [])
        says = {
            "country": Clause("explain-choke.nowhere") if who < 0 else country(net)(who),
            "holders": pairs(actor(net), first),
            "more": Clause(
                "explain-choke.others", {"count": len(each) - SHOWN, "sum": number(rest)}
            )
            if len(each) > SHOWN
            else "",
        }
        rows = tuple(Rows("LOCATED_IN", of=int(net.actors[i])) for i, _ in first if i >= 0)
        total = Calculation("s", "", " + ".join(terms), share)
        parts.append(Step("explain-choke.home", says, rows, (total,)))
    if len(told) > SHOWN:
        rest = sum(s for s, _ in told[SHOWN:])
        parts.append(
            Step("explain-choke.more-homes", {"count": len(told) - SHOWN, "sum": number(rest)})
        )
    return Step("explain-choke.homes", parts=tuple(parts))


def _filled(
    net: Network, stated: Holding, home: Holding, whole: Holding, tolerance: float, key: str
) -> Step:
    """What lacks of the one vector is filled in as the other has it."""
    total, all_home = float(stated.share.sum()), float(home.share.sum())
    gap = 1 - total
    said = dict(zip(stated.who.tolist(), stated.share.tolist(), strict=True))
    more = dict(zip(home.who.tolist(), home.share.tolist(), strict=True))
    parts = []
    for who, share in shares(whole, int(whole.link[0]))[:SHOWN]:
        a, b = said.get(who, 0.0), more.get(who, 0.0)
        told = calculate(
            "s", "{a} + {b} × {gap} / {homes}", share, a=a, b=b, gap=gap, homes=all_home
        )
        says = {"who": _called(net, who), "a": number(a), "b": number(b)}
        parts.append(Step("explain-choke.two", says, (), (told,)))
    says = {"sum": number(total), "gap": number(gap), "homes": number(all_home)}
    return Step(
        f"explain-choke.{key}", {**says, "tolerance": number(tolerance)}, parts=tuple(parts)
    )


def _mean(net: Network, one: Holding, other: Holding, joined: Holding) -> Step:
    said = dict(zip(one.who.tolist(), one.share.tolist(), strict=True))
    more = dict(zip(other.who.tolist(), other.share.tolist(), strict=True))
    parts = []
    for who, share in shares(joined, int(joined.link[0]))[:SHOWN]:
        a, b = said.get(who, 0.0), more.get(who, 0.0)
        says = {"who": _called(net, who), "a": number(a), "b": number(b)}
        told = calculate("s", "({a} + {b}) / 2", share, a=a, b=b)
        parts.append(Step("explain-choke.two", says, (), (told,)))
    return Step("explain-choke.mean", parts=tuple(parts))


def _called(net: Network, who: int) -> object:
    return Clause("explain-choke.nowhere") if who < 0 else country(net)(who)


def _pooled(view: View, parent: int) -> Iterator[Step]:
    """What holders hold of all kinds of a link, as if these were one market, and its c."""
    net, seen = view.net, view.seen
    rows = _has_rows(net)
    kind, of = leaves(net, rows)
    kinds = kind[of == parent]
    kinds = kinds[np.lexsort((kinds, -view.size[kinds]))]
    total = float(view.size[kinds].sum())
    weights = {int(i): float(view.size[i]) / total for i in kinds}
    parts = []
    for i in kinds[:SHOWN].tolist():
        k, size = int(net.links[i]), float(view.size[i])
        told = calculate("weight", "{size} / {total}", weights[i], size=size, total=total)
        rows_of = (Rows("VARIANT_OF", of=k), Rows("PROVIDES", to=k))
        parts.append(
            Step("explain-choke.kind", {"link": Node(k), "size": number(size)}, rows_of, (told,))
        )
    if len(kinds) > SHOWN:
        parts.append(Step("explain-choke.more-kinds", {"count": len(kinds) - SHOWN}))
    says = {"link": Node(int(net.links[parent])), "count": len(kinds), "total": number(total)}
    yield Step("explain-choke.pool", says, parts=tuple(parts))
    quiet = view.silent
    each = (net.held, seen.countries)
    values = []
    for which, (name, symbol) in enumerate(((actor(net), "F"), (country(net), "P"))):
        owned = shares(seen.pools[which], parent)
        value = view.values(which, seen.pools[which], parent)
        values.append(value)
        if owned:
            parts = [
                _of_kinds(net, name, who, share, each[which], weights, who in quiet[which])
                for who, share in owned[:SHOWN]
            ]
            more = held(name, owned, "", quiet[which]).parts[SHOWN:]
            yield Step(
                f"explain-choke.pool-{symbol}",
                {"count": len(owned)},
                (),
                (squares(symbol, owned, quiet[which], value),),
                (*parts, *more),
            )
        else:
            yield Step("explain-choke.pool-nothing", {"symbol": symbol}, (), (given(symbol, 0.0),))
    f, p = values
    c = float(seen.pooled[parent])
    yield Step("explain-choke.pool-joined", calculations=(_joined(view, parent, p, f, c, "c"),))


def _of_kinds(
    net: Network,
    name: Name,
    who: int,
    share: float,
    held_of: Holding,
    weights: dict[int, float],
    silent: bool,
) -> Step:
    """What one holder has of each kind, and by weight of all."""
    mine = held_of.keep(held_of.who == who)
    own = [(i, float(mine.share[mine.link == i].sum())) for i in weights if (mine.link == i).any()]
    first, rest = own[:SHOWN], sum(s * weights[i] for i, s in own[SHOWN:])
    terms = [f"{number(s)} × {number(weights[i])}" for i, s in first]
    if rest:
        terms.append(number(rest))
    says = {
        "who": Clause("explain-supply.somebody") if who < 0 else name(who),
        "kinds": pairs(lambda i: Node(int(net.links[i])), first),
        "more": Clause("explain-choke.others", {"count": len(own) - SHOWN, "sum": number(rest)})
        if rest
        else "",
        "home": Clause("explain-supply.at-home") if silent else "",
    }
    total = Calculation("s", "", " + ".join(terms), share)
    return Step("explain-choke.pooled", says, (), (total,))


def _has_rows(net: Network) -> Bools:
    n = len(net)
    return np.bincount(np.concatenate([net.held.link, net.stated.link]), minlength=n) > 0


def _substituted(view: View, link: int, c: float) -> Iterator[Step]:
    """A kind of something counts in part what all kinds of it come to together."""
    net, seen = view.net, view.seen
    parents = net.variants.t[net.variants.f == link]
    parents = parents[~np.isnan(seen.pooled[parents])]
    if not len(parents):
        return
    values = []
    for parent in parents.tolist():
        k = int(net.links[parent])
        rows = (Rows("VARIANT_OF", of=int(net.links[link]), to=k),)
        yield Step("explain-choke.siblings", {"parent": Node(k)}, rows)
        yield from _pooled(view, parent)
        values.append(float(seen.pooled[parent]))
    part = view.ask["chokepoint.substitute"]
    said = " + ".join(number(v) for v in values)
    mean_of = sum(values) / len(values)
    told = []
    if len(values) > 1:
        told.append(Calculation("siblings", "", f"({said}) / {len(values)}", mean_of))
    told.append(
        calculate(
            "c",
            "(1 - {part}) × {own} + {part} × {siblings}",
            float(seen.effective[link]),
            part=part,
            own=c,
            siblings=mean_of,
        )
    )
    yield Step("explain-choke.substituted", {"part": number(part)}, (), tuple(told))


def _rolled(view: View, link: int) -> Step:
    """A heading without rows: the size-weighted mean of the c of its kinds."""
    net, seen = view.net, view.seen
    value = np.where(np.isnan(seen.own), seen.rolled, seen.own)
    kinds = net.variants.f[net.variants.t == link]
    kinds = kinds[~np.isnan(value[kinds])]
    kinds = kinds[np.lexsort((kinds, -view.size[kinds]))]
    parts = [_kind(view, int(i), float(value[i])) for i in kinds[:SHOWN]]
    size, c = view.size[kinds], value[kinds]
    over = [
        f"{number(s)} × {number(v)}"
        for s, v in zip(size[:SHOWN].tolist(), c.tolist(), strict=False)
    ]
    under = [number(s) for s in size[:SHOWN].tolist()]
    if len(kinds) > SHOWN:
        a, b = float(size[SHOWN:] @ c[SHOWN:]), float(size[SHOWN:].sum())
        says = {"count": len(kinds) - SHOWN, "size": number(b), "product": number(a)}
        parts.append(Step("explain-choke.more-headed", says))
        over.append(number(a))
        under.append(number(b))
    told = f"({' + '.join(over)}) / ({' + '.join(under)})"
    total = Calculation("c", "", told, float(seen.rolled[link]))
    return Step(
        "explain-choke.heading", {"link": Node(int(net.links[link]))}, (), (total,), tuple(parts)
    )


def _kind(view: View, kind: int, c: float) -> Step:
    k, seen = int(view.net.links[kind]), view.seen
    says = {"link": Node(k), "size": number(float(view.size[kind]))}
    rows = (Rows("VARIANT_OF", of=k), Rows("PROVIDES", to=k))
    if np.isnan(seen.own[kind]):
        return Step("explain-choke.headed", says, rows, (given("c", c),))
    p, f = view.values(1, seen.countries, kind), view.values(0, seen.actors, kind)
    says |= {"P": number(p), "F": number(f)}
    return Step("explain-choke.headed-own", says, rows, (_joined(view, kind, p, f, c),))
