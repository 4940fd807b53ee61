"""What falls apart when one node of an undirected graph is taken out: articulation points.

The low-point method of Hopcroft and Tarjan (Communications of the ACM 16, 1973), one depth-first
search for all nodes. What a cut leaves over is told from sums over the search tree, so that no
pair of nodes is ever looked at.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from graph.network.source import Bools, Ints


@dataclass(frozen=True)
class Tree:
    """A depth-first forest of an undirected graph of n nodes.

    `order` lists the nodes as they were entered, `enter` is its inverse, so that the subtree of v
    is `order[enter[v] : enter[v] + size[v]]`. `parent` is -1 for a root, `root` the root of each
    node. `falls` marks every node whose subtree hangs on its parent alone.
    """

    order: Ints
    enter: Ints
    size: Ints
    parent: Ints
    root: Ints
    falls: Bools

    def below(self, weight: Ints) -> Ints:
        """For each node the sum of `weight`, n × columns, over its subtree, its own included."""
        run = np.concatenate(
            [np.zeros((1, weight.shape[1]), np.int64), weight[self.order].cumsum(0)]
        )
        return np.asarray(run[self.enter + self.size] - run[self.enter])

    def whole(self, weight: Ints) -> Ints:
        """The same over its component."""
        return self.below(weight)[self.root]


@dataclass(frozen=True)
class Neighbours:
    """The neighbours of node v are `ends[starts[v] : starts[v + 1]]`, in rising order."""

    starts: Ints
    ends: Ints

    def of(self, node: int) -> Ints:
        return self.ends[self.starts[node] : self.starts[node + 1]]


def neighbours(n: int, f: Ints, t: Ints) -> Neighbours:
    """Of the undirected edges (f, t), each of which stands there once.

    >>> neighbours(3, np.array([0, 1]), np.array([1, 2])).of(1).tolist()
    [0, 2]
    """
    from scipy.sparse import coo_matrix

    ends = np.concatenate([f, t]), np.concatenate([t, f])
    both: Any = coo_matrix((np.ones(2 * len(f), np.int8), ends), (n, n))
    rows = both.tocsr()
    rows.sort_indices()
    return Neighbours(rows.indptr.astype(np.int64), rows.indices.astype(np.int64))


def tree(near: Neighbours) -> Tree:
    """The forest, its roots the first nodes of their components.

    On a path of three nodes what lies beyond the middle falls with it:

    >>> found = tree(neighbours(3, np.array([0, 1]), np.array([1, 2])))
    >>> found.parent.tolist(), found.falls.tolist()
    ([-1, 0, 1], [False, True, True])
    """
    n = len(near.starts) - 1
    if not n:
        nothing = np.zeros(0, dtype=np.int64)
        return Tree(nothing, nothing, nothing, nothing, nothing, nothing.astype(np.bool_))
    degree = np.diff(near.starts)
    looked = float((degree.astype(np.float64) ** 2).sum())
    order, parent = (_by_scipy if looked <= HUB * degree.sum() else _by_hand)(n, near)
    enter = np.empty(n, dtype=np.int64)
    enter[order] = np.arange(n)
    first = enter.copy()
    np.minimum.at(first, np.repeat(np.arange(n), degree), enter[near.ends])
    is_root = parent < 0
    above = np.where(is_root, -1, enter[np.maximum(parent, 0)])
    end = _ends(above[order])
    low = _least(first[order], end)[enter]
    root = order[is_root[order]][np.cumsum(is_root[order]) - 1][enter]
    size = (end - np.arange(n))[enter]
    return Tree(order, enter, size, parent, root, ~is_root & (low >= above))


HUB = 256
"""SciPy looks through a node's neighbours anew for each branch: where that comes to more than so
many looks for each edge, Python's own loop is quicker."""


def _ends(above: Ints) -> Ints:
    """Where the subtree of each node ends, all by place in the order of entry.

    It ends where the next child of the same parent begins; that of a last child where its parent's
    does, so last children point upwards, ever twice as far, till nothing changes.
    """
    n = len(above)
    by_parent = np.argsort(above, kind="stable")
    same = above[by_parent[1:]] == above[by_parent[:-1]]
    following = np.full(n, -1, dtype=np.int64)
    following[by_parent[:-1][same]] = by_parent[1:][same]
    following[(above < 0) & (following < 0)] = n
    at = np.where(following >= 0, np.arange(n), above)
    while not np.array_equal(at, at[at]):
        at = at[at]
    return np.asarray(following[at])


def _least(values: Ints, end: Ints) -> Ints:
    """The least of `values[i : end[i]]` for every i, by least values of stretches of 1, 2, 4 …

    >>> _least(np.array([3, 1, 2]), np.array([3, 3, 3])).tolist()
    [1, 1, 2]
    """
    n, width, table = len(values), 1, values
    size, least = end - np.arange(n), np.empty(n, dtype=np.int64)
    while True:
        at = np.flatnonzero((size >= width) & (size < 2 * width))
        least[at] = np.minimum(table[at], table[end[at] - width])
        if 2 * width > n:
            return least
        table = np.minimum(table[:-width], table[width:])
        width *= 2


def _by_scipy(n: int, near: Neighbours) -> tuple[Ints, Ints]:
    """The nodes in the order in which they are entered, and the parent of each; -1 for a root.

    Components are hung, by their first nodes, on a string of n + i that is taken out afterwards.
    """
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components, depth_first_order

    if not n:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    graph: Any = csr_matrix((np.ones(len(near.ends), np.int8), near.ends, near.starts), (n, n))
    count, label = connected_components(graph, directed=False)
    root = np.full(count, n, dtype=np.int64)
    np.minimum.at(root, label, np.arange(n))
    root.sort()
    string = np.arange(n, n + count)
    hung = np.stack([root, np.append(string[1:], string[-1:])], axis=1)
    starts = np.append(near.starts, near.starts[-1] + 2 * np.arange(1, count + 1))
    ends = np.concatenate([near.ends, hung.ravel()])
    whole: Any = csr_matrix((np.ones(len(ends), np.int8), ends, starts), (n + count, n + count))
    order, above = depth_first_order(whole, n, directed=True)
    order, above = order[order < n].astype(np.int64), above[:n].astype(np.int64)
    return order, np.where(above < n, above, -1)


def _by_hand(n: int, near: Neighbours) -> tuple[Ints, Ints]:
    """The same, with a place kept in each node's neighbours: linear whatever the degrees."""
    ends, at, last = near.ends.tolist(), near.starts[:-1].tolist(), near.starts[1:].tolist()
    parent, seen, order = [-1] * n, bytearray(n), []
    for start in range(n):
        if seen[start]:
            continue
        seen[start] = 1
        order.append(start)
        path = [start]
        while path:
            node = path[-1]
            i, stop = at[node], last[node]
            while i < stop and seen[ends[i]]:
                i += 1
            at[node] = i + 1
            if i < stop:
                new = ends[i]
                seen[new] = 1
                parent[new] = node
                order.append(new)
                path.append(new)
            else:
                path.pop()
    return np.array(order, dtype=np.int64), np.array(parent, dtype=np.int64)


@dataclass(frozen=True)
class Parts:
    """What each node's removal leaves of its component.

    For every node: `whole`, the weights of its component without it; `count`, the parts that hold
    anything of `weight`'s first column; `largest`, the most of that in one part; `joined`, the sum
    over the parts of each product asked for.
    """

    whole: Ints
    count: Ints
    largest: Ints
    joined: tuple[Ints, ...]


def parts(found: Tree, weight: Ints, products: tuple[tuple[int, int], ...]) -> Parts:
    """Weights of the parts, per node. `weight` is n × columns; `products` are pairs of columns.

    >>> star = tree(neighbours(4, np.array([0, 0, 0]), np.array([1, 2, 3])))
    >>> cut = parts(star, np.ones((4, 1), np.int64), ((0, 0),))
    >>> cut.count.tolist(), cut.largest.tolist(), cut.joined[0].tolist()
    ([3, 1, 1, 1], [1, 3, 3, 3], [3, 9, 9, 9])
    """
    n = len(weight)
    below = found.below(weight)
    whole = below[found.root] - weight
    rest = whole.copy()
    falling = np.flatnonzero(found.falls)
    up, part = found.parent[falling], below[falling]
    np.subtract.at(rest, up, part)
    count = (rest[:, 0] > 0).astype(np.int64) + np.bincount(up[part[:, 0] > 0], minlength=n)
    largest = rest[:, 0].copy()
    np.maximum.at(largest, up, part[:, 0])
    joined = []
    for a, b in products:
        together = rest[:, a] * rest[:, b]
        np.add.at(together, up, part[:, a] * part[:, b])
        joined.append(together)
    return Parts(whole, count, largest, tuple(joined))
