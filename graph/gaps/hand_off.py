"""hand-off 转化断点: two neighbouring steps of a chain between which hardly anything passes.

Definition
    A unit (achievement, project, team, firm) reached a step where REACHED says so, where it RAISED
    a round that stands for a stage of the capital chain, or where a platform INCUBATES it whose
    class stands for a stage. Steps are neighbours by PRECEDES, or as the innovation, incubation
    and capital chains have them. At risk at a step are the units that reached it on a known day,
    at least the usual time to pass (the median of those that passed) before the date of the data
    (the latest day that is said of any step); who entered later is not counted, whether it passed
    or not, nor who was at the later step before. Passed are those of them that reached the later
    step on that day or after. A hand-off is broken where the rate, passed / at_risk, is below
    `hand-off.below` times that of the chain's other steps (the median of those with
    `hand-off.units` at risk), and below chance with q < `hand-off.q`.
Chance
    Of M units in the chain n reached the later step and N were at risk: that at most `passed` of
    these are among the n has the hypergeometric p, which keeps how many reached each step;
    `expected` is N·n/M. Where more than `hand-off.feeds` of those n came from the earlier step,
    order is by construction and that comparison is void (as it is where nobody came there). It is
    void, too, where fewer passed than expected but n is so small, as a break makes it, that even no
    pass at all would be no wonder among so many tests (p ≥ `hand-off.q` / tests; Tarone 1990). Then
    M are all that were at risk at any step of the chain, n all that passed one, N and `passed` as
    before (Fisher's exact test against the other steps; `null` says which: `degrees` or `steps`).
    q is p after Benjamini and Hochberg over all hand-offs that were assessed.
Value
    `at_risk`, `passed`, `rate`, `others_rate`, `median_months` (of those that passed; None where
    nobody did), `expected`, `p`, `q`, `null`, `recent` (entered too late to be counted). Severity
    is 1 − rate / others_rate, 0 to 1. Coverage is the share of the units at the step with a day.
    Stability is the share of draws without a tenth of what is said in which it is still broken.
Region
    With `--region` all of this is asked of the units that are there: by LOCATED_IN, else where
    those are that undertake, develop or own them. The date of the data stays that of the record.
    Coverage then counts units without a known place as not there to be seen.
Not assessed
    Fewer than `hand-off.units` at risk, or no days; a later step that nobody in the whole record
    reached (not recorded, rather than never reached); no other step to compare with.
Needs
    PRECEDES, or stages of the chains that always hold; REACHED.start, FundingRound.round and
    FundingRound.date with RAISED, or INCUBATES.start.
Reference
    Fisher 1922; Tarone, Biometrics 46, 1990; Benjamini and Hochberg, J. R. Stat. Soc. B 57, 1995.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from graph.gaps.chance import adjusted, at_most
from graph.gaps.derivation import hand_off as derivation
from graph.gaps.method import Action, Ask, Clause, Enough, Found, Method, Node, Rows, Unknown
from graph.gaps.stability import Ranks, draws_of, seed
from graph.network import Network
from graph.network.source import Bools, Floats, Ints
from graph.network.steps import RELATIONS, Pairs, Steps, pairs, steps
from graph.network.units import region_of_units


@dataclass(frozen=True)
class Cohorts:
    """What became of those that entered a step, per pair; `months` of a pass, NaN for none.

    `reached` are those at the later step and `size` all units of the chain, both without those
    that cannot be counted at the earlier; `dated` is the share of entries with a day, `stuck` who
    was at risk and did not pass.
    """

    at_risk: Ints
    passed: Ints
    months: Floats
    reached: Ints
    size: Ints
    recent: Ints
    entered: Ints
    dated: Floats
    stuck: tuple[Steps, ...]


@dataclass(frozen=True)
class Tested:
    """Per pair; NaN where it cannot be assessed."""

    rate: Floats
    others: Floats
    expected: Floats
    p: Floats
    q: Floats
    by_degrees: Bools
    broken: Bools


def _position(rows: Steps, units: Ints) -> Ints:
    """Where each of `units` stands in the rows of one stage; -1 for none."""
    if not len(rows):
        return np.full(len(units), -1, dtype=np.int64)
    place = np.minimum(np.searchsorted(rows.unit, units), len(rows) - 1)
    return np.where(rows.unit[place] == units, place, -1)


def _passes(early: Steps, late: Steps) -> tuple[Bools, Bools, Floats]:
    """Who of `early` went on, who was there before, and the months that it took."""
    place = _position(late, early.unit)
    there = place >= 0
    if not len(late):
        return there, there, np.full(len(early), np.nan)
    last, middle = late.last[place], late.middle[place]
    before = there & (last < early.first)
    went = there & ~before
    months = np.where(went, np.maximum(middle - early.middle, 0), np.nan)
    return went, before, months


def _median(values: Floats, otherwise: float) -> float:
    known = values[~np.isnan(values)]
    return float(np.median(known)) if len(known) else otherwise


def cohorts(said: Steps, listed: Pairs, until: float) -> Cohorts:
    """Follows those that entered the earlier step of each pair; `until` is the date of the data."""
    seen = [(said.at(int(f)), said.at(int(t))) for f, t in zip(listed.f, listed.t, strict=True)]
    passes = [_passes(early, late) for early, late in seen]
    months = np.array([_median(took, np.nan) for _, _, took in passes])
    counts = np.zeros((6, len(listed)), dtype=np.int64)
    dated, stuck = np.ones(len(listed)), []
    for i, ((early, late), (went, before, _)) in enumerate(zip(seen, passes, strict=True)):
        same = listed.group == listed.group[i]
        usual = months[i] if not np.isnan(months[i]) else _median(months[same], 0.0)
        stages = np.union1d(listed.f[same], listed.t[same])
        day = ~np.isnan(early.first)
        late_in = day & (early.middle > until - usual)
        counted = day & ~late_in & ~before
        out = early.unit[~counted & ~before]
        size = len(np.setdiff1d(said.unit[np.isin(said.stage, stages)], out))
        reached = len(np.setdiff1d(late.unit, out))
        row = (counted.sum(), (counted & went).sum(), reached, size, late_in.sum(), len(early))
        counts[:, i] = row
        dated[i] = day.mean() if len(day) else 1.0
        stuck.append(early.keep(counted & ~went))
    at_risk, passed, n, size_of, recent, entered = counts
    return Cohorts(at_risk, passed, months, n, size_of, recent, entered, dated, tuple(stuck))


def tested(seen: Cohorts, listed: Pairs, ask: Ask, recorded: Bools | None = None) -> Tested:
    """Compares each pair with its chain's other steps and with chance. `recorded` says whether
    anybody on record reached the later step, those that `seen` leaves out too."""
    recorded = seen.reached > 0 if recorded is None else recorded
    judged = (seen.at_risk >= ask["hand-off.units"]) & recorded
    rate = np.where(judged, seen.passed / np.maximum(seen.at_risk, 1), np.nan)
    others, expected, p = (np.full(len(listed), np.nan) for _ in range(3))
    by_degrees = np.zeros(len(listed), dtype=np.bool_)
    bound = ask["hand-off.q"] / max(int(judged.sum()), 1)
    for i in np.flatnonzero(judged).tolist():
        same = judged & (listed.group == listed.group[i])
        rest = same & (np.arange(len(listed)) != i)
        if not rest.any():
            continue
        others[i] = np.median(rate[rest])
        drawn, passed = int(seen.at_risk[i]), int(seen.passed[i])
        reached = int(seen.reached[i])
        size = int(seen.size[i])
        by_degrees[i] = reached > 0 and passed <= ask["hand-off.feeds"] * reached
        by_degrees[i] &= (
            passed * size >= drawn * reached or at_most(0, size, reached, drawn) < bound
        )
        if by_degrees[i]:
            whole, marked = int(seen.size[i]), int(seen.reached[i])
        else:
            whole, marked = int(seen.at_risk[same].sum()), int(seen.passed[same].sum())
        expected[i] = drawn * marked / whole
        p[i] = at_most(passed, whole, marked, drawn)
    known = ~np.isnan(p)
    q = np.full(len(listed), np.nan)
    q[known] = adjusted(p[known])
    broken = known & (rate < ask["hand-off.below"] * np.nan_to_num(others))
    return Tested(rate, others, expected, p, q, by_degrees, broken & (q < ask["hand-off.q"]))


def _find(net: Network, ask: Ask) -> Iterator[Found | Unknown]:
    listed, said = pairs(net), steps(net)
    if not len(listed):
        enough = Enough(0, 2, "steps-following")
        yield Unknown(_lacking(net), text="hand-off-no-steps", chain="innovation", enough=enough)
        return
    whole, placed = said, np.ones(len(listed))
    if ask.region is not None:
        said, placed = _within(net, ask, said, listed)
    seen = cohorts(said, listed, said.until)
    recorded = np.isin(listed.t, whole.stage)
    result = tested(seen, listed, ask, recorded)
    stable, places = _stable(net, ask, said, listed, result.broken, recorded)
    for i in range(len(listed)):
        ends = int(net.links[listed.f[i]]), int(net.links[listed.t[i]])
        if np.isnan(result.p[i]):
            yield _unknown(seen, listed, ask, i, ends, bool(recorded[i]))
        elif result.broken[i]:
            found = _broken(seen, result, listed, ask, i, ends, float(stable[i]))
            told = partial(derivation.steps, net, ask, said, listed, seen, result, i, _passes)
            found = replace(found, rank_range=places.range(i), steps=told)
            yield _placed(found, float(placed[i]))


def _placed(found: Found, placed: float) -> Found:
    """Of a region: units of which it is not known where they are may be there or not."""
    if placed == 1:
        return found
    unplaced = ("brokerage.reason-unplaced", {"part": placed})
    coverage = (found.coverage or 0.0) * placed
    return replace(found, coverage=coverage, reasons=(*found.reasons, unplaced))


def _broken(
    seen: Cohorts,
    result: Tested,
    listed: Pairs,
    ask: Ask,
    i: int,
    ends: tuple[int, int],
    stable: float,
) -> Found:
    rate, others = float(result.rate[i]), float(result.others[i])
    null = "degrees" if result.by_degrees[i] else "steps"
    median = None if np.isnan(seen.months[i]) else float(seen.months[i])
    counts = {"at_risk": int(seen.at_risk[i]), "passed": int(seen.passed[i])}
    chance = {"expected": float(result.expected[i]), "p": float(result.p[i])}
    time = Clause("brokerage.hand-off-months", {"months": median}) if median is not None else ""
    dated = float(seen.dated[i])
    undated = (("brokerage.reason-undated", {"part": dated}),) if dated < 1 else ()
    return Found(
        subject=ends[0],
        object=ends[1],
        severity=1 - rate / others,
        order=(float(seen.at_risk[i]),),
        action=Action.STRENGTHEN if counts["passed"] else Action.ADD,
        chain=listed.kind[i],
        values={
            **counts,
            "rate": rate,
            "others_rate": others,
            "median_months": median,
            **chance,
            "q": float(result.q[i]),
            "null": null,
            "recent": int(seen.recent[i]),
        },
        says={
            **counts,
            "rate": rate,
            "others": others,
            "chance": Clause(f"brokerage.hand-off-{null}", {"expected": chance["expected"]}),
            "time": time,
        },
        coverage=dated,
        stability=stable,
        reasons=undated,
        evidence=_evidence(seen.stuck[i], int(ask["evidence.rows"])),
    )


def _evidence(stuck: Steps, most: int) -> tuple[Rows, ...]:
    """What says that those who did not pass had come that far, by their ids."""
    first = np.argsort(stuck.order, kind="stable")[:most]
    return tuple(
        Rows(RELATIONS[stuck.relation[r]], of=int(stuck.f[r]), to=int(stuck.t[r])) for r in first
    )


def _unknown(
    seen: Cohorts, listed: Pairs, ask: Ask, i: int, ends: tuple[int, int], recorded: bool
) -> Unknown:
    counts = {"at_risk": int(seen.at_risk[i]), "entered": int(seen.entered[i])}
    said, least = listed.said[i], int(ask["hand-off.units"])
    few = seen.at_risk[i] < ask["hand-off.units"]
    if few and seen.entered[i] >= ask["hand-off.units"] and seen.dated[i] < 1:
        missing, text = said[-1:], "hand-off-undated"
        enough = Enough(counts["at_risk"], least, "units-dated")
    elif few:
        missing, text = said, "hand-off-few"
        enough = Enough(counts["at_risk"], least, "units-dated")
    elif not recorded:
        missing, text, enough = said[:1], "hand-off-nobody", Enough(0, 1, "units-later")
    else:
        missing, text, enough = said[:1], "hand-off-alone", Enough(0, 1, "steps-compared")
    return Unknown(
        missing,
        subject=ends[0],
        chain=listed.kind[i],
        values={"object": Node(ends[1]), **counts},
        text=text,
        says={"later": Node(ends[1]), **counts},
        enough=enough,
    )


def _lacking(net: Network) -> tuple[str, ...]:
    """What a record lacks in which no two stages follow each other."""
    ((rounds,),) = net.source.con.execute(
        'SELECT count(*) > 0 AND count(round) = 0 FROM "n_FundingRound"'
    ).fetchall()
    return (*(("FundingRound.round",) if rounds else ()), "PRECEDES", "REACHED")


def _stable(
    net: Network, ask: Ask, said: Steps, listed: Pairs, broken: Bools, recorded: Bools
) -> tuple[Floats, Ranks]:
    """How often each stays broken with a tenth of what is said gone, and in which place."""
    kept, places = np.zeros(len(listed)), Ranks()
    if not broken.any():
        return kept, places
    draws = draws_of(len(said), ask)
    for draw in range(draws):
        rows = np.random.default_rng((seed(net), draw)).random(len(said))
        thinned = said.keep(rows >= ask["stability.removed"])
        less = cohorts(thinned, listed, said.until)
        again = tested(less, listed, ask, recorded)
        kept += again.broken
        at = np.flatnonzero(again.broken).tolist()
        places.add({i: (1 - again.rate[i] / again.others[i], float(less.at_risk[i])) for i in at})
    return kept / max(draws, 1), places


def _within(net: Network, ask: Ask, said: Steps, listed: Pairs) -> tuple[Steps, Floats]:
    """What is said of units of the region; and per pair the share of the units at its earlier step
    of which it is known where they are."""
    region = region_of_units(net, said.unit)
    inside = np.zeros(len(net.places.regions) + 1, dtype=np.bool_)
    inside[net.places.inside(ask.region or 0)] = True
    known = [region[said.stage == f] >= 0 for f in listed.f.tolist()]
    placed = np.array([some.mean() if len(some) else 1.0 for some in known])
    return said.keep(inside[region]), placed


METHOD = Method("hand-off", family="brokerage", version="3", find=_find, regional=True)
