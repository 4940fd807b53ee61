"""dependence: firms that reach a kind of actors through one actor only, against brute force."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.gaps import run
from graph.gaps.dependence import gates
from graph.network.cuts import neighbours, tree


def ask(view, **how):
    return run(view, measures=["dependence"], **how)


def found(view, kind="research", **how):
    return {f.subject.id: f for f in ask(view, **how).findings if f.values["kind"] == kind}


def line(toy):
    """u – p – a, b, c and w – d: three firms reach a university through the platform p only."""
    view = toy().add("University", "u", "w").add("TechTransferCentre", "p").add("Firm", *"abcd")
    view.link("COLLABORATES_WITH", "u", "p").link("PROVIDES_SERVICE_TO", "p", *"abc")
    return view.link("COLLABORATES_WITH", "w", "d")


def test_a_platform_that_all_paths_go_through(toy):
    seen = found(line(toy))
    p = seen["p"]
    assert p.values["clients"] == 3 and p.values["reach"] == 4 and p.severity == 0.75
    assert p.id == "dependence:p@kind=research" and p.action == "固链" and p.chain == "innovation"
    assert p.family == "brokerage" and p.confidence.coverage == 1.0
    assert 0 < p.confidence.stability <= 1
    assert [c["id"] for c in p.candidates] == ["u", "w"]
    assert {e.line for e in p.evidence} == {1, 2, 3}  # of the ties to u, and to a, b, c
    assert "3 家企业" in p.text["zh"] and "75.0%" in p.text["en"]
    # the only university that they can reach is one they depend on as well
    assert (
        seen["u"].values["gate"]
        and not p.values["gate"]
        and "能接触的高校院所只有它" in seen["u"].text["zh"]
    )
    assert seen["u"].values["clients"] == 3 and [c["id"] for c in seen["u"].candidates] == ["w"]
    assert seen.keys() == {"p", "u"}


def test_a_second_way_frees_them(toy):
    view = line(toy).link("COLLABORATES_WITH", "w", "a")
    assert not found(view)  # b and c still hang on p: two are too few
    view.link("COLLABORATES_WITH", "a", "c")
    assert not found(view, settings={"dependence": {"clients": 2}})
    assert found(view, settings={"dependence": {"clients": 1}})["p"].values["clients"] == 1


def test_a_share_of_many_is_asked(toy):
    view = line(toy)
    assert not found(view, settings={"dependence": {"share": 0.8}})


def test_capital_is_another_kind(toy):
    view = line(toy).add("Investor", "i").link("INVESTS_IN", "i", "a")
    assert found(view, "capital").keys() == {"i"}
    assert found(view, "capital")["i"].values["clients"] == 3
    less = {"dependence": {"clients": 2}}  # without a, b and c no longer reach i; u is no firm
    assert found(view, "capital", settings=less).keys() == {"i", "a", "p"}
    view.add("GovernmentBody", "g").link("FUNDS", "g", "b")
    assert not found(view, "capital")


def test_pilot_plants_are_those_of_the_innovation_chain(toy):
    view = toy().add("PilotTestPlatform", "plant").add("KeyLaboratory", "lab").add("Firm", *"abc")
    view.link("PROVIDES_SERVICE_TO", "plant", *"abc").link("PROVIDES_SERVICE_TO", "lab", "a")
    assert found(view, "pilot")["plant"].values["clients"] == 3
    assert "lab" not in found(view, "pilot")


def test_a_shared_project_is_no_gate(toy):
    view = toy().add("University", "u").add("Project", "p").add("Firm", *"abc")
    for who in ("u", "a", "b", "c"):
        view.link("UNDERTAKES", who, "p")
    assert found(view).keys() == {"u"}


def test_only_those_of_the_region_are_listed(toy):
    view = line(toy).located(p="CN", u="DE")
    assert found(view, region="CN").keys() == {"p"}


def test_kinds_that_nobody_reaches(toy):
    view = line(toy)
    missing = {n.values["kind"]: n.missing for n in ask(view).not_assessed}
    assert missing == {
        "capital": ("Investor",),
        "pilot": ("PilotTestPlatform", "ProofOfConceptCentre"),
    }
    (nothing,) = ask(toy().add("Firm", "a")).not_assessed
    assert "COLLABORATES_WITH" in nothing.missing


def test_too_large_a_graph_is_said(toy):
    (large,) = ask(line(toy), settings={"actors": {"edges": 4}}).not_assessed
    assert large.reason == "too_large" and large.values == {"edges": 5, "limit": 4}


@settings(max_examples=150, deadline=None)
@given(
    st.integers(1, 9),
    st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=16),
    st.integers(0, 511),
    st.integers(0, 511),
)
def test_against_brute_force(n, pairs, marked, firms):
    edges = sorted({(min(p), max(p)) for p in pairs if max(p) < n and p[0] != p[1]})
    f, t = np.array(edges, dtype=np.int64).reshape(-1, 2).T
    wanted = np.array([bool(marked >> i & 1) for i in range(n)])
    firm = np.array([bool(firms >> i & 1) for i in range(n)])
    whole = nx.Graph(edges)
    whole.add_nodes_from(range(n))

    def reaching(graph):
        near = [nx.node_connected_component(graph, i) for i in range(n) if wanted[i] and i in graph]
        return {i for part in near for i in part if firm[i] and not wanted[i]}

    seen = gates(tree(neighbours(n, f, t)), wanted, firm)
    every = reaching(whole)
    assert seen.reach == len(every)
    for node in range(n):
        without = whole.subgraph(set(range(n)) - {node})
        assert seen.clients[node] == len(every - reaching(without) - {node})


def test_the_same_record_gives_the_same(toy):
    assert ask(line(toy)).findings == ask(line(toy)).findings


@pytest.mark.parametrize("values", [{"planned": True}, {"end": "2019"}, {"start": "2031"}], ids=str)
def test_what_is_over_or_to_come_opens_no_way(toy, values):
    view = line(toy).link("COLLABORATES_WITH", "w", "a", **values)
    assert found(view, as_of="2026-11-24")["p"].values["clients"] == 3
