"""dependence 单点依赖: firms that reach universities, capital or pilots through one actor.

Definition
    In the actor graph (see `broker`) a firm depends on an actor where every path from it to any
    actor of a kind goes through that actor, or ends there: the actor dominates the firm, seen from
    all actors of the kind together. Kinds: `research` (universities, research institutes),
    `capital` (investors, and government bodies that put in money), `pilot` (pilot plants and
    proof-of-concept centres). Found is an actor on whom at least
    `dependence.clients` firms and at least `dependence.share` of those with a path to the kind
    depend. With `--region` only actors that sit there are listed.
Value
    `kind`; `clients`, the firms that depend on it; `reach`, the firms that have any path to the
    kind; `share`, the one by the other; `gate`, whether the actor is of the kind itself, the only
    one that they reach. Severity is the share, 0 to 1.
    Coverage is the share of firms on record that have any tie. Stability is the share of draws
    without a tenth of the ties in which it is still found.
Not assessed
    A kind of which no actor is tied to anybody, or to which no firm has a path. An actor graph of
    more than `actors.edges` edges.
    A record that lacks more than `absence.lost` of the ties (`graph.network.obliged`).
Needs
    Relations between actors, or to what they share (see `broker`).
Reference
    Dominators: T. Lengauer and R. E. Tarjan, ACM TOPLAS 1, 1979; in a graph without directions they
    are the articulation points between a node and the root.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from graph.gaps.derivation import dependence as derivation
from graph.gaps.forests import actor_graph, draws, inside, thinned
from graph.gaps.method import Action, Ask, Clause, Enough, Found, Method, Node, Rows, Unknown
from graph.gaps.stability import Ranks
from graph.network import Network
from graph.network.actors import Ties, joining, on_record
from graph.network.cuts import Tree
from graph.network.obliged import lost
from graph.network.source import Bools, Floats, Ints, ints
from graph.record.sql import literals

NEEDED = {
    "research": ("University", "ResearchInstitute"),
    "capital": ("Investor",),
    "pilot": ("PilotTestPlatform", "ProofOfConceptCentre"),
}
"""What a record lacks where no actor of the kind is tied."""


@dataclass(frozen=True)
class Gates:
    """Per node, the firms that reach a kind of actors only through it; and how many reach it."""

    clients: Ints
    reach: int

    def found(self, ask: Ask) -> Bools:
        enough = self.clients >= max(
            ask["dependence.clients"], ask["dependence.share"] * self.reach
        )
        return np.asarray(enough & (self.clients > 0), dtype=np.bool_)


def gates(found: Tree, wanted: Bools, firm: Bools) -> Gates:
    """Of a forest: a firm depends on whose removal leaves it in a part without any `wanted` node.

    On the path university, platform, firm, firm the platform dominates two firms:

    >>> from graph.network.cuts import neighbours, tree
    >>> path = tree(neighbours(4, np.array([0, 1, 2]), np.array([1, 2, 3])))
    >>> seen = gates(path, np.array([True, False, False, False]),
    ...     np.array([False, False, True, True]))
    >>> seen.clients.tolist(), seen.reach
    ([2, 2, 1, 0], 2)
    """
    weight = np.stack([wanted, firm & ~wanted], axis=1).astype(np.int64)
    below, whole = found.below(weight), found.whole(weight)
    falling = np.flatnonzero(found.falls)
    up, part = found.parent[falling], below[falling]
    rest = whole - weight
    np.subtract.at(rest, up, part)
    clients = np.where(rest[:, 0] == 0, rest[:, 1], 0)
    np.add.at(clients, up, np.where(part[:, 0] == 0, part[:, 1], 0))
    near = whole[:, 0] > 0
    return Gates(np.where(near, clients, 0), int(weight[near, 1].sum()))


def kinds(net: Network, graph: Ties) -> dict[str, Bools]:
    """Which nodes are of which kind."""
    classes = literals(net.source.schema.ends(NEEDED["pilot"]))
    found = net.source.con.execute(f"SELECT k FROM node WHERE class IN {classes}").fetchnumpy()
    pilot = np.isin(graph.keys, ints(found["k"]))
    return {"research": graph.are("research"), "capital": graph.funder, "pilot": pilot}


def _find(net: Network, ask: Ask) -> Iterator[Found | Unknown]:
    graph = actor_graph(net)
    if len(graph.f) > ask["actors.edges"]:
        size = {"edges": len(graph.f), "limit": int(ask["actors.edges"])}
        yield Unknown((), reason="too_large", values=size, text="dependence.too-large", says=size)
        return
    if not len(graph):
        lacking = tuple(r.name for r in joining(net.source.schema))
        yield Unknown(lacking, text="dependence.nobody", enough=Enough(0, 1, "ties"))
        return
    part = lost(net, "project", "round", "result")
    if part > ask["absence.lost"]:
        names, gone = tuple(r.name for r in joining(net.source.schema)), {"lost": part}
        yield Unknown(names, values=gone, text="brokerage.ties-lost", says=gone)
        return
    firm, here = graph.are("firm"), inside(net, ask, graph)
    coverage = int(firm.sum()) / max(on_record(net.source, "firm"), 1)
    every = kinds(net, graph)
    seen = {kind: gates(graph.forest, wanted, firm) for kind, wanted in every.items()}
    listed = {
        kind: np.flatnonzero(whole.found(ask) & here & (graph.kind >= 0))
        for kind, whole in seen.items()
    }
    kept, places = _stable(net, ask, graph, every, firm, listed)
    for kind, wanted in every.items():
        whole = seen[kind]
        if not whole.reach:
            says = {"kind": Clause(f"dependence.{kind}")}
            values = {"kind": kind}
            yield Unknown(
                NEEDED[kind],
                values=values,
                text="dependence.no-path",
                says=says,
                enough=Enough(0, int(ask["dependence.clients"]), "firms-reaching"),
            )
            continue
        others = _largest(graph, wanted)
        for place, node in enumerate(listed[kind].tolist()):
            gate, stable = bool(wanted[node]), float(kept[kind][place])
            found = _found(ask, graph, whole, kind, node, gate, others, coverage, stable)
            told = partial(derivation.steps, graph, ask, node, kind, wanted, found.severity)
            yield replace(found, rank_range=places.range((kind, node)), steps=told)


def _found(
    ask: Ask,
    graph: Ties,
    whole: Gates,
    kind: str,
    node: int,
    gate: bool,
    others: list[int],
    coverage: float,
    stable: float,
) -> Found:
    k, clients = int(graph.keys[node]), int(whole.clients[node])
    counts = {"clients": clients, "reach": whole.reach, "share": clients / whole.reach}
    most = int(ask["dependence.candidates"])
    return Found(
        subject=k,
        severity=counts["share"],
        order=(float(clients),),
        action=Action.SECURE,
        scope={"kind": kind},
        values={**counts, "gate": gate},
        text="dependence.only" if gate else "dependence.through",
        says={**counts, "kind": Clause(f"dependence.{kind}")},
        coverage=coverage,
        stability=float(stable),
        evidence=tuple(
            rows for name in graph.relations for rows in (Rows(name, of=k), Rows(name, to=k))
        ),
        candidates=tuple({"id": Node(int(graph.keys[other]))} for other in others if other != node)[
            :most
        ],
    )


def _largest(graph: Ties, wanted: Bools) -> list[int]:
    """Actors of a kind, those with most ties first: whom the firms could turn to as well."""
    at = np.flatnonzero(wanted)
    degree = np.diff(graph.near.starts)[at]
    first: list[int] = at[np.lexsort((at, -degree))][:16].tolist()
    return first


def _stable(
    net: Network,
    ask: Ask,
    graph: Ties,
    every: Mapping[str, Bools],
    firm: Bools,
    listed: Mapping[str, Ints],
) -> tuple[dict[str, Floats], Ranks]:
    """How often each of those listed is still found with a tenth of the edges gone, and the ranks
    that they then have among each other."""
    kept = {kind: np.zeros(len(nodes)) for kind, nodes in listed.items()}
    count, places = draws(graph, ask), Ranks()
    for draw in range(count if any(map(len, listed.values())) else 0):
        found: dict[tuple[str, int], tuple[float, ...]] = {}
        for kind, wanted in every.items():
            less = gates(thinned(net, graph, ask, draw), wanted, firm)
            still = less.found(ask)
            kept[kind] += still[listed[kind]]
            for node in listed[kind][still[listed[kind]]].tolist():
                clients = float(less.clients[node])
                found[kind, node] = (clients / less.reach, clients)
        places.add(found)
    return {kind: some / max(count, 1) for kind, some in kept.items()}, places


METHOD = Method("dependence", family="brokerage", version="2", find=_find, chain="innovation")
