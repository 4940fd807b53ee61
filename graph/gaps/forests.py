"""The depth-first forests of the actor graph, whole and thinned, that several measures read."""

import numpy as np

from graph.gaps.method import Ask
from graph.gaps.stability import seed
from graph.network import Network
from graph.network.actors import Ties, ties
from graph.network.cuts import Tree, neighbours, tree


def actor_graph(net: Network) -> Ties:
    """The actor graph, read once for a network."""
    return net.once("ties", lambda: ties(net.source, net.as_of))


def draws(graph: Ties, ask: Ask) -> int:
    """How often the graph is thinned: a large one less often."""
    fit = int(ask["actors.rows"] // max(len(graph.f), 1))
    return int(min(ask["stability.draws"], max(fit, ask["stability.draws_min"])))


def thinned(net: Network, graph: Ties, ask: Ask, draw: int) -> Tree:
    """The forest of the graph without a tenth of its edges, the same for the same draw."""

    def make() -> Tree:
        chance = np.random.default_rng((seed(net), draw)).random(len(graph.f))
        rows = chance >= ask["stability.removed"]
        return tree(neighbours(len(graph), graph.f[rows], graph.t[rows]))

    return net.once(("forest", draw), make)
