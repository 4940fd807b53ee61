"""funding-hole: links that capital passes by and rounds that firms wait after, by hand."""

import numpy as np
import pytest
from scipy.stats import CensoredData, ecdf, hypergeom

from graph.gaps import run
from graph.gaps.waiting import curve
from graph.record import Record


def ask(view, **how):
    return run(view, measures=["funding-hole"], **{"as_of": "2026-11-24", **how})


def found(view, **how):
    return {f.subject.id: f for f in ask(view, **how).findings}


def unknown(view, **how):
    return {n.subject.id: n for n in ask(view, **how).not_assessed if n.subject}


def tools(toy):
    """A panel needs a tester and a glass. Both makers of panels have capital, no other firm has."""
    view = toy().add("Product", "panel", "tester", "glass").add("Investor", "v", "w")
    view.link("REQUIRES", "panel", "tester", "glass")
    view.supply("panel", A=None, B=None).supply("tester", C=None, D=None)
    view.supply("glass", E=None, F=None, G=None)
    view.add("FundingRound", "r1", date="2020").link("RAISED", "A", "r1")
    view.link("PARTICIPATES_IN_ROUND", "v", "r1").link("PARTICIPATES_IN_ROUND", "w", "r1")
    return view.link("INVESTS_IN", "v", "B").link("INVESTS_IN", "v", "F", instrument="贷款")


def test_no_provider_has_capital_and_the_neighbours_have(toy):
    answer = ask(tools(toy))
    (hole,) = answer.findings
    values = hole.values
    assert hole.subject.id == "tester" and hole.id == "funding-hole:tester"
    assert hole.chain == "capital" and hole.family == "absence" and hole.action == "强链"
    assert (values["providers"], values["funded"], values["share"]) == (2, 0, 0)
    assert values["near_share"] == 1.0 and values["near_providers"] == 2
    # of the other five providers of the chain A, B and F have capital
    assert values["chain_share"] == 0.6
    # two of four drawn, two of which have capital: none with 1 in 6
    assert values["p"] == pytest.approx(1 / 6, abs=1e-6)
    assert hole.severity == pytest.approx(5 / 6, abs=1e-6)
    assert values["investors"] == 0 and values["hhi"] is None and values["instruments"] == []
    assert hole.candidates == ({"id": "v", "funds": 2}, {"id": "w", "funds": 1})
    assert hole.confidence.coverage == 1.0 and 0 < hole.confidence.stability <= 1
    assert "供给者 2 个，都没有资金记录" in hole.text["zh"] and "100%" in hole.text["zh"]
    assert "none with any capital" in hole.text["en"] and "neighbours" in hole.text["en"]
    assert {(e.file, e.line) for e in hole.evidence} == {("toy.csv", i) for i in (1, 3, 4)}


@pytest.mark.parametrize("way", ["INVESTS_IN", "FUNDS", "RAISED"])
def test_any_capital_is_capital(toy, way):
    view = tools(toy).add("GovernmentBody", "g").add("FundingRound", "r2")
    ends = {"INVESTS_IN": ("w", "C"), "FUNDS": ("g", "C"), "RAISED": ("C", "r2")}
    assert not found(view.link(way, *ends[way]))


@pytest.mark.parametrize(
    ("way", "values"),
    [("INVESTS_IN", {"planned": True}), ("INVESTS_IN", {"start": "2030"}), ("RAISED", {})],
)
def test_capital_that_is_to_come_is_none(toy, way, values):
    view = tools(toy).add("FundingRound", "r2", date="2030-01")
    view.link(way, *(("w", "C") if way == "INVESTS_IN" else ("C", "r2")), **values)
    assert found(view).keys() == {"tester"}


def test_a_single_provider_is_said_with_less_weight(toy):
    view = tools(toy)
    view.con.execute("DELETE FROM \"r_PROVIDES\" WHERE f = (SELECT k FROM node WHERE id = 'D')")
    hole = found(view)["tester"]
    assert hole.values["p"] == pytest.approx(1 / 3, abs=1e-6)  # one of three, two have capital
    assert hole.severity == pytest.approx(2 / 3, abs=1e-6)
    assert "single provider" in hole.confidence.reasons[0]["en"]


def test_a_link_without_providers_is_a_missing_stage(toy):
    view = tools(toy).add("Product", "film").link("REQUIRES", "panel", "film")
    assert found(view).keys() == {"tester"} and not unknown(view)


def test_a_placeholder_is_no_provider(toy):
    view = tools(toy).add("Firm", "x", name="若干企业").link("PROVIDES", "x", "tester")
    assert found(view)["tester"].values["providers"] == 2


def test_a_neighbour_that_is_the_link_s_own_provider_does_not_count(toy):
    assert found(tools(toy).supply("panel", C=None))["tester"].values["near_providers"] == 2


def test_half_of_the_neighbours_is_the_bound(toy):
    view = tools(toy).supply("panel", H=None, I=None)
    assert found(view)["tester"].values["near_share"] == 0.5
    assert not found(view.supply("panel", J=None))


def test_countries_without_capital_on_record_are_left_out(toy):
    view = tools(toy).supply("panel", H=None, I=None, J=None).supply("tester", K=None)
    view.located(**dict.fromkeys("ABCEFG", "CN"), **dict.fromkeys("DHIJK", "JP"))
    hole = found(view)["tester"]
    assert (hole.values["providers"], hole.values["near_share"]) == (1, 1.0)
    assert hole.confidence.coverage == pytest.approx(1 / 3, abs=1e-4)
    view.add("Product", "lens").supply("lens", H=None).link("REQUIRES", "panel", "lens")
    assert "countries of its providers" in unknown(view)["lens"].text["en"]


def big(toy, funded):
    """Two links of one chain with 20 firms each; all of the first have capital."""
    view = toy().add("IndustryChain", "chain").add("Product", "x", "y").add("Investor", "v", "w")
    view.link("PART_OF_CHAIN", "x", "chain").link("PART_OF_CHAIN", "y", "chain")
    names = {"x": [f"x{i:02}" for i in range(20)], "y": [f"y{i:02}" for i in range(20)]}
    for link, firms in names.items():
        view.supply(link, **dict.fromkeys(firms))
    view.link("INVESTS_IN", "w", *names["x"])
    return view.link("INVESTS_IN", "v", *names["y"][:funded], instrument="贷款")


def test_far_less_than_the_other_links_of_its_chain(toy):
    view = big(toy, 4).link("INVESTS_IN", "w", "y00")
    hole = found(view)["y"]
    assert hole.values["share"] == 0.2 and hole.values["chain_share"] == 1.0
    # 24 of 40 have capital; q is twice p, as two links are asked
    p = hypergeom.cdf(4, 40, 24, 20)
    assert hole.values["p"] == pytest.approx(p, abs=1e-6)
    assert hole.values["q"] == pytest.approx(2 * p, abs=1e-6)
    assert hole.severity == pytest.approx(0.8 * (1 - p), abs=1e-6)
    # ties: v four, w one
    assert hole.values["investors"] == 2 and hole.values["investors_per_provider"] == 0.25
    assert hole.values["hhi"] == pytest.approx(0.8**2 + 0.2**2, abs=1e-6)
    assert sorted(hole.values["instruments"]) == ["股权", "贷款"]
    assert "20 个供给者中只有 4 个" in hole.text["zh"] and "other links" in hole.text["en"]


def test_half_as_much_as_elsewhere_is_not_far_less(toy):
    assert not found(big(toy, 10))
    assert found(big(toy, 9)).keys() == {"y"}
    assert not found(big(toy, 9), settings={"funding-hole": {"q": 1e-9}})
    assert not found(big(toy, 9), settings={"funding-hole": {"providers": 21}})


def test_grants_and_policies_are_no_investors(toy):
    view = big(toy, 0).add("Grant", "g", instrument="补助").link("FUNDS", "g", "y00")
    hole = found(view)["y"]
    assert hole.values["funded"] == 1 and hole.values["investors"] == 0
    assert hole.values["instruments"] == ["补助"]


def test_a_chain_of_stages_without_any_funding(toy):
    view = tools(toy).add("InnovationChain", "chain").add("Stage", "concept", "pilot")
    view.link("PART_OF_CHAIN", "concept", "chain").link("PART_OF_CHAIN", "pilot", "chain")
    view.link("PRECEDES", "concept", "pilot").add("University", "u").add("PilotTestPlatform", "p")
    view.link("PROVIDES", "u", "concept").link("PROVIDES", "p", "pilot")
    seen = unknown(view)
    assert seen.keys() == {"concept", "pilot"} and "任" not in seen["pilot"].text["zh"]
    assert "any stage of its chain" in seen["pilot"].text["en"]
    assert seen["pilot"].missing == ("RAISED", "INVESTS_IN", "FUNDS")
    # once one stage has some, the other is a hole: nothing but one of its neighbours to go by
    view.add("University", "t").link("PROVIDES", "t", "concept")
    view.add("GovernmentBody", "b").link("FUNDS", "b", "u", "t")
    assert "pilot" in found(view) and "concept" not in found(view)


@pytest.mark.parametrize(("what", "missing"), [("money", "PROVIDES"), ("supply", "RAISED")])
def test_a_record_that_cannot_tell(toy, what, missing):
    view = toy().add("Firm", "f").add("Investor", "v").add("Product", "p")
    view.link("INVESTS_IN", "v", "f") if what == "money" else view.link("PROVIDES", "f", "p")
    answer = ask(view)
    assert not answer.findings
    assert any(missing in n.missing and missing in n.text["zh"] for n in answer.not_assessed)


def rounds(view, kind, some, date):
    for i in some:
        view.add("FundingRound", f"{kind}{i}", round=kind, date=date).link(
            "RAISED", f"f{i}", f"{kind}{i}"
        )
    return view


def capital(toy, b):
    """12 firms raise an angel round in 2015, 12 of them A in 2016, `b` of them B in 2018; C by 10
    others after B in 2019."""
    view = toy().add("Stage", *(f"stage:capital-{s}" for s in ("angel", "a", "b", "c")))
    view.add("Firm", *(f"f{i}" for i in range(30)))
    rounds(view, "天使", range(12), "2015-01")
    rounds(view, "A", range(12), "2016-01")
    rounds(view, "B", (*range(b), *range(15, 25)), "2018-01")
    return rounds(view, "C", range(15, 25), "2019-01")


def test_firms_that_wait_while_others_raised(toy):
    view = capital(toy, 2)
    seen = found(view)
    assert seen.keys() == {"stage:capital-a"}
    hole = seen["stage:capital-a"]
    # the others took 12 months; after twice as long 10 of 12 still wait (2 raised after 24)
    assert hole.values["usual_months"] == 12 and hole.values["firms"] == 12
    assert hole.values["waiting"] == pytest.approx(10 / 12, abs=1e-6)
    # Greenwood: 2 / (12 · 10); 10/12 − 1.96 · 10/12 · sqrt(1/60)
    low = 10 / 12 - 1.96 * 10 / 12 * (1 / 60) ** 0.5
    assert hole.values["waiting_low"] == pytest.approx(low, abs=1e-6)
    assert hole.severity == pytest.approx(2 * (10 / 12 - 0.5), abs=1e-6)
    assert "12 家中只有 2 家" in hole.text["zh"] and "83%" in hole.text["zh"]
    assert "still wait after 24" in hole.text["en"] and len(hole.evidence) == 10


def test_slower_is_no_hole(toy):
    assert not found(capital(toy, 9))


def test_a_lower_bound_that_is_not_above_half(toy):
    # 8 of 12 wait: 0.667 − 1.96 · 0.136 is 0.4
    assert not found(capital(toy, 4))


def test_a_next_round_that_nobody_on_record_raised(toy):
    view = capital(toy, 2).add("Stage", "stage:capital-d")
    seen = unknown(view)
    assert seen["stage:capital-c"].values == {"firms": 10, "raised": 0, "have": 0, "need": 1}
    assert "next round is not on record" in seen["stage:capital-c"].text["en"]


def test_too_few_firms(toy):
    view = toy().add("Stage", "stage:capital-a", "stage:capital-b").add("Firm", "f1", "f2")
    rounds(view, "A", (1, 2), "2016")
    text = unknown(view)["stage:capital-a"].text["en"]
    assert "2 firms have a date" in text and "2 on record, 10 needed, 8 more" in text


def test_rounds_of_no_known_kind(toy):
    view = tools(toy)
    (said,) = [n for n in ask(view).not_assessed if n.subject is None]
    assert said.missing == ("FundingRound.round", "PRECEDES") and "轮次" in said.text["zh"]


def test_the_curve_is_that_of_kaplan_and_meier():
    rng = np.random.default_rng(7)
    time, event = rng.integers(0, 20, 60).astype(float), rng.random(60) < 0.6
    mine = curve(time, event)
    theirs = ecdf(CensoredData(time[event], right=time[~event])).sf
    for t in range(20):
        assert mine.at(t)[0] == pytest.approx(float(theirs.evaluate(t)))
    assert curve(np.zeros(0), np.zeros(0, bool)).at(5.0) == (1.0, 0.0)
    assert np.isnan(curve(np.ones(3), np.zeros(3, bool)).half)


def test_a_real_record_says_the_same_twice(claims, tmp_path):
    for product in ("panel", "tester"):
        claims.entity("Product", product)
    claims.relation("REQUIRES", "panel", "tester")
    claims.entity("Investor", "v")
    for firm, product in {"A": "panel", "B": "panel", "C": "tester", "D": "tester"}.items():
        claims.entity("Firm", firm).relation("PROVIDES", firm, product)
    claims.relation("INVESTS_IN", "v", "A").relation("INVESTS_IN", "v", "B", instrument="担保")
    with Record.open(claims.write(tmp_path / "graph.duckdb")) as record:
        first, second = ask(record.view()), ask(record.view())
    assert first == second
    (hole,) = first.findings
    assert hole.subject.id == "tester" and hole.severity == pytest.approx(5 / 6, abs=1e-6)
    assert hole.candidates == ({"id": "v", "funds": 2},)
