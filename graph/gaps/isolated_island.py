"""isolated-island 孤岛: groups of one industry and one place between which there is no path.

Definition
    A cell is an industry in a city: the actors that sit there and are of the industry, by
    IN_INDUSTRY of their own or of the chain of a link that they provide, with all industries that
    contain it. The parts of the actor graph (see `broker`) that hold at least
    `isolated-island.actors` actors of a cell should be one: each but the largest is an island, and
    found once, in the cell of which it holds most. With `--region` only cells in it are looked at.
Value
    The subject is the actor of the island with most ties, the object that of the largest part.
    `industry`, `region`; `island` and `main`, the actors of the cell in each of the two;
    `tied`, those in any part of the graph; `parts`, how many parts of that size the cell has.
    Severity is 2 · island / tied, 1 where the cell falls into two halves.
    Coverage is the share of the actors of the cell that have any tie on record. Stability is the
    share of draws without a tenth of the ties in which both are still groups of that size, apart.
Not assessed
    Records without ties between actors, without LOCATED_IN or without industries of actors.
    A record that lacks more than `absence.lost` of the ties (`graph.network.obliged`).
Needs
    IN_INDUSTRY, LOCATED_IN; relations between actors, or to what they share (see `broker`).
Reference
    Components as in R. S. Burt, Structural Holes, 1992: a hole nobody spans at all.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from graph.gaps.derivation import isolated_island as derivation
from graph.gaps.forests import actor_graph, draws, thinned
from graph.gaps.method import Action, Ask, Enough, Found, Method, Node, Rows, Unknown
from graph.gaps.stability import Ranks
from graph.network import Network
from graph.network.actors import Ties, joining
from graph.network.obliged import lost
from graph.network.source import Ints, ints
from graph.network.tables import REGION, current, placeholder
from graph.record.sql import literals


@dataclass(frozen=True)
class Cells:
    """One row per actor and cell: node keys of the actor and the industry, region by position."""

    actor: Ints
    industry: Ints
    region: Ints


def cells(net: Network, ask: Ask) -> Cells:
    """Which actors, of the region that is asked for, are in which cell, by ids of industries."""
    source, day = net.source, net.as_of
    now = {
        name: current(source, name, "r", day)
        for name in ("IN_INDUSTRY", "PROVIDES", "PART_OF_CHAIN", "PART_OF", "LOCATED_IN")
    }
    persons = source.schema.subclasses("Person")
    bodies = tuple(c for c in source.schema.ends(("Actor",)) if c not in persons)
    found = source.con.execute(
        f'WITH RECURSIVE said AS (SELECT r.f AS k, r.t AS industry FROM "r_IN_INDUSTRY" r'
        f" WHERE {now['IN_INDUSTRY']}),"
        f' chained AS (SELECT r.f AS k, s.industry FROM "r_PART_OF_CHAIN" r'
        f" JOIN said s ON s.k = r.t WHERE {now['PART_OF_CHAIN']} UNION FROM said),"
        f" own AS (SELECT s.k, s.industry FROM said s UNION SELECT r.f, c.industry"
        f' FROM "r_PROVIDES" r JOIN chained c ON c.k = r.t WHERE {now["PROVIDES"]}),'
        f" wide(k, industry) AS (FROM own UNION SELECT w.k, r.t FROM wide w"
        f' JOIN "r_PART_OF" r ON r.f = w.industry'
        f" JOIN node i ON i.k = r.t AND i.class IN {literals(source.schema.subclasses('Industry'))}"
        f" WHERE {now['PART_OF']})"
        f" SELECT DISTINCT w.k, w.industry, i.id, g.i AS region FROM wide w"
        f" JOIN node n ON n.k = w.k AND n.class IN {literals(bodies)} AND NOT {placeholder(source)}"
        f' JOIN "r_LOCATED_IN" r ON r.f = w.k AND {now["LOCATED_IN"]}'
        f" JOIN {REGION} g ON g.k = r.t JOIN node i ON i.k = w.industry ORDER BY i.id, w.k, region"
    ).fetchnumpy()
    at = ints(found["region"])
    city = np.append(net.places.city, -1)[at]
    rows = city >= 0
    if ask.region is not None:
        rows &= np.isin(at, net.places.inside(ask.region))
    each = np.stack([ints(found["k"])[rows], ints(found["industry"])[rows], city[rows]])
    first = np.sort(np.unique(each, axis=1, return_index=True)[1])
    actor, industry, region = each[:, first]
    return Cells(actor, industry, region)


def components(graph: Ties) -> Ints:
    """The part of the graph that each node is in."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    n = len(graph)
    edges: Any = coo_matrix((np.ones(len(graph.f), np.int8), (graph.f, graph.t)), (n, n))
    return np.asarray(connected_components(edges, directed=False)[1], dtype=np.int64)


@dataclass(frozen=True)
class Island:
    """A part of the graph against the largest of a cell, by the positions of their first actors."""

    subject: int
    object: int
    industry: int
    region: int
    island: int
    main: int
    tied: int
    all: int
    parts: int
    nodes: Ints

    @property
    def severity(self) -> float:
        return 2 * self.island / self.tied


def islands(ask: Ask, graph: Ties, seen: Cells) -> list[Island]:
    """The worst of each pair of parts."""
    label = components(graph)
    degree = np.diff(graph.near.starts)
    order = np.argsort(graph.keys)
    place = np.minimum(np.searchsorted(graph.keys, seen.actor, sorter=order), len(graph) - 1)
    at = np.where(graph.keys[order[place]] == seen.actor, order[place], -1)
    least = int(ask["isolated-island.actors"])
    members: dict[tuple[int, int], list[int]] = {}
    for industry, region, node in zip(
        seen.industry.tolist(), seen.region.tolist(), at.tolist(), strict=True
    ):
        members.setdefault((industry, region), []).append(node)
    found: dict[tuple[int, int], Island] = {}
    for (industry, region), nodes in members.items():
        tied = np.array([i for i in nodes if i >= 0], dtype=np.int64)
        groups = _groups(tied, label, degree, least)
        for other in groups[1:]:
            one = Island(
                subject=int(other[0]),
                object=int(groups[0][0]),
                industry=industry,
                region=region,
                island=len(other),
                main=len(groups[0]),
                tied=len(tied),
                all=len(nodes),
                parts=len(groups),
                nodes=tied,
            )
            pair = (int(label[other[0]]), int(label[groups[0][0]]))
            pair = (min(pair), max(pair))
            if pair not in found or one.severity > found[pair].severity:
                found[pair] = one
    return list(found.values())


def _groups(tied: Ints, label: Ints, degree: Ints, least: int) -> list[Ints]:
    """The members of each part of that size, the largest first; in each the most tied first."""
    ordered = tied[np.lexsort((tied, -degree[tied], label[tied]))]
    parts = np.split(ordered, np.flatnonzero(np.diff(label[ordered])) + 1)
    large = [p for p in parts if len(p) >= least]
    return sorted(large, key=lambda p: (-len(p), -int(degree[p].sum()), int(p.min())))


Pair = tuple[int, int]


def _stable(
    net: Network, ask: Ask, graph: Ties, found: list[Island]
) -> tuple[dict[Pair, float], Ranks]:
    """How often each island and what it is cut off from are still groups, and apart, with a tenth
    of the ties gone; and in which place."""
    kept, places = {(one.subject, one.object): 0 for one in found}, Ranks()
    least = ask["isolated-island.actors"]
    count = draws(graph, ask) if found and len(graph.f) <= ask["actors.edges"] else 0
    for draw in range(count):
        root = thinned(net, graph, ask, draw).root
        size = np.bincount(root, minlength=len(graph))
        order: dict[Pair, tuple[float, ...]] = {}
        for one in found:
            at = root[one.nodes]
            both = [int((at == root[end]).sum()) for end in (one.subject, one.object)]
            if min(both) >= least and root[one.subject] != root[one.object]:
                tied = int((size[at] > 1).sum())
                order[one.subject, one.object] = (2 * min(both) / tied, float(min(both)))
        for pair in order:
            kept[pair] += 1
        places.add(order)
    return {pair: times / count for pair, times in kept.items() if count}, places


def _find(net: Network, ask: Ask) -> Iterator[Found | Unknown]:
    graph = actor_graph(net)
    if not len(graph):
        lacking = tuple(r.name for r in joining(net.source.schema))
        yield Unknown(lacking, text="islands.nobody", enough=Enough(0, 1, "ties"))
        return
    part = lost(net, "project", "round", "result")
    if part > ask["absence.lost"]:
        names, gone = tuple(r.name for r in joining(net.source.schema)), {"lost": part}
        yield Unknown(names, values=gone, text="brokerage.ties-lost", says=gone)
        return
    seen = cells(net, ask)
    if not len(seen.actor):
        need = 2 * int(ask["isolated-island.actors"])
        lacking = ("IN_INDUSTRY", "LOCATED_IN")
        yield Unknown(lacking, text="islands.no-cells", enough=Enough(0, need, "actors-placed"))
        return
    found = islands(ask, graph, seen)
    kept, places = _stable(net, ask, graph, found)
    for one in found:
        subject, other = int(graph.keys[one.subject]), int(graph.keys[one.object])
        where = {
            "industry": Node(one.industry),
            "region": Node(int(net.places.regions[one.region])),
        }
        counts = {"island": one.island, "main": one.main, "tied": one.tied, "parts": one.parts}
        yield Found(
            subject=subject,
            object=other,
            severity=one.severity,
            order=(float(one.island),),
            action=Action.ADD,
            values={**where, **counts},
            text="islands.island",
            says={**where, **counts},
            coverage=one.tied / one.all,
            stability=kept.get((one.subject, one.object)),
            rank_range=places.range((one.subject, one.object)),
            steps=partial(
                derivation.steps,
                graph,
                ask,
                where,
                seen.actor[(seen.industry == one.industry) & (seen.region == one.region)],
                (one.subject, one.object),
                one.severity,
            ),
            evidence=tuple(
                rows
                for k in (subject, other)
                for rows in (
                    Rows("LOCATED_IN", of=k),
                    Rows("IN_INDUSTRY", of=k),
                    *(Rows(name, of=k) for name in graph.relations),
                    *(Rows(name, to=k) for name in graph.relations),
                )
            ),
        )


METHOD = Method("isolated-island", family="brokerage", version="2", find=_find, chain="innovation")
