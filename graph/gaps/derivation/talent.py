"""How a balance of people came about: who is needed, who is educated, who stays."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from graph.gaps.derivation.arithmetic import SHOWN, added, calculate
from graph.gaps.method import Ask, Node, Rows, Step
from graph.network import Network
from graph.network.source import Ints
from graph.rows import number

if TYPE_CHECKING:
    from graph.gaps.talent import Work
    from graph.gaps.talent_balance import Balance, People


def shortage(
    net: Network,
    ask: Ask,
    rows: "People",
    seen: "Balance",
    work: "Work",
    link: int,
    fields: list[int],
    severity: float,
) -> Iterator[Step]:
    """From the rows of need and education to the severity of a shortage at a link."""
    k, employed = int(net.links[link]), float(work.employed[link])
    want, most = float(seen.needed[link]), float(seen.most[link])
    mine = rows.asked.link == link
    asked = rows.asked.count[mine].tolist()
    observation = rows.seen.who[rows.seen.link == link].tolist()
    if abs(sum(asked) - want) < 1e-9:
        yield Step(
            "talent.step-needs",
            rows=(Rows("NEEDS", to=k),),
            calculations=(added("needed", "Σ n", asked, want),),
            parts=_each(_NEED, rows.asked.who[mine], np.full(mine.sum(), k), asked),
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
        _each(
            _SCHOOL,
            rows.taught.school[taught],
            rows.taught.of[taught],
            rows.taught.count[taught].tolist(),
        ),
    )
    stay = float(seen.kept[link])
    if np.isfinite(seen.stay[link]):
        flows = int(seen.flows[link])
        stays = calculate("stay", "{here} / {people}", stay, here=stay * flows, people=flows)
        yield Step("talent.step-stay", _people(flows, stay), calculations=(stays,))
    yield _at_work(net, work, link)
    yield Step(
        "talent.step-vacancy",
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
    spare = float(seen.largest[link])
    met = calculate(
        "met",
        "{stay} × ({educated} + {largest}) / {needed}",
        stay * (most + spare) / want,
        stay=stay,
        educated=most,
        largest=spare,
        needed=want,
    )
    says = {"largest": spare, "met": ask["talent.met"]}
    yield Step("talent.step-spare", says, calculations=(met,))
    gap = calculate(
        "severity",
        "1 - {stay} × {educated} / {needed}",
        severity,
        stay=stay,
        educated=most,
        needed=want,
    )
    yield Step("talent.step-shortage", calculations=(gap,))


def _at_work(net: Network, work: "Work", link: int) -> Step:
    """Those who work on the link: the employees of each provider over what that provides."""
    mine = np.flatnonzero((work.rows.link == link) & ~np.isnan(work.staff))
    mine = mine[np.argsort(-(work.staff / work.kinds)[mine], kind="stable")]
    terms = (work.staff / work.kinds)[mine].tolist()
    parts = []
    shown = mine if len(mine) <= SHOWN + 1 else mine[:SHOWN]
    for row in shown.tolist():
        who, staff, kinds = int(net.actors[work.rows.who[row]]), work.staff[row], work.kinds[row]
        says = {"who": Node(who), "staff": float(staff), "kinds": int(kinds)}
        each = calculate("w", "{staff} / {kinds}", staff / kinds, staff=staff, kinds=kinds)
        parts.append(Step("talent.step-provider", says, calculations=(each,)))
    rows = (Rows("PROVIDES", to=int(net.links[link])),)
    total = added("employed", "Σ w", terms, float(work.employed[link]))
    return Step("talent.step-employed", {}, rows, (total,), (*parts, *_more(terms)))


_NEED, _SCHOOL = "talent.step-need", "talent.step-school"


def _each(text: str, who: Ints, what: Ints, terms: list[float]) -> tuple[Step, ...]:
    """A line for each term of a sum that is written out: who says how many, and of what."""
    shown = len(terms) if len(terms) <= SHOWN + 1 else SHOWN
    lines = zip(who[:shown].tolist(), what[:shown].tolist(), terms[:shown], strict=True)
    each = (Step(text, {"who": Node(w), "what": Node(k), "count": number(n)}) for w, k, n in lines)
    return (*each, *_more(terms))


def _more(terms: list[float]) -> tuple[Step, ...]:
    """What a long sum does not write out."""
    if len(terms) <= SHOWN + 1:
        return ()
    rest = terms[SHOWN:]
    return (Step("talent.step-more", {"count": len(rest), "sum": number(sum(rest))}),)


def _people(flows: int, stay: float) -> dict[str, int]:
    return {"people": flows, "here": round(stay * flows)}


def outflow(who: list[int], flows: int, stay: float) -> Iterator[Step]:
    """From the people whose employers are known to the share that leaves."""
    rows = tuple(Rows("EMPLOYS", to=p) for p in who)
    here = calculate("stay", "{here} / {people}", stay, here=stay * flows, people=flows)
    yield Step("talent.step-stay", _people(flows, stay), rows, (here,))
    gone = calculate("severity", "1 - {stay}", 1 - stay, stay=stay)
    yield Step("talent.step-outflow", calculations=(gone,))
