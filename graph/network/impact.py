"""Knock-out: what can no longer be had when links or providers are gone.

Two readings of the same AND/OR graph (`graph.network.dependence`):

- *all or nothing*: a link is lost when it is knocked out or a group that it depends on is lost as
  a whole. `output_lost` is the share of final outputs that can no longer be had at all, by value
  where sizes are known.
- *in part*: a link whose suppliers lose the share s keeps 1 − s. The least of its required groups
  limits it, and inside a group of alternatives the rest adds up linearly, by size: the generalised
  Leontief function of C. Diem et al., "Quantifying firm-level economic systemic risk from
  nation-wide supply networks", Scientific Reports 12 (2022) 7719. `share_lost` is the value of
  final output that is gone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.network.dependence import Dependence
from graph.network.network import Network
from graph.network.ragged import matches
from graph.network.shares import Holding, filled
from graph.network.source import Bools, Floats, Ints

WIDTH = 16
"""Words of 64 knock-outs that are tried at once."""


SLICE = 4096
"""Nodes that are unpacked at once: keeps memory small."""

WHOLE = 0.95
"""A link is lost all or nothing with a provider that holds this much of it."""


DUST = 1e-12
"""Less than this is left where all shares are taken from 1, by rounding."""


@dataclass(frozen=True)
class Loss:
    """What is taken away: links and providers, by position."""

    links: tuple[int, ...] = ()
    providers: tuple[int, ...] = ()


@dataclass(frozen=True)
class Gone:
    """What a loss takes: links as a whole, by position, and rows of `net.held`, `net.stated`."""

    links: Ints
    held: Ints
    stated: Ints


@dataclass(frozen=True)
class Impact:
    """What one knock-out does. `on` (lost) and `reduced` (in part) are final outputs, as links."""

    output_lost: float
    share_lost: float
    on: tuple[int, ...]
    reduced: tuple[int, ...]
    links_lost: int


class Engine:
    """Knock-outs on one network."""

    def __init__(self, net: Network) -> None:
        self.net = net

    @property
    def chain(self) -> Dependence:
        """What depends on what, worked out once for the network."""
        return self.net.once("dependence", lambda: Dependence.of(self.net))

    def impacts(self, losses: Sequence[Loss]) -> list[Impact]:
        """Each loss on its own. Shares are of all final outputs of the chains that it touches."""
        found: list[Impact] = []
        for low in range(0, len(losses), 64):
            found.extend(self._batch(losses[low : low + 64]))
        return found

    def _batch(self, losses: Sequence[Loss]) -> list[Impact]:
        chain, net = self.chain, self.net
        left = np.stack([self.direct(self.rows(loss)) for loss in losses], axis=1)
        start = [np.flatnonzero(left[:, j] < 1) for j in range(len(losses))]
        gone = self.spread(left)
        outputs, worth = chain.outputs, chain.worth
        at, place = chain.node[outputs], net.component[outputs]
        label = self.component
        impacts = []
        for j in range(len(losses)):
            near = np.isin(place, label[start[j]])
            total = float(worth[near].sum())
            lost, part = gone[at, j] & near, (left[at, j] < 1 - 1e-9) & near
            impacts.append(
                Impact(
                    output_lost=float(worth[lost].sum()) / total if total else 0.0,
                    share_lost=float(worth[part] @ (1 - left[at[part], j])) / total
                    if total
                    else 0.0,
                    on=tuple(outputs[lost].tolist()),
                    reduced=tuple(outputs[part & ~lost].tolist()),
                    links_lost=int(gone[chain.node, j].sum()),
                )
            )
        return impacts

    @property
    def component(self) -> Ints:
        """The component of the network that each node of the chain is in."""
        chain, net = self.chain, self.net
        label = np.full(chain.count, -1, dtype=np.int64)
        label[chain.node] = net.component
        for link, node in chain.direct.items():
            label[node] = net.component[link]
        return label

    def rows(self, loss: Loss) -> Gone:
        """The rows of supply that a loss takes."""

        def by_provider() -> tuple[Ints, Ints]:
            order = np.argsort(self.net.supply.who, kind="stable")
            return order, self.net.supply.who[order]

        order, who = self.net.once("rows by provider", by_provider)
        _, place = matches(who, np.array(loss.providers, dtype=np.int64))
        none = np.zeros(0, dtype=np.int64)
        return Gone(np.array(loss.links, dtype=np.int64), order[place], none)

    def direct(self, gone: Gone) -> Floats:
        """What is left of each node before anything passes on, 0 to 1.

        Where shares are stated of places that go as well, the larger of the two losses counts:
        what their actors hold, and what is stated of them with what others that go hold elsewhere.
        """
        chain, held, n = self.chain, self.net.held, len(self.net)
        lost = np.bincount(held.link[gone.held], held.share[gone.held], n).astype(np.float64)
        if len(gone.stated):
            told = self._told(gone)
            lost = np.where(told > 0, np.maximum(lost, told), lost)
        hit = np.flatnonzero(lost)
        left = np.ones(chain.count)
        np.minimum.at(left, chain.supplied[hit], np.clip(1 - lost[hit], 0.0, 1.0))
        left[left < DUST] = 0.0
        left[chain.node[gone.links]] = 0.0
        return left

    def _told(self, gone: Gone) -> Floats:
        """Of links that shares of places are stated of: what goes of those, and elsewhere."""
        net, held, n = self.net, self.net.held, len(self.net)
        stated = self.stated
        inside = np.zeros(len(net.places.regions) + 1, dtype=np.bool_)
        for place in np.unique(net.stated.who[gone.stated]).tolist():
            inside[net.places.inside(place)] = True
        elsewhere = gone.held[~inside[net.places.region_of[net.supply.who[gone.held]]]]
        told = np.bincount(stated.link[gone.stated], stated.share[gone.stated], n)
        told = told + np.bincount(held.link[elsewhere], held.share[elsewhere], n)
        return np.where(np.isin(np.arange(n), stated.link[gone.stated]), told, 0.0)

    @property
    def stated(self) -> Holding:
        """What whole places supply, with shares completed."""
        net = self.net
        nobody = net.places.placeholder[net.stated.who]
        return net.once("stated shares", lambda: filled(net.stated, nobody, len(net)))

    def spread(self, left: Floats) -> Bools:
        """Passes on what is left, in place; says which nodes are lost, all or nothing.

        `left` is nodes × any number of knock-outs.
        """
        chain, width = self.chain, left.shape[1]
        bits = np.zeros((chain.count, (width + 63) // 64), dtype=np.uint64)
        for j in range(width):
            bits[left[:, j] <= 1 - WHOLE, j // 64] |= np.uint64(1) << np.uint64(j % 64)
        fall(chain, bits)
        shrink(chain, left)
        return _columns(bits, width)

    def total(self) -> Floats:
        """The value of all final outputs of each component of the network."""
        n = int(self.net.component.max(initial=0)) + 1
        at = self.net.component[self.chain.outputs]
        return np.bincount(at, self.chain.worth, n).astype(np.float64)

    def losses(self, links: Ints, *, counted: bool = True) -> tuple[Floats, Floats]:
        """For each link, the value of final outputs that fall with it, and (where `counted`) how
        many other links do; itself is left out of both."""
        chain = self.chain
        worth, count = np.zeros(len(links)), np.zeros(len(links))
        members = np.bincount(chain.node, minlength=chain.count).astype(np.float64)
        own = np.zeros(len(chain.node))
        own[chain.outputs] = chain.worth
        value = np.bincount(chain.node, own, chain.count).astype(np.float64)
        step = 64 * WIDTH
        for low in range(0, len(links), step):
            part = links[low : low + step]
            j = np.arange(len(part))
            bits = np.zeros((chain.count, WIDTH), dtype=np.uint64)
            one = np.uint64(1) << (j % 64).astype(np.uint64)
            np.bitwise_or.at(bits, (chain.node[part], j // 64), one)
            fall(chain, bits)
            worth[low : low + step] = _summed(bits, value, len(part)) - own[part]
            if counted:
                count[low : low + step] = _summed(bits, members, len(part)) - 1
        return worth, count


def _summed(bits: NDArray[np.uint64], value: Floats, columns: int) -> Floats:
    """For each of the first `columns` bits, the sum of `value` over the nodes that have it set.

    A slice of nodes at a time: the unpacked table would be large.
    """
    total = np.zeros(columns)
    rows = np.flatnonzero((value > 0) & bits.any(axis=1))
    for low in range(0, len(rows), SLICE):
        part = rows[low : low + SLICE]
        total += value[part] @ _columns(bits[part], columns)
    return total


def _columns(bits: NDArray[np.uint64], columns: int) -> NDArray[np.bool_]:
    """A column of booleans for each of the first `columns` bits."""
    flat = np.ascontiguousarray(bits).view(np.uint8)
    return np.unpackbits(flat, axis=1, bitorder="little")[:, :columns].astype(np.bool_)


def fall(chain: Dependence, bits: NDArray[np.uint64]) -> None:
    """All or nothing, in place: a bit per knock-out, set where the node is lost."""
    for step in chain.plan:
        while True:
            groups = np.bitwise_and.reduceat(bits[step.member], step.group, axis=0)
            new = bits[step.owner] | np.bitwise_or.reduceat(groups, step.first, axis=0)
            done = not step.ring or np.array_equal(new, bits[step.owner])
            bits[step.owner] = new
            if done:
                break


def shrink(chain: Dependence, left: Floats) -> None:
    """In part, in place: what is left of each node, 0 to 1, a column per knock-out."""
    known = ~np.isnan(chain.net.size)
    size = np.bincount(chain.node[known], chain.net.size[known], chain.count).astype(np.float64)
    size[np.bincount(chain.node[known], minlength=chain.count) == 0] = np.nan
    for step in chain.plan:
        weight = _weights(size[step.member], step.group)[:, None]
        now, rows = step, np.arange(len(step.member))
        while len(now.owner):
            groups = np.add.reduceat(left[now.member] * weight[rows], now.group, axis=0)
            low = np.minimum.reduceat(groups, now.first, axis=0)
            new = np.minimum(left[now.owner], low)
            moved = now.owner[(left[now.owner] - new).max(axis=1) >= SETTLED]
            left[now.owner] = new
            if not step.ring:
                break
            now, rows = step.part(step.using(moved))


SETTLED = 1e-7
"""A ring is walked until nothing in it changes by more."""


def _weights(size: Floats, starts: Ints) -> Floats:
    """What each member counts in its group: by size, one without a size as the mean of the rest."""
    known = ~np.isnan(size)
    length = np.diff(np.append(starts, len(size)))
    counted = np.add.reduceat(known.astype(np.float64), starts)
    total = np.add.reduceat(np.where(known, size, 0.0), starts)
    usual = np.where(counted > 0, total / np.maximum(counted, 1), 1.0)
    value = np.where(known, size, np.repeat(usual, length))
    return np.asarray(value / np.repeat(np.add.reduceat(value, starts), length))
