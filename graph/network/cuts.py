"""What falls apart when one node of an undirected graph is taken out: articulation points.

The low-point method of Hopcroft and Tarjan (Communications of the ACM 16, 1973), one depth-first
search for all nodes. What a cut leaves over is told from sums over the search tree, so that no
pair of nodes is ever looked at.
"""

from dataclasses import dataclass

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
    of, to = np.concatenate([f, t]), np.concatenate([t, f])
    order = np.lexsort((to, of))
    starts = np.concatenate([[0], np.cumsum(np.bincount(of, minlength=n))]).astype(np.int64)
    return Neighbours(starts, to[order])


def tree(near: Neighbours) -> Tree:
    """The forest, its roots the first nodes of their components.

    On a path of three nodes what lies beyond the middle falls with it:

    >>> found = tree(neighbours(3, np.array([0, 1]), np.array([1, 2])))
    >>> found.parent.tolist(), found.falls.tolist()
    ([-1, 0, 1], [False, True, True])
    """
    n = len(near.starts) - 1
    listed, above = _search(n, near)
    order, parent = np.array(listed, dtype=np.int64), np.array(above, dtype=np.int64)
    enter = np.empty(n, dtype=np.int64)
    enter[order] = np.arange(n)
    first = enter.copy()
    of = np.repeat(np.arange(n), np.diff(near.starts))
    np.minimum.at(first, of, enter[near.ends])
    low, sizes = first.tolist(), [1] * n
    for node in reversed(listed):
        up = above[node]
        if up >= 0:
            sizes[up] += sizes[node]
            low[up] = min(low[up], low[node])
    size = np.array(sizes, dtype=np.int64)
    is_root = parent < 0
    root = order[is_root[order]][np.cumsum(is_root[order]) - 1][enter] if n else order
    falls = ~is_root & (np.array(low, dtype=np.int64) >= enter[np.maximum(parent, 0)])
    return Tree(order, enter, size, parent, root, falls)


def _search(n: int, near: Neighbours) -> tuple[list[int], list[int]]:
    """The nodes in the order in which they are entered, and the parent of each."""
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
    return order, parent


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
    run = np.concatenate([np.zeros((1, weight.shape[1]), np.int64), weight[found.order].cumsum(0)])
    below = run[found.enter + found.size] - run[found.enter]
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
