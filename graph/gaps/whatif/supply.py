"""What can no longer be had: links that lose providers, and all that hangs on them."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from graph.gaps.whatif.removal import Removal
from graph.gaps.whatif.result import (
    Affected,
    ChainLoss,
    Exposed,
    LinkLoss,
    Provider,
    subjects,
)
from graph.network import Network
from graph.network.impact import Engine, Gone
from graph.network.source import Bools, Floats, Ints

LEAST = 1e-9
"""A smaller loss is rounding."""


def rows_gone(net: Network, removal: Removal) -> Gone:
    """The rows of supply that go: of entities that go, of places, and of links."""
    who = np.zeros(len(net.actors), dtype=np.bool_)
    at = net.actor_at(removal.gone)
    who[at[at >= 0]] = True
    where = np.zeros(len(net.places.regions), dtype=np.bool_)
    where[removal.places] = True
    cut = np.zeros(len(net), dtype=np.bool_)
    cut[removal.links] = True
    supply, stated = net.supply, net.stated
    return Gone(
        removal.links,
        np.flatnonzero(who[supply.who] | cut[supply.link]),
        np.flatnonzero(where[stated.who] | cut[stated.link]),
    )


@dataclass(frozen=True)
class Fall:
    """A loss worked out on the network, a column for each way to meet it; the first is without
    substitutes. `direct` is what is left of each link's own supply, `left` and `gone` at the end.
    """

    net: Network
    rows: Gone
    direct: Floats
    left: Floats
    gone: Bools

    @cached_property
    def steps(self) -> Ints:
        """How many steps of dependence each link lies from those that lose supply."""
        chain = Engine(self.net).chain
        hit = np.flatnonzero(self.direct < 1 - LEAST)
        start = np.concatenate([chain.supplied[hit], chain.node[hit]])
        return chain.steps_from(start)[chain.node]

    @cached_property
    def hit(self) -> Ints:
        """Links that lose supply directly, the largest loss first."""
        lost = 1 - self.direct
        hit = np.flatnonzero(lost > LEAST)
        worth = Engine(self.net).losses(hit, counted=False)[0] if len(hit) <= MOST else lost[hit]
        return hit[np.lexsort((hit, -lost[hit], -worth * lost[hit]))]

    def value(self, column: int = 0) -> tuple[float, float]:
        """The share of the value of all final outputs that is lost whole, and in all."""
        chain = Engine(self.net).chain
        total = float(chain.worth.sum())
        if not total:
            return 0.0, 0.0
        left = np.clip(self.left[chain.outputs, column], 0.0, 1.0)
        whole = float(chain.worth[self.gone[chain.outputs, column]].sum())
        return whole / total, float(chain.worth @ (1 - left)) / total


MOST = 2048
"""Links whose downstream is worked out one by one, to say which of them matter most."""


def fall(net: Network, rows: Gone, raised: list[tuple[Floats, Floats]]) -> Fall:
    """Works out a loss: as it is, and for each of `raised` with more left of some links.

    `raised` are pairs: what is left of each link's own supply with substitutes, and what each node
    of the chain could give to groups of alternatives (1: what it gives today).
    """
    engine = Engine(net)
    chain = engine.chain
    first = engine.direct(rows)
    columns = [first]
    for direct, stretch in raised:
        column = np.ones(chain.count)
        np.minimum.at(column, chain.supplied, direct)
        np.minimum.at(column, chain.node[rows.links], direct[rows.links])
        column = np.where(stretch > 1, np.maximum(column, stretch), column)
        columns.append(column)
    left = np.stack(columns, axis=1)
    gone = engine.spread(left)
    return Fall(net, rows, first[chain.supplied], left[chain.node], gone[chain.node])


def direct_losses(seen: Fall, most: int) -> Iterator[LinkLoss]:
    """The links that lose providers, with those that go."""
    net, rows = seen.net, seen.rows
    supply, held = net.supply, net.held
    hit = seen.hit[:most]
    users = np.bincount(net.requires.t, minlength=len(net))
    stay = np.ones(len(supply), dtype=np.bool_)
    stay[rows.held] = False
    named = stay & ~net.placeholder[supply.who]
    left = np.bincount(supply.link[named], minlength=len(net))
    mine = rows.held[np.isin(supply.link[rows.held], hit)]
    told = rows.stated[np.isin(net.stated.link[rows.stated], hit)]
    stated = Engine(net).stated
    keys = [net.links[hit], net.actors[supply.who[mine]], net.places.regions[net.stated.who[told]]]
    names = subjects(net.source, np.concatenate(keys).tolist())
    of: dict[int, list[Provider]] = {}
    for link, who, share in zip(
        supply.link[mine].tolist(),
        supply.who[mine].tolist(),
        held.share[mine].tolist(),
        strict=True,
    ):
        of.setdefault(link, []).append(Provider(names[int(net.actors[who])], share))
    for row in told.tolist():
        place = names[int(net.places.regions[net.stated.who[row]])]
        share = float(stated.share[row])
        of.setdefault(int(net.stated.link[row]), []).append(Provider(place, share))
    for link in hit.tolist():
        providers = sorted(of.get(link, []), key=lambda p: (-p.share, p.subject.id))
        yield LinkLoss(
            names[int(net.links[link])],
            float(1 - seen.direct[link]),
            float(np.clip(seen.left[link, 0], 0, 1)),
            tuple(providers[:PROVIDERS]),
            int(left[link]),
            int(users[link]),
        )


PROVIDERS = 5
"""Providers named under one link."""


def affected(seen: Fall, links: Ints, most: int) -> tuple[Affected, ...]:
    """Which of these links can no longer be had, or in part: the nearest first, then the largest
    loss."""
    left = np.clip(seen.left[links, 0], 0.0, 1.0)
    less = left < 1 - LEAST
    links, left = links[less], left[less]
    order = np.lexsort((links, left, seen.steps[links]))[:most]
    names = subjects(seen.net.source, seen.net.links[links[order]].tolist())
    return tuple(
        Affected(names[int(seen.net.links[i])], float(x), bool(seen.gone[i, 0]), int(seen.steps[i]))
        for i, x in zip(links[order].tolist(), left[order].tolist(), strict=True)
    )


def exposed(seen: Fall, most: int) -> tuple[tuple[Exposed, ...], int]:
    """Who stays and provides links that lose an input; and how many there are.

    The nearest first, of these those that live by it: whose links are all as near.
    """
    net = seen.net
    less = (seen.left[:, 0] < 1 - LEAST) & (seen.left[:, 0] < seen.direct - LEAST)
    stay = np.ones(len(net.supply), dtype=np.bool_)
    stay[seen.rows.held] = False
    rows = np.flatnonzero(stay & less[net.supply.link] & ~net.placeholder[net.supply.who])
    link, who = net.supply.link[rows], net.supply.who[rows]
    left, steps = np.clip(seen.left[link, 0], 0.0, 1.0), seen.steps[link]
    order = np.lexsort((link, left, steps, who))
    link, who, left, steps = link[order], who[order], left[order], steps[order]
    first = np.flatnonzero(np.append(True, np.diff(who) != 0)[: len(who)])
    count = np.diff(np.append(first, len(who)))
    near = steps == np.repeat(steps[first], count)
    mine = np.bincount(who[near], minlength=len(net.actors))[who[first]]
    part = mine / np.bincount(net.supply.who, minlength=len(net.actors))[who[first]]
    nearest = np.lexsort((who[first], -mine, -part, steps[first]))[:most]
    shown = first[nearest]
    keys = np.concatenate([net.actors[who[shown]], net.links[link[shown]]])
    names = subjects(net.source, keys.tolist())
    return tuple(
        Exposed(
            names[int(net.actors[who[i]])],
            number,
            names[int(net.links[link[i]])],
            float(left[i]),
            int(steps[i]),
            share,
        )
        for i, number, share in zip(
            shown.tolist(), count[nearest].tolist(), part[nearest].tolist(), strict=True
        )
    ), len(first)


def by_chain(seen: Fall) -> Iterator[ChainLoss]:
    """What each named chain loses of the value of its own final outputs, the worst first."""
    net, chain = seen.net, Engine(seen.net).chain
    label = net.chains.of_link[chain.outputs]
    left = np.clip(seen.left[chain.outputs, 0], 0.0, 1.0)
    n = len(net.chains.keys)
    named = label >= 0
    total = np.bincount(label[named], chain.worth[named], n)
    part = np.bincount(label[named], (chain.worth * (1 - left))[named], n)
    gone = named & seen.gone[chain.outputs, 0]
    whole = np.bincount(label[gone], chain.worth[gone], n)
    names = subjects(net.source, net.chains.keys[total > 0].tolist())
    share = part / np.where(total > 0, total, 1.0)
    for i in np.lexsort((np.arange(n), -share)).tolist():
        if share[i] > LEAST:
            yield ChainLoss(
                names[int(net.chains.keys[i])], float(whole[i] / total[i]), float(share[i])
            )
