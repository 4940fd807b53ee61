"""Joins on sorted arrays whose groups have different lengths."""

import numpy as np

from graph.network.source import Floats, Ints


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


def summed(group: Ints, holder: Ints, value: Floats) -> tuple[Ints, Ints, Floats]:
    """Adds up `value` over equal pairs (group, holder), ordered by both.

    >>> [side.tolist() for side in summed(np.array([1, 0, 1]), np.array([7, 7, 7]), np.ones(3))]
    [[0, 1], [7, 7], [1.0, 2.0]]
    """
    order = np.lexsort((holder, group))
    group, holder, value = group[order], holder[order], value[order]
    first = np.flatnonzero(
        np.append(True, (np.diff(group) != 0) | (np.diff(holder) != 0))[: len(group)]
    )
    total = np.add.reduceat(value, first) if len(first) else value
    return group[first], holder[first], total
