"""orphan: results, platforms and parks that stand alone, told apart from thin records."""

import pytest

from graph.gaps import run

DAY = "2024-12-31"


def ask(view, **how):
    return run(view, measures=["orphan"], as_of=DAY, **how)


def found(view, kind, **how):
    return {f.subject.id: f for f in ask(view, **how).findings if f.values["kind"] == kind}


def unknown(view):
    return {n.subject.id if n.subject else "": n for n in ask(view).not_assessed}


def used(toy):
    """One result in use at a firm, so that the record does speak of use."""
    view = toy().add("Achievement", "good", completed_on="2010").add("Firm", "firm")
    return view.add("University", "uni").link("DEVELOPS", "firm", "good")


def test_a_result_that_nobody_uses(toy):
    view = used(toy).add("Achievement", "r", completed_on="2018-12", name="某成果")
    view.link("DEVELOPS", "uni", "r", line=9).link("OWNS_IP", "uni", "r")
    r = found(view, "unused")["r"]
    assert found(view, "unused").keys() == {"r"}
    assert r.values["months"] == 72 and r.severity == 0.75  # 1 − 36 / (2 · 72)
    assert r.chain == "industry" and r.family == "absence" and r.action == "补链"
    assert r.id == "orphan:r@kind=unused" and r.confidence.coverage == 0.5
    assert [(e.file, e.line) for e in r.evidence] == [
        ("toy.csv", 2),
        ("toy.csv", 9),
        ("toy.csv", 1),
    ]
    assert "72 个月" in r.text["zh"] and "72 months" in r.text["en"]


@pytest.mark.parametrize(
    ("date", "there"),
    [("2021-12", True), ("2022-01", False), ("2021", True), ("2022", False), ("2021-12-31", True)],
)
def test_three_years_are_given(toy, date, there):
    view = used(toy).add("Achievement", "r", completed_on=date)
    assert ("r" in found(view, "unused")) == there
    assert "r" in found(view, "unused", settings={"orphan": {"months": 12}})


def test_a_year_is_taken_by_its_end(toy):
    view = used(toy).add("Achievement", "r", completed_on="2022")
    for day, there in (("2025-11-30", False), ("2025-12-01", True)):
        seen = run(view, measures=["orphan"], as_of=day).findings
        assert ("r" in {f.subject.id for f in seen}) == there


@pytest.mark.parametrize(
    ("relation", "of", "to"),
    [
        ("OWNS_IP", "firm", "r"),
        ("DEVELOPS", "platform", "r"),
        ("REALISED_AS", "r", "thing"),
        ("DEVELOPS", "project", "r"),
    ],
)
def test_what_is_in_use(toy, relation, of, to):
    view = (
        used(toy).add("Achievement", "r", completed_on="2015").add("PilotTestPlatform", "platform")
    )
    view.add("Product", "thing").add("Project", "project").link("UNDERTAKES", "firm", "project")
    assert "r" in found(view, "unused")
    assert "r" not in found(view.link(relation, of, to), "unused")


def test_a_project_of_a_university_alone_is_no_use(toy):
    view = used(toy).add("Achievement", "r", completed_on="2015").add("Project", "project")
    view.link("UNDERTAKES", "uni", "project").link("DEVELOPS", "project", "r")
    assert "r" in found(view, "unused")


def test_that_a_platform_serves_its_university_is_no_use(toy):
    view = used(toy).add("Achievement", "r", completed_on="2018").link("DEVELOPS", "uni", "r")
    view.add("Incubator", "hub").link("PROVIDES_SERVICE_TO", "hub", "uni")
    assert "r" in found(view, "unused")


def test_a_plan_is_no_use(toy):
    view = used(toy).add("Achievement", "r", completed_on="2015")
    assert "r" in found(view.link("OWNS_IP", "firm", "r", planned=True), "unused")


@pytest.mark.parametrize(
    ("values", "there"),
    [
        ({"granted_on": "2016-03", "filed_on": "2013-01"}, True),
        ({"filed_on": "2016", "status": "有效"}, True),
        ({"granted_on": "2016", "status": "失效"}, False),
        ({"filed_on": "2016", "status": "审中"}, False),
    ],
)
def test_a_patent_that_is_worth_something(toy, values, there):
    view = used(toy).add("Patent", "p", **values)
    assert ("p" in found(view, "unused")) == there
    if "granted_on" in values and there:
        assert found(view, "unused")["p"].values["months"] == 105  # from the grant, not the filing


def test_without_a_date_it_cannot_be_told(toy):
    view = used(toy).add("Achievement", "r", "s").add("Patent", "p")
    missing = [(n.missing, n.values["count"]) for n in ask(view).not_assessed]
    assert missing == [(("Patent.granted_on",), 1), (("Achievement.completed_on",), 2)]


def test_where_no_result_is_in_use_the_record_is_thin(toy):
    view = toy().add("Achievement", "a", "b", completed_on="2010")
    assert not ask(view).findings
    assert unknown(view)[""].missing == ("DEVELOPS", "OWNS_IP", "REALISED_AS")


def test_the_chain_is_its_own(toy):
    view = used(toy).add("Achievement", "r", completed_on="2015").add("IncubationChain", "chain")
    assert found(view, "unused")["r"].chain == "industry"
    view.link("PART_OF_CHAIN", "r", "chain")
    assert found(view, "unused")["r"].chain == "innovation"


def served(toy):
    """Two incubators with clients, one without."""
    view = toy().add("Incubator", "a", "b", "lone").add("Team", "t")
    return view.link("INCUBATES", "a", "t", end="2020").link("MEMBER_OF", "t", "b")


def test_a_platform_without_clients(toy):
    view = served(toy)
    assert found(view, "clients").keys() == {"lone"}
    lone = found(view, "clients")["lone"]
    assert lone.values["peers"] == 3 and lone.values["peers_with"] == 2
    assert lone.severity == pytest.approx(2 / 3, abs=1e-6) and lone.action == "强链"
    assert "3 个中有 2 个" in lone.text["zh"]


@pytest.mark.parametrize(
    "values",
    [{"founded_on": "2023"}, {"recognised_on": "2022-06"}, {"dissolved_on": "2020"}],
    ids=str,
)
def test_a_young_or_closed_platform_is_left_alone(toy, values):
    view = served(toy).add("Incubator", "x", **values)
    assert found(view, "clients").keys() == {"lone"}


def test_tenants_are_clients_and_plans_are_none(toy):
    view = served(toy).add("Incubator", "x", tenant_count=4).add("Incubator", "y")
    view.link("INCUBATES", "y", "t", planned=True)
    assert found(view, "clients").keys() == {"lone", "y"}


def test_a_class_without_any_client_on_record_is_not_judged(toy):
    view = served(toy).add("KeyLaboratory", "lab")
    assert "lab" not in found(view, "clients")
    counts = {"peers": 1, "peers_with": 0, "have": 0, "need": 1}
    assert unknown(view)["lab"].values == {"kind": "clients", **counts}


def test_half_of_its_kind_must_have_clients(toy):
    view = served(toy).add("Incubator", "x")
    assert found(view, "clients").keys() == {"lone", "x"}  # two of four
    view.add("Incubator", "y")
    assert not found(view, "clients") and unknown(view).keys() == {"lone", "x", "y"}
    assert len(found(view, "clients", settings={"orphan": {"peers": 0.4}})) == 3


def parks(toy):
    """A park that a university hosts, one that shares a project with an institute, one alone."""
    view = toy().add("IndustrialPark", "a", "b", "lone").add("University", "u")
    view.add("ResearchInstitute", "i").add("Project", "p").add("Firm", "f")
    view.link("HOSTS", "u", "a").link("UNDERTAKES", "b", "p").link("UNDERTAKES", "i", "p")
    return view.link("INCUBATES", "lone", "f").link("COLLABORATES_WITH", "f", "u")


def test_a_park_without_universities(toy):
    view = parks(toy)
    assert found(view, "universities").keys() == {"lone"}
    lone = found(view, "universities")["lone"]
    assert lone.values["peers"] == 3 and lone.values["peers_with"] == 2 and lone.action == "补链"
    assert lone.id == "orphan:lone@kind=universities"


def test_a_science_park_that_names_its_universities(toy):
    view = parks(toy).add("SciencePark", "s", university_count=2).add("SciencePark", "z")
    seen = found(view, "universities")
    assert seen.keys() == {"lone", "z"} and seen["z"].values["peers_with"] == 3


def test_parks_of_which_none_has_a_university_are_not_judged(toy):
    view = toy().add("IndustrialPark", "a").add("Firm", "f").link("INCUBATES", "a", "f")
    assert not ask(view).findings
    assert unknown(view)["a"].values["kind"] == "universities"


def test_a_record_without_results_and_platforms_says_so(toy):
    assert unknown(toy().add("Firm", "a"))[""].missing == ("Achievement", "Platform")
