"""The depth-first forests of the actor graph, whole and thinned, that several measures read."""

import numpy as np

from graph.gaps.method import Ask
from graph.gaps.stability import draws_of, seed
from graph.network import Network
from graph.network.actors import Ties, ties
from graph.network.cuts import Tree, neighbours, tree
from graph.network.located import seated
from graph.network.source import Bools


def actor_graph(net: Network) -> Ties:
    """The actor graph, read once for a network."""
    return net.once("ties", lambda: ties(net.source, net.as_of))


def draws(graph: Ties, ask: Ask) -> int:
    """How often the graph is thinned: a large one less often."""
    return draws_of(len(graph.f), ask, "actors.rows")


def inside(net: Network, ask: Ask, graph: Ties) -> Bools:
    """Who sits in the region that is asked for; everybody where none is."""
    if ask.region is None:
        return np.ones(len(graph), dtype=np.bool_)
    return np.isin(graph.keys, seated(net, ask.region))


THINNED = "forest"
"""What the thinned forests are kept under, as long as measures follow that may read them."""


def thinned(net: Network, graph: Ties, ask: Ask, draw: int) -> Tree:
    """The forest of the graph without a tenth of its edges, the same for the same draw."""

    def make() -> Tree:
        chance = np.random.default_rng((seed(net), draw)).random(len(graph.f))
        rows = chance >= ask["stability.removed"]
        return tree(neighbours(len(graph), graph.f[rows], graph.t[rows]))

    return net.once((THINNED, draw), make)
