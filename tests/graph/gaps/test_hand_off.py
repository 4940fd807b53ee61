"""hand-off: what passes from one step to the next, by hand."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import false_discovery_control, hypergeom

from graph.gaps import run
from graph.gaps.chance import adjusted, at_most
from graph.record import Record

STEPS = ("research", "development", "concept", "pilot")


def ask(view, **how):
    return run(view, measures=["hand-off"], **{"as_of": "2026-11-24", **how})


def found(view, **how):
    return {f.subject.id: f for f in ask(view, **how).findings}


def unknown(view, **how):
    return {n.subject.id: n for n in ask(view, **how).not_assessed if n.subject}


def chain(toy):
    view = toy().add("InnovationChain", "chain").add("Stage", *STEPS)
    for stage in STEPS:
        view.link("PART_OF_CHAIN", stage, "chain")
    for early, late in pairwise(STEPS):
        view.link("PRECEDES", early, late)
    return view


def units(n, start=0):
    return [f"u{i:03}" for i in range(start, start + n)]


def reach(view, stage, some, start):
    for unit in some:
        view.link("REACHED", unit, stage, start=start)
    return view


def with_break(toy):
    """20 in research, 18 of them in development, 16 in concept, 2 in pilot with 12 from elsewhere.

    The last to enter came in 2019; 2022 is the date of the data.
    """
    view = chain(toy).add("Project", *units(32))
    reach(view, "research", units(20), "2016-01")
    reach(view, "development", units(18), "2017-01")
    reach(view, "concept", units(16), "2018-01")
    reach(view, "pilot", units(2), "2019-01")
    reach(view, "pilot", units(12, 20), "2022-01")
    return view


def test_a_step_that_hardly_anything_passes(toy):
    answer = ask(with_break(toy))
    (broken,) = answer.findings
    values = broken.values
    assert (broken.subject.id, broken.object.id) == ("concept", "pilot")
    assert broken.id == "hand-off:concept>pilot" and broken.chain == "innovation"
    assert (values["at_risk"], values["passed"], values["rate"]) == (16, 2, 0.125)
    # 18/20 and 16/18: their median is (0.9 + 0.888889) / 2
    assert values["others_rate"] == pytest.approx(0.894444, abs=1e-6)
    assert broken.severity == pytest.approx(1 - 0.125 / 0.894444, abs=1e-5)
    # 32 projects, 14 of them in pilot, 16 at risk: 16 · 14 / 32
    assert values["expected"] == 7.0 and values["null"] == "degrees"
    assert values["p"] == pytest.approx(hypergeom.cdf(2, 32, 14, 16), abs=1e-6)
    # three hand-offs are assessed, and this is the least likely
    assert values["q"] == pytest.approx(3 * hypergeom.cdf(2, 32, 14, 16), abs=1e-5)
    assert values["median_months"] == 12.0 and values["recent"] == 0
    assert broken.action == "强链" and broken.confidence.coverage == 1.0
    assert 0 < broken.confidence.stability <= 1
    assert "16 个中只有 2 个" in broken.text["zh"] and "应有 7.0 个" in broken.text["zh"]
    assert "Of 16" in broken.text["en"] and "89%" in broken.text["en"]
    # those that are stuck: u002 … u015 at lines 41 … 54 of the relation
    assert [e.line for e in broken.evidence] == list(range(41, 55))


def test_nobody_passes(toy):
    view = with_break(toy)
    view.con.execute("DELETE FROM \"r_REACHED\" WHERE start = '2019-01'")
    (broken,) = ask(view).findings
    assert broken.action == "补链" and broken.values["passed"] == 0 and broken.severity == 1.0
    assert broken.values["median_months"] is None and "月" not in broken.text["zh"]


def test_most_come_through_the_step_before(toy):
    """A funnel: chance says nothing where nobody comes from elsewhere; the other steps do."""
    view = with_break(toy)
    view.con.execute("DELETE FROM \"r_REACHED\" WHERE start = '2022-01'")
    view.add("Project", "last")
    reach(view, "research", ["last"], "2022-01")
    (broken,) = ask(view).findings
    # 20 + 18 + 16 at risk, 18 + 16 + 2 passed: 16 · 36 / 54
    assert broken.values["null"] == "steps"
    assert broken.values["expected"] == pytest.approx(16 * 36 / 54, abs=1e-6)
    assert broken.values["p"] == pytest.approx(hypergeom.cdf(2, 54, 36, 16), abs=1e-6)


def test_what_passes_as_chance_would_have_it(toy):
    view = chain(toy).add("Project", *units(200))
    reach(view, "research", units(20), "2016-01")
    reach(view, "development", units(18), "2017-01")
    reach(view, "concept", units(16), "2018-01")
    reach(view, "pilot", units(2), "2019-01")
    reach(view, "pilot", units(20, 20), "2022-01")
    reach(view, "development", units(160, 40), "2022-01")
    # 22 of 200 are in pilot; 2 of 16 are no fewer than 16 · 22 / 200 = 1.8
    assert not found(view)


def test_who_came_late_is_not_at_risk(toy):
    view = with_break(toy).add("Project", *units(30, 40))
    reach(view, "concept", units(30, 40), "2021-06")  # 12 months pass as a rule: till 2022-06
    seen = found(view)["concept"]
    assert seen.values["at_risk"] == 16 and seen.values["recent"] == 30
    assert seen.values["expected"] == 7.0  # nor do they count among all
    reach(view.add("Project", "end"), "research", ["end"], "2023-01")
    assert found(view)["concept"].values["at_risk"] == 46


def test_who_was_at_the_later_step_before(toy):
    view = with_break(toy)
    reach(view, "concept", units(12, 20), "2022-06")  # after the pilot: no hand-off
    reach(view.add("Project", "end"), "research", ["end"], "2025-01")
    seen = found(view)["concept"]
    assert (seen.values["at_risk"], seen.values["passed"]) == (16, 2)


def test_a_year_alone_may_be_in_time(toy):
    view = with_break(toy)
    for unit in units(14, 2):
        view.link("REACHED", unit, "pilot", start="2018")  # concept was 2018-01
    assert not found(view)


def test_a_year_alone_may_have_been_before(toy):
    view = with_break(toy)
    view.con.execute("UPDATE \"r_REACHED\" SET start = '2018' WHERE start = '2018-01'")
    reach(view, "pilot", units(14, 2), "2018-06")
    assert not found(view) and "concept" not in unknown(view)  # 16 of 16 went on


def test_the_first_time_counts(toy):
    view = with_break(toy)
    before = found(view)["concept"].values
    reach(view, "concept", units(16), "2021-12")
    assert found(view)["concept"].values == before


def test_plans_and_what_lies_ahead_do_not_count(toy):
    view = with_break(toy)
    for unit in units(14, 2):
        view.link("REACHED", unit, "pilot", start="2019-01", planned=True)
        view.link("REACHED", unit, "pilot", start="2030")
    assert found(view)["concept"].values["passed"] == 2
    assert "concept" not in found(view, as_of="2031-01-01")


def test_too_few_and_undated(toy):
    view = chain(toy).add("Project", *units(20))
    reach(view, "research", units(9), "2016")
    reach(view, "development", units(20), None)
    reach(view, "concept", units(5), "2018")
    seen = unknown(view)
    assert not found(view) and seen.keys() == {"research", "development", "concept"}
    counts = {"at_risk": 9, "entered": 9, "have": 9, "need": 10}
    assert seen["research"].values == {"object": "development", **counts}
    assert "9 on record, 10 needed, 1 more" in seen["research"].text["en"]
    assert seen["development"].missing == ("REACHED.start",)
    assert seen["development"].values["entered"] == 20 and "20 个" in seen["development"].text["zh"]
    assert (
        seen["research"].reason == "insufficient_data" and "9 can be" in seen["research"].text["en"]
    )


def test_a_step_that_nobody_on_record_reached(toy):
    view = with_break(toy)
    view.con.execute("DELETE FROM \"r_REACHED\" WHERE start IN ('2019-01', '2022-01')")
    reach(view.add("Project", "end"), "research", ["end"], "2022-01")
    assert not found(view)
    assert "nobody on record" in unknown(view)["concept"].text["en"]


def test_no_other_step_to_compare_with(toy):
    view = toy().add("Stage", "a", "b").link("PRECEDES", "a", "b").add("Project", *units(30))
    reach(view, "a", units(20), "2016")
    reach(view, "b", units(1), "2017")
    assert not found(view) and "no other step" in unknown(view)["a"].text["en"]


def test_rounds_and_hosts_stand_for_steps(toy):
    """Chains that always hold need no PRECEDES; rounds and the class of a platform say who came."""
    stages = ("seed", "angel", "a", "b")
    view = toy().add("Stage", *(f"stage:capital-{s}" for s in stages)).add("Firm", *units(40))
    counts = {
        "种子": range(30),
        "天使": range(26),
        "A+": range(22),
        "B": (*range(2), *range(30, 40)),
    }
    for year, (kind, some) in enumerate(counts.items()):
        for i in some:
            key = f"{kind}{i}"
            view.add("FundingRound", key, round=kind, date=f"{2015 + year}-01")
            view.link("RAISED", f"u{i:03}", key)
    hosts = {"Nursery": "nursery", "Makerspace": "nursery", "Incubator": "incubator"}
    view.add("Stage", "stage:incubation-nursery", "stage:incubation-incubator")
    for cls in hosts:
        view.add(cls, cls)
    for i in range(12):
        view.link("INCUBATES", "Makerspace" if i % 2 else "Nursery", f"u{i:03}", start="2014")
        view.link("INCUBATES", "Incubator", f"u{i:03}", start="2015")
    reach(view.add("Team", "end"), "stage:incubation-nursery", ["end"], "2020")
    (broken,) = ask(view).findings
    assert (broken.subject.id, broken.object.id) == ("stage:capital-a", "stage:capital-b")
    assert broken.chain == "capital"
    assert (broken.values["at_risk"], broken.values["passed"]) == (22, 2)
    assert broken.values["expected"] == 22 * 12 / 40  # 40 firms raised anything, 12 of them B
    nursery = unknown(view)["stage:incubation-nursery"]
    assert nursery.values["at_risk"] == 12 and "no other step" in nursery.text["en"]


@pytest.mark.parametrize(("rounds", "missing"), [(0, "REACHED"), (3, "FundingRound.round")])
def test_a_record_without_steps(toy, rounds, missing):
    view = toy().add("Firm", "f").add("FundingRound", *(f"r{i}" for i in range(rounds)))
    (said,) = ask(view).not_assessed
    assert said.reason == "insufficient_data" and missing in said.missing
    assert missing in said.text["zh"] and missing in said.text["en"]


def test_steps_of_an_industry_that_nobody_follows_say_nothing(toy):
    view = toy().add("Stage", "x", "y").link("PRECEDES", "x", "y")
    assert not ask(view).findings and not unknown(view)


def test_thresholds_decide(toy):
    view = with_break(toy)
    assert not found(view, settings={"hand-off": {"below": 0.1}})
    assert not found(view, settings={"hand-off": {"q": 0.0001}})
    assert not found(view, settings={"hand-off": {"units": 17}})


def test_a_real_record_says_the_same_twice(claims, tmp_path):
    for stage in STEPS:
        claims.entity("Stage", stage)
    for early, late in pairwise(STEPS):
        claims.relation("PRECEDES", early, late)
    counts = {"research": 20, "development": 18, "concept": 16, "pilot": 2}
    for unit in units(32):
        claims.entity("Team", unit)
    for year, (stage, n) in enumerate(counts.items()):
        for unit in units(n):
            claims.relation("REACHED", unit, stage, start=f"{2016 + year}-01")
    for unit in units(12, 20):
        claims.relation("REACHED", unit, "pilot", start="2022-01")
    with Record.open(claims.write(tmp_path / "graph.duckdb")) as record:
        first, second = ask(record.view()), ask(record.view())
    assert first == second
    (broken,) = first.findings
    assert broken.values["at_risk"] == 16 and broken.values["expected"] == 7.0


@pytest.mark.parametrize("margins", [(58, 18, 35), (10, 10, 4), (9, 0, 3), (7, 3, 7), (40, 20, 1)])
def test_the_tail_is_the_hypergeometric_one(margins):
    for seen in range(margins[2] + 1):
        assert at_most(seen, *margins) == pytest.approx(hypergeom.cdf(seen, *margins))


def test_q_is_that_of_benjamini_and_hochberg():
    p = np.random.default_rng(1).random(50) ** 3
    assert np.allclose(adjusted(p), false_discovery_control(p))
    assert len(adjusted(np.zeros(0))) == 0


def test_too_few_came_after_for_chance_to_say_anything(toy):
    """Nobody passes, so that one unit alone reached the last step: that none of it came through
    this one is no wonder, that none of 16 passed is, where 34 of 38 did elsewhere."""
    view = with_break(toy)
    view.con.execute("DELETE FROM \"r_REACHED\" WHERE start IN ('2019-01', '2022-01')")
    reach(view, "pilot", ["u031"], "2022-01")
    (broken,) = ask(view).findings
    assert broken.values["null"] == "steps" and broken.values["passed"] == 0
    assert broken.values["p"] == pytest.approx(hypergeom.pmf(0, 54, 34, 16), abs=1e-6)
