"""What is left of the actor graph without one actor, in numbers of firms and their partners."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from graph.gaps.derivation.arithmetic import SHOWN
from graph.gaps.method import Clause, Node, Rows, Step
from graph.network.actors import Ties
from graph.network.source import Ints


@dataclass(frozen=True)
class Apart:
    """The component of an actor without it, and the parts that this falls into, the largest
    first; nodes by position."""

    whole: Ints
    parts: tuple[Ints, ...]


def without(graph: Ties, node: int) -> Apart:
    """What the removal of `node` leaves."""
    label = components(len(graph), graph.f, graph.t)
    whole = np.flatnonzero((label == label[node]) & (np.arange(len(graph)) != node))
    rows = (graph.f != node) & (graph.t != node)
    after = components(len(graph), graph.f[rows], graph.t[rows])[whole]
    order = np.argsort(after, kind="stable")
    parts = np.split(whole[order], np.flatnonzero(np.diff(after[order])) + 1)
    return Apart(whole, tuple(sorted(parts, key=lambda p: (-len(p), p[:1].tolist()))))


def components(n: int, f: Ints, t: Ints) -> Ints:
    """The component of each node of the edges (f, t)."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    edges: Any = coo_matrix((np.ones(len(f), np.int8), (f, t)), (n, n))
    return np.asarray(connected_components(edges, directed=False)[1], dtype=np.int64)


def tied(graph: Ties, node: int) -> Step:
    """The lines that tie an actor to others."""
    k = int(graph.keys[node])
    ends = graph.near.of(node)
    first = ends[:SHOWN]
    lines = tuple(
        rows
        for relation in graph.relations
        for other in first.tolist()
        for rows in (
            Rows(relation, of=k, to=int(graph.keys[other])),
            Rows(relation, of=int(graph.keys[other]), to=k),
        )
    )
    shown = [Node(int(graph.keys[i])) for i in first.tolist()]
    says = {"count": len(ends), "names": shown, "more": _more(len(ends) - len(shown))}
    return Step("explain-ties.tied", says, lines)


def names(graph: Ties, nodes: Ints, most: int = 6) -> dict[str, Any]:
    """Some of the nodes that are actors, by name, and how many more there are."""
    actors = nodes[graph.kind[nodes] >= 0]
    shown = [Node(int(graph.keys[i])) for i in actors[:most]]
    return {"names": shown, "more": _more(len(actors) - len(shown))}


def _more(count: int) -> Clause | str:
    return Clause("explain-ties.and-more", {"count": count}) if count > 0 else ""
