"""Ranks that would change with less on record, of measures that thin what they read themselves."""

from typing import Any

import pytest

from graph.gaps import run
from tests.graph.gaps.test_pilot_capacity import CONCEPT, LATER, PILOT, reach, units

DAY = "2024-12-31"
STILL = {"stability": {"removed": 0}}


def found(view, measure, **how) -> dict[str, Any]:
    return {f.subject.id: f for f in run(view, measures=[measure], as_of=DAY, **how).findings}


def shaken(view, measure, *order: str) -> None:
    """These are ranked so, a draw may turn them round, and with nothing gone none does."""
    seen = found(view, measure)
    assert [f.subject.id for f in sorted(seen.values(), key=lambda f: f.rank)] == list(order)
    for f in seen.values():
        low, high = f.rank_range
        assert low <= f.rank <= high and 0 < f.confidence.stability <= 1
    assert seen[order[0]].rank_range[1] > 1 or seen[order[1]].rank_range[0] == 1
    for f in found(view, measure, settings=STILL).values():
        assert f.rank_range == (f.rank, f.rank) and f.confidence.stability == 1.0


def test_customers_with_one_dependent_supplier_more_or_less(toy):
    view = toy().add("Firm", "M", "N")
    for customer, count in (("M", 5), ("N", 4)):
        for i in range(count):
            view.add("Firm", f"{customer}{i}")
            view.link("SUPPLIES", f"{customer}{i}", customer, share=0.8)
    shaken(view, "lead-dependence", "M", "N")


def test_plants_of_two_stages(toy):
    view = toy().add("Stage", CONCEPT, PILOT, LATER).add("Project", *units(42))
    reach(view, CONCEPT, units(42))
    reach(view, PILOT, units(20), "2024-01")
    reach(view, LATER, units(1, 20), "2024-01")
    view.add("PilotTestPlatform", "a", "b", batches_per_year=5)
    (queue,) = found(view, "pilot-capacity").values()
    assert queue.rank_range == (1, 1) and queue.confidence.stability > 0.5


def test_a_chain_of_which_one_relation_speaks_is_less_sure(toy):
    view = toy().add("IndustryChain", "c").add("Product", "p", "q", "r")
    view.link("PART_OF_CHAIN", "p", "c").link("PART_OF_CHAIN", "q", "c")
    view.link("PART_OF_CHAIN", "r", "c").link("REQUIRES", "p", "q").link("REQUIRES", "p", "r")
    view.add("Policy", "one", status="施行").link("TARGETS", "one", "p")
    once = found(view, "policy-coverage")
    assert once["q"].confidence.stability < 1  # where it is gone the chain is not assessed
    view.add("Policy", *[f"more{i}" for i in range(9)], status="施行")
    for i in range(9):
        view.link("TARGETS", f"more{i}", "p")
    assert found(view, "policy-coverage")["q"].confidence.stability == 1.0


def test_a_link_that_one_policy_alone_covers_may_join_the_gaps(toy):
    view = toy().add("Product", "p", "q", "r", "s").link("REQUIRES", "p", "q")
    view.link("REQUIRES", "s", "q").link("REQUIRES", "s", "r")
    view.add("Policy", *"ABCD", status="施行").link("TARGETS", "A", "q")
    for policy in "BCD":
        view.link("TARGETS", policy, "p").link("TARGETS", policy, "s")
    (r,) = found(view, "policy-coverage").values()
    assert r.rank == 1 and r.rank_range == (1, 2)  # behind q, without which more is lost
    view.link("TARGETS", "B", "q").link("TARGETS", "C", "q")
    assert found(view, "policy-coverage")["r"].rank_range == (1, 1)


def test_policies_that_one_relation_alone_pays(toy):
    view = toy().add("Firm", "firm")
    for name in "abcd":
        view.add("Policy", name, status="施行", instruments=["补助"], beneficiary="企业")
        view.link("FUNDS", name, "firm", amount=1e6)
    view.add("Policy", "bare", status="施行").add(
        "Policy", "half", status="施行", instruments=["补助"]
    )
    shown = found(view, "policy-quality")
    assert [shown[k].rank for k in ("bare", "half")] == [1, 2]
    assert shown["bare"].rank_range == (1, 1) and shown["half"].rank_range == (2, 2)
    view.add("Policy", "old", status="施行", valid_until="2020")
    view.add("Product", "p", "q", "r").link("TARGETS", "old", "p", "q", "r")
    view.link("TARGETS", "a", "r")
    old = found(view, "policy-quality")["old"]  # two of three, or three where a is not on record
    assert old.values["uncovered"] == 2 and old.rank_range[0] < old.rank_range[1]


def test_a_platform_whose_only_client_is_lost(toy):
    view = toy().add("Incubator", "lone", *[f"i{n}" for n in range(8)]).add("Team", "t")
    for n in range(8):
        view.link("INCUBATES", f"i{n}", "t")
    view.add("Achievement", "r", completed_on="2018-12").add("Firm", "firm")
    view.add("Achievement", "good", completed_on="2010").link("DEVELOPS", "firm", "good")
    seen = found(view, "orphan")
    assert [seen[k].rank for k in ("lone", "r")] == [1, 2]
    # fewer of its class have clients in a draw, and the other result may be without its one user
    assert seen["r"].rank_range == (1, 3) and seen["r"].confidence.stability == 1.0
    assert seen["lone"].confidence.stability == 1.0
    still = found(view, "orphan", settings=STILL)
    assert {k: f.rank_range for k, f in still.items()} == {"lone": (1, 1), "r": (2, 2)}


@pytest.mark.parametrize("where", ["name~M", "severity>=0"])
def test_ranges_of_a_part_of_the_list_are_not_those_of_all(toy, where):
    view = toy().add("Firm", "M", "N")
    for customer, count in (("M", 5), ("N", 4)):
        for i in range(count):
            view.add("Firm", f"{customer}{i}")
            view.link("SUPPLIES", f"{customer}{i}", customer, share=0.8)
    m = found(view, "lead-dependence", where=where)["M"]
    assert (m.rank_range is None) == (where == "name~M")
