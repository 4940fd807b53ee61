"""broker: the pairs of firms and partners that have a path today, and those that lose theirs."""

from collections.abc import Iterator

import numpy as np

from graph.finding import Calculation
from graph.gaps.derivation.arithmetic import SHOWN, added, calculate
from graph.gaps.derivation.ties import components, names, tied, without
from graph.gaps.method import Ask, Step
from graph.network.actors import Ties
from graph.network.source import Ints
from graph.rows import number

SIDES = ("research", "funder")


def steps(graph: Ties, ask: Ask, node: int, severity: float) -> Iterator[Step]:
    """From the ties of the actor to the share of pairs that hang on it."""
    yield tied(graph, node)
    apart = without(graph, node)
    firms, sides = graph.are("firm"), (graph.are("research"), graph.funder)

    def count(nodes: Ints) -> tuple[int, int, int]:
        return (int(firms[nodes].sum()), *(int(side[nodes].sum()) for side in sides))  # type: ignore[return-value]

    f, u, k = count(apart.whole)
    before = f * u + f * k
    yield Step(
        "explain-ties.component",
        {"firms": f, "research": u, "funders": k},
        calculations=(calculate("before", "{f} × {u} + {f} × {k}", before, f=f, u=u, k=k),),
    )
    told = [(nodes, *count(nodes)) for nodes in apart.parts]
    told.sort(key=lambda p: -(p[1] * (p[2] + p[3])))
    pairs = [p[1] * (p[2] + p[3]) for p in told]
    joined = [(part, p) for part, p in zip(told, pairs, strict=True) if p]
    parts = [
        Step(
            "explain-ties.part",
            {"firms": a, "research": b, "funders": c, **names(graph, nodes)},
            calculations=(calculate("pairs", "{f} × ({u} + {k})", p, f=a, u=b, k=c),),
        )
        for (nodes, a, b, c), p in joined[:SHOWN]
    ]
    if len(joined) > SHOWN:
        says = {"count": len(joined) - SHOWN, "pairs": sum(p for _, p in joined[SHOWN:])}
        parts.append(Step("explain-ties.more-parts", says))
    if len(joined) < len(told):
        alone = np.concatenate([part[0] for part, p in zip(told, pairs, strict=True) if not p])
        says = {"count": len(told) - len(joined), **names(graph, alone, SHOWN)}
        parts.append(Step("explain-ties.parts-alone", says))
    left = [float(p) for p in pairs]
    yield Step(
        "explain-ties.parts",
        {"count": len(told)},
        calculations=(added("after", "", [p for p in left if p], sum(left)),),
        parts=tuple(parts),
    )
    lost = before - sum(left)
    sums = (calculate("lost", "{before} - {after}", lost, before=before, after=sum(left)),)
    yield Step("explain-ties.lost", {"least": number(ask["broker.pairs"])}, calculations=sums)
    yield _all(graph, lost, severity)


def _all(graph: Ties, lost: float, severity: float) -> Step:
    """All pairs that have a path, component by component."""
    label = components(len(graph), graph.f, graph.t)
    n = int(label.max(initial=0)) + 1
    firms = np.bincount(label[graph.are("firm")], minlength=n)
    partners = np.bincount(label[graph.are("research")], minlength=n)
    partners = partners + np.bincount(label[graph.funder], minlength=n)
    pairs = firms * partners
    order = np.argsort(-pairs, kind="stable")
    order = order[pairs[order] > 0]
    terms = [f"{firms[i]} × {partners[i]}" for i in order[:SHOWN].tolist()]
    parts = [
        Step("explain-ties.component-of", {"firms": int(firms[i]), "partners": int(partners[i])})
        for i in order[:SHOWN].tolist()
    ]
    if len(order) > SHOWN:
        rest = int(pairs[order[SHOWN:]].sum())
        parts.append(Step("explain-ties.more-parts", {"count": len(order) - SHOWN, "pairs": rest}))
        terms.append(str(rest))
    total = float(pairs.sum())
    sums = (
        Calculation("pairs", "", " + ".join(terms), total),
        calculate("severity", "{lost} / {pairs}", severity, lost=lost, pairs=total),
    )
    return Step("explain-ties.all-pairs", {"count": len(order)}, (), sums, tuple(parts))
