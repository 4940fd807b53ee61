"""Indicators of chains as sources give them: observations of a chain, by region and year."""

from dataclasses import dataclass

import numpy as np

from graph.network.network import Network
from graph.network.tables import REGION
from graph.record.sql import literal

BOUNDS = {"%": 100.0, "％": 100.0, "百分比": 100.0, "percent": 100.0, "‰": 1000.0}
"""Units whose bounds are known: from 0 to this."""


@dataclass(frozen=True)
class Indicator:
    """One observation: `chain` and `region` (-1: of no place) by position, `year`, its value and,
    where the unit says it, the upper bound (the lower one being 0)."""

    chain: int
    name: str
    unit: str
    region: int
    year: int
    value: float
    bound: float | None
    k: int


def indicators(net: Network) -> list[Indicator]:
    """Observations that OBSERVE a chain, and beside it a region where they are of one; of bounds
    the middle counts. Those without a value or a year are left out."""
    rows = net.source.con.execute(
        "SELECT c.i, coalesce(o.indicator, o.name), coalesce(trim(o.unit), ''),"
        " coalesce(g.i, -1), left(o.as_of, 4)::INTEGER,"
        " coalesce(o.value, (o.value_min + o.value_max) / 2, o.value_min, o.value_max) AS value,"
        " o.k"
        ' FROM "n_Observation" o JOIN "r_OBSERVES" r ON r.f = o.k JOIN gap_chain c ON c.k = r.t'
        f' LEFT JOIN (SELECT s.f, p.i FROM "r_OBSERVES" s JOIN {REGION} p ON p.k = s.t) g'
        f" ON g.f = o.k WHERE o.as_of <= left({literal(net.as_of)}, length(o.as_of))"
        " AND value IS NOT NULL ORDER BY 1, 2, 3, 4, 5, o.id"
    ).fetchall()
    last = {
        (chain, name, unit, region, year): Indicator(
            chain, name, unit, region, year, float(value), BOUNDS.get(unit.lower()), k
        )
        for chain, name, unit, region, year, value, k in rows
    }
    return list(last.values())


def scaled(rows: list[Indicator], panel: int) -> dict[Indicator, float]:
    """Each value between 0 and 1: by the bounds of its unit, else between the least and the largest
    of the same indicator where `panel` regions or years have it. The others are left out.

    More is taken to be better: an indicator of which less is better has to be turned round.
    """
    groups: dict[tuple[int, str, str], list[Indicator]] = {}
    for row in rows:
        groups.setdefault((row.chain, row.name, row.unit), []).append(row)
    found: dict[Indicator, float] = {}
    for some in groups.values():
        values = np.array([row.value for row in some])
        low, high = 0.0, some[0].bound
        if high is None and len(some) >= panel and values.max() > values.min():
            low, high = float(values.min()), float(values.max())
        if high is not None:
            part = np.clip((values - low) / (high - low), 0.0, 1.0)
            found |= dict(zip(some, part.tolist(), strict=True))
    return found
