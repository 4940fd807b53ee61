"""How many supply a link, where the record says so itself, and what it leaves out."""

import numpy as np
import pytest

from graph.gaps import run
from graph.gaps.bounds import bounds
from graph.network.supply import Supply

SCARCITY = ["missing-stage", "single-source", "concentrated", "thin-stage"]


def said(view, link):
    """The measures that find the link, and those that do not know."""
    answer = run(view, measures=SCARCITY, top=0)
    found = {f.measure for f in answer.findings if f.subject.id == link}
    unknown = {n.measure for n in answer.not_assessed if n.subject and n.subject.id == link}
    return found, unknown


def test_one_of_several_that_are_counted_is_no_single_source(toy):
    view = toy().add("Product", "A", provider_count=4).supply("A", x=None)
    assert said(view, "A") == (set(), set())


def test_those_counted_beside_the_named_take_their_part(toy):
    view = toy().add("Product", "A", provider_count=4).supply("A", x=0.4, y=None)
    answer = run(view, measures=["chokepoint"], top=0)
    assert answer.findings[0].values["hhi_actor"] == pytest.approx(0.4**2 + 0.2**2)


def test_the_only_one_that_is_counted_is(toy):
    assert said(toy().add("Product", "A", provider_count=1).supply("A", x=None), "A")[0] == {
        "single-source"
    }


def test_one_is_counted_and_nobody_named(toy):
    view = toy().add("Product", "A", provider_count=1).add("Product", "B").supply("B", x=None)
    view.link("REQUIRES", "B", "A")
    found, unknown = said(view, "A")
    assert found == {"single-source"} and unknown == {"missing-stage"}


def test_several_are_counted_and_nobody_named(toy):
    view = toy().add("Product", "A", provider_count=5).add("Product", "B").supply("B", x=None)
    assert said(view.link("REQUIRES", "B", "A"), "A") == (set(), {"missing-stage"})


def test_nobody_is_counted(toy):
    view = toy().add("Product", "A", provider_count=0).add("Product", "B").supply("B", x=None)
    assert said(view.link("REQUIRES", "B", "A"), "A")[0] == {"missing-stage"}


@pytest.mark.parametrize(("count", "thin"), [(2, True), (3, False)])
def test_who_is_counted_is_taken_to_be_capable(toy, count, thin):
    view = toy().add("Product", "A", provider_count=count).supply("A", x=None)
    assert ("thin-stage" in said(view, "A")[0]) == thin


def test_shares_that_leave_a_gap_mean_that_there_are_others(toy):
    view = toy().add("Product", "A").supply("A", x=0.2, y=0.15)
    assert said(view, "A") == (set(), {"thin-stage"})
    whole = toy().add("Product", "A").supply("A", x=0.6, y=0.4, z=0.0)
    assert "concentrated" in said(whole, "A")[0]


def thinned(toy, part):
    """Twelve links that count ten providers each and name `part` of them; one says nothing."""
    view = toy().add("Product", "A").supply("A", x=None)
    for i in range(12):
        view.add("Product", f"L{i}", provider_count=10)
        view.supply(f"L{i}", **{f"f{i}-{j}": None for j in range(part)})
    return view


def test_in_a_record_that_leaves_out_many_a_short_list_proves_nothing(toy):
    assert said(thinned(toy, 10), "A") == ({"single-source"}, set())
    found, unknown = said(thinned(toy, 7), "A")
    assert not found and "single-source" in unknown


def test_nor_does_an_empty_one_where_that_is_often_so(toy):
    view = thinned(toy, 7)
    for i in range(8):
        view.add("Product", f"one{i}").supply(f"one{i}", **{f"o{i}": None})
    view.add("Product", "none").link("REQUIRES", "L0", "none")
    assert said(view, "none") == (set(), {"missing-stage"})


def test_the_number_of_those_without_a_share_bounds_the_index():
    """.5² + .5² / 2: two share what is left, and that is least where they share it evenly."""
    supply = Supply(
        np.zeros(1, np.int64), np.zeros(1, np.int64), np.array([0.5]), np.zeros(1, np.bool_)
    )
    holder, counted = np.zeros(1, np.int64), np.array([3])
    assert bounds(supply, holder, 1, None, counted).lower[0] == pytest.approx(0.375)
    assert bounds(supply, holder, 1).lower[0] == 0.25


def test_a_provider_of_an_unknown_place_is_a_place_of_its_own_at_least(toy):
    view = toy().add("Product", "A", "B").supply("A", x=0.6, y=0.2, z=0.2).supply("B", w=None)
    view.located(y="US", z="JP", w="DE")
    answer = run(view, measures=["concentrated"], top=0)
    country = next(f for f in answer.findings if f.values["level"] == "country")
    assert country.values["lower"] == pytest.approx(0.44)
