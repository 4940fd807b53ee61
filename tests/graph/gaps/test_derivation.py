"""Derivations where the example does not go: no sizes, long lists, sums above one, rings, kinds."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.finding import Finding
from graph.gaps import run
from graph.gaps.method import Action, Found, Method, Step
from graph.gaps.runner import run as run_methods
from tests.derivations import every, holds

DAY = "2024-06-01"
FEW = {"stability.draws": 2}


def explained(view, *measures: str, **more) -> list[Finding]:
    found = run(view, as_of=DAY, measures=measures, settings=FEW, explain="", **more).findings
    for finding in found:
        holds(finding)
    return list(found)


def _pair(row: tuple[int, int, float | None]) -> tuple[int, int]:
    return row[:2]


def told(finding: Finding) -> str:
    """All texts and calculations, a line each."""
    lines = []
    for step in every(finding.derivation):
        lines.append(step.text["en"])
        lines += [f"{c.name} = {c.numbers} = {c.result:.6g}" for c in step.calculations]
    return "\n".join(lines)


def test_without_sizes_w_is_one_and_the_stages_pass_on_what_lacks(toy):
    view = toy().add("Product", "tool", "chip").link("REQUIRES", "chip", "tool")
    view.supply("tool", alone=None)
    found = {f.subject.id: f for f in explained(view, "chokepoint", "single-source")}
    assert "No market size at all" in told(found["tool"])
    assert "an equal part of the rest" in told(found["tool"])
    assert "chip is lost: it needs tool." in told(found["tool"])


def test_a_provider_of_no_known_place_is_a_holder_of_its_own(toy):
    view = toy().add("Product", "p", "q").supply("p", a=0.9, b=0.1).supply("q", c=0.5, d=0.5)
    view.located(b="CN", c="JP", d="US")
    found = [f for f in explained(view, "concentrated") if f.id == "concentrated:p@level=country"]
    assert "severity = 0.01 + 0.81 = 0.82" in told(found[0])


def test_a_sum_above_one_is_divided_down(toy):
    view = toy().add("Product", "p").supply("p", a=0.9, b=0.3)
    view.located(a="CN", b="JP")
    (found,) = explained(view, "chokepoint")
    assert "The shares add up to 1.2" in told(found)
    assert "s = 0.9 / 1.2 = 0.75" in told(found)


def test_a_long_list_is_cut_and_what_is_left_out_is_added_up(toy):
    view = toy().add("Product", "p").supply("p", big=0.6, **{f"f{i:02}": 0.02 for i in range(20)})
    found = explained(view, "chokepoint", "concentrated")
    assert {f.measure for f in found} == {"chokepoint", "concentrated"}
    for one in found:
        assert "more" in told(one)
        (squares,) = [
            c for s in every(one.derivation) for c in s.calculations if c.formula == "Σ s^2"
        ][:1]
        assert squares.numbers.count("+") == 12, squares.numbers
        assert squares.result == pytest.approx(0.36 + 20 * 0.0004)


def test_minor_providers_divide_what_is_not_stated(toy):
    view = toy().add("Product", "p", "q", "r").supply("q", x=None).supply("r", y=0.5, z=0.5)
    view.supply("p", a=0.7)
    for name in ("b", "c", "d"):
        view.add("Firm", name).link("PROVIDES", name, "p", role="minor")
    found = {f.subject.id: f for f in explained(view, "concentrated")}
    assert "it is spread evenly over" in told(found["p"])
    assert "severity = 0.49 + 0.3^2 / 3" in told(found["p"])


def test_kinds_are_pooled_and_a_heading_is_rolled_up(toy):
    view = toy().add("Product", "head", "stage", market_size=None)
    view.add("Product", "one", market_size=1e9, market_size_currency="USD")
    view.add("Product", "two", market_size=3e9, market_size_currency="USD")
    view.link("VARIANT_OF", "one", "head").link("VARIANT_OF", "two", "head")
    view.add("Stage", "step").link("REQUIRES", "step", "head")
    view.supply("one", a=0.8, b=0.2).supply("two", a=0.5, c=0.5)
    view.located(a="NL", b="JP", c="US")
    found = {f.subject.id: f for f in explained(view, "chokepoint")}
    assert "weight = 1000000000 / 4000000000 = 0.25" in told(found["one"])
    assert "s = 0.5 × 0.75 + 0.8 × 0.25 = 0.575" in told(found["one"])
    assert "head is a heading without supply of its own" in told(found["step"])
    assert "step takes 0.9 of its worst input, head." in told(found["step"])


def test_stated_countries_with_a_gap_are_filled_and_averaged(toy):
    view = toy().add("Product", "p").supply("p", a=0.6, b=0.4)
    view.located(a="NL", b="JP").state("p", NL=0.7, US=0.2)
    (found,) = explained(view, "chokepoint")
    assert "0.1 lacks, more than 0.05" in told(found)
    assert "The mean of the two" in told(found)


def test_an_advantage_is_said_with_its_strength(toy):
    view = toy().add("Product", "p", "q").supply("p", a=0.9, b=0.1).supply("q", c=None)
    view.located(a="CN", b="JP", c="US")
    (found,) = [f for f in explained(view, "chokepoint", home="CN") if f.apart]
    assert found.apart == "advantage" and "0.9 is held there" in told(found)
    assert "It is listed apart" in told(found)


def test_alternatives_add_up_by_size(toy):
    view = toy().add("Product", "a", market_size=3e6, market_size_currency="USD")
    view.add("Product", "b", market_size=1e6, market_size_currency="USD").add("Product", "out")
    view.link("REQUIRES", "out", "a", "b", group="g")
    view.supply("a", x=None).supply("b", y=None).supply("out", z=None)
    found = {f.subject.id: f for f in explained(view, "single-source")}
    assert "left = (3000000 × 0 + 1000000 × 1) / (3000000 + 1000000) = 0.25" in told(found["a"])


def test_links_in_a_ring_fall_together(toy):
    view = toy().add("Product", "a", "b", "out")
    view.link("REQUIRES", "a", "b").link("REQUIRES", "b", "a").link("REQUIRES", "out", "a")
    view.supply("a", x=None)
    (found,) = [f for f in explained(view, "single-source") if f.subject.id == "a"]
    assert "out is lost" in told(found)


def test_shares_within_a_region_are_of_what_is_supplied_there(toy):
    view = toy().add("Product", "p").add("Region", "town", level="市")
    view.supply("p", a=0.48, b=0.02, far=0.5)
    view.link("LOCATED_IN", "a", "town").link("LOCATED_IN", "b", "town")
    (found,) = explained(view, "single-source", region="town")
    assert "Only providers in town count" in told(found)
    assert "s = 0.48 / 0.5 = 0.96" in told(found)


shares = st.one_of(st.none(), st.sampled_from([0.01, 0.05, 0.2, 0.333, 0.5, 0.96, 1.0]))


@pytest.mark.slow
@settings(max_examples=5, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 15), shares), max_size=30, unique_by=_pair
    ),
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.booleans()), max_size=6),
    st.booleans(),
)
def test_whatever_is_supplied_can_be_followed(toy_session, supplied, joined, sized):
    view = toy_session()
    for i in range(4):
        size = {"market_size": 10.0**i * 5e6, "market_size_currency": "CNY"} if sized else {}
        view.add("Product", f"p{i}", **(size if i != 1 else {}))
    for link, who, share in supplied:
        view.supply(f"p{link}", **{f"f{who}": share})
    for who in {who for _, who, _ in supplied if who % 4}:
        view.located(**{f"f{who}": ("CN", "JP", "US")[who % 4 - 1]})
    for one, other, kind in joined:
        if one < other:
            view.link("VARIANT_OF" if kind else "REQUIRES", f"p{one}", f"p{other}")
    measures = ("missing-stage", "single-source", "concentrated", "thin-stage", "chokepoint")
    for home in (None, "CN"):
        explained(view, *measures, "external", "mismatch", home=home if len(supplied) else None)
    view.con.close()


def test_a_measure_of_an_outside_package_is_told_with_what_holds_for_all(toy, monkeypatch):
    view = toy().add("Product", "p")

    def find(net, ask):
        reasons = (("core.closing", {"name": "{braces}"}),)
        there = {"zh": "有", "en": "there"}
        yield Found(0, 0.5, Action.ADD, text=there, coverage=0.25, reasons=reasons)
        yield Found(
            0,
            0.4,
            Action.ADD,
            scope={"kind": "told"},
            text=there,
            steps=lambda: [Step({"zh": "因为", "en": "because of {subject}"})],
        )

    method = Method("outside", family="other", version="1", find=find)
    monkeypatch.setattr("graph.gaps.runner.methods", lambda: {"outside": method})
    first, second = run_methods(view, as_of=DAY, explain="outside:").findings
    assert [s.about for s in first.derivation] == ["confidence", "confidence", "rank"]
    assert first.derivation[1].parts[0].text["en"] == "{braces}."
    assert second.derivation[0].text == {"zh": "因为", "en": "because of p"}
