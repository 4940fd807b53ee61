"""What comes after a link: what is made of it, and the step that follows it."""

from typing import Any

import numpy as np

from graph.network.network import Network


def onwards(net: Network) -> Any:
    """A sparse matrix (link, next step), 1 where there is one: what requires the link, or what it
    is a kind of, and the stage that follows it."""
    from scipy.sparse import coo_matrix

    n = len(net)

    def matrix(f: Any, t: Any) -> Any:
        ones = np.ones(len(f), np.int8)
        return coo_matrix((ones, (f, t)), (n, n)).astype(np.bool_).tocsr()

    following = matrix(
        np.concatenate([net.requires.t, net.precedes.f]),
        np.concatenate([net.requires.f, net.precedes.t]),
    )
    parents = matrix(net.variants.f, net.variants.t)
    above, size = parents, -1
    while above.nnz != size:
        size = above.nnz
        above = above + above @ parents
    return (following + above @ following).astype(np.float64)
