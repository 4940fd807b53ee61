"""concentrated: shares by holder, their squares, and what the part that nobody states can add."""

from collections.abc import Iterator

import numpy as np

from graph.finding import Calculation
from graph.gaps.bounds import Bounds
from graph.gaps.derivation.arithmetic import SHOWN, added, calculate
from graph.gaps.derivation.supply import Name, actor, country, region
from graph.gaps.levels import holders
from graph.gaps.method import Ask, Clause, Node, Rows, Step
from graph.network import Network
from graph.network.source import Bools, Floats, Ints
from graph.network.supply import Supply
from graph.rows import number


def steps(net: Network, here: Network, ask: Ask, name: str, link: int, b: Bounds) -> Iterator[Step]:
    """From the rows of a link to the lower bound of its index at one level."""
    all_held = holders(here, name)
    mine = all_held.keep(all_held.rows.link == link)
    rows, holder = mine.rows, mine.holder
    names = [region(net) if of_place else actor(net) for of_place in mine.stated.tolist()]
    called = {
        "actor": actor(net),
        "group": lambda i: Node(int(net.groups.head[i])),
        "region": region(net),
        "country": country(net),
    }[name]
    stated = ~np.isnan(rows.share)
    order = np.lexsort((rows.who, -np.nan_to_num(rows.share)))
    total = float(rows.share[stated].sum())
    parts = tuple(
        _row(net, rows, holder, int(i), link, names[i], called, name) for i in order[:SHOWN]
    )
    if len(order) > SHOWN:
        says = {
            "count": len(order) - SHOWN,
            "sum": number(float(np.nansum(rows.share[order[SHOWN:]]))),
        }
        parts = (*parts, Step("explain-scarcity.more-stated", says))
    values = np.nan_to_num(rows.share[order]).tolist()
    known = added("known", "", [v for v in values if v > 0], total)
    if ask.region is not None:
        yield Step("explain-scarcity.only-within", {"place": ask.region_label})
    level = Clause(f"scarcity.level-{name}")
    yield Step("explain-scarcity.stated", {"count": len(rows)}, (), (known,), parts)
    if total > 1 + 1e-9:
        down = [
            calculate("s", "{s} / {known}", v / total, s=v, known=total)
            for v in np.nan_to_num(rows.share[order]).tolist()[:SHOWN]
            if v > 0
        ]
        yield Step("explain-scarcity.divided", {"sum": number(total)}, (), tuple(down))
    share = np.where(stated, rows.share, 0.0) / max(total, 1.0)
    who, held = _by_holder(holder, share)
    shown = tuple(
        _holder(called, int(w), float(s), holder, rows.share / max(total, 1.0))
        for w, s in zip(who[:SHOWN], held[:SHOWN], strict=True)
    )
    rest = float((held[SHOWN:] ** 2).sum())
    if len(who) > SHOWN:
        says = {
            "count": len(who) - SHOWN,
            "sum": number(float(held[SHOWN:].sum())),
            "squares": number(rest),
        }
        shown = (*shown, Step("explain-supply.more-rows", says))
    squares = float((held**2).sum())
    yield Step(
        "explain-scarcity.by-holder",
        {"level": level, "count": len(who)},
        calculations=(_squares(held, squares),),
        parts=shown,
    )
    yield from _bounds(rows, holder, ask, link, b, squares)


def _row(
    net: Network,
    rows: Supply,
    holder: Ints,
    i: int,
    link: int,
    of: Name,
    called: Name,
    name: str,
) -> Step:
    share, who = float(rows.share[i]), int(rows.who[i])
    key = "row-stated" if not np.isnan(share) else "row-minor" if rows.minor[i] else "row-unstated"
    node = of(who)
    lines = [Rows("PROVIDES", of=node.k, to=int(net.links[link]))]
    in_holder: Clause | str = ""
    if holder[i] < 0:
        in_holder = Clause("explain-scarcity.no-holder")
    elif name != "actor":
        in_holder = Clause("explain-scarcity.in-holder", {"holder": called(int(holder[i]))})
        lines += _membership(name, node.k)
    says = {"who": node, "share": number(np.nan_to_num(share)), "holder": in_holder}
    return Step(f"explain-scarcity.{key}", says, tuple(lines))


def _membership(name: str, k: int) -> list[Rows]:
    if name == "group":
        return [Rows("HOLDS_STAKE_IN", to=k), Rows("PART_OF", of=k)]
    return [Rows("LOCATED_IN", of=k)]


def _by_holder(holder: Ints, share: Floats) -> tuple[Ints, Floats]:
    named = holder >= 0
    who, place = np.unique(holder[named], return_inverse=True)
    held = np.bincount(place.reshape(-1), share[named], len(who)).astype(np.float64)
    order = np.lexsort((who, -held))
    return who[order], held[order]


def _holder(called: Name, who: int, held: float, holder: Ints, share: Floats) -> Step:
    """One holder; where several rows are its own, what they add up to."""
    mine = np.sort(np.nan_to_num(share[holder == who]))[::-1].tolist()
    says = {"who": called(who), "share": number(held), "more": ""}
    sums = (
        (added("s", "", [v for v in mine if v > 0], held),) if sum(v > 0 for v in mine) > 1 else ()
    )
    return Step("explain-supply.holder", says, calculations=sums)


def _squares(held: Floats, result: float) -> Calculation:
    terms = [f"{number(v)}^2" for v in held[:SHOWN].tolist() if v > 0]
    if len(held) > SHOWN:
        terms.append(number(float((held[SHOWN:] ** 2).sum())))
    return Calculation("squares", "Σ s^2", " + ".join(terms) or "0", result)


def _bounds(
    rows: Supply, holder: Ints, ask: Ask, link: int, b: Bounds, squares: float
) -> Iterator[Step]:
    """What the rest, that no stated share accounts for, adds at least and at most."""
    known, lower, upper = float(b.known[link]), float(b.lower[link]), float(b.upper[link])
    least = {"least": number(ask["concentrated.hhi"])}
    rest = calculate("rest", "1 - {known}", 1 - known, known=known)
    over, apart = int(b.spread[link]), float(b.apart[link])
    total = max(float(np.nansum(rows.share)), 1.0)
    if 1 - known < 1e-9:
        formula, numbers = "{squares}", {"squares": squares}
        if apart:
            yield _apart(rows, holder, apart, total)
            formula, numbers = "{squares} + {apart}", {**numbers, "apart": apart}
        end = calculate("severity", formula, lower, **numbers)
        yield Step("explain-scarcity.all-known", least, calculations=(end,))
        return
    minors = over or _quiet(rows, holder)
    majors = int((np.isnan(rows.share) & ~rows.minor).sum())
    nameless = float(np.nan_to_num(rows.share)[holder < 0].sum()) / total
    top = float(b.top_share[link])
    yield Step(
        "explain-scarcity.upper",
        calculations=(
            rest,
            calculate(
                "upper",
                "{squares} - {top}^2 + min(1, {top} + {rest} + {nameless})^2",
                upper,
                squares=squares,
                top=top,
                rest=1 - known,
                nameless=nameless,
            ),
        ),
        says={"nameless": number(nameless)},
    )
    if apart:
        yield _apart(rows, holder, apart, total)
    formula, numbers = "{squares} + 0", {}
    if over:
        formula, numbers = "{squares} + {rest}^2 / {over}", {"over": over, "rest": 1 - known}
    if apart:
        formula, numbers = formula + " + {apart}", {**numbers, "apart": apart}
    yield Step(
        "explain-scarcity.lower-spread" if over else "explain-scarcity.lower",
        {**least, "minors": minors, "majors": majors},
        calculations=(calculate("severity", formula, lower, squares=squares, **numbers),),
    )


def _apart(rows: Supply, holder: Ints, apart: float, total: float) -> Step:
    """Providers of whom it is not known where they belong: each is at least a holder of its own."""
    held = np.sort(np.nan_to_num(rows.share)[holder < 0] / total)[::-1]
    held = held[held > 0]
    terms = " + ".join(f"{number(v)}^2" for v in held[:SHOWN].tolist())
    if len(held) > SHOWN:
        terms += f" + {number(float((held[SHOWN:] ** 2).sum()))}"
    says = {"count": len(held)}
    return Step(
        "explain-scarcity.apart", says, calculations=(Calculation("apart", "Σ s^2", terms, apart),)
    )


def _quiet(rows: Supply, holder: Ints) -> int:
    """How many named holders have only rows that are minor and without a share."""
    loud: Bools = ~np.isnan(rows.share) | ~rows.minor
    named = np.unique(holder[holder >= 0])
    return len(np.setdiff1d(named, holder[loud & (holder >= 0)]))
