"""talent: people needed against those educated, and where the educated go."""

import pytest

from graph.gaps import run
from tests.derivations import holds


def ask(view, **how):
    how["settings"] = {"stability.draws": 3} | how.get("settings", {})
    return run(view, measures=["talent"], **{"as_of": "2024-12-31", **how})


def found(view, kind="shortage", **how):
    return {f.subject.id: f for f in ask(view, **how).findings if f.values["kind"] == kind}


def unknown(view, **how):
    return {n.subject.id if n.subject else "": n for n in ask(view, **how).not_assessed}


def wanted(toy, *, need=100, own=None, industry=None, employees=300):
    """A technology of a chain of an industry, that its maker needs people for."""
    view = toy().add("IndustryChain", "chain").add("Industry", "trade").add("Technology", "T")
    view.link("IN_INDUSTRY", "chain", "trade").link("PART_OF_CHAIN", "T", "chain")
    view.add("Firm", "maker", employees=employees).link("PROVIDES", "maker", "T")
    view.link("NEEDS", "maker", "T", quantity=need, unit="人").add("University", "uni")
    for field, count in (("T", own), ("trade", industry)):
        if count is not None:
            view.link("EDUCATES", "uni", field, headcount=count)
    return view


def test_fewer_are_educated_than_are_needed(toy):
    view = wanted(toy, own=10, industry=15)
    short = found(view)["T"]
    assert short.severity == pytest.approx(1 - 25 / 100)
    assert short.values["needed"] == 100 and short.values["educated"] == 10
    assert short.values["educated_most"] == 25 and short.values["employed"] == 300
    assert short.values["vacancy_rate"] == pytest.approx(100 / 400)
    assert short.values["stay"] is None and short.action == "强链"
    assert short.chain == "talent" and short.family == "absence"
    assert short.id == "talent:T@kind=shortage" and short.confidence.coverage == 1.0
    assert "需要 100 人" in short.text["zh"] and "at most 25" in short.text["en"]
    assert short.candidates == ({"id": "uni", "educates": "trade", "headcount": 15.0},)
    assert {e.file for e in short.evidence} == {"toy.csv"}


def untaught(toy):
    """Nobody educates for T, while for U, that people are needed for as well, a school does."""
    view = wanted(toy).add("Technology", "U").link("EDUCATES", "uni", "U", headcount=50)
    return view.link("NEEDS", "maker", "U", quantity=20, unit="人")


def test_where_nobody_educates_for_it(toy):
    view = untaught(toy)
    short = found(view)["T"]
    assert short.severity == 1.0 and short.action == "补链"
    assert [c["educates"] for c in short.candidates] == ["U"]


def test_where_nobody_educates_for_most_of_what_is_needed_it_was_not_recorded(toy):
    view = untaught(toy).add("Technology", "V").link("NEEDS", "maker", "V", quantity=9, unit="人")
    view.link("PROVIDES", "maker", "V")
    assert not found(view)
    assert unknown(view)["T"].missing == ("EDUCATES",)
    assert "33%" in unknown(view)["T"].text["zh"]


@pytest.mark.parametrize(("own", "there"), [(24, True), (25, False), (49, False), (50, None)])
def test_half_of_the_need_is_the_bound_with_one_more_school_like_the_largest(toy, own, there):
    view = wanted(toy, own=own)
    assert bool(found(view)) == bool(there)
    assert ("T" in unknown(view)) == (there is False)
    if there is False:
        assert unknown(view)["T"].values["largest"] == own
        assert "One more school" in unknown(view)["T"].text["en"]


def test_what_is_educated_for_the_industry_may_come_or_not(toy):
    view = wanted(toy, own=10, industry=90)
    assert not found(view)
    both = unknown(view)["T"].values
    assert (both["needed"], both["educated"]) == (100, 10)
    assert (both["educated_most"], both["largest"]) == (100, 90)
    assert (both["have"], both["need"]) == (0, 1)
    assert not unknown(wanted(toy, own=60, industry=90))  # its own are enough


def test_industries_above_stages_and_parents_count_too(toy):
    view = wanted(toy, own=0).add("Industry", "wide").link("PART_OF", "trade", "wide")
    view.add("Stage", "S").link("PART_OF", "T", "S").add("Technology", "P")
    view.link("VARIANT_OF", "T", "P")
    for field, count in (("wide", 1), ("S", 2), ("P", 4)):
        view.link("EDUCATES", "uni", field, headcount=count)
    assert found(view)["T"].values["educated_most"] == 7


def test_needs_add_up_and_only_those_of_people(toy):
    view = wanted(toy, own=10).add("Firm", "b", "c", "d")
    view.link("NEEDS", "b", "T", quantity=20, unit="名").link(
        "NEEDS", "c", "T", quantity=9, unit="吨"
    )
    view.link("NEEDS", "d", "T", quantity=50, unit="人", end="2020")
    view.link("NEEDS", "d", "T", quantity=50, unit="人", planned=True)
    assert found(view)["T"].values["needed"] == 120


def observed(view, name, **values):
    values = {"indicator": "人才需求数", "unit": "人", "as_of": "2024", **values}
    return view.add("Observation", name, **values).link("OBSERVES", name, "T")


def test_an_observation_of_the_link_stands_where_it_is_more(toy):
    view = observed(wanted(toy, own=10), "o", value=80)
    assert found(view)["T"].values["needed"] == 100
    observed(view, "p", value=300)
    assert found(view)["T"].values["needed"] == 300
    observed(view, "old", value=900, as_of="2019")
    observed(view, "plan", value=900, as_of="2025")
    observed(view, "there", value=900, indicator="从业人员数")
    observed(view, "firms", value=900, unit="家")
    assert found(view)["T"].values["needed"] == 300
    observed(view, "least", value=None, value_min=400)
    assert found(view)["T"].values["needed"] == 400


def test_the_last_year_of_education_counts_all_levels_of_it(toy):
    view = wanted(toy, own=None)
    view.link("EDUCATES", "uni", "T", headcount=90, start="2020", education_level="本科")
    view.link("EDUCATES", "uni", "T", headcount=10, start="2024", education_level="本科")
    view.link("EDUCATES", "uni", "T", headcount=5, start="2024", education_level="硕士")
    assert found(view)["T"].values["educated"] == 15


def test_each_side_that_is_absent_is_said(toy):
    no_need = toy().add("Technology", "T").add("University", "uni")
    no_need.link("EDUCATES", "uni", "T", headcount=10)
    assert unknown(no_need)[""].missing == ("NEEDS.quantity", "Observation.value")
    no_school = unknown(wanted(toy))[""]
    assert no_school.missing == ("EDUCATES.headcount",) and no_school.values["needed"] == 100
    no_work = wanted(toy, own=10, employees=None).add("Firm", "b").link("PROVIDES", "b", "T")
    assert not found(no_work)
    assert unknown(no_work)["T"].missing == ("Firm.employees",)
    assert unknown(no_work)["T"].values["enough"] == 1


def test_a_chain_without_any_provider_is_missing_data_and_a_new_field_is_not(toy):
    view = wanted(toy, own=10).add("Technology", "new").link("PART_OF_CHAIN", "new", "chain")
    view.link("NEEDS", "maker", "new", quantity=40, unit="人")
    assert found(view)["new"].values["vacancy_rate"] == 1.0
    view.add("IndustryChain", "bare").add("Technology", "B").link("PART_OF_CHAIN", "B", "bare")
    view.link("NEEDS", "maker", "B", quantity=40, unit="人")
    assert "B" not in found(view) and unknown(view)["B"].missing == ("PROVIDES",)


def test_a_firm_with_two_links_has_half_of_its_people_in_each(toy):
    view = wanted(toy, own=10).add("Technology", "U").link("PROVIDES", "maker", "U")
    assert found(view)["T"].values["employed"] == 150


def careers(toy, *, here=4, away=8, discipline=None, **how):
    """A city with the school and the maker; people educated there, at work there and elsewhere."""
    view = wanted(toy, **how).add("Region", "city", "far", level="市")
    view.link("LOCATED_IN", "uni", "city").link("LOCATED_IN", "maker", "city")
    view.add("Firm", "rival", employees=10).link("LOCATED_IN", "rival", "far")
    if discipline is None:
        view.link("PROVIDES", "rival", "T")
    for i in range(here + away):
        view.add("Person", f"p{i}", discipline=discipline).link("EDUCATES", "uni", f"p{i}")
        view.link("EMPLOYS", "maker" if i < here else "rival", f"p{i}")
    return view


def test_most_of_those_educated_here_leave(toy):
    view = careers(toy, own=60)
    gone = found(view, "outflow", region="city")["T"]
    assert gone.values["people"] == 12 and gone.values["stay"] == pytest.approx(4 / 12, abs=1e-6)
    assert gone.severity == pytest.approx(8 / 12) and gone.action == "强链"
    assert gone.id == "talent:T@kind=outflow@region=city" and "8" in gone.text["en"]
    assert not found(view, "outflow")  # no region, no here
    assert not found(careers(toy, here=7, away=5), "outflow", region="city")
    assert not found(careers(toy, here=1, away=8), "outflow", region="city")  # nine people


def test_those_who_leave_do_not_meet_the_need(toy):
    view = careers(toy, own=60)
    assert not found(view)
    short = found(view, region="city")["T"]  # 4 of 12 stay: 20 of 100
    assert short.severity == pytest.approx(1 - 60 / 3 / 100)
    assert "33%" in short.text["en"]


def test_a_discipline_of_its_name_is_the_link(toy):
    view = careers(toy, own=60, discipline="t ")
    assert found(view, "outflow", region="city").keys() == {"T"}
    assert not found(careers(toy, discipline="law"), "outflow", region="city", settings={})


def test_who_works_in_an_unknown_place_is_not_counted(toy):
    view = careers(toy, own=60).add("Firm", "x").add("Person", "q")
    view.link("PROVIDES", "x", "T").link("EDUCATES", "uni", "q").link("EMPLOYS", "x", "q")
    gone = found(view, "outflow", region="city")["T"]
    assert gone.values["people"] == 12 and gone.confidence.coverage == pytest.approx(
        12 / 13, abs=1e-4
    )


def test_in_a_region_its_needs_and_its_schools(toy):
    view = careers(toy, here=0, away=0, own=60).add("University", "other")
    view.link("EDUCATES", "other", "T", headcount=500).link("LOCATED_IN", "other", "far")
    view.link("NEEDS", "rival", "T", quantity=500, unit="人")
    assert not found(view)
    assert not found(view, region="city")  # 100 and 60
    view.con.execute('UPDATE "r_NEEDS" SET quantity = 300 WHERE quantity = 100')
    short = found(view, region="city")["T"]
    assert short.values["needed"] == 300 and short.values["educated"] == 60
    assert short.values["employed"] == 300
    assert any("stay" in r["en"] for r in short.confidence.reasons)


def test_it_can_be_worked_out_by_hand(toy):
    both = careers(toy, own=60, industry=1, need=400)
    both.add("Technology", "U").link("PROVIDES", "maker", "U")
    many = untaught(toy)
    for i in range(20):
        many.add("Firm", f"m{i}", employees=30 + i).link("PROVIDES", f"m{i}", "T")
        many.link("NEEDS", f"m{i}", "T", quantity=40 + i, unit="人")
        many.add("University", f"u{i}").link("EDUCATES", f"u{i}", "T", headcount=5 + i)
    for view, region in (
        (both, "city"),
        (both, None),
        (observed(untaught(toy), "o", value=700), None),
        (many, None),
    ):
        findings = ask(view, region=region, explain="").findings
        assert findings
        for finding in findings:
            holds(finding)
