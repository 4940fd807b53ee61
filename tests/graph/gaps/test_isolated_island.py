"""isolated-island: groups of one industry and city without a path between them."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.gaps import run
from graph.gaps.isolated_island import components
from graph.network.actors import Ties


def ask(view, **how):
    return run(view, measures=["isolated-island"], **how)


def found(view, **how):
    return {(f.subject.id, f.object.id): f for f in ask(view, **how).findings}


def two(toy):
    """Four firms about m and three about s, all of one industry in one city."""
    view = toy().add("Region", "city", level="市").add("Industry", "optics")
    view.add("Firm", "m", *"abc", "s", *"xy")
    for firm in ("m", *"abc", "s", *"xy"):
        view.link("LOCATED_IN", firm, "city").link("IN_INDUSTRY", firm, "optics")
    return view.link("COLLABORATES_WITH", "m", *"abc").link("COLLABORATES_WITH", "s", *"xy")


def test_two_groups_of_one_trade_and_place(toy):
    seen = found(two(toy))
    assert seen.keys() == {("s", "m")}  # the smaller first, each by who has most ties
    one = seen["s", "m"]
    assert one.values["island"] == 3 and one.values["main"] == 4 and one.values["tied"] == 7
    assert one.values["industry"] == "optics" and one.values["region"] == "city"
    assert one.severity == pytest.approx(6 / 7, abs=1e-6) and one.action == "补链"
    assert one.id == "isolated-island:s>m" and one.chain == "innovation"
    assert one.confidence.coverage == 1.0 and len(one.evidence) > 3
    assert "optics" in one.text["zh"] and "no path between" in one.text["en"]


def test_an_island_that_hangs_on_few_ties_is_less_stable(toy):
    loose = found(two(toy))["s", "m"]
    assert 0.6 < loose.confidence.stability < 0.95  # both of its ties must stay: 0.81
    assert loose.rank_range == (1, 1)
    knit = two(toy).link("COLLABORATES_WITH", "x", "y")
    for a, b in (("a", "b"), ("b", "c"), ("a", "c")):
        knit.link("COLLABORATES_WITH", a, b)
    (firm,) = found(knit).values()
    assert firm.confidence.stability > loose.confidence.stability
    still = found(two(toy), settings={"stability": {"removed": 0}})["s", "m"]
    assert still.confidence.stability == 1.0


def test_one_tie_joins_them(toy):
    assert not found(two(toy).link("COLLABORATES_WITH", "x", "a"))


@pytest.mark.parametrize("apart", ["place", "trade"])
def test_another_place_or_trade_is_no_island(toy, apart):
    view = two(toy).add("Region", "elsewhere", level="市").add("Industry", "food")
    view.add("Firm", "q", "r", "t").link("COLLABORATES_WITH", "q", "r", "t")
    for firm in "qrt":
        view.link("LOCATED_IN", firm, "elsewhere" if apart == "place" else "city")
        view.link("IN_INDUSTRY", firm, "food" if apart == "trade" else "optics")
    assert found(view).keys() == {("s", "m")}


def test_districts_of_one_city_are_one_place(toy):
    view = two(toy).add("Region", "east", "west", level="区")
    for part in ("east", "west"):
        view.link("PART_OF", part, "city")
    view.add("Firm", "q", "r", "t").link("COLLABORATES_WITH", "q", "r", "t")
    for firm in "qrt":
        view.link("LOCATED_IN", firm, "east").link("IN_INDUSTRY", firm, "optics")
    assert found(view).keys() == {("s", "m"), ("q", "m")}
    assert found(view, region="west").keys() == set()
    assert found(view, region="city").keys() == {("s", "m"), ("q", "m")}


def test_a_country_is_too_wide_a_place(toy):
    view = toy().add("Industry", "optics").add("Firm", *"abcxyz")
    view.link("COLLABORATES_WITH", "a", "b", "c").link("COLLABORATES_WITH", "x", "y", "z")
    for firm in "abcxyz":
        view.located(**{firm: "CN"}).link("IN_INDUSTRY", firm, "optics")
    assert not found(view)


def test_an_industry_within_a_wider_one(toy):
    view = two(toy).add("Industry", "lenses", "electronics")
    view.link("PART_OF", "optics", "electronics").link("PART_OF", "lenses", "electronics")
    view.add("Firm", "q", "r", "t").link("COLLABORATES_WITH", "q", "r", "t")
    for firm in "qrt":
        view.link("LOCATED_IN", firm, "city").link("IN_INDUSTRY", firm, "lenses")
    seen = found(view)
    assert seen.keys() == {("s", "m"), ("q", "m")}
    assert seen["q", "m"].values["industry"] == "electronics"
    assert seen["s", "m"].values["industry"] == "optics"  # where it weighs most


def test_the_industry_of_the_chain_of_what_it_makes(toy):
    view = toy().add("Region", "city", level="市").add("Industry", "optics")
    view.add("IndustryChain", "chain").link("IN_INDUSTRY", "chain", "optics").add("Product", "lens")
    view.link("PART_OF_CHAIN", "lens", "chain").add("Firm", *"abcxyz")
    view.link("COLLABORATES_WITH", "a", "b", "c").link("COLLABORATES_WITH", "x", "y", "z")
    for firm in "abcxyz":
        view.link("LOCATED_IN", firm, "city").link("PROVIDES", firm, "lens")
    assert found(view).keys() == {("x", "a")} and found(view)["x", "a"].severity == 1.0


def test_the_industry_of_what_it_makes(toy):
    view = two(toy).add("Product", "lens").link("IN_INDUSTRY", "lens", "optics")
    view.add("Firm", "q", "r", "t").link("COLLABORATES_WITH", "q", "r", "t")
    for firm in "qrt":
        view.link("LOCATED_IN", firm, "city").link("PROVIDES", firm, "lens")
    assert found(view).keys() == {("s", "m"), ("q", "m")}


def test_two_are_no_group(toy):
    view = two(toy).add("Firm", "q", "r").link("COLLABORATES_WITH", "q", "r")
    for firm in "qr":
        view.link("LOCATED_IN", firm, "city").link("IN_INDUSTRY", firm, "optics")
    assert found(view).keys() == {("s", "m")}
    seen = found(view, settings={"isolated-island": {"actors": 2}})
    assert seen.keys() == {("s", "m"), ("q", "m")} and seen["q", "m"].values["parts"] == 3


def test_who_has_no_tie_at_all_lowers_what_is_known(toy):
    view = two(toy).add("Firm", "alone")
    view.link("LOCATED_IN", "alone", "city").link("IN_INDUSTRY", "alone", "optics")
    assert found(view)["s", "m"].confidence.coverage == 0.875


def test_a_shared_project_joins(toy):
    view = two(toy).add("Project", "p").link("UNDERTAKES", "x", "p").link("UNDERTAKES", "a", "p")
    assert not found(view)


def test_what_a_record_lacks(toy):
    (nobody,) = ask(toy().add("Firm", "a")).not_assessed
    assert "COLLABORATES_WITH" in nobody.missing
    view = toy().add("Firm", "a", "b").link("COLLABORATES_WITH", "a", "b")
    (nowhere,) = ask(view).not_assessed
    assert nowhere.missing == ("IN_INDUSTRY", "LOCATED_IN")


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 8), st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=10))
def test_parts_are_those_of_networkx(n, pairs):
    edges = sorted({(min(p), max(p)) for p in pairs if max(p) < n and p[0] != p[1]})
    f, t = np.array(edges, dtype=np.int64).reshape(-1, 2).T
    kind = np.ones(n, dtype=np.int64)
    label = components(Ties(np.arange(n), kind, kind < 0, f, t, ()))
    graph = nx.Graph(edges)
    graph.add_nodes_from(range(n))
    parts = {frozenset(np.flatnonzero(label == c).tolist()) for c in np.unique(label)}
    assert parts == {frozenset(part) for part in nx.connected_components(graph)}
