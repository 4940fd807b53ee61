"""Joins on sorted arrays whose groups have different lengths."""

from typing import Any

import numpy as np

from graph.network.source import Bools, Floats, Ints


def spread(starts: Ints, counts: Ints) -> Ints:
    """The positions `starts[i] … starts[i] + counts[i] - 1`, one run after the other.

    >>> spread(np.array([5, 0]), np.array([2, 3])).tolist()
    [5, 6, 0, 1, 2]
    """
    before = np.cumsum(counts) - counts
    return np.asarray(np.repeat(starts - before, counts) + np.arange(counts.sum()), dtype=np.int64)


def matches(ordered: Ints, wanted: Ints) -> tuple[Ints, Ints]:
    """All pairs of a position in `wanted` and a position in the sorted `ordered` that are equal.

    >>> [side.tolist() for side in matches(np.array([1, 1, 4]), np.array([4, 1]))]
    [[0, 1, 1], [2, 0, 1]]
    """
    starts = np.searchsorted(ordered, wanted)
    counts = np.searchsorted(ordered, wanted, side="right") - starts
    return np.repeat(np.arange(len(wanted)), counts), spread(starts, counts)


def summed(group: Ints, holder: Ints, *values: Floats) -> tuple[Any, ...]:
    """Adds up each of `values` over equal pairs (group, holder), ordered by both.

    >>> [side.tolist() for side in summed(np.array([1, 0, 1]), np.array([7, 7, 7]), np.ones(3))]
    [[0, 1], [7, 7], [1.0, 2.0]]
    """
    if not len(group):
        return group, holder, *values
    low = int(holder.min())
    width = int(holder.max()) - low + 1
    key = group * width + (holder - low)
    size = (int(group.max()) + 1) * width
    if size <= DENSE * len(key):
        present = np.flatnonzero(np.bincount(key, minlength=size))
        totals = (np.bincount(key, value, size).astype(np.float64)[present] for value in values)
        return present // width, present % width + low, *totals
    step = np.diff(key)
    if (step < 0).any():
        order = np.argsort(key, kind="stable")
        key, values = key[order], tuple(value[order] for value in values)
        step = np.diff(key)
    elif (step > 0).all():
        return group, holder, *values
    first = np.flatnonzero(np.append(True, step != 0))
    totals = (np.add.reduceat(value, first) for value in values)
    return key[first] // width, key[first] % width + low, *totals


DENSE = 4
"""A table of all pairs is filled where it has at most so many cells per row: no sorting then."""


def places(nodes: Ints) -> Ints:
    """A table of where each of some node keys stands, −1 for others; its last entry is −1.

    >>> places(np.array([2, 0])).tolist()
    [1, -1, 0, -1]
    """
    table = np.full(int(nodes.max(initial=-1)) + 2, -1, dtype=np.int64)
    table[nodes] = np.arange(len(nodes))
    return table


def looked_up(table: Ints, keys: Ints) -> Ints:
    """Where each key stands by such a table; −1 for one that is not in it.

    >>> looked_up(places(np.array([2, 0])), np.array([0, 1, 2, 7, -1])).tolist()
    [1, -1, 0, -1, -1]
    """
    return np.asarray(table[np.minimum(keys, len(table) - 1)])


def once(keys: Ints) -> Ints:
    """Keys in order, each once; `np.unique` takes ten times as long.

    >>> once(np.array([3, 1, 3])).tolist()
    [1, 3]
    """
    every = np.sort(keys, kind="stable")
    return every[np.append(True, every[1:] != every[:-1])] if len(every) else every


def among(keys: Ints, listed: Ints) -> Bools:
    """Which keys stand in a sorted list.

    >>> among(np.array([3, 2]), np.array([1, 3])).tolist()
    [True, False]
    """
    if not len(listed):
        return np.zeros(len(keys), dtype=np.bool_)
    place = np.minimum(np.searchsorted(listed, keys), len(listed) - 1)
    return np.asarray(listed[place] == keys, dtype=np.bool_)


def largest(group: Ints, value: Floats, n: int) -> Ints:
    """The row with the largest `value` in each of `n` groups, the first of equals; -1 where empty.

    `group` is in rising order.

    >>> largest(np.array([0, 0, 2]), np.array([1.0, 3.0, 5.0]), 3).tolist()
    [1, -1, 2]
    """
    result = np.full(n, -1, dtype=np.int64)
    if len(group):
        starts = np.flatnonzero(np.append(True, np.diff(group) != 0))
        best = np.maximum.reduceat(value, starts)
        counts = np.diff(np.append(starts, len(group)))
        rows = np.flatnonzero(value == np.repeat(best, counts))
        first = np.append(True, np.diff(group[rows]) != 0)
        result[group[rows[first]]] = rows[first]
    return result
