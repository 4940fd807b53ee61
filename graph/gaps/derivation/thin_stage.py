"""thin-stage: the capable providers, how many other links of the chain have, and the shortfall."""

from collections.abc import Iterator

import numpy as np

from graph.gaps.derivation.arithmetic import SHOWN, calculate, given
from graph.gaps.derivation.supply import actor, suppliers
from graph.gaps.method import Ask, Clause, Rows, Step
from graph.gaps.scarcity import capable, density, robust_z
from graph.network import Network
from graph.network.source import Ints
from graph.rows import number

AROUND = 10
"""Counts that are named on each side of the middle one."""


def steps(net: Network, ask: Ask, link: int, severity: float) -> Iterator[Step]:
    """`net` is the network of the region, where one is asked for."""
    market = net.market
    rows = market.supply.keep(market.supply.link == link)
    order = np.lexsort((rows.who, rows.minor))
    keys = suppliers(net, link)
    parts = []
    for i in order[:SHOWN].tolist():
        node = actor(net)(int(rows.who[i]))
        minor = Clause("explain-scarcity.is-minor") if rows.minor[i] else ""
        lines = tuple(Rows("PROVIDES", of=node.k, to=k) for k in keys)
        parts.append(Step("explain-scarcity.provider", {"who": node, "minor": minor}, lines))
    if len(rows) > SHOWN:
        parts.append(Step("explain-scarcity.more-providers", {"count": len(rows) - SHOWN}))
    n, count = int(capable(net, ask)[link]), int(market.count[link])
    yield Step(
        "explain-scarcity.providers", {"count": count, "n": n}, (), (given("n", n),), tuple(parts)
    )
    usual = float(density(net)[link])
    mine = np.sort(market.count[(net.chain_label == net.chain_label[link]) & (market.count > 0)])
    yield _median(mine, usual)
    z = float(robust_z(net)[link])
    if n >= ask["thin-stage.providers"]:
        yield _outlier(mine, usual, count, z, ask)
    first = calculate("a", "1 / max(1, {n})", 1 / max(n, 1), n=n)
    short = 1 - n / max(usual, 1)
    second = calculate("b", "1 - {n} / max(1, {median})", short, n=n, median=usual)
    end = calculate("severity", "min(1, max({a}, {b}))", severity, a=1 / max(n, 1), b=short)
    says = {"least": number(ask["thin-stage.providers"])}
    yield Step("explain-scarcity.thin", says, calculations=(first, second, end))


def _median(counts: Ints, usual: float) -> Step:
    """The middle of the counts in order, with those around it."""
    low, high = max(0, (len(counts) - 1) // 2 - AROUND), len(counts) // 2 + AROUND + 1
    says = {
        "links": len(counts),
        "shown": ", ".join(str(int(c)) for c in counts[low:high]),
        "before": Clause("explain-scarcity.before", {"count": low}) if low else "",
        "after": Clause("explain-scarcity.after", {"count": len(counts) - high})
        if high < len(counts)
        else "",
    }
    a, b = float(counts[(len(counts) - 1) // 2]), float(counts[len(counts) // 2])
    middle = calculate("median", "({a} + {b}) / 2", usual, a=a, b=b)
    return Step("explain-scarcity.median", says, calculations=(middle,))


def _outlier(counts: Ints, usual: float, count: int, z: float, ask: Ask) -> Step:
    spread = float(np.median(np.abs(counts - usual)))
    says = {"mad": number(spread), "bound": number(ask["thin-stage.z"])}
    scale = 1.4826 * spread
    sums = (
        calculate("scale", "1.4826 × {mad}", scale, mad=spread),
        calculate("z", "({count} - {median}) / {scale}", z, count=count, median=usual, scale=scale),
    )
    return Step("explain-scarcity.outlier", {**says, "count": count}, calculations=sums)
