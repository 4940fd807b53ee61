"""thin-stage: fewer than three capable providers, or far fewer than the chain has."""

import pytest

from graph.gaps import run


def found(view, **how):
    return {f.subject.id: f for f in run(view, measures=["thin-stage"], **how).findings}


def test_two_providers_are_few(toy):
    view = toy().add("Product", "A", "B").supply("A", x=None, y=None)
    view.supply("B", x=None, y=None, z=None)
    assert found(view).keys() == {"A"}
    assert found(view)["A"].values["providers"] == 2


def test_a_minor_provider_is_not_capable(toy):
    view = toy().add("Product", "A").supply("A", x=None, y=None).add("Firm", "z")
    view.link("PROVIDES", "z", "A", role="minor")
    assert found(view)["A"].values == {"providers": 2, "minor": 1, "usual": 3.0, "z": None}


def test_what_is_single_source_or_concentrated_is_not_said_again(toy):
    view = toy().add("Product", "A", "B", "C").supply("A", x=None).supply("B", x=0.6, y=0.4)
    view.supply("C", z=None, w=None)
    assert found(view).keys() == {"C"}  # A is single-source; HHI of B is 0.36 + 0.16


def test_a_placeholder_hides_how_many_there_are(toy):
    view = toy().add("Product", "A").supply("A", x=None, y=None)
    view.add("Firm", "p", name="others").link("PROVIDES", "p", "A")
    answer = run(view, measures=["thin-stage"])
    assert not answer.findings and answer.not_assessed[0].subject.id == "A"


def test_far_below_the_median_of_its_chain(toy):
    names = [f"P{i}" for i in range(7)]
    view = toy().add("IndustryChain", "chain").add("Product", *names)
    for name, count in zip(names, (4, 10, 11, 12, 12, 13, 14), strict=True):
        view.link("PART_OF_CHAIN", name, "chain")
        view.supply(name, **{f"{name}f{i}": None for i in range(count)})
    # median 12; deviations 8 2 1 0 0 1 2, MAD 1; (4 − 12) / 1.4826 = −5.396
    weak = found(view, as_of="2026-01-01")
    assert weak.keys() == {"P0"}
    assert weak["P0"].values["z"] == pytest.approx(-8 / 1.4826, abs=1e-6)
    assert weak["P0"].severity == pytest.approx(1 - 4 / 12, abs=1e-6)
    assert "4" in weak["P0"].text["en"] and "12.0" in weak["P0"].text["zh"]
