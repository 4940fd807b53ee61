"""isolated-island: the actors of an industry and a place, in the parts that have no path."""

from collections.abc import Iterator

import numpy as np

from graph.gaps.derivation.arithmetic import SHOWN, calculate
from graph.gaps.derivation.ties import components, names
from graph.gaps.method import Ask, Node, Rows, Step
from graph.network.actors import Ties
from graph.network.source import Ints


def steps(
    graph: Ties,
    ask: Ask,
    where: dict[str, Node],
    members: Ints,
    ends: tuple[int, int],
    severity: float,
) -> Iterator[Step]:
    """`members` are node keys of the actors of the cell; `ends` the first of island and main part,
    by position."""
    order = np.argsort(graph.keys)
    place = np.minimum(np.searchsorted(graph.keys, members, sorter=order), len(graph) - 1)
    at = np.where(graph.keys[order[place]] == members, order[place], -1)
    nodes = np.unique(at[at >= 0])
    label = components(len(graph), graph.f, graph.t)
    sizes = []
    for name, end in zip(("island", "main"), ends, strict=True):
        mine = nodes[label[nodes] == label[end]]
        sizes.append(len(mine))
        yield Step(
            f"explain-ties.{name}",
            {**where, "count": len(mine), **names(graph, mine, SHOWN)},
            tuple(
                rows
                for k in graph.keys[mine[:3]].tolist()
                for rows in (Rows("LOCATED_IN", of=k), Rows("IN_INDUSTRY", of=k))
            ),
        )
    others = len(nodes) - sum(sizes)
    tied = len(nodes)
    says = {
        "all": len(members),
        "untied": len(members) - tied,
        "others": others,
        "least": int(ask["isolated-island.actors"]),
    }
    island, main = sizes
    yield Step(
        "explain-ties.cell",
        {**where, **says},
        calculations=(
            calculate(
                "tied",
                "{island} + {main} + {others}",
                tied,
                island=island,
                main=main,
                others=others,
            ),
            calculate("severity", "2 × {island} / {tied}", severity, island=island, tied=tied),
        ),
    )
