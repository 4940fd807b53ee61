"""Pilot-test platforms: which stage each serves, and what it can take in a year."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from graph.network.located import located
from graph.network.network import Network
from graph.network.source import Bools, Floats, Ints, floats, has_column, ints
from graph.network.tables import LINK, current, lasting, placeholder
from graph.record.sql import ident, literal, literals

PLATFORM = "PilotTestPlatform"
SERVICE = "中试熟化"
"""The kind of service that a pilot-test platform gives, as the ontology has it."""

SAID, BY_AREA, BY_SERVICE, UNSAID = range(4)
"""Where a capacity is from: stated; the floor area; the busiest year of service; not known."""


@dataclass(frozen=True)
class Platforms:
    """One row per platform and pilot stage, by stage and then id.

    `k` are node keys, `stage` positions of links, `region` positions in `places.regions` or -1.
    `batches` a year are as stated, NaN where not; `area` in square metres; `busiest` the most
    services of one year. `capacity` is what counts, NaN where nothing leads to one, and `basis`
    says what it is from.
    """

    k: Ints
    stage: Ints
    region: Ints
    batches: Floats
    area: Floats
    busiest: Floats
    capacity: Floats
    basis: Ints

    def __len__(self) -> int:
        return len(self.k)

    def keep(self, rows: Bools) -> "Platforms":
        return Platforms(**{name: column[rows] for name, column in vars(self).items()})


def per_area(batches: Floats, area: Floats, least: int) -> float:
    """Batches a year per square metre: the median of platforms with both; NaN where too few are.

    >>> per_area(np.array([10.0, 30.0, 20.0]), np.array([100.0, 100.0, 100.0]), 3)
    0.2
    """
    both = ~np.isnan(batches) & (area > 0)
    if both.sum() < max(least, 1):
        return float("nan")
    return float(np.median(batches[both] / area[both]))


def platforms(net: Network, least: int) -> Platforms:
    """All that are at work. Platforms of the class stand at the stage that the ontology says; who
    provides that stage, or a stage of a chain of its own, serves it.

    `least` platforms must state both batches and area before an area counts as a capacity.
    """
    rows = _rows(net)
    keys, stage = ints(rows["k"]), ints(rows["stage"])
    batches, area, busiest = (floats(rows[name]) for name in ("batches", "area", "busiest"))
    once = np.unique(keys, return_index=True)[1]
    by_area = area * per_area(batches[once], area[once], least)
    capacity = np.where(np.isnan(by_area), busiest, by_area)
    capacity = np.where(np.isnan(batches), capacity, batches)
    basis = np.where(np.isnan(by_area), BY_SERVICE, BY_AREA)
    basis = np.where(np.isnan(batches), basis, SAID)
    basis = np.where(np.isnan(capacity), UNSAID, basis)
    region = located(net, keys)
    return Platforms(keys, stage, region, batches, area, busiest, capacity, basis.astype(np.int64))


def _rows(net: Network) -> dict[str, Any]:
    source, schema, day = net.source, net.source.schema, literal(net.as_of)
    home = schema.classes[PLATFORM].stage or ""
    ours = [s.id for chain in schema.chains for s in chain.stages if s.id != home]
    classes = schema.ends((PLATFORM,))
    parts = []
    for cls in classes:
        batches, area = (
            f"c.{name}::DOUBLE" if has_column(schema, cls, name) else "NULL::DOUBLE"
            for name in ("batches_per_year", "floor_area")
        )
        parts.append(
            f"SELECT c.k, {batches} AS batches, {area} AS area FROM {ident('n_' + cls)} c"
            " WHERE c.dissolved_on IS NULL"
            f" OR c.dissolved_on >= left({day}, length(c.dissolved_on))"
        )
    times = "r.times" if has_column(schema, "PROVIDES_SERVICE_TO", "times") else "1"
    capacity = "max(p.capacity)" if has_column(schema, "PROVIDES", "capacity") else "NULL"
    found = source.con.execute(
        f"WITH plant AS ({' UNION ALL '.join(parts)}),"
        f' said AS (SELECT p.f AS k, p.t, {capacity} AS capacity FROM "r_PROVIDES" p'
        f" WHERE {current(source, 'PROVIDES', 'p', net.as_of)} GROUP BY p.f, p.t),"
        f" serves AS (SELECT p.k, l.i AS stage FROM plant p, {LINK} l JOIN node n ON n.k = l.k"
        f" WHERE n.id = {literal(home)}"
        f" UNION SELECT s.k, l.i FROM said s JOIN {LINK} l ON l.k = s.t JOIN node n ON n.k = s.t"
        f" WHERE n.id = {literal(home)} OR (s.k IN (SELECT k FROM plant) AND n.class IN"
        f" {literals(schema.subclasses('Stage'))} AND n.id NOT IN {literals(ours)})),"
        f" year AS (SELECT r.f AS k, left(r.start, 4) AS year, sum(coalesce({times}, 1)) AS times"
        f' FROM "r_PROVIDES_SERVICE_TO" r WHERE r.service = {literal(SERVICE)}'
        f" AND r.start <= left({day}, length(r.start))"
        f" AND NOT coalesce(r.planned, false) GROUP BY 1, 2)"
        " SELECT s.k, s.stage, coalesce(p.batches, d.capacity)::DOUBLE AS batches, p.area,"
        " (SELECT max(y.times)::DOUBLE FROM year y WHERE y.k = s.k) AS busiest"
        f" FROM serves s JOIN node n ON n.k = s.k LEFT JOIN plant p ON p.k = s.k"
        f" LEFT JOIN {LINK} l ON l.i = s.stage LEFT JOIN said d ON d.k = s.k AND d.t = l.k"
        f" WHERE NOT {placeholder(source)} ORDER BY s.stage, n.id"
    ).fetchnumpy()
    return {**found}


def ended(net: Network) -> Ints:
    """Keys of units that left a stage by the day of the network and are on record at no other
    since: what was given up waits for nothing. Pairs of unit and stage position, as two rows."""
    found = net.source.con.execute(
        f'SELECT r.f AS k, l.i AS stage FROM "r_REACHED" r JOIN {LINK} l ON l.k = r.t'
        f" WHERE NOT ({lasting(net.source, 'REACHED', 'r', net.as_of)})"
        f" GROUP BY 1, 2 ORDER BY 1, 2"
    ).fetchnumpy()
    return np.stack([ints(found["k"]), ints(found["stage"])])
