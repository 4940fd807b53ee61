"""Who supplies a link, with which share: as stated, as completed, and what squares add up to."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from graph.finding import Calculation
from graph.gaps.derivation.arithmetic import SHOWN, added, calculate
from graph.gaps.method import Clause, Node, Rows, Step
from graph.network import Network
from graph.network.countries import country_name
from graph.network.market import with_kinds
from graph.network.source import Bools
from graph.network.supply import MINOR, Supply
from graph.rows import number

Name = Callable[[int], Any]
"""What a holder, by position, is called: a node, a country in each language."""


@dataclass(frozen=True)
class Row:
    """One provision of a link: its share as it stands, and as it is completed."""

    who: int
    stated: float
    minor: bool
    nobody: bool
    share: float


def actor(net: Network) -> Name:
    return lambda who: Node(int(net.actors[who]))


def region(net: Network) -> Name:
    return lambda who: Node(int(net.places.regions[who]))


def country(net: Network) -> Name:
    codes = net.places.countries
    return lambda who: {lang: country_name(codes[who], lang) for lang in ("zh", "en")}


def suppliers(net: Network, link: int) -> tuple[int, ...]:
    """The keys of the links whose rows count: its own, else those of its kinds."""
    edges, seen = net.variants, [link]
    own = np.isin(net.supply.link, [link]).any() or np.isin(net.stated.link, [link]).any()
    for one in seen if not own else []:
        seen.extend(i for i in edges.f[edges.t == one].tolist() if i not in seen)
    return tuple(int(net.links[i]) for i in seen)


def completed(
    supply: Supply, nobody: Bools, name: Name, keys: Sequence[int], of: Name, unnamed: int = 0
) -> tuple[list[Row], list[Step]]:
    """The rows of one link, the largest share first, and how shares that lack are filled in.

    `keys` are the links that rows may lead to, `of` gives the node that they leave; `unnamed`
    providers are counted beside these rows.
    """
    stated = ~np.isnan(supply.share)
    major = ~stated & ~supply.minor
    share = np.where(stated, supply.share, np.where(supply.minor, MINOR, 0.0))
    known = float(share.sum())
    among = int(major.sum()) + unnamed
    each = max(0.0, 1 - known) / max(among, 1)
    share = np.where(major, each, share)
    total = float(share.sum())
    scaled = share / max(total, 1.0)
    order = np.lexsort((supply.who, -scaled))
    rows = [
        Row(int(supply.who[i]), float(supply.share[i]), bool(supply.minor[i]), bool(nobody[i]), v)
        for i, v in zip(order.tolist(), scaled[order].tolist(), strict=True)
    ]
    parts = tuple(_rows(rows, name, keys, of))
    first = [r for r in rows if not np.isnan(r.stated) or r.minor]
    values = [MINOR if np.isnan(r.stated) else r.stated for r in first]
    sums = [added("sum", "", values, known)] if values else []
    if major.any():
        rest = max(0.0, 1 - known)
        if values:
            sums.append(calculate("rest", "max(0, 1 - {sum})", rest, sum=known))
        sums.append(calculate("s", "{rest} / {n}", each, rest=rest, n=among))
    divided = Clause("explain-supply.open", {"count": among})
    says = {"count": len(rows), "open": divided if major.any() else ""}
    steps = [Step("explain-supply.rows", says, (), tuple(sums), parts)]
    if total > 1 + 1e-9:
        down = [
            calculate("s", "{s} / {sum}", float(v), s=float(u), sum=total)
            for u, v in zip(
                share[order][:SHOWN].tolist(), scaled[order][:SHOWN].tolist(), strict=True
            )
        ]
        steps.append(Step("explain-supply.over", {"sum": number(total)}, (), tuple(down)))
    return rows, steps


def of_link(
    net: Network, here: Network, link: int, place: Any = None
) -> tuple[list[Row], list[Step]]:
    """The providers of a link, those of its kinds where it has none of its own.

    `here` is the network of the region that is called `place`, where one is asked for.
    """
    keys = suppliers(here, link)
    steps = []
    if place is not None:
        steps.append(_within(net, here, link, keys, place))
    rows = with_kinds(here.supply, here.variants.f, here.variants.t, len(here))
    rows = rows.keep(rows.link == link)
    nobody = here.placeholder[rows.who]
    told, more = completed(rows, nobody, actor(net), keys, actor(net), int(here.unnamed[link]))
    return told, [*steps, *more]


def _within(net: Network, here: Network, link: int, keys: Sequence[int], place: Any) -> Step:
    """Of what is supplied in a region the shares are parts of that alone."""
    inside = np.isin(
        net.supply.link * (len(net.actors) + 1) + net.supply.who,
        here.supply.link * (len(net.actors) + 1) + here.supply.who,
    )
    rows = net.supply.keep(inside & (net.supply.link == link))
    share = np.where(np.isnan(rows.share), MINOR, rows.share)
    parts, sums = [], []
    for who, stated, minor in zip(
        rows.who.tolist(), rows.share.tolist(), rows.minor.tolist(), strict=True
    ):
        key = "row" if not np.isnan(stated) else "row-minor" if minor else "row-open"
        says = {"who": actor(net)(who), "share": number(np.nan_to_num(stated, nan=MINOR))}
        lines = tuple(Rows("PROVIDES", of=int(net.actors[who]), to=k) for k in keys)
        parts.append(Step(f"explain-supply.{key}", {**says, "nobody": ""}, lines))
    if len(rows) and not (np.isnan(rows.share) & ~rows.minor).any():
        total = float(share.sum())
        sums = [added("sum", "", share.tolist(), total)]
        sums += [calculate("s", "{s} / {sum}", v / total, s=v, sum=total) for v in share[:SHOWN]]
    return Step("explain-supply.within", {"place": place}, (), tuple(sums), tuple(parts[:SHOWN]))


def _rows(rows: list[Row], name: Name, keys: Sequence[int], of: Name) -> Iterator[Step]:
    first = rows[:SHOWN]
    for row in first:
        key = "row" if not np.isnan(row.stated) else "row-minor" if row.minor else "row-open"
        says = {
            "who": name(row.who),
            "share": number(row.stated) if not np.isnan(row.stated) else number(MINOR),
            "nobody": Clause("explain-supply.nobody") if row.nobody else "",
        }
        node = of(row.who)
        lines = tuple(Rows("PROVIDES", of=node.k, to=k) for k in keys)
        yield Step(f"explain-supply.{key}", says, lines)
    if len(first) < len(rows):
        yield Step("explain-supply.more-rows", _rest([r.share for r in rows[len(first) :]]))


def _rest(shares: Sequence[float]) -> dict[str, Any]:
    """What the end of a list comes to: how many, what they add, and what their squares do."""
    return {
        "count": len(shares),
        "sum": number(sum(shares)),
        "squares": number(sum(s * s for s in shares)),
    }


def held(name: Name, shares: Sequence[tuple[int, float]], text: str, silent: set[int]) -> Step:
    """A list of holders and shares, the largest first; those in `silent` add no square."""
    first = shares[:SHOWN]
    parts = [_holder(name, who, share, who in silent) for who, share in first]
    if len(first) < len(shares):
        rest = [s for who, s in shares[len(first) :] if who >= 0 and who not in silent]
        parts.append(Step("explain-supply.more-rows", _rest(rest)))
    return Step(text, {"count": len(shares)}, parts=tuple(parts))


def pairs(name: Name, shares: Sequence[tuple[int, float]]) -> list[Clause]:
    """Holders with their shares on one line."""
    return [
        Clause(
            "explain-supply.next-pair" if place else "explain-supply.pair",
            {
                "who": Clause("explain-supply.somebody") if who < 0 else name(who),
                "share": number(share),
            },
        )
        for place, (who, share) in enumerate(shares)
    ]


def _holder(name: Name, who: int, share: float, silent: bool) -> Step:
    said = {"who": Clause("explain-supply.somebody") if who < 0 else name(who)}
    more = Clause("explain-supply.at-home") if silent else ""
    return Step("explain-supply.holder", {**said, "share": number(share), "more": more})


def squares(
    symbol: str, shares: Sequence[tuple[int, float]], silent: set[int], result: float
) -> Calculation:
    """The Herfindahl–Hirschman index of named holders that are not silent."""
    first = shares[:SHOWN]
    heard = [s for who, s in first if who >= 0 and who not in silent]
    rest = [s for who, s in shares[len(first) :] if who >= 0 and who not in silent]
    terms = [f"{number(s)}^2" for s in heard]
    if rest:
        terms.append(number(sum(s * s for s in rest)))
    return Calculation(symbol, "Σ s^2", " + ".join(terms) or "0", result)
