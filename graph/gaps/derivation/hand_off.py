"""hand-off: who reached the earlier step, who of them went on, against other steps and chance."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from graph.gaps.derivation.arithmetic import SHOWN, calculate
from graph.gaps.derivation.chances import of_many, tail
from graph.gaps.method import Ask, Node, Rows, Step
from graph.network import Network
from graph.network.source import Bools, Floats, Ints
from graph.network.steps import RELATIONS, Pairs, Steps
from graph.rows import number

if TYPE_CHECKING:
    from graph.gaps.hand_off import Cohorts, Tested


def steps(
    net: Network,
    ask: Ask,
    said: Steps,
    listed: Pairs,
    seen: "Cohorts",
    result: "Tested",
    i: int,
    passes: Callable[[Steps, Steps], tuple[Bools, Bools, Floats]],
) -> Iterator[Step]:
    """From the entries of the earlier step to the severity; `passes` says who went on."""
    early, late = said.at(int(listed.f[i])), said.at(int(listed.t[i]))
    ends = {
        "earlier": Node(int(net.links[listed.f[i]])),
        "later": Node(int(net.links[listed.t[i]])),
    }
    went, before, months = passes(early, late)
    usual = float(seen.months[i])
    if np.isnan(usual):
        known = seen.months[(listed.group == listed.group[i]) & ~np.isnan(seen.months)]
        usual = float(np.median(known)) if len(known) else 0.0
    day = ~np.isnan(early.first)
    late_in = day & ~before & (early.middle > said.until - usual)
    counted = day & ~before & ~late_in
    yield _entered(ends, said.until, usual, early, before, day, late_in, counted)
    yield _went_on(ends, early, counted & went, counted & ~went, months)
    n, passed, rate = int(counted.sum()), int((counted & went).sum()), float(result.rate[i])
    told = calculate("rate", "{passed} / {at_risk}", rate, passed=passed, at_risk=n)
    yield Step("explain-passing.rate", ends, calculations=(told,))
    yield _others(net, ask, listed, seen, result, i)
    yield from _chance(ask, listed, seen, result, i)
    others = float(result.others[i])
    end = calculate(
        "severity", "1 - {rate} / {others}", 1 - rate / others, rate=rate, others=others
    )
    below = number(ask["hand-off.below"])
    yield Step("explain-passing.broken", {"below": below}, calculations=(end,))


def _chance(ask: Ask, listed: Pairs, seen: "Cohorts", result: "Tested", i: int) -> Iterator[Step]:
    """How likely so few are, given how many reach each step, or pass at any."""
    drawn, passed = int(seen.at_risk[i]), int(seen.passed[i])
    if result.by_degrees[i]:
        whole, marked, text = int(seen.size[i]), int(seen.reached[i]), "by-degrees"
    else:
        same = ~np.isnan(result.rate) & (listed.group == listed.group[i])
        whole, marked = int(seen.at_risk[same].sum()), int(seen.passed[same].sum())
        text = "by-steps"
    yield tail(float(result.p[i]), passed, whole, marked, drawn, f"explain-passing.{text}")
    yield from of_many(result.p, i, float(result.q[i]), ask["hand-off.q"])


def _entered(
    ends: dict[str, Node],
    until: float,
    usual: float,
    early: Steps,
    before: Bools,
    day: Bools,
    late_in: Bools,
    counted: Bools,
) -> Step:
    """Who is left out: who was further already, who has no day, who came too late to be judged."""
    numbers = {
        "entered": len(early),
        "before": int(before.sum()),
        "undated": int((~day & ~before).sum()),
        "recent": int(late_in.sum()),
    }
    formula = "{entered} - {before} - {undated} - {recent}"
    at_risk = calculate("at_risk", formula, int(counted.sum()), **numbers)
    says: dict[str, Any] = {**ends, **numbers, "until": month(until), "usual": number(usual)}
    return Step("explain-passing.entered", says, calculations=(at_risk,))


def month(value: float) -> str:
    """A month counted from year 0 as a date.

    >>> month(2021 * 12 + 3.0), month(2021 * 12 + 12.0)
    ('2021-03', '2021-12')
    """
    whole = int(value) - 1
    return f"{whole // 12:04d}-{whole % 12 + 1:02d}"


def _went_on(
    ends: dict[str, Node], early: Steps, went: Bools, stuck: Bools, months: Floats
) -> Step:
    """The units themselves, those that went on first, with the day on which they entered."""
    at = np.concatenate([_by_id(early, went), _by_id(early, stuck)])
    most = SHOWN // 2
    shown = [*_by_id(early, went)[:most].tolist(), *_by_id(early, stuck)[:most].tolist()]
    parts = []
    for i in shown:
        says: dict[str, Any] = {
            "unit": Node(int(early.unit[i])),
            "day": month(float(early.middle[i])),
            "months": number(np.nan_to_num(months[i])),
        }
        line = Rows(RELATIONS[early.relation[i]], of=int(early.f[i]), to=int(early.t[i]))
        key = "went" if went[i] else "stuck"
        parts.append(Step(f"explain-passing.{key}", says, (line,)))
    if len(at) > len(shown):
        parts.append(Step("explain-passing.more-units", {"count": len(at) - len(shown)}))
    counts = {"passed": int(went.sum()), "stuck": int(stuck.sum())}
    return Step("explain-passing.units", {**ends, **counts}, parts=tuple(parts))


def _by_id(rows: Steps, which: Bools) -> Ints:
    at = np.flatnonzero(which)
    return at[np.argsort(rows.order[at], kind="stable")]


def _others(
    net: Network, ask: Ask, listed: Pairs, seen: "Cohorts", result: "Tested", i: int
) -> Step:
    """The rates of the chain's other steps, and their median."""
    judged = ~np.isnan(result.rate) & (listed.group == listed.group[i])
    at = np.flatnonzero(judged & (np.arange(len(listed)) != i))
    at = at[np.lexsort((at, result.rate[at]))]
    parts = []
    for j in at[:SHOWN].tolist():
        a, b = int(seen.at_risk[j]), int(seen.passed[j])
        says: dict[str, Any] = {
            "earlier": Node(int(net.links[listed.f[j]])),
            "later": Node(int(net.links[listed.t[j]])),
            "at_risk": a,
            "passed": b,
        }
        rate = calculate("rate", "{passed} / {at_risk}", b / a, passed=b, at_risk=a)
        parts.append(Step("explain-passing.other", says, (), (rate,)))
    if len(at) > SHOWN:
        parts.append(Step("explain-passing.more-others", {"count": len(at) - SHOWN}))
    rates = result.rate[at]
    low, high = float(rates[(len(rates) - 1) // 2]), float(rates[len(rates) // 2])
    said: dict[str, Any] = {"count": len(at), "least": int(ask["hand-off.units"])}
    said |= {"a": number(low), "b": number(high)}
    middle = calculate("others", "({a} + {b}) / 2", float(result.others[i]), a=low, b=high)
    return Step("explain-passing.others", said, (), (middle,), tuple(parts))
