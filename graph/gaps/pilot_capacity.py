"""pilot-capacity 中试供需: more waits for pilot production than the plants can take in a year.

Definition
    Of a pilot stage, the demand is who waits before it: units (achievement, project, team, firm)
    that reached the step before within `pilot-capacity.months` of the date of the data (or on no
    known day), have not left it, and reached neither the pilot stage nor one after; and who asks
    for it (NEEDS) beside them. The capacity is what the platforms that serve the stage can take in
    a year: `batches_per_year` or PROVIDES.capacity as stated; else `floor_area` times the median of
    batches per square metre, where `pilot-capacity.platforms` state both; else what it did in its
    busiest year (PROVIDES_SERVICE_TO 中试熟化, `times`). A platform of which nothing is known
    counts as the average of the others. It is found where demand is above `pilot-capacity.load`
    times the capacity: the queue is longer than a year. `--region` looks at the platforms and units
    of a place; a unit without a place is where those sit that undertake, develop or own it.
Value
    `demand`, `waiting`, `applications`, `capacity`, `load` (demand / capacity, years to clear the
    queue), `platforms`, `platforms_known`, `median_months` (since they came to the step before).
    Severity is 1 − `pilot-capacity.load` · capacity / demand: with a load of 1 the share that
    cannot be taken within the year, 0 to 1. Coverage is the share of
    platforms whose capacity is stated (a derived one counts half), times (1 + d) / 2 with d the
    share of those waiting that have a day. Stability is the share of
    draws without a tenth of units and platforms in which it is still found.
Not assessed
    No platform; less than `pilot-capacity.known` of them with a capacity; nobody at the step before
    and nobody who asks; fewer than `pilot-capacity.units` of these; a pilot stage that nobody on
    record ever reached (who waits cannot be told from who was not recorded); with `--region`, a
    fifth of the units without a place.
Needs
    PilotTestPlatform.batches_per_year, floor_area or PROVIDES_SERVICE_TO; REACHED or NEEDS.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from math import ceil

import numpy as np

from graph.gaps.derivation.pilot_capacity import derive
from graph.gaps.method import Action, Ask, Clause, Enough, Found, Method, Node, Rows, Unknown
from graph.gaps.stability import Drawn, seed
from graph.network import Network
from graph.network.pilots import SAID, UNSAID, Platforms, ended, platforms
from graph.network.source import Bools, Floats, Ints
from graph.network.steps import RELATIONS, Pairs, Steps, pairs, steps
from graph.network.units import asking, region_of_units

CAPACITY = ("PilotTestPlatform.batches_per_year", "PilotTestPlatform.floor_area")
LOST = 0.2
"""With more of the units without a place, a region says nothing."""


@dataclass(frozen=True)
class Queue:
    """What waits before one stage. `rows` are what says that each unit came to the step before,
    `months` how long ago; `asks` are node keys of who asks; `entered` counts all that came to a
    step before, `unplaced` the share of them without a place."""

    rows: Steps
    months: Floats
    asks: Ints
    entered: int
    reached: int
    unplaced: float

    @property
    def demand(self) -> int:
        return len(self.rows) + len(self.asks)


def queue(net: Network, ask: Ask, stage: int, said: Steps, inside: Bools | None) -> Queue:
    """Who waits before `stage`; `inside` marks the regions that are asked for."""
    there = said.at(stage)
    passed = said.unit[np.isin(said.stage, _from(pairs(net), stage))]
    early = _latest(said.keep(np.isin(said.stage, _before(pairs(net), stage))))
    gone, here, unplaced = _left(net, early), np.ones(len(early), dtype=np.bool_), 0.0
    if inside is not None and len(early):
        region = region_of_units(net, early.unit)
        here, unplaced = np.append(inside, False)[region], float((region < 0).mean())
    months = said.until - early.middle
    fresh = np.isnan(months) | (months <= ask["pilot-capacity.months"])
    waits = here & fresh & ~gone & ~np.isin(early.unit, passed)
    asks = np.setdiff1d(asking(net, stage, inside), np.concatenate([early.unit[waits], passed]))
    return Queue(early.keep(waits), months[waits], asks, int(here.sum()), len(there), unplaced)


def _before(listed: Pairs, stage: int) -> list[int]:
    return [int(f) for f in listed.f[listed.t == stage]]


def _from(listed: Pairs, stage: int) -> list[int]:
    """The stage and all that come after it."""
    seen = [stage]
    for s in seen:
        seen.extend(t for t in listed.t[listed.f == s].tolist() if t not in seen)
    return seen


def _latest(rows: Steps) -> Steps:
    """Of each unit the row of the stage that it came to last."""
    order = np.lexsort((-np.nan_to_num(rows.last), rows.order))
    first = np.append(True, np.diff(rows.unit[order]) != 0)[: len(rows)]
    kept = np.zeros(len(rows), dtype=np.bool_)
    kept[order[first]] = True
    return rows.keep(kept)


def _left(net: Network, rows: Steps) -> Bools:
    """Which of the rows say of a unit that it has left that stage."""
    width = len(net) + 1
    gone = ended(net)
    return np.isin(rows.unit * width + rows.stage, gone[0] * width + gone[1])


def capacity_of(plants: Platforms) -> float:
    """What they can take in a year; one of which nothing is known counts as the average."""
    known = plants.capacity[~np.isnan(plants.capacity)]
    return float(known.mean() * len(plants)) if len(known) else float("nan")


def _find(net: Network, ask: Ask) -> Iterator[Found | Unknown]:
    plants = platforms(net, int(ask["pilot-capacity.platforms"]))
    inside = None
    if ask.region is not None:
        inside = np.zeros(len(net.places.regions), dtype=np.bool_)
        inside[net.places.inside(ask.region)] = True
        plants = plants.keep(np.append(inside, False)[plants.region])
    said, listed = steps(net), pairs(net)
    stages = np.intersect1d(np.union1d(plants.stage, _pilot(net)), listed.t)
    if not len(stages):
        missing = ("PRECEDES", "PilotTestPlatform") if not len(listed) else ("PilotTestPlatform",)
        least = {"least": int(ask["pilot-capacity.units"])}
        yield Unknown(missing, values=least, text="pilots.no-stage", says=least)
    judged: dict[int, tuple[Queue, Platforms]] = {}
    for stage in stages.tolist():
        waits = queue(net, ask, stage, said, inside)
        mine = plants.keep(plants.stage == stage)
        silent = _silent(net, ask, stage, waits, mine)
        if silent is not None:
            yield silent
        else:
            judged[stage] = waits, mine
    stable = _stable(net, ask, list(judged.values()))
    for at, (stage, (waits, mine)) in enumerate(judged.items()):
        if _short(ask, waits.demand, capacity_of(mine)) > 0:
            yield replace(_found(net, ask, stage, waits, mine), **stable.said(at))


def _short(ask: Ask, demand: int, able: float) -> float:
    """The share that cannot be taken within the time, 0 where all can, or nothing is known."""
    if not demand or np.isnan(able):
        return 0.0
    return max(0.0, 1 - ask["pilot-capacity.load"] * able / demand)


def _pilot(net: Network) -> Ints:
    """The stage at which the ontology has pilot-test platforms."""
    home = net.source.schema.classes["PilotTestPlatform"].stage
    rows = net.source.con.execute("SELECT k FROM node WHERE id = ?", [home]).fetchall()
    at = net.link_at(np.array([k for (k,) in rows], dtype=np.int64))
    return at[at >= 0]


def _silent(net: Network, ask: Ask, stage: int, waits: Queue, plants: Platforms) -> Unknown | None:
    """What is missing, where something is."""
    least = int(ask["pilot-capacity.units"])
    known = int((plants.basis != UNSAID).sum())
    counts = {"demand": waits.demand, "platforms": len(plants), "platforms_known": known}
    need = max(ceil(len(plants) * ask["pilot-capacity.known"]), 1)
    says: dict[str, object] = {**counts, "least": least, "least_known": need}
    says |= {"entered": waits.entered, "unplaced": waits.unplaced}
    missing: tuple[str, ...]
    enough = Enough(0, 1)
    if not len(plants):
        missing, text = ("PilotTestPlatform",), "no-platform"
    elif known < need:
        missing, text, enough = CAPACITY, "no-capacity", Enough(known, need)
    elif waits.unplaced > LOST:
        missing, text, enough = ("LOCATED_IN",), "no-place", Enough(1 - waits.unplaced, 1 - LOST)
    elif waits.entered + len(waits.asks) < least:
        missing, text = ("REACHED", "NEEDS"), "no-demand"
        enough = Enough(waits.entered + len(waits.asks), least)
    elif not waits.reached and not len(waits.asks):
        missing, text = ("REACHED",), "nobody"
    else:
        return None
    return Unknown(
        missing,
        subject=int(net.links[stage]),
        values={**counts, "entered": waits.entered, "least": least},
        text=f"pilots.{text}",
        says=says,
        enough=enough,
    )


def _found(net: Network, ask: Ask, stage: int, waits: Queue, plants: Platforms) -> Found:
    able = capacity_of(plants)
    dated = waits.months[~np.isnan(waits.months)]
    median = float(np.median(dated)) if len(dated) else None
    stated = float((plants.basis == SAID).mean())
    known = int((plants.basis != UNSAID).sum())
    counts = {
        "demand": waits.demand,
        "waiting": len(waits.rows),
        "applications": len(waits.asks),
        "platforms": len(plants),
        "platforms_known": known,
    }
    load = waits.demand / able if able else float("inf")
    first = np.argsort(waits.rows.order, kind="stable")[: int(ask["evidence.rows"])]
    rows = waits.rows
    reasons = (("pilots.reason-derived", {"part": 1 - stated}),) if stated < 1 else ()
    return Found(
        subject=int(net.links[stage]),
        severity=_short(ask, waits.demand, able),
        order=(float(waits.demand),),
        action=Action.STRENGTHEN,
        values={**counts, "capacity": able, "load": load, "median_months": median},
        text="pilots.short",
        says={
            **counts,
            "capacity": able,
            "load": load,
            "time": "" if median is None else Clause("pilots.months", {"months": median}),
        },
        coverage=_coverage(plants, len(dated), len(rows)),
        reasons=reasons,
        evidence=(
            *(Rows("PilotTestPlatform", of=int(k)) for k in plants.k[:3]),
            *(
                Rows(RELATIONS[rows.relation[r]], of=int(rows.f[r]), to=int(rows.t[r]))
                for r in first
            ),
            *(Rows("NEEDS", of=int(k), to=int(net.links[stage])) for k in waits.asks[:3]),
        ),
        candidates=tuple({"id": Node(int(k))} for k in plants.k[:3]),
        steps=partial(derive, net, ask, stage, waits, plants),
    )


def _coverage(plants: Platforms, dated: int, waiting: int) -> float:
    weight = np.select([plants.basis == SAID, plants.basis == UNSAID], [1.0, 0.0], 0.5)
    return float(weight.mean()) * (1 + (dated / waiting if waiting else 1.0)) / 2


def _stable(net: Network, ask: Ask, judged: list[tuple[Queue, Platforms]]) -> Drawn:
    """How often each is still found with a tenth of who waits and of the platforms gone, and in
    which place."""
    removed, drawn = ask["stability.removed"], Drawn()
    for draw in range(int(ask["stability.draws"]) if judged else 0):
        rng = np.random.default_rng((seed(net), draw))
        severity, demand = np.zeros(len(judged)), np.zeros(len(judged))
        for at, (waits, plants) in enumerate(judged):
            demand[at] = (rng.random(waits.demand) >= removed).sum()
            left = plants.keep(rng.random(len(plants)) >= removed)
            severity[at] = _short(ask, int(demand[at]), capacity_of(left))
        drawn.add(severity, demand)
    return drawn


METHOD = Method(
    "pilot-capacity",
    family="brokerage",
    version="1",
    find=_find,
    chain="innovation",
    regional=True,
)
