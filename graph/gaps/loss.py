"""What falls when a link is knocked out, for many links at once."""

from dataclasses import dataclass

import numpy as np

from graph.gaps.method import Ask
from graph.network import Network
from graph.network.impact import Engine
from graph.network.source import Floats


@dataclass(frozen=True)
class Losses:
    """Per link: the value of final outputs that fall with it, and how many other links do."""

    worth: Floats
    links: Floats


def losses(net: Network, ask: Ask, score: Floats, *, counted: bool = True) -> Losses:
    """For the links with the highest `score` above 0 (as many as `impact.links`); 0 for others.

    Links are counted where that is asked for: it takes as long as all the rest.
    """
    engine, n = Engine(net), len(net)
    worth, links = np.zeros(n), np.zeros(n)
    needed = np.flatnonzero((np.nan_to_num(score) > 0) & engine.chain.needed())
    worst = needed[np.argsort(-score[needed], kind="stable")][: int(ask["impact.links"])]
    worth[worst], links[worst] = engine.losses(worst, counted=counted)
    return Losses(worth, links)
