"""dependence: the firms that reach a kind of actors, and those cut off from all without one."""

from collections.abc import Iterator

import numpy as np

from graph.gaps.derivation.arithmetic import SHOWN, added, calculate
from graph.gaps.derivation.ties import components, names, tied, without
from graph.gaps.method import Ask, Clause, Step
from graph.network.actors import Ties
from graph.network.source import Bools
from graph.rows import number


def steps(
    graph: Ties, ask: Ask, node: int, kind: str, wanted: Bools, severity: float
) -> Iterator[Step]:
    """From the ties of the actor to the share of firms that hang on it."""
    named = {"kind": Clause(f"dependence.{kind}")}
    yield tied(graph, node)
    firm = graph.are("firm") & ~wanted
    label = components(len(graph), graph.f, graph.t)
    n = int(label.max(initial=0)) + 1
    reaching = np.bincount(label[wanted], minlength=n) > 0
    firms = np.where(reaching, np.bincount(label[firm], minlength=n), 0)
    each = np.sort(firms[firms > 0])[::-1].astype(np.float64).tolist()
    reach = float(firms.sum())
    says = {
        **named,
        "parts": ", ".join(number(v) for v in each[:SHOWN]),
        "rest": Clause(
            "explain-ties.rest", {"count": len(each) - SHOWN, "sum": number(sum(each[SHOWN:]))}
        )
        if len(each) > SHOWN
        else "",
    }
    yield Step("explain-ties.reach", says, calculations=(added("reach", "", each, reach),))
    apart = without(graph, node)
    told = [p for p in apart.parts if not wanted[p].any() and firm[p].any()]
    told.sort(key=lambda p: -int(firm[p].sum()))
    counts = [float(firm[p].sum()) for p in told]
    parts = [
        Step("explain-ties.cut-off", {"firms": int(c), **names(graph, p[firm[p]])})
        for p, c in zip(told[:SHOWN], counts, strict=False)
    ]
    if len(told) > SHOWN:
        more = {"count": len(told) - SHOWN, "firms": number(sum(counts[SHOWN:]))}
        parts.append(Step("explain-ties.more-cut-off", more))
    clients = sum(counts)
    least = max(ask["dependence.clients"], ask["dependence.share"] * reach)
    yield Step(
        "explain-ties.depends",
        {**named, "parts": len(apart.parts), "least": number(least)},
        calculations=(
            added("clients", "", counts, clients),
            calculate("severity", "{clients} / {reach}", severity, clients=clients, reach=reach),
        ),
        parts=tuple(parts),
    )
