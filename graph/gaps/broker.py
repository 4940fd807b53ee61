"""broker 枢纽主体: an actor whose removal cuts others from each other.

Definition
    In the actor graph (relations of the innovation and capital chains between actors, and through
    the projects, results, funds and rounds of funding that they share; no persons, no
    placeholders, without holdings and payments) an actor is a broker where its removal leaves a
    component in several parts: an articulation point. It is found where at least `broker.pairs`
    pairs of a university or research institute and a firm, or of a funder (an investor, or a
    government body that puts in money) and a firm, lose their only path, at least `broker.share`
    of all such pairs, and at least `broker.cut_off` actors no longer reach the largest part. Pairs
    of the broker itself are not counted. With `--region` only brokers that sit there are listed;
    paths do not end at borders.
Value
    `pairs_lost`, of them `university_pairs` and `funder_pairs`; `components_after`, the parts that
    its component falls into; `cut_off`, the actors outside the largest; `clients`, the actors tied
    to it; `role` after Gould and Fernandez, by the kinds 高校院所, 企业, 平台, 资本, 政府, 其他:
    the most frequent over pairs of clients that only it joins. All three alike: coordinator; both
    clients alike: consultant; one of them like the broker: gatekeeper (ties have no direction, so
    the representative is the same); all different: liaison. `constraint`, Burt's, is the mean over
    its clients: above about 0.5 they have hardly anybody else. Severity is `pairs_share`, pairs
    lost over all pairs that have a path today, 0 to 1.
Not assessed
    A record in which no such pair has a path. An actor graph of more than `actors.edges` edges.
    A record that lacks more than `absence.lost` of the ties (`graph.network.obliged`).
Needs
    Relations between actors (COLLABORATES_WITH, PROVIDES_SERVICE_TO, TRANSFERS_TO, INCUBATES …) or
    to what they share (UNDERTAKES, DEVELOPS, RAISED, PARTICIPATES_IN_ROUND …).
Reference
    Hopcroft and Tarjan 1973 (articulation points); Gould and Fernandez, Sociological Methodology
    19, 1989 (roles); Burt, Structural Holes, 1992 (constraint).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from graph.gaps.derivation import broker as derivation
from graph.gaps.forests import actor_graph, draws, inside, thinned
from graph.gaps.method import Action, Ask, Clause, Enough, Found, Method, Node, Rows, Unknown
from graph.gaps.stability import Ranks
from graph.network import Network
from graph.network.actors import KINDS, Ties, joining, on_record
from graph.network.cuts import Tree, parts
from graph.network.obliged import lost
from graph.network.roles import Circle, part_of, roles
from graph.network.source import Bools, Floats, Ints

ALL, FIRM, RESEARCH, FUNDER = range(4)
"""The columns in which the parts of a graph are counted."""


@dataclass(frozen=True)
class Cut:
    """Per node: what its removal costs. `pairs` are those of the whole graph that have a path."""

    tree: Tree
    university: Ints
    funder: Ints
    parts: Ints
    cut_off: Ints
    pairs: int

    @property
    def lost(self) -> Ints:
        return self.university + self.funder

    def brokers(self, graph: Ties, ask: Ask) -> Bools:
        return (
            (graph.kind >= 0)
            & (self.lost >= ask["broker.pairs"])
            & (self.lost >= ask["broker.share"] * self.pairs)
            & (self.cut_off >= ask["broker.cut_off"])
        )


def _counted(graph: Ties) -> Ints:
    """What each node counts for, by column."""
    columns = (graph.kind >= 0, graph.are("firm"), graph.are("research"), graph.funder)
    return np.stack(columns, axis=1).astype(np.int64)


def cut(graph: Ties, found: Tree) -> Cut:
    """What the removal of each node costs, by the forest of the graph or of a part of its edges."""
    weight = _counted(graph)
    left = parts(found, weight, ((FIRM, RESEARCH), (FIRM, FUNDER)))
    before = [left.whole[:, FIRM] * left.whole[:, other] for other in (RESEARCH, FUNDER)]
    roots = np.flatnonzero(found.parent < 0)
    component = (left.whole + weight)[roots]
    partners = component[:, RESEARCH] + component[:, FUNDER]
    return Cut(
        tree=found,
        university=before[0] - left.joined[0],
        funder=before[1] - left.joined[1],
        parts=left.count,
        cut_off=left.whole[:, ALL] - left.largest,
        pairs=int((component[:, FIRM] * partners).sum()),
    )


def _find(net: Network, ask: Ask) -> Iterator[Found | Unknown]:
    graph = actor_graph(net)
    if len(graph.f) > ask["actors.edges"]:
        size = {"edges": len(graph.f), "limit": int(ask["actors.edges"])}
        yield Unknown((), reason="too_large", values=size, text="broker-too-large", says=size)
        return
    part = lost(net, "project", "round", "result")
    if part > ask["absence.lost"]:
        names, gone = tuple(r.name for r in joining(net.source.schema)), {"lost": part}
        yield Unknown(names, values=gone, text="brokerage.ties-lost", says=gone)
        return
    whole = cut(graph, graph.forest)
    if not whole.pairs:
        lacking = _missing(net, graph)
        yield Unknown(lacking, text="broker-no-pairs", enough=Enough(0, 1, "paths-to-firms"))
        return
    ranked = _ranked(whole, whole.brokers(graph, ask))
    here = inside(net, ask, graph)
    stable, places, count = _stable(net, ask, graph, ranked, here)
    sides = ("firm", "research", "capital")
    tied = sum(int(graph.are(kind).sum()) for kind in sides)
    coverage = tied / max(on_record(net.source, *sides), 1)
    for place, node in enumerate(ranked.tolist()):
        if not here[node]:
            continue
        found = Found(
            subject=int(graph.keys[node]),
            severity=float(whole.lost[node] / whole.pairs),
            order=(float(whole.lost[node]), float(whole.cut_off[node])),
            action=Action.SECURE,
            coverage=coverage,
            stability=float(stable[place]),
            rank_range=places.range(node),
            reasons=_reasons(ask, count, coverage),
        )
        yield replace(found, fill=partial(_filled, found, ask, graph, whole, node))


def _filled(found: Found, ask: Ask, graph: Ties, whole: Cut, node: int) -> Found:
    """What is said of a broker that is shown."""
    circle = Circle(graph, node, int(ask["broker.look_ups"]))
    part = part_of(whole.tree, node, circle.clients)
    by_role = roles(int(graph.kind[node]), graph.kind[circle.clients], part)
    role = max(by_role, key=lambda name: by_role[name])
    counts = {
        "pairs_lost": int(whole.lost[node]),
        "pairs_share": found.severity,
        "university_pairs": int(whole.university[node]),
        "funder_pairs": int(whole.funder[node]),
        "components_after": int(whole.parts[node]),
        "cut_off": int(whole.cut_off[node]),
        "clients": len(circle.clients),
    }
    return replace(
        found,
        values={**counts, "role": role, "roles": by_role, "constraint": circle.constraint()},
        says={**counts, "role": Clause(f"brokerage.role-{role}")},
        evidence=tuple(
            rows
            for relation in graph.relations
            for rows in (
                Rows(relation, of=int(graph.keys[node])),
                Rows(relation, to=int(graph.keys[node])),
            )
        ),
        candidates=tuple(
            {"id": Node(int(graph.keys[other])), "clients": clients}
            for other, clients in circle.successors(int(ask["broker.candidates"]))
        ),
        fill=None,
        steps=partial(derivation.steps, graph, ask, node, found.severity),
    )


def _ranked(found: Cut, brokers: Bools) -> Ints:
    """Brokers, the worst first."""
    at = np.flatnonzero(brokers)
    return at[np.lexsort((at, -found.cut_off[at], -found.lost[at]))]


def _stable(
    net: Network, ask: Ask, graph: Ties, ranked: Ints, here: Bools
) -> tuple[Floats, Ranks, int]:
    """How often each broker stays among as many of the worst, with a tenth of the edges gone, and
    the ranks that those `here` have."""
    count, places = draws(graph, ask), Ranks()
    kept = np.zeros(len(ranked))
    if not len(ranked):
        return kept, places, count
    block = max(int(ask["top"]), 1)
    last = (np.arange(len(ranked)) // block + 1) * block
    for draw in range(count):
        less = cut(graph, thinned(net, graph, ask, draw))
        rank = np.full(len(graph), len(graph), dtype=np.int64)
        again = _ranked(less, less.brokers(graph, ask))
        rank[again] = np.arange(len(again))
        kept += rank[ranked] < last
        mine = again[here[again]]
        order = zip(less.lost[mine] / max(less.pairs, 1), less.cut_off[mine], strict=True)
        places.add(dict(zip(mine.tolist(), order, strict=True)))
    return kept / max(count, 1), places, count


def _reasons(ask: Ask, draws: int, coverage: float) -> tuple[tuple[str, dict[str, float]], ...]:
    said: list[tuple[str, dict[str, float]]] = []
    if coverage < ask["broker.coverage"]:
        said.append(("brokerage.reason-untied", {"part": coverage}))
    if draws < ask["stability.draws"]:
        said.append(("brokerage.reason-draws", {"draws": draws}))
    return tuple(said)


def _missing(net: Network, graph: Ties) -> tuple[str, ...]:
    """What a record lacks in which no university or funder has a path to a firm."""
    if not len(graph):
        return tuple(r.name for r in joining(net.source.schema))
    firms, partners = graph.are("firm").any(), (graph.are("research") | graph.funder).any()
    lacking = (*(() if firms else KINDS["firm"]), *(() if partners else _PARTNERS))
    return lacking or tuple(r.name for r in joining(net.source.schema))


_PARTNERS = (*KINDS["research"], *KINDS["capital"])

METHOD = Method("broker", family="brokerage", version="2", find=_find, chain="innovation")
