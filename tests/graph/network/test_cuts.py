"""The depth-first forest and what falls off it, against NetworkX."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.network import cuts
from graph.network.cuts import neighbours, parts, tree


@st.composite
def graphs(draw):
    """Number of nodes and edges, each once, none a loop."""
    n = draw(st.integers(1, 14))
    node = st.integers(0, n - 1)
    pairs = draw(st.sets(st.tuples(node, node).filter(lambda p: p[0] < p[1]), max_size=24))
    return n, sorted(pairs)


def near_of(n, pairs):
    f, t = (np.array([p[i] for p in pairs], dtype=np.int64) for i in (0, 1))
    return neighbours(n, f, t)


@given(graphs())
def test_both_searches_enter_alike(made):
    near = near_of(*made)
    for mine, other in zip(
        cuts._by_scipy(made[0], near), cuts._by_hand(made[0], near), strict=True
    ):
        assert mine.tolist() == other.tolist()


@given(graphs())
def test_what_falls_is_what_networkx_says(made):
    n, pairs = made
    graph = nx.Graph(pairs)
    graph.add_nodes_from(range(n))
    found = tree(near_of(n, pairs))
    left = parts(found, np.ones((n, 1), np.int64), ((0, 0),))
    cutting = set()
    for node in range(n):
        mine = nx.node_connected_component(graph, node) - {node}
        sizes = [len(p) for p in nx.connected_components(graph.subgraph(mine))]
        assert left.whole[node] == sum(sizes)
        assert left.count[node] == len(sizes)
        assert left.largest[node] == max(sizes, default=0)
        assert left.joined[0][node] == sum(size**2 for size in sizes)
        if len(sizes) > 1:
            cutting.add(node)
    assert cutting == set(nx.articulation_points(graph))


@pytest.mark.parametrize("n", [200, 1000, 3000])
def test_deep_and_wide_graphs(n):
    graph = nx.Graph(nx.gnm_random_graph(n, n, seed=n))
    nx.add_path(graph, range(n // 4))
    found = tree(near_of(n, sorted(tuple(sorted(e)) for e in graph.edges)))
    cutting = {int(v) for v in np.flatnonzero(parts_of(found, n).count > 1)}
    assert cutting == set(nx.articulation_points(graph))
    forest = nx.DiGraph((int(p), v) for v, p in enumerate(found.parent) if p >= 0)
    forest.add_nodes_from(range(n))
    assert found.size.tolist() == [len(nx.descendants(forest, v)) + 1 for v in range(n)]


def parts_of(found, n):
    return parts(found, np.ones((n, 1), np.int64), ())


def test_a_hub_takes_the_search_that_keeps_its_place(monkeypatch):
    n = 2 * cuts.HUB + 3
    hub = np.zeros(n - 1, dtype=np.int64)
    near = neighbours(n, hub, np.arange(1, n))
    monkeypatch.setattr(cuts, "_by_scipy", lambda *_: pytest.fail("looked through anew each time"))
    assert tree(near).falls.sum() == n - 1


def test_an_empty_graph_has_an_empty_forest():
    assert tree(neighbours(0, *np.zeros((2, 0), dtype=np.int64))).order.tolist() == []
