"""What each link depends on, as an AND/OR graph.

A link is had when its own supply is had and, of every group, at least one member is had:

- every REQUIRES is a group of its own; those with one `group` are alternatives, one group;
- the kinds of a link (VARIANT_OF) are one group, together with what is supplied of it directly;
- a stage that does not say with REQUIRES which of its parts it needs is had while one of its
  exits is (parts that no other part of it requires): they are one group;
- a stage that comes after another (PRECEDES) needs it, and so does each of its parts: this joins
  chains whose flow is written down stage by stage only.

What nobody makes today is no alternative: where a member of a group is had, by providers of its
own or through all that it depends on, members that are not are left out of it.

Links that need each other in a ring stand or fall together: they are condensed to one node. A
ring that an alternative breaks is none: it is walked until nothing more falls.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from graph.network.network import Network
from graph.network.ragged import matches, spread
from graph.network.source import Bools, Floats, Ints


@dataclass(frozen=True)
class Groups:
    """Members of groups: `of` needs a member of each of its groups. Rows by group."""

    of: Ints
    member: Ints
    group: Ints


@dataclass(frozen=True)
class Step:
    """A level: members by group, where each group starts, where the groups of each owner start.

    `ring` says that members are of this level themselves: it is repeated until nothing changes.
    """

    member: Ints
    group: Ints
    first: Ints
    owner: Ints
    ring: bool

    @cached_property
    def _users(self) -> tuple[Ints, Ints]:
        """Members in rising order, and the owner, by position, of each."""
        groups = np.diff(np.append(self.first, len(self.group)))
        members = np.diff(np.append(self.group, len(self.member)))
        owner = np.repeat(np.repeat(np.arange(len(self.owner)), groups), members)
        order = np.argsort(self.member, kind="stable")
        return self.member[order], owner[order]

    def using(self, nodes: Ints) -> Ints:
        """The owners, by position, that have any of `nodes` as a member."""
        member, owner = self._users
        return np.unique(owner[matches(member, nodes)[1]])

    def part(self, owners: Ints) -> tuple["Step", Ints]:
        """The level of these owners alone, and which rows of `member` it keeps."""
        counts = np.diff(np.append(self.first, len(self.group)))[owners]
        groups = spread(self.first[owners], counts)
        sizes = np.diff(np.append(self.group, len(self.member)))[groups]
        rows = spread(self.group[groups], sizes)
        group, first = np.cumsum(sizes) - sizes, np.cumsum(counts) - counts
        return Step(self.member[rows], group, first, self.owner[owners], self.ring), rows


@dataclass(frozen=True)
class Dependence:
    """The condensed graph. `node[i]` is the node of link i (links in a ring share one).

    Nodes above the number of condensed links stand for the direct supply of a link with kinds;
    `direct` maps such a link to its node. `cycles` counts links that were condensed.
    """

    net: Network
    node: Ints
    count: int
    direct: dict[int, int]
    groups: Groups
    cycles: int

    @classmethod
    def of(cls, net: Network) -> "Dependence":
        groups, direct = _groups(net)
        total = len(net) + len(direct)
        groups = _made(net, groups, total)
        size = np.bincount(groups.group)[groups.group]
        node, count = _rings(groups.of[size == 1], groups.member[size == 1], total)
        size = np.bincount(node[: len(net)], minlength=count)
        of, member = node[groups.of], node[groups.member]
        inner = np.unique(groups.group[of == member])  # such a group is had with the node itself
        keep = ~np.isin(groups.group, inner)
        return cls(
            net=net,
            node=node[: len(net)],
            count=count,
            direct={link: int(node[place]) for link, place in direct.items()},
            groups=Groups(of[keep], member[keep], groups.group[keep]),
            cycles=int(size[size > 1].sum()),
        )

    @cached_property
    def supplied(self) -> Ints:
        """The node of what is supplied of each link itself."""
        node = self.node.copy()
        for link, place in self.direct.items():
            node[link] = place
        return node

    @cached_property
    def ring(self) -> tuple[Ints, int]:
        """The ring that each node is in, one that an alternative breaks as well; how many."""
        return _rings(self.groups.of, self.groups.member, self.count)

    @cached_property
    def level(self) -> Ints:
        """The length of the longest path of dependence below each node; one per ring."""
        ring, count = self.ring
        level = np.zeros(count, dtype=np.int64)
        of, member = ring[self.groups.of], ring[self.groups.member]
        outer = of != member
        of, member = of[outer], member[outer]
        waiting = np.bincount(of, minlength=count)
        order = np.argsort(member, kind="stable")
        member, of = member[order], of[order]
        ready = np.flatnonzero(waiting == 0)
        depth = 0
        while len(ready):
            level[ready] = depth
            _, row = matches(member, ready)
            np.subtract.at(waiting, of[row], 1)
            touched = np.unique(of[row])
            ready = touched[waiting[touched] == 0]
            depth += 1
        return level[ring]

    @cached_property
    def plan(self) -> list[Step]:
        """What to work out, level by level: all that a level needs lies below it or in it."""
        g = self.groups
        order = np.lexsort((g.member, g.group, g.of, self.level[g.of]))
        of, member, group = g.of[order], g.member[order], g.group[order]
        steps = []
        bounds = np.searchsorted(self.level[of], np.arange(self.level.max(initial=0) + 2))
        for low, high in pairwise(bounds.tolist()):
            if low == high:
                continue
            new_group = np.append(True, np.diff(group[low:high]) != 0)
            starts = np.flatnonzero(new_group)
            owners = of[low:high][starts]
            first = np.flatnonzero(np.append(True, np.diff(owners) != 0))
            ring = bool((self.level[member[low:high]] == self.level[of[low]]).any())
            steps.append(Step(member[low:high], starts, first, owners[first], ring))
        return steps

    @cached_property
    def outputs(self) -> Ints:
        """Final outputs, by link: what is marked as final, else what nothing further depends on
        (nothing outside its ring, for one at the end of a chain).

        Where some end of a chain is made by somebody on record, ends that nobody makes do not
        count, nor what only leads to them: what is not made today cannot be lost.
        """
        net, g = self.net, self.groups
        ring, _ = self.ring
        onwards = ring[g.of] != ring[g.member]
        needed = self._ringed(g.member[onwards])
        touched = np.zeros(self.count, dtype=np.bool_)
        touched[g.member] = touched[g.of] = True
        made = np.zeros(self.count, dtype=np.bool_)
        made[self.node[net.market.count > 0]] = True
        end = touched & ~needed
        label = np.full(self.count, -1, dtype=np.int64)
        label[self.node] = net.component
        marked = net.final & touched[self.node]
        prune = np.zeros(net.component.max(initial=0) + 2, dtype=np.bool_)
        prune[label[end & made]] = True
        alive = ~prune[label] | self._leads_to(made)
        open_end = alive & ~self._ringed(g.member[onwards & alive[g.of]])
        outputs = (open_end & touched)[self.node]
        told = np.isin(net.component, net.component[marked])
        return np.flatnonzero(np.where(told, marked, outputs))

    def _ringed(self, nodes: Ints) -> Bools:
        """These nodes and all that are in a ring with one of them."""
        ring, count = self.ring
        marked = np.zeros(count, dtype=np.bool_)
        marked[ring[nodes]] = True
        return marked[ring]

    def _leads_to(self, made: Bools) -> Bools:
        """Nodes that are made, or that something made depends on, near or far."""
        order = np.argsort(self.groups.of, kind="stable")
        of, member = self.groups.of[order], self.groups.member[order]
        reached, front = made.copy(), np.flatnonzero(made)
        while len(front):
            _, row = matches(of, front)
            front = np.unique(member[row])
            front = front[~reached[front]]
            reached[front] = True
        return reached

    @cached_property
    def worth(self) -> Floats:
        """The weight of each final output: its market where given, else the median of those.

        Outputs of one ring without markets share one weight: a ring at the end is one end.
        """
        size = self.net.size[self.outputs]
        unsized = np.isnan(size)
        usual = np.median(size[~unsized]) if not unsized.all() else 1.0
        ring, count = self.ring
        of = ring[self.node[self.outputs]]
        fellows = np.bincount(of[unsized], minlength=count)
        return np.where(unsized, usual / np.maximum(fellows[of], 1), size)

    def steps_from(self, nodes: Ints) -> Ints:
        """How many steps of dependence each node lies from the nearest of `nodes`; -1: none."""
        order = np.argsort(self.groups.member, kind="stable")
        of, member = self.groups.of[order], self.groups.member[order]
        steps = np.full(self.count, -1, dtype=np.int64)
        front, depth = np.unique(nodes), 0
        while len(front):
            steps[front] = depth
            _, row = matches(member, front)
            front = np.unique(of[row])
            front = front[steps[front] < 0]
            depth += 1
        return steps

    def needed(self) -> Bools:
        """Which links something depends on."""
        node = np.zeros(self.count, dtype=np.bool_)
        node[self.groups.member] = True
        return node[self.node]


def _groups(net: Network) -> tuple[Groups, dict[int, int]]:
    """Groups over links; direct supplies of links with kinds are numbered after the links."""
    parts: list[tuple[Ints, Ints, Ints]] = []
    base = 0

    def add(of: Ints, member: Ints, key: Ints) -> None:
        """One group for each different (of, key)."""
        nonlocal base
        if len(of):
            _, group = np.unique(np.stack([of, key]), axis=1, return_inverse=True)
            group = group.reshape(-1)
            parts.append((of, member, base + group))
            base += int(group.max()) + 1

    r = net.requires
    alone = r.group < 0
    add(r.f[alone], r.t[alone], r.t[alone])
    add(r.f[~alone], r.t[~alone], r.group[~alone])
    kind, parent = net.variants.f, net.variants.t
    own = np.bincount(net.supply.link, minlength=len(net)) > 0
    both = np.unique(parent[own[parent]])
    place = len(net) + np.arange(len(both))
    add(
        np.concatenate([parent, both]),
        np.concatenate([kind, place]),
        np.zeros(len(parent) + len(both), dtype=np.int64),
    )
    stage, exits = _exits(net)
    add(stage, exits, np.zeros(len(stage), dtype=np.int64))
    before, after = net.precedes.f, net.precedes.t
    add(after, before, before)
    order = np.argsort(net.parts.t, kind="stable")
    pair, row = matches(net.parts.t[order], after)
    part = net.parts.f[order][row]
    other = before[pair] != part
    add(part[other], before[pair][other], before[pair][other])
    columns = [np.concatenate([np.zeros(0, np.int64), *c]) for c in zip(*parts, strict=True)]
    if not columns:
        columns = [np.zeros(0, np.int64)] * 3
    return Groups(*columns), {int(k): int(p) for k, p in zip(both, place, strict=True)}


def _made(net: Network, groups: Groups, total: int) -> Groups:
    """The groups without members that nobody makes, where another member is had."""
    size = np.bincount(groups.group)
    if not len(size) or size.max() < 2:
        return groups
    had = np.ones(total, dtype=np.bool_)
    had[: len(net)] = net.market.covered
    order = np.lexsort((groups.of, groups.group))
    of, member, group = groups.of[order], groups.member[order], groups.group[order]
    starts = np.flatnonzero(np.append(True, np.diff(group) != 0))
    owner = of[starts]
    whole = np.bincount(owner, minlength=total)
    while True:
        met = np.logical_or.reduceat(had[member], starts)
        more = had | ((whole > 0) & (np.bincount(owner[met], minlength=total) == whole))
        if np.array_equal(more, had):
            break
        had = more
    met = np.logical_or.reduceat(had[member], starts)
    keep = had[groups.member] | ~np.isin(groups.group, group[starts][met])
    return Groups(groups.of[keep], groups.member[keep], groups.group[keep])


def _exits(net: Network) -> tuple[Ints, Ints]:
    """Pairs (stage, part) where the stage requires no part of its own and no part needs this."""
    part, stage = net.parts.f, net.parts.t
    n = len(net)
    inside = np.unique(stage * n + part)
    said = np.isin(net.requires.f * n + net.requires.t, inside)
    explicit = np.zeros(n, dtype=np.bool_)
    explicit[net.requires.f[said]] = True
    order = np.argsort(part, kind="stable")
    pair, row = matches(part[order], net.requires.t)
    user = stage[order][row] * n + net.requires.f[pair]
    inner = np.isin(user, inside)
    used = np.unique(stage[order][row][inner] * n + net.requires.t[pair][inner])
    keep = ~explicit[stage] & ~np.isin(stage * n + part, used)
    return stage[keep], part[keep]


def _rings(of: Ints, member: Ints, total: int) -> tuple[Ints, int]:
    """The ring that each node is in, by number, alone where it is in none."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    graph: Any = coo_matrix((np.ones(len(of), np.int8), (of, member)), (total, total))
    count, label = connected_components(graph, directed=True, connection="strong")
    return np.asarray(label, dtype=np.int64), int(count)
