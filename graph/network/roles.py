"""What an actor is to those around it: whom it joins, in which role, and how tied they are."""

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from graph.network.actors import KINDS, Ties
from graph.network.cuts import Tree
from graph.network.source import Ints

ROLES = ("coordinator", "gatekeeper", "consultant", "liaison")
"""Gould and Fernandez's, without direction: a gatekeeper is a representative as well."""


def part_of(found: Tree, node: int, others: Ints) -> Ints:
    """The part in which each of `others` is left when `node` is taken out; 0 is the one above it.

    `others` are in the component of `node`.
    """
    falling = np.flatnonzero(found.falls & (found.parent == node))
    falling = falling[np.argsort(found.enter[falling])]
    starts, ends = found.enter[falling], found.enter[falling] + found.size[falling]
    place = np.searchsorted(starts, found.enter[others], side="right")
    inside = (place > 0) & (found.enter[others] < np.append(0, ends)[place])
    return np.where(inside, place, 0)


def roles(kind: int, clients: Ints, part: Ints) -> dict[str, int]:
    """How many pairs of clients in different parts an actor joins in each role.

    `kind` is its own, `clients` theirs; `part` says where each is left without it.

    >>> roles(0, np.array([0, 1, 1]), np.array([0, 1, 2]))
    {'coordinator': 0, 'gatekeeper': 2, 'consultant': 1, 'liaison': 0}
    """
    n = len(KINDS)
    _, where = np.unique(part, return_inverse=True)
    held = np.zeros((where.max(initial=-1) + 1, n), dtype=np.int64)
    np.add.at(held, (where, clients), 1)
    total = held.sum(axis=0)
    apart = np.outer(total, total) - held.T @ held
    found = dict.fromkeys(ROLES, 0)
    for a in range(n):
        for b in range(a, n):
            if a == b:
                found["coordinator" if a == kind else "consultant"] += int(apart[a, a]) // 2
            else:
                found["gatekeeper" if kind in (a, b) else "liaison"] += int(apart[a, b])
    return found


@dataclass
class Circle:
    """The surroundings of one actor, looked at as long as they are small.

    `most` is how many partners may be looked up in all; beyond it nothing is said.
    """

    ties: Ties
    node: int
    most: int
    spent: int = 0
    known: dict[int, set[int]] = field(default_factory=dict)

    @cached_property
    def clients(self) -> Ints:
        return self.ties.partners(self.node)

    def partners(self, node: int) -> set[int]:
        if node not in self.known:
            self.known[node] = set(self.ties.partners(node).tolist())
            self.spent += len(self.known[node])
            if self.spent > self.most:
                raise _TooLargeError
        return self.known[node]

    def constraint(self) -> float | None:
        """The mean of Burt's constraint over the clients; None where it is too much to ask."""
        try:
            return float(np.mean([self._constraint(c) for c in self.clients.tolist()]))
        except _TooLargeError:
            return None

    def _constraint(self, node: int) -> float:
        mine = self.partners(node)
        own = 1 / len(mine)
        total = 0.0
        for other in sorted(mine):
            shared = sorted(mine & self.partners(other))
            self.spent += len(shared)
            through = sum(own / len(self.partners(q)) for q in shared)
            total += (own + through) ** 2
        return total

    def successors(self, count: int) -> list[tuple[int, int]]:
        """Those already tied to the most of the clients, at least two, with how many."""
        met: Counter[int] = Counter()
        try:
            for client in self.clients.tolist():
                met.update(self.partners(client) - {self.node})
        except _TooLargeError:
            return []
        ranked = sorted((-n, other) for other, n in met.items() if n > 1)
        return [(other, -n) for n, other in ranked[:count]]


class _TooLargeError(Exception):
    """More partners than may be looked up."""
