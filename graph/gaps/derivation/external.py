"""external: where each share of a link's supply comes from, and what comes from abroad."""

from collections.abc import Iterator

import numpy as np

from graph.gaps.derivation.arithmetic import SHOWN, added, calculate
from graph.gaps.derivation.supply import actor, region
from graph.gaps.method import Ask, Clause, Node, Rows, Step
from graph.gaps.places import supply_by_place
from graph.network import Network
from graph.network.source import Bools, Floats, Ints
from graph.network.supply import Supply
from graph.rows import number

ABROAD = 4
"""The last of the bands of `graph.gaps.external`."""


def steps(
    net: Network, ask: Ask, link: int, band: Ints, severity: float, rate: bool
) -> Iterator[Step]:
    """`band` says for each region whether it is abroad (the last band); -1: no known place."""
    placed = supply_by_place(net)
    mine = placed.rows.link == link
    rows, told, region = placed.rows.keep(mine), placed.stated[mine], placed.region[mine]
    at = np.append(band, -1)[region]
    yield from _rows(net, link, rows, at, told)
    total = float(np.nansum(rows.share))
    share = np.nan_to_num(rows.share) / max(total, 1.0)
    if total > 1 + 1e-9:
        order = np.argsort(-share, kind="stable")[:SHOWN]
        down = [
            calculate("s", "{s} / {sum}", float(share[i]), s=float(rows.share[i]), sum=total)
            for i in order.tolist()
            if share[i] > 0
        ]
        yield Step("explain-supply.over", {"sum": number(total)}, (), tuple(down))
    if rate:
        yield _by_rate(net, ask, link, share[at >= 0], severity)
        return
    values = np.sort(share[(at == ABROAD) & (share > 0)])[::-1].tolist()
    known = np.sort(share[(at >= 0) & (share > 0)])[::-1].tolist()
    says = {"from": ask.home_label, "least": number(ask["external.known"])}
    yield Step(
        "explain-scarcity.abroad",
        says,
        calculations=(
            added("known", "", known, float(share[at >= 0].sum())),
            added("severity", "", values, severity),
        ),
    )


def _rows(net: Network, link: int, rows: Supply, at: Ints, told: Bools) -> Iterator[Step]:
    """Each provider or place with its share, and whether it is abroad."""
    order = np.lexsort((rows.who, -np.nan_to_num(rows.share)))
    parts = []
    for i in order[:SHOWN].tolist():
        k = (region(net) if told[i] else actor(net))(int(rows.who[i])).k
        share = rows.share[i]
        where = "unknown" if at[i] < 0 else "away" if at[i] == ABROAD else "home"
        key = "from" if not np.isnan(share) else "from-open"
        says = {
            "who": Node(k),
            "share": number(np.nan_to_num(share)),
            "where": Clause(f"explain-scarcity.{where}"),
        }
        lines = (Rows("PROVIDES", of=k, to=int(net.links[link])),)
        parts.append(
            Step(
                f"explain-scarcity.{key}",
                says,
                lines + (() if told[i] else (Rows("LOCATED_IN", of=k),)),
            )
        )
    if len(order) > SHOWN:
        rest = rows.share[order[SHOWN:]]
        away = float(np.nansum(rest[at[order[SHOWN:]] == ABROAD]))
        known = float(np.nansum(rest[at[order[SHOWN:]] >= 0]))
        says = {"count": len(order) - SHOWN, "away": number(away), "known": number(known)}
        parts.append(Step("explain-scarcity.more-from", says))
    key = "by-actor" if not told.any() else "by-place" if told.all() else "by-both"
    yield Step(f"explain-scarcity.{key}", parts=tuple(parts))


def _by_rate(net: Network, ask: Ask, link: int, known: Floats, severity: float) -> Step:
    """Too few shares have a known place: the link's own localisation rate stands in."""
    k = int(net.links[link])
    ((cls,),) = net.source.con.execute("SELECT class FROM node WHERE k = ?", [k]).fetchall()
    rate = float(net.localisation[link])
    says = {
        "known": number(float(known.sum())),
        "least": number(ask["external.rate"]),
        "rate": number(rate),
    }
    told = calculate("severity", "1 - {rate}", severity, rate=rate)
    return Step("explain-scarcity.by-rate", says, (Rows(cls, of=k),), (told,))
