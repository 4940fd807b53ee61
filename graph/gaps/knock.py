"""What each finding's knock-out does, filled in as its impact."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from graph.gaps.method import Found, Node
from graph.network import Network
from graph.network.impact import Engine, Impact, Loss


def with_impact(net: Network, found: Sequence[Found], most: int) -> list[Found]:
    """The findings with `impact`: what is lost when what they speak of breaks.

    Worked out for the first `most` of them, the worst: each is a knock-out of its own.
    """
    asked = [f.knock for f in found[:most]]
    if not any(asked):
        return list(found)
    losses = [
        Loss(
            tuple(net.link_at(np.array(knock.links, dtype=np.int64)).tolist()),
            tuple(net.actor_at(np.array(knock.providers, dtype=np.int64)).tolist()),
        )
        for knock in asked
        if knock
    ]
    engine = Engine(net)
    done = iter(engine.impacts(losses))
    return [
        replace(f, impact={**_values(engine, next(done)), **f.impact})
        if f.knock and i < most
        else f
        for i, f in enumerate(found)
    ]


def _values(engine: Engine, impact: Impact) -> dict[str, Any]:
    """`on`: outputs that can no longer be had; `reduced`: those of which less can be had."""

    def nodes(links: tuple[int, ...]) -> list[Node]:
        return [Node(int(engine.net.links[i])) for i in links[:MOST]]

    values: dict[str, Any] = {
        "output_lost": impact.output_lost,
        "share_lost": impact.share_lost,
        "on": nodes(impact.on),
        "reduced": nodes(impact.reduced),
        "outputs_lost": len(impact.on),
        "links_lost": impact.links_lost,
    }
    if engine.chain.cycles:
        values["links_in_cycles"] = engine.chain.cycles
    return values


MOST = 20
"""Outputs named under one finding; their number is always said."""
