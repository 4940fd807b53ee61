"""single-source: one provider, or one that holds at least 95%."""

import pytest

from graph.gaps import run


def found(view):
    answer = run(view, measures=["single-source"])
    return {f.subject.id: f for f in answer.findings}


def test_one_provider_without_a_share(toy):
    view = toy().add("Product", "EUV", "DUV").supply("EUV", ASML=None)
    view.supply("DUV", ASML=None, Nikon=None)
    assert found(view).keys() == {"EUV"}
    only = found(view)["EUV"]
    assert only.severity == 1.0 and only.values["top_share"] is None
    assert only.values["holder"] == "ASML"
    assert "ASML" in only.text["zh"] and "ASML" in only.text["en"]


@pytest.mark.parametrize(("share", "expected"), [(0.95, {"EUV"}), (0.9499, set())])
def test_a_share_of_95_percent(toy, share, expected):
    view = toy().add("Product", "EUV").supply("EUV", ASML=share, Nikon=1 - share)
    assert found(view).keys() == expected


def test_an_only_provider_whose_share_leaves_room_for_others(toy):
    assert not found(toy().add("Product", "EUV").supply("EUV", ASML=0.6))


def test_a_placeholder_stands_for_others(toy):
    view = toy().add("Product", "EUV").add("Firm", "x", name="Various").supply("EUV", ASML=None)
    assert not found(view.link("PROVIDES", "x", "EUV"))


def test_supply_stated_of_a_second_country(toy):
    view = toy().add("Product", "EUV").supply("EUV", ASML=None).state("EUV", NLD=None, JPN=None)
    assert not found(view)


def test_a_region_is_not_a_provider(toy):
    assert not found(toy().add("Product", "EUV").state("EUV", NLD=1.0))


def test_minor_providers_beside_the_only_major_one(toy):
    view = toy().add("Product", "EUV").supply("EUV", ASML=None)
    view.add("Firm", "A", "B").link("PROVIDES", "A", "EUV", role="minor")
    view.link("PROVIDES", "B", "EUV", role="minor")
    assert found(view)["EUV"].severity == pytest.approx(0.98)  # 1 − 2 · 0.01


@pytest.mark.parametrize(
    "gone",
    [{"planned": True}, {"until": "2019"}, {"end": "2019-12"}, {"since": "2031"}],
    ids=lambda gone: next(iter(gone)),
)
def test_what_is_planned_or_over_is_no_supply(toy, gone):
    view = toy().add("Product", "EUV").supply("EUV", ASML=None, Nikon=None).add("Firm", "Canon")
    view.link("PROVIDES", "Canon", "EUV", **gone)
    answer = run(view, measures=["thin-stage"], as_of="2026-11-24")
    assert answer.findings[0].values["providers"] == 2


@pytest.mark.parametrize(
    ("status", "supplies"), [("投产", True), (None, True), ("签约", False), ("停产", False)]
)
def test_only_who_is_in_production_supplies(toy, status, supplies):
    view = toy().add("Product", "EUV").supply("EUV", ASML=None).add("Firm", "Canon", status=status)
    view.link("PROVIDES", "Canon", "EUV")
    assert bool(found(view)) is not supplies


def test_a_dissolved_firm_is_gone(toy):
    view = toy().add("Product", "EUV").supply("EUV", ASML=None)
    view.add("Firm", "Old", dissolved_on="2020").link("PROVIDES", "Old", "EUV")
    assert found(view).keys() == {"EUV"}


def test_of_parallel_rows_the_latest_start_counts(toy):
    view = toy().add("Product", "EUV").supply("EUV", Nikon=0.04).add("Firm", "ASML")
    view.link("PROVIDES", "ASML", "EUV", share=0.5, start="2010", eid="a")
    view.link("PROVIDES", "ASML", "EUV", share=0.96, start="2020", eid="b")
    assert found(view)["EUV"].values["top_share"] == 0.96


def test_a_heading_is_supplied_by_who_supplies_its_kinds(toy):
    view = toy().add("Product", "Litho", "EUV", "DUV").link("VARIANT_OF", "EUV", "Litho")
    view.link("VARIANT_OF", "DUV", "Litho").supply("EUV", ASML=None).supply("DUV", ASML=None)
    assert found(view).keys() == {"Litho", "EUV", "DUV"}
    assert found(view.supply("DUV", Nikon=None)).keys() == {"EUV"}


def test_evidence_is_the_lines_that_say_it(toy):
    view = toy().add("Product", "EUV").add("Firm", "ASML").link("PROVIDES", "ASML", "EUV", line=57)
    (line,) = found(view)["EUV"].evidence
    assert (line.source, line.file, line.line) == ("toy", "toy.csv", 57)


def test_a_record_with_few_providers_lowers_confidence(toy):
    thin = toy().add("Product", "A").supply("A", x=None)
    assert found(thin)["A"].confidence.coverage == 0.3333
    full = toy().add("Product", "A", "B", "C").supply("A", x=None)
    for link in "BC":
        full.link("REQUIRES", link, "A").supply(link, **{f"{link}{i}": None for i in range(5)})
    assert found(full)["A"].confidence.coverage == 1.0
