"""pilot-capacity, told: who waits, what each platform can take, and what is left over."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from graph.finding import Calculation
from graph.gaps.derivation.arithmetic import SHOWN, added, calculate, given, number
from graph.gaps.method import Ask, Node, Rows, Step
from graph.network import Network
from graph.network.pilots import BY_AREA, BY_SERVICE, SAID, Platforms
from graph.network.steps import RELATIONS

if TYPE_CHECKING:
    from graph.gaps.pilot_capacity import Queue


def derive(net: Network, ask: Ask, stage: int, waits: "Queue", plants: Platforms) -> Iterator[Step]:
    """Demand, capacity, severity."""
    rows = waits.rows
    first = np.argsort(rows.order, kind="stable")[:SHOWN]
    demand = float(waits.demand)
    yield Step(
        "pilots.step-demand",
        {"waiting": len(rows), "asks": len(waits.asks), "entered": waits.entered},
        tuple(
            Rows(RELATIONS[rows.relation[r]], of=int(rows.f[r]), to=int(rows.t[r])) for r in first
        )
        + tuple(Rows("NEEDS", of=int(k), to=int(net.links[stage])) for k in waits.asks[:SHOWN]),
        (
            calculate(
                "demand",
                "{waiting} + {applications}",
                demand,
                waiting=len(rows),
                applications=len(waits.asks),
            ),
        ),
    )
    most = ask["pilot-capacity.load"]
    known = plants.capacity[~np.isnan(plants.capacity)]
    able = float(known.mean() * len(plants))
    total = added("Σ known", "", known.tolist(), float(known.sum()))
    each = calculate(
        "capacity",
        "{sum} / {known} × {platforms}",
        able,
        sum=float(known.sum()),
        known=len(known),
        platforms=len(plants),
    )
    yield Step(
        "pilots.step-capacity",
        {"platforms": len(plants), "known": len(known)},
        calculations=(total, each),
        parts=tuple(_platform(plants, i) for i in range(min(len(plants), SHOWN))),
    )
    yield Step(
        "pilots.step-severity",
        calculations=(
            calculate("load", "{demand} / {capacity}", demand / able, demand=demand, capacity=able)
            if able
            else given("capacity", 0.0),
            calculate(
                "severity",
                "1 - {load} × {capacity} / {demand}",
                1 - most * able / demand,
                load=most,
                capacity=able,
                demand=demand,
            ),
        ),
    )


def _platform(plants: Platforms, i: int) -> Step:
    """What one platform can take, and what that is from."""
    k, basis = int(plants.k[i]), int(plants.basis[i])
    value = float(plants.capacity[i])
    done: tuple[Calculation, ...] = ()
    if basis in (SAID, BY_SERVICE):
        done = (given("capacity", value),)
    elif basis == BY_AREA:
        area = float(plants.area[i])
        done = (Calculation("capacity", "", f"{number(area)} × {number(value / area)}", value),)
    texts = {SAID: "said", BY_AREA: "area", BY_SERVICE: "service"}
    return Step(
        f"pilots.step-{texts.get(basis, 'unsaid')}",
        {"platform": Node(k)},
        (Rows("PilotTestPlatform", of=k), Rows("PROVIDES_SERVICE_TO", of=k)),
        done,
    )
