"""What must be there and is not tells how much of a record is missing, and what that leaves open."""

import numpy as np
import pytest

from graph.gaps import run
from graph.gaps.runner import LIVE_STATUS
from graph.gaps.settings import Settings
from graph.network import Network
from graph.network.obliged import false_nones, lost

DAY = "2024-12-31"


def net(view):
    return Network.of(view, as_of=DAY, live_status=LIVE_STATUS, rates=Settings().rates())


def rounds(toy, kept, gone):
    view = toy().add("Firm", "f").add("FundingRound", *(f"r{i}" for i in range(kept + gone)))
    return view.link("RAISED", "f", *(f"r{i}" for i in range(kept)))


@pytest.mark.parametrize(("kept", "gone", "part"), [(30, 10, 0.25), (30, 0, 0), (0, 30, 0)])
def test_rounds_that_nobody_raised_are_missing_relations(toy, kept, gone, part):
    assert lost(net(rounds(toy, kept, gone)), "round") == part


def test_of_few_nothing_is_said(toy):
    assert lost(net(rounds(toy, 10, 9)), "round") == 0


def test_those_that_kept_several_are_no_measure(toy):
    view = rounds(toy, 20, 20)
    view.add("Firm", "g").link("RAISED", "g", *(f"r{i}" for i in range(10)))
    assert lost(net(view), "round") == pytest.approx(20 / 30)


def test_how_many_lost_all_of_theirs():
    """Of 1000 that had two, a fifth of the relations lost: 40 have none, 320 one, 640 two."""
    counts = np.array([0] * 40 + [1] * 320 + [2] * 640)
    assert false_nones(counts, 0.2) == pytest.approx(40)
    assert false_nones(np.array([1] * 100), 0.6) == pytest.approx(150)
    assert false_nones(np.array([0, 3]), 0.0) == 0


def unused(toy, gone):
    """Sixty results in use by one firm each, ten that only a university had; `gone` have nobody."""
    view = toy().add("Firm", "firm").add("University", "uni")
    ids = [f"a{i}" for i in range(70 + gone)]
    view.add("Achievement", *ids, completed_on="2015")
    return view.link("DEVELOPS", "firm", *ids[:60]).link("DEVELOPS", "uni", *ids[60:70])


def test_results_that_may_have_lost_their_users_are_not_judged(toy):
    whole = run(unused(toy, 0), measures=["orphan"], as_of=DAY)
    assert len(whole.findings) == 10
    torn = run(unused(toy, 40), measures=["orphan"], as_of=DAY)
    assert not torn.findings and torn.not_assessed[0].values["lost"] == pytest.approx(40 / 110)


def test_what_is_cut_off_in_a_torn_record_is_not_judged(toy):
    view = toy().add("University", "u").add("Incubator", "hub")
    view.link("COLLABORATES_WITH", "u", "hub")
    for i in range(4):
        view.add("Firm", f"f{i}").link("PROVIDES_SERVICE_TO", "hub", f"f{i}")
    measures = ["broker", "dependence", "isolated-island"]
    assert {f.measure for f in run(view, measures=measures, as_of=DAY).findings} >= {"broker"}
    view.add("Project", *(f"p{i}" for i in range(30))).link("UNDERTAKES", "u", "p0", "p1")
    torn = run(view, measures=measures, as_of=DAY)
    assert not torn.findings and {n.measure for n in torn.not_assessed} == set(measures)


def test_links_that_may_have_lost_their_policies_are_not_judged(toy):
    view = toy().add("IndustryChain", "c").add("GovernmentBody", "g")
    view.add("Product", *(f"l{i}" for i in range(24)))
    for i in range(24):
        view.link("PART_OF_CHAIN", f"l{i}", "c").add("Policy", f"p{i}", status="施行")
    for i in range(20):
        view.link("TARGETS", f"p{i}", f"l{i}").link("ISSUES", "g", f"p{i}")
    few = run(view, measures=["policy-coverage"], as_of=DAY)
    assert not few.findings
    assert few.not_assessed[0].values["lost"] == pytest.approx(4 / 24, abs=1e-5)
    view.link("ISSUES", "g", *(f"p{i}" for i in range(20, 24)))
    assert len(run(view, measures=["policy-coverage"], as_of=DAY).findings) == 4
