"""concentrated: HHI with its bounds, at four levels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.gaps import run
from graph.gaps.bounds import bounds
from graph.network.supply import Supply
from tests.derivations import holds


def ask(view, **how):
    answer = run(view, measures=["concentrated"], **how)
    found = {(f.subject.id, f.values["level"]): f for f in answer.findings}
    unknown = {(n.subject and n.subject.id, n.values["level"]): n for n in answer.not_assessed}
    return found, unknown


def test_all_shares_known(toy):
    view = toy().add("Product", "A").supply("A", x=0.5, y=0.3, z=0.2)
    found, _ = ask(view)
    at = found["A", "actor"]
    assert at.values["lower"] == at.values["upper"] == at.severity == 0.38  # .25 + .09 + .04
    assert at.values["severe"] is False and at.values["holder"] == "x"
    assert at.id == "concentrated:A@level=actor"


@pytest.mark.parametrize(
    ("shares", "lower", "upper"),
    [
        ({"x": 0.5, "y": 0.2}, 0.29, 0.68),  # .25 + .04; (.5 + .3)² + .04
        ({"x": 0.6}, 0.36, 1.0),
        ({"x": 0.4, "y": 0.2, "z": None}, 0.20, 0.68),  # z may hold any part of .4
        ({"x": 0.7, "y": 0.7}, 0.5, 0.5),  # divided down to halves
    ],
)
def test_bounds_where_shares_are_missing(toy, shares, lower, upper):
    view = toy().add("Product", "A", "B").supply("A", **shares).supply("B", p=None, q=None, r=None)
    found, unknown = ask(view)
    values = (found.get(("A", "actor")) or unknown["A", "actor"]).values
    assert (values["lower"], values["upper"]) == pytest.approx((lower, upper), abs=1e-6)
    assert (("A", "actor") in found) is (lower >= 0.25)


def test_the_rest_is_spread_over_minor_providers(toy):
    view = toy().add("Product", "A").supply("A", x=0.5, y=0.2).add("Firm", "m1", "m2", "m3")
    for minor in ("m1", "m2", "m3"):
        view.link("PROVIDES", minor, "A", role="minor")
    found, _ = ask(view)
    assert found["A", "actor"].values["lower"] == pytest.approx(0.29 + 0.3**2 / 3)


def test_only_the_upper_bound_is_high(toy):
    view = toy().add("Product", "A").supply("A", x=None, y=None, z=None)
    found, unknown = ask(view)
    assert ("A", "actor") not in found
    wide = unknown["A", "actor"]
    assert (wide.values["lower"], wide.values["upper"]) == (0.0, 1.0)
    assert wide.missing == ("PROVIDES.share",)


def test_a_single_source_is_not_said_again(toy):
    view = toy().add("Product", "A", "B").supply("A", x=0.97, y=0.03).supply("B", z=0.5, w=0.5)
    found, unknown = ask(view)
    assert ("A", "actor") not in found and ("A", "actor") not in unknown
    assert ("B", "actor") in found


def test_groups_add_up_what_they_hold(toy):
    view = toy().add("Product", "A").supply("A", a=0.2, b=0.2, c=0.2, d=0.2, e=0.2)
    view.add("Firm", "holding").link("HOLDS_STAKE_IN", "holding", "a", "b", share=0.6)
    view.link("HOLDS_STAKE_IN", "holding", "c", controls=True, share=0.3)
    view.link("HOLDS_STAKE_IN", "holding", "d", share=0.5)  # half is no control
    found, _ = ask(view)
    at = found["A", "group"]
    assert at.severity == pytest.approx(0.44)  # .6² + .2² + .2²
    assert at.values["holder"] == "holding" and ("A", "actor") not in found


def test_a_chain_of_holdings_and_a_named_controller(toy):
    view = toy().add("Product", "A").supply("A", a=0.25, b=0.25)
    view.add("Firm", "c", "d", controller="张三").add("Firm", "mid", "top")
    view.link("PROVIDES", "c", "A", share=0.25).link("PROVIDES", "d", "A", share=0.25)
    view.link("HOLDS_STAKE_IN", "top", "mid", share=0.9).link(
        "HOLDS_STAKE_IN", "mid", "a", share=0.9
    )
    view.link("HOLDS_STAKE_IN", "top", "b", share=0.9).supply("A", e=None)
    found, _ = ask(view)
    assert found["A", "group"].values["lower"] == pytest.approx(0.5)
    assert found["A", "group"].values["holder"] in {"top", "c"}


def test_countries_as_stated_come_before_homes(toy):
    view = toy().add("Product", "A", "B").state("A", JPN=0.9, USA=0.1).supply("A", x=None, y=None)
    view.supply("B", z=0.5, w=0.5).located(x="NLD", y="NLD", z="CHN", w="CHN")
    found, _ = ask(view)
    assert found["A", "country"].severity == pytest.approx(0.82)
    assert found["A", "country"].values["holder"] == "JP"
    assert found["B", "country"].severity == 1.0 and found["B", "country"].values["holder"] == "CN"
    assert (
        "中国" in found["B", "country"].text["zh"] and "China" in found["B", "country"].text["en"]
    )


def test_of_each_country_the_larger_counts(toy):
    """Stated are .45 of China and .2 of Japan, whose providers hold .3 and .25; of the United
    States nothing is."""
    view = toy().add("Product", "A", "B").supply("A", a=0.2, b=0.25, c=0.3)
    view.located(a="USA", b="JPN", c="CHN").state("A", CHN=0.45, JPN=0.2)
    view.supply("B", d=0.5, e=0.3).located(d="USA").state("B", CHN=0.2, USA=0.35)
    found, _ = ask(view, explain="")
    told, other = found["A", "country"], found["B", "country"]
    assert told.severity == pytest.approx(0.2**2 + 0.25**2 + 0.45**2)
    # of B .5 and .2 are less than .5 with .3 of one whose country nobody knows
    assert other.severity == pytest.approx(0.5**2 + 0.3**2)
    for finding in found.values():
        holds(finding)


def test_cities_are_what_counts_within_a_country(toy):
    view = toy().add("Product", "A").supply("A", a=0.3, b=0.3, c=0.4)
    view.add("Region", "成都", "绵阳", "德阳", level="市").add("Region", "高新区", level="区")
    view.link("PART_OF", "高新区", "成都").link("LOCATED_IN", "a", "高新区")
    view.link("LOCATED_IN", "b", "成都").link("LOCATED_IN", "c", "绵阳")
    view.supply("A", d=None).link("LOCATED_IN", "d", "德阳")
    found, unknown = ask(view)
    assert found["A", "region"].values["lower"] == pytest.approx(0.52)  # .6² + .4²
    assert found["A", "region"].values["holder"] == "成都"
    assert (None, "country") in unknown


def test_a_level_with_two_values_is_not_assessed(toy):
    view = toy().add("Product", "A").supply("A", x=0.5, y=0.5)
    found, unknown = ask(view)
    assert not found and unknown[None, "actor"].values["values"] == 2
    assert {level for _, level in unknown} == {"actor", "group", "region", "country"}


def test_thresholds_can_be_set(toy):
    view = toy().add("Product", "A").supply("A", **{f"f{i}": 0.2 for i in range(5)})
    assert not ask(view)[0]
    assert ask(view, settings={"concentrated.hhi": 0.18})[0]


shares = st.lists(st.floats(0.001, 1), min_size=1, max_size=8)


@given(shares, st.sets(st.integers(0, 7)), st.sets(st.integers(0, 7)))
def test_hhi_lies_between_its_bounds(raw, hidden, minor):
    """Whatever majors are hidden from the method, the true HHI is within the bounds."""
    total = sum(raw)
    true = np.array(raw) / total
    known = np.array([np.nan if i in hidden else s for i, s in enumerate(true)])
    is_minor = np.zeros(len(true), dtype=np.bool_)
    who = np.arange(len(true))
    b = bounds(Supply(np.zeros(len(true), np.int64), who, known, is_minor), who, 1)
    hhi = float((true**2).sum())
    assert 0 <= b.lower[0] <= hhi + 1e-9
    assert hhi - 1e-9 <= b.upper[0] <= 1


@given(shares, st.sets(st.integers(0, 7)), st.sets(st.integers(0, 7)), st.sets(st.integers(0, 7)))
def test_bounds_keep_their_order(raw, hidden, minor, nameless):
    """Whatever is stated, minor or without a name, 0 ≤ lower ≤ upper ≤ 1."""
    n = len(raw)
    known = np.array([np.nan if i in hidden else s for i, s in enumerate(raw)])
    is_minor = np.array([i in minor for i in range(n)])
    holder = np.array([-1 if i in nameless else i % 3 for i in range(n)])
    b = bounds(Supply(np.zeros(n, np.int64), np.arange(n), known, is_minor), holder, 1)
    assert 0 <= b.lower[0] <= b.upper[0] + 1e-9 <= 1 + 2e-9


def test_within_a_region_shares_are_of_what_is_supplied_there(toy):
    view = toy().add("Product", "A", "B").supply("A", a=0.06, b=0.02, c=0.9)
    view.add("Region", "成都", "上海", level="市").add("Firm", "m").supply(
        "B", x=None, a=None, b=None
    )
    view.link("PROVIDES", "m", "A", role="minor")
    for firm, city in (("a", "成都"), ("b", "成都"), ("m", "成都"), ("c", "上海"), ("x", "成都")):
        view.link("LOCATED_IN", firm, city)
    found, unknown = ask(view, region="成都")
    # 6%, 2% and 1% of the whole are 6, 2 and 1 ninths of what Chengdu supplies
    assert found["A", "actor"].values["lower"] == pytest.approx((36 + 4 + 1) / 81)
    assert found["A", "actor"].id == "concentrated:A@level=actor@region=成都"
    assert "成都" in found["A", "actor"].text["en"] and ("B", "actor") in unknown
