"""mismatch: who needs the link here, how near it is to what is provided here, and the median."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from graph.finding import Calculation
from graph.gaps.derivation.arithmetic import SHOWN, calculate
from graph.gaps.method import Here, Node, Rows, Step
from graph.gaps.relatedness import sharing
from graph.network import Network
from graph.network.source import Bools, Floats
from graph.rows import number


@dataclass(frozen=True)
class Seen:
    """What `graph.gaps.mismatch` worked out: φ, what is made here, the density of each link, and
    which links are made elsewhere alone."""

    phi: Any
    made: Bools
    near: Floats
    open_links: Bools
    middle: float


def steps(
    net: Network, where: Here, seen: Seen, link: int, users: int, inputs: int
) -> Iterator[Step]:
    """From who needs it to the density."""
    k = int(net.links[link])
    here = {"place": where.name}
    needs = (Rows("NEEDS", to=k), Rows("REQUIRES", to=k))
    yield Step("explain-scarcity.wanted", {**here, "users": users, "inputs": inputs}, needs)
    count = {"count": int(net.market.count[link])}
    yield Step("explain-scarcity.only-elsewhere", {**here, **count}, (Rows("PROVIDES", to=k),))
    yield _nearness(net, here, seen, link)
    yield _median(seen, link)


def _nearness(net: Network, here: dict[str, Any], seen: Seen, link: int) -> Step:
    """Each link that is near, how near, and whether it is provided here."""
    low, high = seen.phi.indptr[link], seen.phi.indptr[link + 1]
    others = seen.phi.indices[low:high].astype(np.int64)
    phi = seen.phi.data[low:high].astype(np.float64)
    made = seen.made[others]
    order = np.lexsort((others, ~made, -phi))
    others, phi, made = others[order], phi[order], made[order]
    by_actor, holders = sharing(net)
    mine = holders(link)
    parts = []
    for i, near, ours in zip(others[:SHOWN].tolist(), phi.tolist(), made.tolist(), strict=False):
        theirs = holders(i)
        both = np.intersect1d(mine, theirs)
        n, m = len(mine), len(theirs)
        told = calculate("phi", "{both} / max({n}, {m})", near, both=len(both), n=n, m=m)
        says = {"link": Node(int(net.links[i])), "both": len(both), "n": n, "m": m}
        key = "near-made" if ours else "near"
        rows = tuple(
            Rows("PROVIDES", of=int(net.actors[who]), to=int(net.links[end]))
            for who in both[:2].tolist()
            for end in (link, i)
            if by_actor
        )
        parts.append(Step(f"explain-scarcity.{key}", says, rows, (told,)))
    over = [number(v) for v, ours in zip(phi[:SHOWN].tolist(), made.tolist(), strict=False) if ours]
    under = [number(v) for v in phi[:SHOWN].tolist()]
    if len(phi) > SHOWN:
        a, b = float(phi[SHOWN:][made[SHOWN:]].sum()), float(phi[SHOWN:].sum())
        says = {"count": len(phi) - SHOWN, "here": number(a), "sum": number(b)}
        parts.append(Step("explain-scarcity.more-near", says))
        over, under = [*over, *([number(a)] if a else [])], [*under, number(b)]
    whole = f"({' + '.join(over) or '0'}) / ({' + '.join(under)})"
    density = Calculation("density", "Σ phi here / Σ phi", whole, float(seen.near[link]))
    key = "nearness" if by_actor else "nearness-chain"
    return Step(f"explain-scarcity.{key}", here, (), (density,), tuple(parts))


def _median(seen: Seen, link: int) -> Step:
    """The density has to be at least the median of links that are provided elsewhere alone."""
    around = seen.near[seen.open_links]
    around = np.sort(around[~np.isnan(around)])
    a, b = float(around[(len(around) - 1) // 2]), float(around[len(around) // 2])
    density = float(seen.near[link])
    return Step(
        "explain-scarcity.near-enough",
        {"links": len(around), "a": number(a), "b": number(b), "density": number(density)},
        calculations=(
            calculate("median", "({a} + {b}) / 2", seen.middle, a=a, b=b),
            Calculation("severity", "density", number(density), density),
        ),
    )
