"""How a balance of people came about: who is needed, who is educated, who stays."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from graph.gaps.derivation.arithmetic import added, calculate
from graph.gaps.method import Node, Rows, Step

if TYPE_CHECKING:
    from graph.gaps.talent import Balance, People


def shortage(
    rows: "People",
    seen: "Balance",
    link: int,
    k: int,
    fields: list[int],
    employed: float,
    severity: float,
) -> Iterator[Step]:
    """From the rows of need and education to the severity of a shortage at the link `k`."""
    want, most = float(seen.needed[link]), float(seen.most[link])
    asked = rows.asked.count[rows.asked.link == link].tolist()
    observation = rows.seen.who[rows.seen.link == link].tolist()
    if abs(sum(asked) - want) < 1e-9:
        yield Step(
            "talent.step-needs",
            rows=(Rows("NEEDS", to=k),),
            calculations=(added("needed", "Σ n", asked, want),),
        )
    else:
        yield Step(
            "talent.step-observed",
            {"needed": want},
            tuple(Rows("OBSERVES", of=o) for o in observation),
        )
    taught = np.isin(rows.taught.of, fields) & ~np.isnan(rows.taught.count)
    yield Step(
        "talent.step-educated",
        {"fields": [Node(f) for f in fields]},
        tuple(Rows("EDUCATES", to=f) for f in fields),
        (added("educated", "Σ e", rows.taught.count[taught].tolist(), most),),
    )
    stay = float(seen.kept[link])
    if np.isfinite(seen.stay[link]):
        flows = int(seen.flows[link])
        stays = calculate("stay", "{here} / {people}", stay, here=stay * flows, people=flows)
        yield Step("talent.step-stay", {"people": flows}, calculations=(stays,))
    yield Step(
        "talent.step-vacancy",
        rows=(Rows("PROVIDES", to=k),),
        calculations=(
            calculate(
                "vacancy_rate",
                "{needed} / ({needed} + {employed})",
                want / (want + employed),
                needed=want,
                employed=employed,
            ),
        ),
    )
    gap = calculate(
        "severity",
        "1 - {stay} × {educated} / {needed}",
        severity,
        stay=stay,
        educated=most,
        needed=want,
    )
    yield Step("talent.step-shortage", calculations=(gap,))


def outflow(who: list[int], flows: int, stay: float) -> Iterator[Step]:
    """From the people whose employers are known to the share that leaves."""
    rows = tuple(Rows("EMPLOYS", to=p) for p in who)
    here = calculate("stay", "{here} / {people}", stay, here=stay * flows, people=flows)
    yield Step("talent.step-stay", {"people": flows}, rows, (here,))
    gone = calculate("severity", "1 - {stay}", 1 - stay, stay=stay)
    yield Step("talent.step-outflow", calculations=(gone,))
