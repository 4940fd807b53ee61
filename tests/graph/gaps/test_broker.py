"""broker: who holds groups together, against brute force and by hand."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.gaps import run
from graph.gaps.broker import cut
from graph.network.actors import KINDS, Ties, ties
from graph.network.roles import Circle, part_of, roles
from graph.record import Record


def ask(view, **how):
    return run(view, measures=["broker"], **how)


def found(view, **how):
    return {f.subject.id: f for f in ask(view, **how).findings}


def bridge(toy):
    """Two universities u, w and four firms a … d; only the platform p joins the two sides.

    u–a, u–b, w–c, w–d, p–u, p–w. Without p: {u, a, b} and {w, c, d}.
    """
    view = toy().add("University", "u", "w").add("Firm", *"abcd").add("PilotTestPlatform", "p")
    view.link("COLLABORATES_WITH", "u", "a", "b").link("COLLABORATES_WITH", "w", "c", "d")
    return view.link("PROVIDES_SERVICE_TO", "p", "u", "w")


def test_a_platform_between_two_groups(toy):
    seen = found(bridge(toy))
    p = seen["p"]
    # 2 universities × 4 firms = 8 pairs; without p u–c, u–d, w–a, w–b are gone
    assert p.values["pairs_lost"] == p.values["university_pairs"] == 4
    assert p.severity == p.values["pairs_share"] == 0.5 and p.values["funder_pairs"] == 0
    assert p.values["components_after"] == 2 and p.values["cut_off"] == 3
    assert p.values["role"] == "consultant" and p.values["clients"] == 2
    # each client of p has three partners that do not know each other: 3 · (1/3)²
    assert p.values["constraint"] == pytest.approx(1 / 3, abs=1e-6)
    assert p.action == "固链" and p.chain == "innovation" and p.family == "brokerage"
    assert p.confidence.coverage == 1.0 and 0 < p.confidence.stability <= 1
    assert sorted(e.line for e in p.evidence) == [1, 2]
    assert "分成 2 块" in p.text["zh"] and "4 pairs" in p.text["en"] and "50.0%" in p.text["en"]


def test_what_a_university_of_one_side_is(toy):
    u = found(bridge(toy), settings={"broker": {"pairs": 2}})["u"]
    # without u: {a}, {b}, {p, w, c, d}; of the pairs of w with four firms those with a and b go
    assert u.values["pairs_lost"] == 2 and u.severity == 0.25
    assert u.values["components_after"] == 3 and u.values["cut_off"] == 2


def test_too_few_pairs_are_no_weak_link(toy):
    view = bridge(toy)
    assert found(view).keys() == {"p"}
    assert found(view, settings={"broker": {"pairs": 2}}).keys() == {"p", "u", "w"}
    assert not found(view, settings={"broker": {"cut_off": 4}})
    assert not found(view, settings={"broker": {"share": 0.51}})


def test_a_second_way_round(toy):
    view = bridge(toy).add("Incubator", "i")
    assert "p" not in found(view.link("INCUBATES", "i", "a").link("COLLABORATES_WITH", "i", "c"))


@pytest.mark.parametrize(
    ("relation", "values"),
    [
        ("SUPPLIES", {}),
        ("HOLDS_STAKE_IN", {}),
        ("PAYS", {}),
        ("COLLABORATES_WITH", {"planned": True}),
        ("COLLABORATES_WITH", {"start": "2031"}),
        ("COLLABORATES_WITH", {"end": "2019"}),
    ],
)
def test_what_joins_nobody(toy, relation, values):
    view = bridge(toy).link(relation, "a", "c", **values)
    assert found(view, as_of="2026-11-24").keys() == {"p"}


@pytest.mark.parametrize("thing", ["Project", "Achievement", "FundingRound", "Fund"])
def test_a_shared_thing_joins_and_is_no_broker(toy, thing):
    relation = {
        "Project": "UNDERTAKES",
        "Achievement": "DEVELOPS",
        "FundingRound": "PARTICIPATES_IN_ROUND",
        "Fund": "INVESTS_IN",
    }[thing]
    view = toy().add("University", "u", "w").add("Firm", *"abcd").add(thing, "t")
    view.link("COLLABORATES_WITH", "u", "a", "b").link("COLLABORATES_WITH", "w", "c", "d")
    view.link(relation, "u", "t", end="2019").link(relation, "w", "t", end="2019")
    seen = found(view, settings={"broker": {"pairs": 1}})
    # without u: a and b lose w; without w: c and d lose u. The thing itself is not listed.
    assert seen.keys() == {"u", "w"}
    assert seen["u"].values["pairs_lost"] == 2 and seen["u"].values["clients"] == 3


@pytest.mark.parametrize("thing", ["Product", "Technology", "Stage"])
def test_a_link_of_a_chain_is_no_meeting_place(toy, thing):
    view = bridge(toy).add(thing, "x")
    assert found(view.link("DEVELOPS", "a", "x").link("DEVELOPS", "c", "x")).keys() == {"p"}


@pytest.mark.parametrize("way", ["placeholder", "person", "dissolved"])
def test_who_is_no_actor_joins_nobody(toy, way):
    view = bridge(toy)
    match way:
        case "placeholder":
            view.add("Firm", "x", name="若干企业")
        case "person":
            view.add("Person", "x")
        case "dissolved":
            view.add("Firm", "x", dissolved_on="2020")
    view.link("COLLABORATES_WITH", "x", "a", "c")
    assert found(view, as_of="2026-11-24").keys() == {"p"}


def test_funders_and_firms(toy):
    view = toy().add("Investor", "v").add("GovernmentBody", "g", "h").add("Firm", *"abc")
    view.add("Incubator", "i").link("INCUBATES", "i", *"abc").link("INVESTS_IN", "v", "i")
    view.link("FUNDS", "g", "i").link("BUILDS", "h", "i")
    i = found(view)["i"]
    # v and g put in money, h does not: 2 · 3 pairs, all through i
    assert i.values["funder_pairs"] == i.values["pairs_lost"] == 6 and i.severity == 1.0
    assert i.values["components_after"] == 6 and i.values["role"] == "liaison"
    # apart are all 15 pairs of clients: firms 3, government 1, the other 11 differ in kind
    assert i.values["roles"] == {"coordinator": 0, "gatekeeper": 0, "consultant": 4, "liaison": 11}


def test_who_could_share_the_load(toy):
    view = bridge(toy).add("Firm", "x", "y", "z").link("COLLABORATES_WITH", "p", "x", "y")
    view.link("COLLABORATES_WITH", "z", "x", "y")
    assert found(view)["p"].candidates == ({"id": "z", "clients": 2},)


def test_only_brokers_of_the_region(toy):
    view = bridge(toy).add("Region", "成都", "上海", level="市").link("LOCATED_IN", "p", "成都")
    view.link("LOCATED_IN", "u", "上海")
    at_home = found(view, region="成都")
    assert at_home.keys() == {"p"} and at_home["p"].values["pairs_lost"] == 4
    assert not found(view, region="上海")


@pytest.mark.parametrize(
    ("entities", "missing"),
    [
        ({}, "COLLABORATES_WITH"),
        ({"University": "uw"}, "Firm"),
        ({"Firm": "ab"}, "University"),
    ],
)
def test_a_record_that_cannot_tell(toy, entities, missing):
    view = toy()
    for cls, ids in entities.items():
        view.add(cls, *ids).link("COLLABORATES_WITH", *ids)
    answer = ask(view)
    (unknown,) = answer.not_assessed
    assert not answer.findings and unknown.reason == "insufficient_data"
    assert missing in unknown.missing and missing in unknown.text["zh"]


def test_universities_and_firms_that_never_meet(toy):
    view = toy().add("University", "u", "w").add("Firm", "a", "b")
    view.link("COLLABORATES_WITH", "u", "w").link("COLLABORATES_WITH", "a", "b")
    (unknown,) = ask(view).not_assessed
    assert "COLLABORATES_WITH" in unknown.missing and "Firm" not in unknown.missing


def test_a_graph_that_is_too_large(toy):
    answer = ask(bridge(toy), settings={"actors": {"edges": 5}})
    assert not answer.findings and answer.not_assessed[0].reason == "too_large"
    assert answer.not_assessed[0].values == {"edges": 6, "limit": 5}


def test_coverage_counts_those_without_any_tie(toy):
    view = bridge(toy).add("Firm", *(f"lone{i}" for i in range(14)))
    confidence = found(view)["p"].confidence
    assert confidence.coverage == 0.3  # 6 of 20
    assert "30%" in confidence.reasons[0]["zh"] and "30%" in confidence.reasons[0]["en"]


def test_the_constraint_is_left_out_where_it_is_dear(toy):
    p = found(bridge(toy), settings={"broker": {"look_ups": 3}})["p"]
    assert p.values["constraint"] is None and p.candidates == ()


def test_a_real_record_says_the_same_twice(claims, tmp_path):
    for cls, ids in {"University": "uw", "Firm": "abcd", "PilotTestPlatform": "p"}.items():
        for key in ids:
            claims.entity(cls, key)
    for of, to in ("ua", "ub", "wc", "wd", "pu", "pw"):
        claims.relation("COLLABORATES_WITH", of, to)
    with Record.open(claims.write(tmp_path / "graph.duckdb")) as record:
        first, second = ask(record.view()), ask(record.view())
    assert first == second
    (p,) = first.findings
    assert p.id == "broker:p" and p.values["pairs_lost"] == 4
    assert {(e.file, e.line) for e in p.evidence} == {("relations.csv", 6), ("relations.csv", 7)}


@st.composite
def graphs(draw):
    """Actor graphs of up to 12 nodes: kinds, funders among governments, any edges."""
    n = draw(st.integers(1, 12))
    kind = np.array(draw(st.lists(st.integers(-1, len(KINDS) - 1), min_size=n, max_size=n)))
    pairs = [(a, b) for a in range(n) for b in range(a + 1, n)]
    edges = sorted(draw(st.sets(st.sampled_from(pairs), max_size=18))) if pairs else []
    f, t = (np.array([e[i] for e in edges], dtype=np.int64) for i in (0, 1))
    funder = (kind == 3) | (
        (kind == 4) & np.array(draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    )
    return Ties(np.arange(n), kind.astype(np.int64), funder, f, t, ())


def nx_of(graph):
    made = nx.Graph(zip(graph.f.tolist(), graph.t.tolist(), strict=True))
    made.add_nodes_from(range(len(graph)))
    return made


def joined(graph, left):
    """Pairs (university, firm) and (funder, firm) that have a path in `left`."""
    firm, partner = graph.are("firm"), (graph.are("research"), graph.funder)
    return [
        {(a, b) for a in left for b in left if of[a] and firm[b] and nx.has_path(left, a, b)}
        for of in partner
    ]


@given(graphs())
@settings(max_examples=150, deadline=None)
def test_as_brute_force_says(graph):
    whole = nx_of(graph)
    before = joined(graph, whole)
    seen = cut(graph, graph.forest)
    assert seen.pairs == sum(len(pairs) for pairs in before)
    for node in whole:
        left = whole.subgraph(set(whole) - {node})
        lost = [
            sum(node not in pair for pair in old - new)
            for old, new in zip(before, joined(graph, left), strict=True)
        ]
        assert [seen.university[node], seen.funder[node]] == lost
        mine = nx.node_connected_component(whole, node) - {node}
        sizes = [
            sum(graph.kind[i] >= 0 for i in part)
            for part in nx.connected_components(whole.subgraph(mine))
        ]
        sizes = [size for size in sizes if size]
        assert seen.parts[node] == len(sizes)
        assert seen.cut_off[node] == sum(sizes) - max(sizes, default=0)
        assert (seen.parts[node] < 2) or node in set(nx.articulation_points(whole))


@given(graphs())
@settings(max_examples=100, deadline=None)
def test_roles_and_constraint_as_brute_force_says(graph):
    whole = nx_of(graph)
    actors = [i for i in whole if graph.kind[i] >= 0]
    things = whole.subgraph(set(whole) - set(actors))
    tied = whole.subgraph(actors).copy()
    for part in nx.connected_components(things):
        around = sorted({a for i in part for a in whole[i]} & set(actors))
        tied.add_edges_from((a, b) for a in around for b in around if a < b)
    constraints = nx.constraint(tied) if tied.edges else {}
    seen = cut(graph, graph.forest)
    for node in actors:
        circle = Circle(graph, node, 10_000)
        assert circle.clients.tolist() == sorted(tied[node])
        if not tied[node]:
            continue
        mean = np.mean([constraints[c] for c in tied[node]])
        assert circle.constraint() == pytest.approx(mean)
        left = whole.subgraph(set(whole) - {node})
        expected = {"coordinator": 0, "gatekeeper": 0, "consultant": 0, "liaison": 0}
        for a in tied[node]:
            for b in tied[node]:
                if a < b and not nx.has_path(left, a, b):
                    expected[role_of(graph.kind[node], graph.kind[a], graph.kind[b])] += 1
        part = part_of(seen.tree, node, circle.clients)
        assert roles(int(graph.kind[node]), graph.kind[circle.clients], part) == expected


def role_of(own, a, b):
    if a == b:
        return "coordinator" if a == own else "consultant"
    return "gatekeeper" if own in (a, b) else "liaison"


def test_a_record_of_trade_alone_is_not_searched(toy):
    view = toy()
    view.con.execute(
        "INSERT INTO node SELECT i, 'f' || i, 'Firm', 'f' || i, NULL FROM range(1000) t(i)"
    )
    view.con.execute(
        'INSERT INTO "r_SUPPLIES"(f, t) SELECT i, (i * 7 + 1) % 1000 FROM range(1000) t(i)'
    )
    assert len(ties(view, "2026-11-24")) == 0
    view.con.execute('INSERT INTO "r_COLLABORATES_WITH"(f, t) VALUES (5, 3), (3, 5), (3, 9)')
    graph = ties(view, "2026-11-24")
    assert [graph.keys[graph.f].tolist(), graph.keys[graph.t].tolist()] == [[3, 3], [5, 9]]
